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

State: TypeAlias = Literal["draft", "review", "scheduled", "published", "merged", "discarded"]

STATES: dict[State, tuple[str, str]] = {
    "draft": ("草案", "draft"),
    "review": ("审核中", "under review"),
    "scheduled": ("待生效", "scheduled"),
    "published": ("已发布", "published"),
    "merged": ("已并入", "merged"),
    "discarded": ("已作废", "discarded"),
}
"""What screens call the states of a plan, Chinese and English."""

DECISIONS: dict[str, tuple[str, str]] = {
    "submitted": ("提交", "submitted"),
    "passed": ("通过", "passed"),
    "sent_back": ("退回", "sent back"),
    "withdrawn": ("撤回", "withdrawn"),
}
"""What screens call what was decided at a step of the office's path."""


MOVES: dict[str, tuple[str, str]] = {
    "tree": ("整片划分", "tree put in"),
    "shift": ("调整边界", "border shifted"),
    "split": ("拆分", "split"),
    "merge": ("合并", "merged"),
    "transfer": ("划转楼栋", "buildings transferred"),
    "reparent": ("调整隶属", "put under another unit"),
    "rename": ("更名改码", "renamed"),
    "annex": ("划入地块", "ground annexed"),
    "retire": ("划出地块", "ground retired"),
    "redraw": ("外部修改", "edited elsewhere"),
    "take-back": ("撤回", "taken back"),
    "rebase": ("结转至新版本", "carried over to another edition"),
    "gather": ("合并草案", "drafts put together"),
}
"""What screens call the kinds of moves, Chinese and English."""


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
    Ground of the anchor that no leaf of the tree holds goes to the nearest one. A unit of the tree that is there already (the same
    code at its level, else the same name below the same unit; a remainder below the same unit) stays itself.
    """
    leaves = coverage.leaves()
    doomed = set(_below(coverage, anchor))
    replaced = [index for index, place in enumerate(leaves) if place in doomed or place == anchor]
    places = {unit.key: place for unit, place in zip(tree, _added(coverage, anchor, tree, _Twins(coverage, doomed)), strict=True)}
    drawn = [unit for unit in tree if unit.ground is not None]
    _draw(coverage, leaves, replaced, [places[unit.key] for unit in drawn], _array(unit.ground for unit in drawn))
    for place in doomed - set(leaves) - set(places.values()):
        coverage.put(place, Polygon(), moved=True)
    _unite(coverage, tree, places)
    if anchor is not None and coverage.units[anchor].gone:  # it was a leaf, whose ground its new children took
        coverage.put(anchor, unite(coverage.ground_of(coverage.children()[anchor])).ground, moved=False)
    coverage.unite_ancestors()
    return places


def _below(coverage: Coverage, anchor: int | None) -> Iterable[int]:
    below = coverage.children()
    waiting = list(below.get(anchor, ()))
    while waiting:
        place = waiting.pop()
        waiting.extend(below.get(place, ()))
        yield place


class _Twins:
    """The units that a tree replaces, by what they are called; each is found once."""

    def __init__(self, coverage: Coverage, doomed: Iterable[int]) -> None:
        known = [(place, coverage.units[place]) for place in sorted(doomed)]
        real = [(place, unit) for place, unit in known if KINDS[unit.kind].has_code]
        self._rests = {unit.parent: place for place, unit in known if not KINDS[unit.kind].has_code}
        self._by_code = {(unit.level, unit.code): place for place, unit in real if unit.code}
        self._by_name = {(unit.level, unit.name, unit.parent): place for place, unit in real}
        self._left = {place for place, _ in real}

    def of(self, unit: PlanUnit, parent: int | None) -> int | None:
        """Return the place of the unit that one of the tree is."""
        if not KINDS[unit.kind].has_code:
            return self._rests.pop(parent, None)
        by_name = self._by_name.get((unit.level, unit.name, parent))
        place = self._by_code.get((unit.level, unit.code)) if unit.code else by_name
        if place not in self._left:
            return None
        self._left.discard(place)
        return place


def _added(coverage: Coverage, anchor: int | None, tree: Sequence[PlanUnit], twins: _Twins) -> list[int]:
    """Add the units of a tree that are not there, parents first, still without ground."""
    places: dict[str, int] = {}
    for unit in tree:
        parent = anchor if unit.parent is None else places[unit.parent]
        twin = twins.of(unit, parent)
        if twin is None:
            code = unit.code if KINDS[unit.kind].has_code else None
            places[unit.key] = coverage.add(UnitState(unit.level, unit.name, unit.kind, code, parent))
        else:
            coverage.describe(twin, name=unit.name, kind=unit.kind, parent=parent, code=unit.code or coverage.units[twin].code)
            places[unit.key] = twin
    return list(places.values())


def _draw(coverage: Coverage, leaves: list[int], replaced: list[int], places: list[int], grounds: Geometries) -> None:
    """Give the new leaves the ground of those that they replace."""
    old = coverage.ground_of(leaves)
    if not len(old):
        for place, ground in zip(places, grounds, strict=True):
            coverage.put(place, ground, moved=True)
        return
    trees = STRtree(old), STRtree(grounds)
    new = [place for place in places if place not in set(leaves)]
    index_of = {place: index for index, place in enumerate([*leaves, *new])}
    taking = np.array([index_of[place] for place in places], dtype=np.int64)

    def owner(points: Geometries, _faces: Geometries) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        holder = holders(old, points, tree=trees[0])
        mine = np.isin(holder, replaced)
        taker = holders(grounds, points[mine], tree=trees[1])
        taker[taker == NOBODY] = trees[1].nearest(points[mine][taker == NOBODY])
        holder[mine] = taking[taker]
        return holder

    coverage.rearranged([*leaves, *new], rearrange(old, shapely.boundary(shapely.get_parts(grounds)), owner, tree=trees[0]))


def _unite(coverage: Coverage, tree: Sequence[PlanUnit], places: dict[str, int]) -> None:
    """Make the inner units of the tree the union of what is below them, the deepest first."""
    below_of: dict[str | None, list[int]] = {}
    for unit in tree:
        below_of.setdefault(unit.parent, []).append(places[unit.key])
    for unit in sorted((unit for unit in tree if unit.ground is None), key=lambda unit: -unit.level):
        below = below_of[unit.key]
        united = unite(coverage.ground_of(below))
        coverage.findings.extend(united.findings)
        coverage.put(places[unit.key], united.ground, moved=True)


def _array(grounds: Iterable[Ground | None]) -> Geometries:
    given = list(grounds)
    array = np.empty(len(given), dtype=object)
    array[:] = given
    return array
