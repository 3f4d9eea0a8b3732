"""A coverage being changed: units with their ground, leaves drawn, ancestors computed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from geodata.findings import Finding
from geodata.measure import area_m2
from geodata.topology import Geometries, Ground, Rearranged, unite

REMAINDER = "remainder"
SEAM_M2 = 0.01
"""Ground that moves by less than this did not move: a vertex was added to a border."""


@dataclass(frozen=True, slots=True)
class UnitState:
    """A unit as it stands in a coverage; parents are named by their place in the list."""

    level: int
    name: str
    kind: str = "unit"
    code: str | None = None
    parent: int | None = None
    unit_id: int | None = None
    """None while the database does not know it."""
    ground: Ground = field(default_factory=Polygon)
    """Drawn for a leaf, the union of its children for the others, empty for a unit that is no more."""
    reported: Ground | None = None
    source: str | None = None
    source_digest: str | None = None

    @property
    def gone(self) -> bool:
        """Say whether the unit has no ground any more."""
        return bool(shapely.is_empty(self.ground))


class Coverage:
    """The units of a jurisdiction in a list; every change goes through `rearranged` and then `unite_ancestors`.

    After these, leaves and remainders tile and every other unit is the union of its children.
    """

    def __init__(self, units: Iterable[UnitState]) -> None:
        self.units = list(units)
        self.moved: set[int] = set()
        """Units whose ground changed; the others changed at most by vertices of seams."""
        self.findings: list[Finding] = []

    def children(self) -> dict[int | None, list[int]]:
        """Return the places of the children by the place of their parent; units that are no more are left out."""
        below: dict[int | None, list[int]] = defaultdict(list)
        for place, unit in enumerate(self.units):
            if not unit.gone:
                below[unit.parent].append(place)
        return below

    def leaves(self) -> list[int]:
        """Return the places of the units that have ground and no children, by rank: by code, those without by place, remainders last."""
        below = self.children()
        bare = [place for place, unit in enumerate(self.units) if not unit.gone and not below.get(place)]
        return sorted(bare, key=self._rank)

    def _rank(self, place: int) -> tuple[bool, bool, str, int]:
        unit = self.units[place]
        return unit.kind == REMAINDER, unit.code is None, unit.code or "", place

    def ground_of(self, places: Iterable[int]) -> Geometries:
        """Return the ground of these units as an array."""
        chosen = [self.units[place].ground for place in places]
        array = np.empty(len(chosen), dtype=object)
        array[:] = chosen
        return array

    def add(self, unit: UnitState) -> int:
        """Add a unit and return its place."""
        self.units.append(unit)
        return len(self.units) - 1

    def put(self, place: int, ground: Ground, *, moved: bool) -> None:
        """Give a unit this ground; `moved` is False where only the vertices of a seam changed."""
        self.units[place] = replace(self.units[place], ground=ground)
        if moved:
            self.moved.add(place)

    def describe(self, place: int, **fields: Any) -> None:  # noqa: ANN401  # the fields of UnitState but its ground
        """Change what is said about a unit, not its ground."""
        self.units[place] = replace(self.units[place], **fields)

    def reset(self, units: Iterable[UnitState]) -> None:
        """Forget every change: these are the units again."""
        self.units, self.moved, self.findings = list(units), set(), []

    def pruned(self) -> Coverage:
        """Return the same without units that never had ground: what remained of a parent and was taken at once."""
        kept = [place for place, unit in enumerate(self.units) if unit.unit_id is not None or not unit.gone]
        new_place: dict[int | None, int | None] = {None: None} | {place: index for index, place in enumerate(kept)}
        pruned = Coverage(replace(self.units[place], parent=new_place[self.units[place].parent]) for place in kept)
        pruned.moved = {index for index, place in enumerate(kept) if place in self.moved}
        return pruned

    def rearranged(self, places: list[int], change: Rearranged) -> None:
        """Take over a change of borders; `places` names the unit behind each index of the change."""
        for index, ground in change.geometries.items():
            self.put(places[index], ground, moved=index not in change.seams)
        for index in change.emptied:
            self.put(places[index], Polygon(), moved=True)
        self.findings.extend(change.findings)

    def unite_ancestors(self) -> None:
        """Make every unit with children the union of them, from the bottom up; only what changed is united anew."""
        below = self.children()
        for place in sorted(below.keys() - {None}, key=lambda place: -self.units[place or 0].level):
            if place is None:
                continue
            united = unite(self.ground_of(below[place]))
            self.findings.extend(united.findings)
            before = self.units[place].ground
            if not shapely.equals_exact(before, united.ground):
                self.put(place, united.ground, moved=_differs(before, united.ground))


def multi(ground: Ground) -> MultiPolygon:
    """Return the ground as the multipolygon that the tables hold."""
    return ground if isinstance(ground, MultiPolygon) else MultiPolygon([ground])


def _differs(before: Ground, after: Ground) -> bool:
    if shapely.is_empty(before) or shapely.is_empty(after):
        return True
    return float(area_m2(np.array([shapely.symmetric_difference(before, after)]))[0]) > SEAM_M2
