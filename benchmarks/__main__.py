"""Print one table of everything that is measured; `python -m benchmarks --help` tells the options."""

import argparse
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks import merging, reading, refreshing, serving
from benchmarks.clock import Failed
from benchmarks.peers import compile_ours, say
from benchmarks.place import ROOT, Bench
from benchmarks.table import Line, rendered


def _pages(bench: Bench) -> Iterator[Line]:
    from benchmarks import pages  # noqa: PLC0415 - a program's peak of memory counts from what its parent holds

    yield from pages.lines(bench)


_PARTS: Mapping[str, Callable[[Bench], Iterator[Line]]] = {
    "help": reading.help_line,
    "reading": reading.lines,
    "merging": merging.lines,
    "serving": serving.lines,
    "refreshing": refreshing.lines,
    "pages": _pages,
}


def main() -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small files and few rounds: a first look")
    parser.add_argument("--million", action="store_true", help="also a million transactions: the peers take minutes")
    parser.add_argument("--rounds", type=int, default=7, metavar="N", help="interleaved runs of each thing (default 7)")
    parser.add_argument("--only", action="append", choices=list(_PARTS), help="only this part; may be repeated")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench", help="keeps files and peers")
    arguments = parser.parse_args()
    bench = Bench(arguments.folder, 3 if arguments.quick else arguments.rounds, arguments.million, arguments.quick)
    compile_ours(ROOT)
    found: list[Line] = []
    for name in arguments.only or _PARTS:
        try:
            for line in _PARTS[name](bench):
                say(f"  {line.what}: {line.told}")
                found.append(line)
        except Failed as failed:
            say(f"{name} could not be measured: {failed}")
    print(rendered(found))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
