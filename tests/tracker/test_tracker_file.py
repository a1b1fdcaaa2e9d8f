"""The tracker on disk: what a writer keeps of a file, how it waits for others, and what it says when it can't go on."""

import fcntl
import os
import resource
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from revintel_mcp.errors import TrackerBusy, TrackerError, TrackerUnreadable, TrackerUnwritable
from revintel_mcp.tracker.update import Update
from revintel_mcp.tracker_file import TrackerFile
from tests.tracker.trackers import CANONICAL, read, sale, write

ROW = sale("stripe_ch_7", "2026-02-03", "70.00")


def add(data: bytes) -> Update:
    """Book one row."""
    return write(data, ROW)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A tracker in a folder of its own."""
    file = tmp_path / "money" / "revenue-tracker.md"
    file.parent.mkdir()
    file.write_bytes(CANONICAL)
    return file


@pytest.fixture
def ordinary_user(path: Path) -> Iterator[None]:
    """Nobody in particular: root may write anywhere, so the test steps down if it runs as root."""
    was_root = os.geteuid() == 0
    if was_root:
        for folder in (*path.parents,):
            if folder.is_relative_to("/tmp") and folder != Path("/tmp"):  # the folders that pytest made
                folder.chmod(0o755)
        os.chown(path, 65534, 65534)
        os.chown(path.parent, 65534, 65534)
        os.seteuid(65534)
    yield
    if was_root:
        os.seteuid(0)


def names(path: Path) -> list[str]:
    """What stands in the tracker's folder."""
    return sorted(each.name for each in path.parent.iterdir())


def test_a_change_is_put_in_place(path: Path) -> None:
    """The new text is in the file, and in the snapshot; nothing else is left in the folder."""
    snapshot = TrackerFile(path).update(add)
    assert path.read_bytes() == snapshot.data == add(CANONICAL).data
    assert snapshot.identity == TrackerFile(path).identity() == TrackerFile(path).read().identity
    assert names(path) == ["revenue-tracker.md"]


def test_no_change_writes_nothing(path: Path) -> None:
    """The file is the same one, with the same times."""
    before = path.stat()
    TrackerFile(path).update(write)
    TrackerFile(path).update(lambda _: None)
    after = path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_missing_file_reads_as_empty_and_is_made(tmp_path: Path) -> None:
    """With its folders, for its owner only."""
    file = TrackerFile(tmp_path / "a" / "b" / "revenue-tracker.md")
    snapshot = file.read()
    assert (snapshot.data, snapshot.existed, snapshot.identity) == (b"", False, None)
    file.update(add)
    assert read(file.read().data).has("stripe_ch_7")
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700


def test_mode_and_owner_are_kept(path: Path) -> None:
    """Whatever they are."""
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 1234, 4321)
    before = path.stat()
    TrackerFile(path).update(add)
    after = path.stat()
    assert before.st_ino != after.st_ino
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)


def test_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    """What it leads to is changed; a relative one and a chain of them too."""
    (tmp_path / "near.md").symlink_to("money/revenue-tracker.md")
    (tmp_path / "far.md").symlink_to("near.md")
    TrackerFile(tmp_path / "far.md").update(add)
    assert (tmp_path / "far.md").readlink() == Path("near.md")
    assert (tmp_path / "near.md").readlink() == Path("money/revenue-tracker.md")
    assert read(path.read_bytes()).has("stripe_ch_7")
    assert names(path) == ["revenue-tracker.md"]


def test_a_link_to_nothing_leads_to_the_new_file(tmp_path: Path) -> None:
    """It is made where the link points."""
    (tmp_path / "link.md").symlink_to(tmp_path / "real" / "tracker.md")
    TrackerFile(tmp_path / "link.md").update(add)
    assert (tmp_path / "real" / "tracker.md").is_file()
    assert (tmp_path / "link.md").is_symlink()


# -- backups ----------------------------------------------------------------------------------------------------------


def with_backup(data: bytes, text: bytes) -> Update:
    """An update that needs a backup."""
    update = write(data)
    update.pieces, update.changed, update.needs_backup = [memoryview(text)], True, True
    return update


