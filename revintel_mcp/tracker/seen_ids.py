"""The IDs of a log while it is read: each stands once, and the first row with it counts."""


class SeenIds:
    """IDs that were seen, as bytes.

    Hardly any log has one twice. So a stretch of them is put in first, and counted after; only if that does not add up
    are the IDs of before made anew from the pieces in which they came, and from then on it is looked at first.
    """

    def __init__(self) -> None:
        self._seen: set[bytes] = set()
        self._single: list[bytes] = []
        self._stretches: list[list[bytes]] = []
        self._looks_first = False

    def __contains__(self, key: bytes) -> bool:
        return key in self._seen

    def add(self, key: bytes) -> None:
        """One more, which is not there yet."""
        self._seen.add(key)
        self._single.append(key)

    def add_all(self, keys: list[bytes]) -> bool:
        """All of these; False, with none put in, if one of them is there already or stands twice among them."""
        seen, before = self._seen, len(self._seen)
        if self._looks_first and not seen.isdisjoint(keys):
            return False
        seen.update(keys)
        if len(seen) == before + len(keys):
            self._stretches.append(keys)
            return True
        self._looks_first = True
        self._seen = set(self._single).union(*self._stretches)
        return False
