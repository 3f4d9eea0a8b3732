"""Plans: a base edition and moves, each of which leaves a coverage that tiles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import shapely
from shapely import Polygon, STRtree

from geodata.findings import Finding
from geodata.topology import NOBODY, Geometries, Ground, holders, rearrange, unite
from gridsvc.domain.coverage import Coverage, UnitState
from gridsvc.domain.units import KINDS

State: TypeAlias = Literal["draft", "published", "discarded"]

STATES: dict[State, tuple[str, str]] = {
    "draft": ("草案", "draft"),
    "published": ("已发布", "published"),
    "discarded": ("已作废", "discarded"),
}
"""What screens call the states of a plan, Chinese and English."""


@dataclass(frozen=True, slots=True)
class PlanUnit:
    """A unit that a tree puts into a plan."""

    key: str
    """What `parent` of others means."""
    level: int
    name: str
    parent: str | None = None
    """The key of the unit above; None stands directly below the unit whose ground the tree divides."""
    kind: str = "unit"
    code: str | None = None
    ground: Ground | None = None
    """Of a leaf, lon and lat of EPSG:4490; the others are the union of what is below them."""
    buildings: tuple[int, ...] = ()
    """Of a leaf: the ids of the buildings on its ground."""
    reason: Finding | None = None
    """Why it is as it is: a tower above the maximum, a size that could not be met."""


def plant(coverage: Coverage, anchor: int | None, tree: Sequence[PlanUnit]) -> dict[str, int]:
    """Put a tree into a coverage in place of everything below `anchor` (None: of everything) and return the place of each key.

    The leaves of the tree tile the ground of the anchor; along its border their corners become seams of the neighbours.
    Ground of the anchor that no leaf of the tree holds goes to the nearest one.
    """
    leaves = coverage.leaves()
    doomed = set(_below(coverage, anchor))
    replaced = [index for index, place in enumerate(leaves) if place in doomed or place == anchor]
    above = {place: coverage.units[place] for place in doomed - set(leaves)}
    places = {unit.key: place for unit, place in zip(tree, _added(coverage, anchor, tree), strict=True)}
    drawn = [unit for unit in tree if unit.ground is not None]
    _draw(coverage, leaves, replaced, [places[unit.key] for unit in drawn], _array(unit.ground for unit in drawn))
    for place in above:
        coverage.put(place, Polygon(), moved=True)
    _unite(coverage, tree, places)
    coverage.unite_ancestors()
    return places


def _below(coverage: Coverage, anchor: int | None) -> Iterable[int]:
    below = coverage.children()
    waiting = list(below.get(anchor, ()))
    while waiting:
        place = waiting.pop()
        waiting.extend(below.get(place, ()))
        yield place


def _added(coverage: Coverage, anchor: int | None, tree: Sequence[PlanUnit]) -> list[int]:
    """Add the units of a tree, parents first, still without ground."""
    places: dict[str, int] = {}
    for unit in tree:
        code = unit.code if KINDS[unit.kind].has_code else None
        parent = anchor if unit.parent is None else places[unit.parent]
        places[unit.key] = coverage.add(UnitState(unit.level, unit.name, unit.kind, code, parent))
    return list(places.values())


def _draw(coverage: Coverage, leaves: list[int], replaced: list[int], places: list[int], grounds: Geometries) -> None:
    """Give the new leaves the ground of those that they replace."""
    old = coverage.ground_of(leaves)
    if not len(old):
        for place, ground in zip(places, grounds, strict=True):
            coverage.put(place, ground, moved=True)
        return
    trees = STRtree(old), STRtree(grounds)

    def owner(points: Geometries, _faces: Geometries) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        holder = holders(old, points, tree=trees[0])
        mine = np.isin(holder, replaced)
        taker = holders(grounds, points[mine], tree=trees[1])
        taker[taker == NOBODY] = trees[1].nearest(points[mine][taker == NOBODY])
        holder[mine] = len(old) + taker
        return holder

    coverage.rearranged([*leaves, *places], rearrange(old, shapely.boundary(shapely.get_parts(grounds)), owner, tree=trees[0]))


def _unite(coverage: Coverage, tree: Sequence[PlanUnit], places: dict[str, int]) -> None:
    """Make the inner units of the tree the union of what is below them, the deepest first."""
    for unit in sorted((unit for unit in tree if unit.ground is None), key=lambda unit: -unit.level):
        below = [places[other.key] for other in tree if other.parent == unit.key]
        united = unite(coverage.ground_of(below))
        coverage.findings.extend(united.findings)
        coverage.put(places[unit.key], united.ground, moved=True)


def _array(grounds: Iterable[Ground | None]) -> Geometries:
    given = list(grounds)
    array = np.empty(len(given), dtype=object)
    array[:] = given
    return array