def test_a_rare_rewrite_leaves_a_backup_for_its_owner_only(path: Path) -> None:
    """The old text, byte for byte."""
    path.chmod(0o644)
    TrackerFile(path).update(lambda data: with_backup(data, b"new"))
    (backup,) = [each for each in path.parent.iterdir() if each != path]
    assert backup.name.startswith("revenue-tracker.backup-20")
    assert backup.suffix == ".md"
    assert backup.read_bytes() == CANONICAL
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_backups_are_bounded_and_the_first_is_kept(path: Path) -> None:
    """Ten at most: the tracker as it was found, and the latest nine. A copy that a person made is not one of them."""
    own = path.parent / "revenue-tracker.backup-of-2025.md"
    own.touch()
    for number in range(25):
        new = TrackerFile(path).update(partial(with_backup, text=f"text {number}".encode()))
    backups = sorted(path.parent.glob("revenue-tracker.backup-*.md"))
    assert backups.pop() == own
    assert new.backup == backups[-1]
    assert [each.read_bytes() for each in backups] == [CANONICAL, *(f"text {n}".encode() for n in range(15, 24))]


# -- other writers ----------------------------------------------------------------------------------------------------


def test_a_lock_that_is_held_is_waited_for_and_then_reported(path: Path) -> None:
    """A bounded wait, a clear word, the file untouched."""
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(TrackerBusy, match=r"another program has been writing to the tracker for 0\.05 seconds"):
            TrackerFile(path, wait_s=0.05).update(add)
    finally:
        os.close(handle)
    assert path.read_bytes() == CANONICAL
    TrackerFile(path, wait_s=0.05).update(add)
    assert read(path.read_bytes()).has("stripe_ch_7")


