"""Which ground a plan gives from which leaf to which, in m²."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Set
from typing import Any

import numpy as np
import shapely
from shapely import STRtree

from geodata.measure import area_m2
from geodata.topology.grid import as_array
from gridsvc.database.queries.plan_change import PlanChange
from gridsvc.domain.coverage import SEAM_M2, moved_m2
from gridsvc.domain.impact import Counted


def ground_between(change: PlanChange, leaves: frozenset[int], wanted: Set[int] | None = None) -> Iterator[Counted]:
    """Give the ground that goes from each of these leaves of today to each leaf of the plan, and what stays.

    What goes is measured as lineage measures it, by intersection; what stays is the rest, so that sums are those of the leaves. Ground
    that comes from no leaf is told of the wanted leaves alone, to which none of the others of today gives any; without, of all.
    """
    old = change.grounds_before(sorted(leaves))
    new = change.ground_after
    out_m2 = _given_up(change, old)
    givers, takers = list(old), list(new)
    old_m2 = dict(zip(givers, area_m2(as_array(old.values())).tolist(), strict=True))
    come_m2: dict[int, float] = defaultdict(float)
    went_m2: dict[int, float] = defaultdict(float)
    for giver, taker, size_m2 in _common(old, new, givers, takers):
        if size_m2:
            went_m2[giver] += size_m2
            come_m2[taker] += size_m2
            yield "ground_m2", giver, taker, size_m2
    for giver in givers:
        ends = giver in change.redrawn and giver not in new
        if not ends and giver in out_m2:
            went_m2[giver] += out_m2[giver]
            yield "ground_m2", giver, None, out_m2[giver]
        stays_m2 = old_m2[giver] - went_m2[giver]
        if stays_m2 > (LEAST_M2 if ends else SEAM_M2):
            yield "ground_m2", giver, None if ends else giver, stays_m2
    takers = [taker for taker in takers if wanted is None or taker in wanted]
    for taker, size_m2 in zip(takers, area_m2(as_array(new[taker] for taker in takers)).tolist(), strict=True):
        more_m2 = size_m2 - come_m2[taker] - (old_m2[taker] - went_m2[taker] if taker in old_m2 else 0.0)
        if more_m2 > LEAST_M2 and (taker in old_m2 or taker not in change.before):
            yield "ground_m2", None, taker, more_m2


LEAST_M2 = 1.0
"""Less ground than this neither comes in at the edge of the jurisdiction nor goes out: it is the width of borders."""


def _given_up(change: PlanChange, old: dict[int, Any]) -> dict[int, float]:
    """Return the m² of these leaves of today that the plan gives to none, at the edge of the jurisdiction."""
    if not change.edge_moves or not old:
        return {}
    tops = [[key for key in units if units[key].parent is None and key in change.overlay] for units in (change.before, change.after)]
    before, after = change.grounds_before(tops[0]), change.grounds(tops[1])
    gone = shapely.difference(shapely.union_all(list(before.values())), shapely.union_all(list(after.values())))
    sizes_m2 = moved_m2(shapely.intersection(as_array(old.values()), gone))
    return {key: size_m2 for key, size_m2 in zip(old, sizes_m2.tolist(), strict=True) if size_m2 > LEAST_M2}


def _common(old: dict[int, object], new: dict[int, object], givers: list[int], takers: list[int]) -> Iterator[tuple[int, int, float]]:
    if not old or not new:
        return
    one, other = as_array(old.values()), as_array(new.values())
    taker, giver = STRtree(one).query(other, predicate="intersects")
    apart = np.array(givers)[giver] != np.array(takers)[taker]
    taker, giver = taker[apart], giver[apart]
    sizes_m2 = moved_m2(shapely.intersection(one[giver], other[taker]))
    for g, t, size_m2 in zip(giver.tolist(), taker.tolist(), sizes_m2.tolist(), strict=True):
        yield givers[g], takers[t], size_m2
