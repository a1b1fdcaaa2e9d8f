"""The tracker on disk: lock, read, change, put in place at once. A crash leaves the old file or the new one, whole."""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from revintel_mcp.errors import TrackerBusy
from revintel_mcp.tracker_disk import (
    Identity,
    Snapshot,
    identity_or_none,
    is_still,
    literal,
    make_folder,
    open_tracker,
    read_tracker,
    refuse_read_only,
    same_text,
    stat_or_none,
    sync_folder,
    unreadable,
    write_new,
    writing,
    written_late,
)
from revintel_mcp.tracker_lock import DEFAULT_WAIT_S, locked

if TYPE_CHECKING:
    from revintel_mcp.tracker.update import Update

__all__ = ["Identity", "Snapshot", "TrackerFile"]

_MOST_TRIES: Final = 20
_MOST_BACKUPS: Final = 10
_LONGEST_NAME: Final = 100
_MOMENT: Final = "-".join("[0-9]" * digits for digits in (8, 6, 6))


class TrackerFile:
    """A tracker on disk. Reading never locks; writing waits for other writers for at most `wait_s` seconds."""

    def __init__(self, path: Path | str, *, wait_s: float = DEFAULT_WAIT_S) -> None:
        self.path = Path(path)
        self._wait_s = wait_s

    def identity(self) -> Identity | None:
        """The file's identity now; None if it does not exist."""
        try:
            return Identity.of(self.path.stat())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise unreadable(self.path, error) from error

    def read(self, known: Snapshot | None = None) -> Snapshot:
        """The text as it stands: `known` itself, without reading, where the file's identity tells that it still is.

        Raises:
            TrackerUnreadable: it exists and can't be read.
        """
        if known is not None and known.is_settled and known.identity == self.identity():
            return known
        handle = open_tracker(self.path)
        if handle is None:
            return Snapshot(b"", None)
        try:
            return read_tracker(handle, self.path)
        finally:
            os.close(handle)

    def update(self, change: "Callable[[bytes], Update | None]") -> Snapshot:
        """Replace the text by what `change` makes of it, and give the new one.

        `change` gets the text as it is once the lock is held, and runs again on a newer text if an editor saved in
        between. It gives None, or an update that changes nothing, to leave the file alone.

        Raises:
            TrackerUnreadable: it exists and can't be read.
            TrackerUnwritable: the new text can't be put in place; the old one stands.
            TrackerBusy: another program held the lock, or kept changing the file, for too long.
        """
        target = self._target()
        make_folder(target.parent)
        with locked(target.parent, target.name, self._wait_s):
            writer = _Writer(target)
            writer.sweep()
            return writer.update(change)

    def _target(self) -> Path:
        """The file itself, if the path is a link to it."""
        try:
            return Path(os.path.realpath(self.path, strict=False))
        except OSError as error:
            raise unreadable(self.path, error) from error


class _Writer:
    """Writes while the lock is held."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self._prefix = f".{target.name[:_LONGEST_NAME]}."

    def sweep(self) -> None:
        """Remove temporary files of writers that died. We hold the lock, so none of them is alive."""
        with suppress(OSError), os.scandir(self.target.parent) as entries:
            for entry in entries:
                if entry.name.startswith(self._prefix) and entry.name.endswith(".tmp"):
                    with suppress(OSError):
                        Path(entry.path).unlink()

    def update(self, change: "Callable[[bytes], Update | None]") -> Snapshot:
        """Read, change, write; again, if the file changed meanwhile."""
        late: bytes | None = None
        backup: Path | None = None
        for _ in range(_MOST_TRIES):
            handle = open_tracker(self.target)
            try:
                found = Snapshot(b"", None) if handle is None else read_tracker(handle, self.target)
                base = found if late is None else Snapshot(late, found.identity)
                update = change(base.data)
                if update is None or (not update.changed and late is None):
                    return found
                if update.needs_backup and base.data:
                    backup = self._back_up(base.data)
                written = self._put(update.pieces, found)
                if written is None:
                    continue
                late = written_late(self.target, handle, found)
                if late is None:
                    new = Snapshot(update.pieces, written)
                    new.backup = backup
                    return new
            finally:
                if handle is not None:
                    os.close(handle)
        raise TrackerBusy(
            f"{self.target}: another program keeps changing the tracker while it is being written. Nothing was lost; "
            "close it in your editor, then run this again"
        )

    def _put(self, pieces: Iterable[memoryview], found: Snapshot) -> Identity | None:
        """Put a text in place of the one that was found; None, with nothing done, if there is another by now."""
        temporary = self._temporary()
        with writing(self.target):
            old = stat_or_none(self.target)
            if old is not None:
                refuse_read_only(self.target)
            try:
                write_new(temporary, pieces, like=self.target if old is not None else None)
                if not is_still(self.target, found):
                    return None
                temporary.replace(self.target)
                sync_folder(self.target.parent)
                return identity_or_none(stat_or_none(self.target))
            finally:
                temporary.unlink(missing_ok=True)

    def _temporary(self) -> Path:
        return self.target.parent / f"{self._prefix}{os.getpid()}-{os.urandom(6).hex()}.tmp"

    def _back_up(self, data: bytes) -> Path:
        """Keep a copy beside the tracker, for its owner only: where. The first copy and the latest ones are kept."""
        stem, suffix = self.target.stem, self.target.suffix
        temporary = self._temporary()
        with writing(self.target):
            pattern = f"{literal(stem)}.backup-{_MOMENT}{literal(suffix)}"  # a copy that a person named is not ours
            kept = sorted(self.target.parent.glob(pattern))
            if kept and same_text(kept[-1], data):
                return kept[-1]
            backup = self.target.parent / f"{stem}.backup-{datetime.now().astimezone():%Y%m%d-%H%M%S-%f}{suffix}"
            try:
                write_new(temporary, [memoryview(data)], like=None)
                temporary.replace(backup)
                sync_folder(self.target.parent)
            finally:
                temporary.unlink(missing_ok=True)
        for old in kept[1 : max(1, len(kept) - (_MOST_BACKUPS - 2))]:
            with suppress(OSError):
                old.unlink()
        return backup