def test_where_folders_can_t_be_locked_a_file_carries_the_lock(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on some network file systems."""
    real = fcntl.flock

    def flock(handle: int, operation: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(9, "Bad file descriptor")
        real(handle, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    TrackerFile(path).update(add)
    assert read(path.read_bytes()).has("stripe_ch_7")
    with (path.parent / ".revenue-tracker.md.lock").open() as lock:
        real(lock, fcntl.LOCK_EX)
        with pytest.raises(TrackerBusy):
            TrackerFile(path, wait_s=0.01).update(add)


def test_an_editor_s_change_in_between_is_merged(path: Path) -> None:
    """Saved in place or by replacing the file, while the change is being computed: both are in the result."""
    for how in ("in place", "by replacing"):
        path.write_bytes(CANONICAL)
        asked: list[bytes] = []

        def change(data: bytes, how: str = how, asked: list[bytes] = asked) -> Update:
            asked.append(data)
            if len(asked) == 1:
                save(path, CANONICAL + b"\nA note of mine.\n", how)
            return add(data)

        TrackerFile(path).update(change)
        assert b"A note of mine." in path.read_bytes()
        assert read(path.read_bytes()).has("stripe_ch_7")
        assert len(asked) == 2


def save(path: Path, text: bytes, how: str) -> None:
    """Save as editors do."""
    if how == "in place":
        path.write_bytes(text)
    else:
        (path.parent / "other").write_bytes(text)
        (path.parent / "other").replace(path)


def test_an_editor_that_saves_at_the_very_last_moment_is_merged_too(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between our last look and the exchange, an editor writes into the old file: its text is found and brought in."""
    replace = Path.replace
    done: list[int] = []

    def late(self: Path, target: Path) -> Path:
        if not done:
            done.append(1)
            path.write_bytes(CANONICAL + b"\nA late note.\n")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", late)
    TrackerFile(path).update(add)
    assert b"A late note." in path.read_bytes()
    assert read(path.read_bytes()).has("stripe_ch_7")


def test_a_file_that_never_holds_still_is_given_up_on(path: Path) -> None:
    """After twenty tries, with what to do; what the other program wrote stands."""
    saved: list[bytes] = []

    def change(data: bytes) -> Update:
        saved.append(CANONICAL + b"%d" % len(saved))
        path.write_bytes(saved[-1])
        return add(data)

    with pytest.raises(TrackerBusy, match="keeps changing"):
        TrackerFile(path).update(change)
    assert path.read_bytes() == saved[-1]
    assert names(path) == ["revenue-tracker.md"]


def test_temporary_files_of_dead_writers_are_cleared_away(path: Path) -> None:
    """By the next run, whether it changes anything or not; other people's files stay."""
    strays = [path.parent / f".revenue-tracker.md.{n}-abc.tmp" for n in range(3)]
    others = [path.parent / ".revenue-tracker.md.swp", path.parent / "notes.tmp", path.parent / ".other.md.1-abc.tmp"]
    for each in (*strays, *others):
        each.touch()
    TrackerFile(path).update(lambda _: None)
    assert names(path) == sorted(["revenue-tracker.md", *(each.name for each in others)])


def test_a_change_that_fails_leaves_everything(path: Path) -> None:
    """The error goes up as it is; the lock is free again."""

    def change(_: bytes) -> Update:
        raise KeyError("mine")

    with pytest.raises(KeyError):
        TrackerFile(path).update(change)
    assert path.read_bytes() == CANONICAL
    TrackerFile(path, wait_s=0.0).update(add)


# -- what can't be read or written -------------------------------------------------------------------------------------


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    """It is said to be one."""
    for run in (TrackerFile.read, partial(TrackerFile.update, change=add)):
        with pytest.raises(TrackerUnreadable, match="this is a folder"):
            run(TrackerFile(tmp_path))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A named pipe would block for ever; it is refused at once."""
    os.mkfifo(tmp_path / "pipe.md")
    with pytest.raises(TrackerUnreadable, match="not a regular file"):
        TrackerFile(tmp_path / "pipe.md").read()


def test_a_link_that_leads_back_to_itself(tmp_path: Path) -> None:
    """It is said to be one."""
    (tmp_path / "a.md").symlink_to("b.md")
    (tmp_path / "b.md").symlink_to("a.md")
    with pytest.raises(TrackerUnreadable, match="leads back to itself"):
        TrackerFile(tmp_path / "a.md").read()
    with pytest.raises(TrackerError):
        TrackerFile(tmp_path / "a.md").update(add)


def test_a_file_in_place_of_the_folder(path: Path) -> None:
    """Whoever reads or writes is told."""
    with pytest.raises(TrackerUnreadable, match="a part of this path is a file"):
        TrackerFile(path / "tracker.md").read()
    with pytest.raises(TrackerUnwritable, match="this is a file"):
        TrackerFile(path / "tracker.md").update(add)


@pytest.mark.usefixtures("ordinary_user")
def test_a_read_only_file_is_not_replaced(path: Path) -> None:
    """Though its folder would allow it: who made it read-only meant it."""
    path.chmod(0o444)
    with pytest.raises(TrackerUnwritable, match="read-only"):
        TrackerFile(path).update(add)
    path.chmod(0o644)
    assert path.read_bytes() == CANONICAL
    assert names(path) == ["revenue-tracker.md"]


@pytest.mark.usefixtures("ordinary_user")
def test_a_read_only_folder(path: Path) -> None:
    """The tracker can be read, not changed."""
    path.parent.chmod(0o555)
    try:
        assert TrackerFile(path).read().data == CANONICAL
        with pytest.raises(TrackerUnwritable, match="make the folder writable"):
            TrackerFile(path).update(add)
    finally:
        path.parent.chmod(0o755)
    assert path.read_bytes() == CANONICAL


@pytest.mark.usefixtures("ordinary_user")
def test_a_file_one_may_not_read(path: Path) -> None:
    """It is said what to type."""
    path.chmod(0o000)
    for run in (TrackerFile.read, partial(TrackerFile.update, change=add)):
        with pytest.raises(TrackerUnreadable, match=r"chmod u\+r"):
            run(TrackerFile(path))
    path.chmod(0o644)


def test_a_read_only_disk_is_told_from_a_read_only_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There chmod would not help."""
    real = os.statvfs(path)
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result((*real[:8], real.f_flag | os.ST_RDONLY, real[9])))
    with pytest.raises(TrackerUnwritable, match="mounted read-only"):
        TrackerFile(path).update(add)
    assert path.read_bytes() == CANONICAL


@pytest.mark.parametrize("room", [0, 1, 1_000])
def test_a_disk_without_room(path: Path, room: int) -> None:
    """The system itself takes no more than so many bytes: the old file stands, nothing else is left."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
    try:
        with pytest.raises(TrackerUnwritable, match="the disk is full"):
            TrackerFile(path).update(add)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == CANONICAL
    assert names(path) == ["revenue-tracker.md"]
