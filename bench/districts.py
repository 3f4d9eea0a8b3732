"""Parcels into connected groups within a range: how fast, how many in range, how compact; made anew and put right again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from bench.city import City
from bench.contest import Contest
from geodata.districting.certificates import certify
from geodata.districting.graph import Graph, Limits, graph
from geodata.districting.grouping import group
from geodata.measure import area_m2
from geodata.measure import length_m as geodesic_m

LIMITS = Limits(30, 70)
"""Households of a micro-grid."""
PARCELS, MANY = 10_000, 300_000
Label = NDArray[np.int64]


def contests(city: City) -> Iterator[Contest]:
    """Yield grouping 10,000 parcels (of the whole city too: 300,000), proving what cannot be, and rebalancing 500 units."""
    town = _Town(PARCELS)
    yield town.contest(rounds=5)
    yield Contest(f"Prove what cannot be in range of {PARCELS:,}", {"gridsvc": lambda: len(certify(town.graph, Limits(48, 52)))}, rounds=3)
    yield _rebalance(_Town(PARCELS // 2))
    if city.columns == City.columns:
        yield _Town(MANY).contest(rounds=1)


class _Town:
    """Parcels that tile, with the households of a building each."""

    def __init__(self, parcels: int) -> None:
        across = round((2 * parcels) ** 0.5 / 2) * 2
        ground = City(across, round(parcels / across)).leaves
        self.households = np.rint(np.random.default_rng(1).gamma(2, 3, len(ground)))
        self.graph: Graph = graph(ground, self.households)
        self.size_m2, self.edge_m = area_m2(ground), geodesic_m(ground)

    def contest(self, rounds: int) -> Contest:
        """Return the contest of grouping; METIS, which knows no range, gets as many parts as we make."""
        contestants: dict[str, Callable[[], Label]] = {"gridsvc": lambda: group(self.graph, LIMITS).label}
        absent = {}
        try:
            import pymetis  # noqa: PLC0415  # it may be missing
        except ImportError as error:
            absent["METIS"] = str(error)
        else:
            net, parts = self.graph.net, len(np.unique(contestants["gridsvc"]()))
            weight, length_m = (np.rint(each).astype(int) for each in (net.weight, net.length_m))
            start, neighbour, weights, borders = (each.tolist() for each in (net.start, net.neighbour, weight, length_m + 1))

            def metis() -> Label:
                return np.array(pymetis.part_graph(parts, xadj=start, adjncy=neighbour, vweights=weights, eweights=borders)[1])

            contestants[f"METIS, pymetis {pymetis.version}, {parts:,} parts, no range"] = metis
        title = f"Group {len(self.graph):,} parcels for {LIMITS.low} to {LIMITS.high} households"
        return Contest(title, contestants, differs=self._differs, rounds=rounds, absent=absent)

    def _differs(self, ours: Label, theirs: Label) -> str:
        share, compact = zip(*(self.quality(label) for label in (ours, theirs)), strict=True)
        return (
            f"{share[1]:.1%} of its parts are in range, {share[0]:.1%} of ours; "
            f"mean Polsby-Popper {compact[1]:.3f}, ours {compact[0]:.3f}, {compact[0] / compact[1]:.2f} times"
        )

    def quality(self, label: Label) -> tuple[float, float]:
        """Return which share of the parts is in range, and their mean compactness after Polsby and Popper."""
        households, size_m2, edge_m = (np.bincount(label, each) for each in (self.households, self.size_m2, self.edge_m))
        inside = label[self.graph.one] == label[self.graph.other]
        edge_m -= 2 * np.bincount(label[self.graph.one[inside]], self.graph.length_m[inside], minlength=len(edge_m))
        some = size_m2 > 0
        in_range = (households >= LIMITS.low) & (households <= LIMITS.high)
        return float(in_range[some].mean()), float((4 * np.pi * size_m2[some] / edge_m[some] ** 2).mean())


def _rebalance(town: _Town) -> Contest:
    """Return the contest of putting right again what 16 % of the buildings have upset; the title says how little moves."""
    today, random = group(town.graph, LIMITS).label, np.random.default_rng(2)
    changed = random.random(len(today)) < 0.16
    households = np.where(changed, np.rint(town.households * random.uniform(0.3, 1.9, len(today))), town.households)
    later = Graph(households, town.graph.one, town.graph.other, town.graph.length_m)
    found = group(later, LIMITS, start=today)
    moved = households[found.label != today].sum() / households.sum()
    wrong = np.bincount(today, households)
    upset = int(((wrong < LIMITS.low) | (wrong > LIMITS.high)).sum())
    title = f"Rebalance {len(wrong):,} units, {upset} of them out of range: {len(found.reasons)} after, {moved:.1%} of households moved"
    return Contest(title, {"gridsvc": lambda: group(later, LIMITS, start=today).label}, rounds=5)
