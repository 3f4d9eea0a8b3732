"""Parcels into connected groups within a range: how fast, how many in range, how compact, with growth; beside METIS and GerryChain."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from bench.city import City
from bench.contest import Contest
from bench.grounds import MICRO, PLACES, Absent, curable, drawn, grown
from bench.peers import Label, peers, worth
from geodata.districting.certificates import certify
from geodata.districting.graph import Graph, Limits
from geodata.districting.grouping import group
from geodata.measure import area_m2
from geodata.measure import length_m as geodesic_m
from geodata.topology import Geometries

MANY = 300_000


def contests(city: City) -> Iterator[Contest]:
    """Yield grouping parcels and blocks, as much as 16 times the first; proving what cannot be; of the whole city 300,000 parcels."""
    for name, (make, limits) in PLACES.items():
        try:
            whole = curable(make(), limits)
        except Absent as absent:
            yield Contest(f"Group {name}", {}, absent={"gridsvc": str(absent)})
            continue
        for times, ground in grown(whole):
            yield _grouped(f"Group {name}, {times} x: {len(ground):,} for {limits.low:,.0f} to {limits.high:,.0f}", ground, limits)
    parcels, town = drawn(10_000)
    yield Contest(f"Prove what cannot be in range of {len(town):,}", {"gridsvc": lambda: len(certify(town, Limits(48, 52)))}, rounds=3)
    yield _compact(parcels, town)
    if city.columns == City.columns:
        yield _compact(*drawn(MANY))


def _grouped(title: str, ground: Graph, limits: Limits) -> Contest:
    """Return the contest of grouping; the peers, who know no range, get as many parts as we make and the range as their slack."""
    ours: dict[str, Callable[[], Label]] = {"gridsvc": lambda: group(ground, limits).label}
    present, absent = peers(ground, len(np.unique(ours["gridsvc"]())), limits)
    return Contest(title, ours | present, differs=lambda *_: "", worth=worth(ground, limits), rounds=1, absent=absent)


def _compact(ground: Geometries, town: Graph) -> Contest:
    """Return the contest of grouping a town that tells how compact the groups are."""
    size_m2, edge_m = area_m2(ground), geodesic_m(ground)

    def told(label: Label) -> str:
        size, edge = np.bincount(label, size_m2), np.bincount(label, edge_m)
        inside = label[town.one] == label[town.other]
        edge -= 2 * np.bincount(label[town.one[inside]], town.length_m[inside], minlength=len(edge))
        return f"{worth(town, MICRO)(label)}, mean Polsby-Popper {(4 * np.pi * size[size > 0] / edge[size > 0] ** 2).mean():.3f}"

    title = f"Group {len(town):,} parcels for {MICRO.low} to {MICRO.high} households"
    return Contest(title, {"gridsvc": lambda: group(town, MICRO).label}, worth=told, rounds=1)
