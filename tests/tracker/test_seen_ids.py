"""What a log's set of IDs promises: each once, nothing of a stretch with a double."""

from hypothesis import given
from hypothesis import strategies as st

from revintel_mcp.tracker.seen_ids import SeenIds

_KEYS = st.binary(min_size=1, max_size=1)


@given(st.lists(_KEYS | st.lists(_KEYS, max_size=4)))
def test_a_stretch_is_put_in_whole_or_not_at_all(pieces: list[bytes | list[bytes]]) -> None:
    """As a plain set would, with a look before each piece."""
    ids, model = SeenIds(), set[bytes]()
    for piece in pieces:
        keys = [piece] if isinstance(piece, bytes) else piece
        is_new = len(set(keys)) == len(keys) and model.isdisjoint(keys)
        if isinstance(piece, list):
            assert ids.add_all(piece) is is_new
        elif is_new:
            ids.add(piece)
        model.update(keys if is_new else ())
        assert all((bytes([n]) in ids) is (bytes([n]) in model) for n in range(256))
