"""Answers kept while the tracker stays as it is, so that going back to a page does not compute it anew."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

T = TypeVar("T")

_MOST: Final = 64


class Memory:
    """What was answered for one state of the tracker; a new state forgets everything. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: Hashable = None
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def recall(self, state: Hashable, question: Hashable, ask: Callable[[], T]) -> T:
        """The answer to a question about a state, asked for once. `None` is a state that nothing is kept for."""
        if state is None:
            return ask()
        with self._lock:
            if state != self._state:
                self._state = state
                self._kept.clear()
            if question in self._kept:
                self._kept.move_to_end(question)
                kept: T = self._kept[question]
                return kept
        answer = ask()
        with self._lock:
            if state == self._state:
                self._kept[question] = answer
                while len(self._kept) > _MOST:
                    self._kept.popitem(last=False)
        return answer

    def forget(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._state = None
            self._kept.clear()
