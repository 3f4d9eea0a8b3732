"""`python -m bench [part ...] [--full | --columns 60] [--write]`: measure beside the peers; `--write` renews docs/benchmarks.md."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
from collections.abc import Callable, Iterator

from bench import report
from bench.city import City
from bench.contest import Contest, hold

PARTS = {
    "locate": "one point, its micro-grid",
    "batch": "a million points at once",
    "assign": "the same from table to table",
    "overlap": "buildings by largest overlap",
    "coverage": "whether leaves tile",
    "build": "ground divided between buildings and grouped",
    "districts": "parcels into groups within a range",
    "proposals": "units drawn anew and put right",
    "stations": "the nearest of them",
    "tiles": "vector tiles, nothing cached",
    "search": "names, letter by letter",
    "redraw": "a planner's moves over HTTP, with growth",
    "publish": "borders and parents, with growth",
    "rights": "protected rows by box and by name",
    "import": "files of units and buildings into the database",
    "http": "the same over HTTP",
    "page": "the map page",
}
"""A part is a module of this package, with `contests(city)`."""
MODULES = {"import": "import_"}


def main() -> None:
    """Hold the contests of the parts asked for, all by default, and report."""
    asked = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    asked.add_argument("parts", nargs="*", help=" · ".join(f"{name}: {what}" for name, what in PARTS.items()))
    asked.add_argument("--columns", type=int, default=100, help="micro-grids across; half as many up (default: 100, 5,000 in all)")
    asked.add_argument("--full", dest="columns", action="store_const", const=200, help="the city of the published figures: 20,000")
    asked.add_argument("--write", action="store_true", help="renew docs/benchmarks.md and its plot")
    options = asked.parse_args()
    if unknown := set(options.parts) - PARTS.keys():
        asked.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    for stop in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, lambda *_: sys.exit(1))  # so that clusters and servers are ended on the way out
    city = City(options.columns, options.columns // 2)
    results = []
    for part in options.parts or PARTS:
        for contest in _contests(part)(city):
            results.append(report.Result(contest, tuple(hold(contest))))
            report.show(results[-1])
            if options.write:
                report.write(results, city)


def _contests(part: str) -> Callable[[City], Iterator[Contest]]:
    found: Callable[[City], Iterator[Contest]] = importlib.import_module(f"bench.{MODULES.get(part, part)}").contests
    return found


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
