"""A hundred transactions into many, half of them known: P3 to P6."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.clock import ENVIRON, Taken, interleaved, run
from benchmarks.formats import write_csv, write_hledger_rules
from benchmarks.peers import debian_program, say
from benchmarks.place import COMMAND, PYTHON, ROOT, Bench
from benchmarks.sales import NOW, arrivals
from benchmarks.table import Line, compared, measured

_MERGED = 100
_MAP = [f"--map={field}={field.title()}" for field in ("date", "client", "description", "amount", "fee", "id")]


def lines(bench: Bench) -> Iterator[Line]:
    """Whole processes against hledger's import, then the engine against the disk, then its growth."""
    rows = 10_000 if bench.quick else 100_000
    yield from _whole(bench, rows)
    yield from _engine(bench, rows)
    if bench.million:
        yield from _growth(bench)


# -- whole processes --------------------------------------------------------------------------------------------------


def _whole(bench: Bench, rows: int) -> Iterator[Line]:
    say(f"merge into {rows:,} transactions")
    work = bench.folder / "work"
    work.mkdir(parents=True, exist_ok=True)
    write_csv(work / "new.csv", arrivals(_MERGED))
    write_hledger_rules(work / "new.csv.rules")
    things = {"ours": _our_import(bench, rows, work)}
    if hledger := debian_program("hledger"):
        things["hledger"] = _hledger_import(hledger, bench, rows, work)
    samples = interleaved(things, bench.rounds)
    ours = samples.pop("ours")
    for peer in samples.values():
        limit = 0.10 if rows == 100_000 else None
        yield compared("P3", f"merge into {rows:,} ÷ hledger import", ours, peer, limit)
    yield measured("P5", f"merge into {rows:,}, peak memory", ours.memory / 2**20, "MiB", 60)


def _our_import(bench: Bench, rows: int, work: Path) -> Callable[[], Taken]:
    """Half of the rows are imported before: the tracker is copied from one that has them.

    The copies keep an old time: a file written within two seconds would be read once more before it is replaced.
    """
    half, ready, tracker = work / "half.csv", work / f"{rows}-half.md", work / "tracker.md"
    write_csv(half, arrivals(_MERGED // 2))
    shutil.copyfile(bench.files(rows).tracker, ready)
    run(_import(half, ready))
    os.utime(ready, (0, 0))

    def merge() -> Taken:
        shutil.copy2(ready, tracker)
        return run(_import(work / "new.csv", tracker))

    return merge


def _import(csv: Path, tracker: Path) -> Sequence[str]:
    return [COMMAND, "import", str(csv), "--channel", "Gumroad", *_MAP, "--tracker", str(tracker), "--now", NOW]


def _hledger_import(hledger: str, bench: Bench, rows: int, work: Path) -> Callable[[], Taken]:
    """hledger tells new rows by their place after the last day it has seen; it compares no ids."""
    journal = work / "hledger.journal"

    def merge() -> Taken:
        shutil.copyfile(bench.files(rows).journal, journal)
        (work / ".latest.new.csv").unlink(missing_ok=True)
        return run([hledger, "-f", str(journal), "import", str(work / "new.csv")])

    return merge


# -- the engine alone -------------------------------------------------------------------------------------------------


def _engine(bench: Bench, rows: int) -> Iterator[Line]:
    say(f"the engine alone, {rows:,} transactions")
    samples = interleaved({job: _engine_job(bench, job, rows) for job in ("merge", "floor")}, max(7, bench.rounds))
    limit = 12 if rows == 100_000 else None
    yield compared("P4", f"merge engine at {rows:,} ÷ writing durably", samples["merge"], samples["floor"], limit)


def _growth(bench: Bench) -> Iterator[Line]:
    say("growth from 10,000 to 1,000,000")
    for job, what in (("read", "summary"), ("merge", "merge")):
        sizes = {"small": 10_000, "large": 1_000_000}
        samples = interleaved({name: _engine_job(bench, job, rows) for name, rows in sizes.items()}, bench.rounds)
        yield compared("P6", f"{what} engine, 1,000,000 ÷ 10,000", samples["large"], samples["small"], 110)


def _engine_job(bench: Bench, job: str, rows: int) -> Callable[[], Taken]:
    copy = bench.folder / "work" / f"engine-{job}-{rows}.md"

    def once() -> Taken:
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(bench.files(rows).tracker, copy)
        argv = [PYTHON, "-m", "benchmarks.engine", job, str(copy)]
        done = subprocess.run(argv, cwd=ROOT, env=ENVIRON, check=True, stdout=subprocess.PIPE)
        return Taken(float(done.stdout))

    return once
