"""Monthly totals by channel, from the file: P1, P2, P5, and how long `--help` takes, P10."""

from collections.abc import Callable, Iterator

from benchmarks.clock import Sample, Taken, interleaved, program
from benchmarks.peers import debian_program, python_programs, say
from benchmarks.place import COMMAND, PYTHON, Bench
from benchmarks.sales import NOW
from benchmarks.table import Line, compared, measured

_QUERY = "SELECT year, month, account, sum(position) WHERE account ~ 'Income' GROUP BY year, month, account"
_LIMITS = {("ledger", 10_000): ("P2", 1.0), ("ledger", 100_000): ("P1", 0.25), ("hledger", 100_000): ("P2", 0.08)}
_MOST_MEMORY_MIB = 60
_LARGE = 100_000


def help_line(bench: Bench) -> Iterator[Line]:
    """The command's help against an interpreter that does nothing."""
    samples = interleaved(
        {"ours": program(COMMAND, "--help"), "bare": program(PYTHON, "-c", "pass")}, max(11, bench.rounds)
    )
    yield compared("P10", "`--help` ÷ `python -c pass`", samples["ours"], samples["bare"], 8)


def lines(bench: Bench) -> Iterator[Line]:
    """The monthly summary against each peer, at each size."""
    for rows in bench.sizes:
        say(f"monthly totals of {rows:,} transactions")
        samples = interleaved(_programs(bench, rows), bench.rounds_for(rows))
        ours = samples.pop("ours")
        for name, peer in samples.items():
            number, limit = _LIMITS.get((name, rows), ("", None))
            yield compared(number, f"summary of {rows:,} ÷ {name}", ours, peer, limit)
        yield _memory(rows, ours)


def _memory(rows: int, ours: Sample) -> Line:
    limit = _MOST_MEMORY_MIB if rows <= _LARGE else None
    return measured("P5", f"summary of {rows:,}, peak memory", ours.memory / 2**20, "MiB", limit)


def _programs(bench: Bench, rows: int) -> dict[str, Callable[[], Taken]]:
    files = bench.files(rows)
    found = {"ours": program(COMMAND, "summary", "--tracker", str(files.tracker), "--now", NOW)}
    if ledger := debian_program("ledger"):
        found["ledger"] = program(ledger, "-f", str(files.journal), "register", "^Income", "--monthly")
    if rows > _LARGE:  # the others take minutes, and more memory than a laptop has
        return found
    if hledger := debian_program("hledger"):
        found["hledger"] = program(hledger, "-f", str(files.journal), "balance", "Income", "--monthly")
    beancount = python_programs(bench.folder, "beancount", ["beancount", "beanquery"])
    if beancount:
        found["bean-query"] = program(str(beancount / "bean-query"), "-q", str(files.beancount), _QUERY)
    return found
