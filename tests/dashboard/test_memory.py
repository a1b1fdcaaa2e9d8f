"""An answer is asked for once while the tracker stays as it is, and never kept beyond that."""

from dashboard.memory import Memory


class _Asked:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return self.times


def test_the_same_question_about_the_same_state_is_asked_once() -> None:
    memory, ask = Memory(), _Asked()

    assert [memory.recall("r1", "q", ask) for _ in range(3)] == [1, 1, 1]
    assert memory.recall("r1", "another", ask) == 2


def test_a_new_state_forgets_everything() -> None:
    memory, ask = Memory(), _Asked()
    memory.recall("r1", "q", ask)

    assert memory.recall("r2", "q", ask) == 2
    assert memory.recall("r1", "q", ask) == 3


def test_no_state_keeps_nothing() -> None:
    memory, ask = Memory(), _Asked()

    assert [memory.recall(None, "q", ask) for _ in range(2)] == [1, 2]


def test_forgetting_is_complete() -> None:
    memory, ask = Memory(), _Asked()
    memory.recall("r1", "q", ask)
    memory.forget()

    assert memory.recall("r1", "q", ask) == 2


def test_only_so_much_is_kept_and_the_latest_stays() -> None:
    memory, ask = Memory(), _Asked()
    for number in range(200):
        memory.recall("r1", number, ask)

    assert memory.recall("r1", 199, ask) == 200
    assert memory.recall("r1", 0, ask) == 201
