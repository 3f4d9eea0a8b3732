"""What a plan changes about members, dwellings, contracts and posts: how many, never who."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
import shapely

from geodata.topology.grid import as_array
from gridsvc.database.queries.plan_buildings import BuildingBetween, groups
from gridsvc.database.queries.plan_change import PlanChange
from gridsvc.domain.coverage import REMAINDER
from gridsvc.domain.impact import Counted


def posts_between(change: PlanChange, leaves: frozenset[int]) -> Iterator[Counted]:
    """Give the posts at units, which stay with theirs.

    A post whose unit ends counts at the unit of its level that has most of its ground, where it will be proposed.
    """
    held = {unit: sum(posts.values()) for unit, posts in posts_at(change, leaves | change.apart).items()}
    follows = successors(change, [key for key in held if key not in change.after])
    for key, amount in held.items():
        yield "posts", key, key if key in change.after else follows.get(key), amount


def at_buildings(change: PlanChange, rows: list[BuildingBetween]) -> list[Counted]:
    """Return what hangs at buildings and goes with them, by the leaves between which they stay or go."""
    pairs, number = groups(rows)
    given = {"wanted": [row.id for row in rows], "numbers": number.tolist()}
    return [(row.kind, *pairs[row.number], float(row.amount)) for row in change.ask(_AT_BUILDINGS, given)]


def posts_at(change: PlanChange, units: Iterable[int]) -> dict[int, dict[str, int]]:
    """Return how many hold each post at units of today, by unit and post."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for row in change.ask(_AT_UNITS, {"wanted": list(units)}):
        found[row.unit_id][row.post] = row.amount
    return found


def successors(change: PlanChange, ended: list[int]) -> dict[int, int]:
    """Return for each unit that ends the one of its level with most of its ground; of equals the lowest code, then the oldest."""
    old = change.grounds_before(ended)
    level = {change.before[key].level for key in ended}
    new = [unit for key in change.drawn if (unit := change.after[key]).level in level and unit.kind != REMAINDER]
    new.sort(key=lambda unit: (unit.code is None, unit.code or "", unit.key < 0, abs(unit.key)))
    if not old or not new:
        return {}
    shapes = change.grounds(unit.key for unit in new)
    grounds = as_array(shapes[unit.key] for unit in new)
    found = {}
    for key, ground in old.items():
        common = shapely.area(shapely.intersection(ground, grounds))  # in degrees, as successor_at of sql/75_people.sql
        common[[unit.level != change.before[key].level for unit in new]] = 0
        if common.max() > 0:
            found[key] = new[int(np.argmax(common))].key
    return found


_AT_BUILDINGS = """
SELECT kind, number, amount FROM counted_at_buildings(cast(:wanted AS bigint[]), cast(:numbers AS integer[]))
"""
_AT_UNITS = "SELECT unit_id, post, amount FROM posts_at_units(cast(:wanted AS bigint[]))"
