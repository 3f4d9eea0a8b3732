"""One piece of work, several who do it: timed in turn within one run, their answers compared with ours."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Contest:
    """What is measured; the first contestant is ours."""

    title: str
    contestants: Mapping[str, Callable[[], Any]]
    """Name with version, and the work; the answer is compared, outside the measured time."""
    differs: Callable[[Any, Any], str] = lambda ours, theirs: "" if ours == theirs else "another answer"
    """Says how a peer's answer differs from ours; nothing where they agree."""
    worth: Callable[[Any], str] = lambda _answer: ""
    """Says what an answer is worth, ours too, where times alone say little."""
    rounds: int = 7
    pieces: int = 1
    """How many pieces of work (points, tiles) one call does: times are given for one."""
    absent: Mapping[str, str] = field(default_factory=dict)
    """Peers that could not take part, and why."""
    target: float | None = None
    """The ratio to the best peer that we have set ourselves."""


@dataclass(frozen=True)
class Outcome:
    """How one contestant did."""

    name: str
    median_s: float
    low_s: float
    high_s: float
    ratio: float
    """How many times our median it took."""
    remark: str = ""
    worth: str = ""


def hold(contest: Contest) -> list[Outcome]:
    """Time all contestants in turn, round after round, after one round that only warms up and compares; nobody, where nobody is there."""
    if not contest.contestants:
        return []
    answers = {name: work() for name, work in contest.contestants.items()}
    ours, *peers = contest.contestants
    remarks = {name: contest.differs(answers[ours], answers[name]) for name in peers}
    worths = {name: contest.worth(answer) for name, answer in answers.items()}
    del answers
    times: dict[str, list[float]] = {name: [] for name in contest.contestants}
    for _ in range(contest.rounds):
        for name, work in contest.contestants.items():
            times[name].append(_timed(work) / contest.pieces)
    base = statistics.median(times[ours])
    return [
        Outcome(name, statistics.median(took), min(took), max(took), statistics.median(took) / base, remarks.get(name, ""), worths[name])
        for name, took in times.items()
    ]


def _timed(work: Callable[[], Any]) -> float:
    gc.collect()
    gc.disable()
    start = time.perf_counter()
    work()
    took = time.perf_counter() - start
    gc.enable()
    return took
