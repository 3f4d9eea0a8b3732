"""Results as a table to read in a terminal, as a page and as a plot."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from math import log10
from pathlib import Path

from bench.city import City
from bench.contest import Contest, Outcome

DOCS = Path(__file__).resolve().parent.parent / "docs"
BEGIN, END = "<!-- results: written by python -m bench --write -->", "<!-- end of results -->"
WIDTH, LABEL, LINE = 920, 330, 24
OURS, PEER, INK, SOFT = "#0f5d73", "#b9c6cc", "#1d2733", "#5b6673"


@dataclass(frozen=True)
class Result:
    """A contest and how it went."""

    contest: Contest
    outcomes: Sequence[Outcome]

    @property
    def best_ratio(self) -> float:
        """Return how many times our time the best peer took."""
        return min((outcome.ratio for outcome in self.outcomes if not outcome.name.startswith("gridsvc")), default=float("nan"))

    def notes(self) -> Iterator[str]:
        """Yield what the reader must know: answers that differ, peers that are absent."""
        for outcome in self.outcomes:
            if outcome.worth:
                yield f"{self.contest.title}, {outcome.name}: {outcome.worth}"
            if outcome.remark:
                yield f"{outcome.name} answers otherwise: {outcome.remark}"
        for name, why in self.contest.absent.items():
            yield f"{self.contest.title}, {name} took no part: {why}"


def show(result: Result) -> None:
    """Print one contest with bars of its ratios."""
    target = f"; target {result.contest.target:g} x" if result.contest.target else ""
    print(f"\n{result.contest.title}   (best peer {result.best_ratio:.2f} x{target})")  # noqa: T201  # this is what it prints
    longest = max((outcome.ratio for outcome in result.outcomes), default=1.0)
    for outcome in result.outcomes:
        bar = "█" * max(1, round(40 * outcome.ratio / longest))
        print(f"  {outcome.name:44} {duration(outcome.median_s):>9} {spread(outcome):>21} {outcome.ratio:8.2f} x {bar}")  # noqa: T201  # the same
    for note in result.notes():
        print(f"  ! {note}")  # noqa: T201  # the same


def write(results: Sequence[Result], city: City) -> None:
    """Renew the results in docs/benchmarks.md, and the plot beside it."""
    page = DOCS / "benchmarks.md"
    before, rest = page.read_text("utf-8").split(BEGIN)
    after = rest.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n\n{_table(results, city)}\n{END}{after}", "utf-8")
    (DOCS / "benchmarks.svg").write_text(plot(results), "utf-8")


def _table(results: Sequence[Result], city: City) -> str:
    load = f"load {os.getloadavg()[0]:.1f} at the end, {os.getloadavg()[2]:.1f} over the last 15 minutes"
    machine = f"{os.cpu_count()} cores, {load}, {platform.system()}, Python {platform.python_version()}"
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d} · {machine} · {city}",
        "",
        "| work | who | median | spread | times ours | target |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for result in results:
        if not result.outcomes:
            lines.append(f"| {result.contest.title} | nobody, see below | | | | |")
        for place, outcome in enumerate(result.outcomes):
            work = "" if place else result.contest.title
            target = f"≥ {result.contest.target:g}" if result.contest.target and not place else ""
            lines.append(f"| {work} | {outcome.name} | {duration(outcome.median_s)} | {spread(outcome)} | {outcome.ratio:.2f} | {target} |")
    lines += ["", *(f"- {note}." for result in results for note in result.notes())]
    return "\n".join(lines) + "\n"


def plot(results: Sequence[Result]) -> str:
    """Return bars of all ratios on a logarithmic scale, as SVG."""
    longest = max((outcome.ratio for result in results for outcome in result.outcomes), default=1.0)
    scale = (WIDTH - LABEL - 110) / max(log10(longest) + 0.3, 1)
    rows: list[str] = []
    y = 10
    for result in results:
        rows.append(f'<text x="0" y="{y + 16}" font-weight="600" fill="{INK}">{escape(result.contest.title)}</text>')
        y += LINE
        for place, outcome in enumerate(result.outcomes):
            length = max(2.0, scale * (log10(max(outcome.ratio, 0.5)) + 0.3))
            colour = PEER if place else OURS
            rows.append(f'<text x="{LABEL - 8}" y="{y + 15}" text-anchor="end" fill="{SOFT}">{escape(outcome.name)}</text>')
            rows.append(f'<rect x="{LABEL}" y="{y + 3}" width="{length:.0f}" height="{LINE - 8}" rx="2" fill="{colour}"/>')
            rows.append(
                f'<text x="{LABEL + length + 6:.0f}" y="{y + 15}" fill="{INK}">{outcome.ratio:.2f} × · {duration(outcome.median_s)}</text>'
            )
            y += LINE
        y += 10
    size = f'width="{WIDTH}" height="{y}" viewBox="0 0 {WIDTH} {y}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="13">'
    return "\n".join([head, '<rect width="100%" height="100%" fill="#fff"/>', *rows, "</svg>"]) + "\n"


def duration(seconds: float) -> str:
    """Return a time with three digits and its unit."""
    for factor, unit in ((1, "s"), (1e3, "ms")):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def spread(outcome: Outcome) -> str:
    """Return the fastest and the slowest round."""
    return f"{duration(outcome.low_s)} – {duration(outcome.high_s)}"
