"""A tree of units inside one ground, grown from streets, buildings, compounds and households."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geodata.districting.blocks import blocks
from geodata.districting.draw import draw
from geodata.districting.graph import Limits
from geodata.districting.land import land
from geodata.districting.parcels import Parcels, parcels
from geodata.districting.streets import Streets
from geodata.districting.tree import Tree, tree
from geodata.findings import Finding
from geodata.progress import Tell
from geodata.shapes import box_of
from geodata.topology import Geometries, Ground, holders
from geodata.topology.grid import Floats, Integers
from gridsvc.domain.plans import PlanUnit
from gridsvc.domain.schemes import Level


@dataclass(frozen=True, slots=True, eq=False)
class Stock:
    """What units are made of; geometries are lon, lat of EPSG:4490."""

    ids: Integers
    """Of the buildings, and so of the next three."""
    footprints: Geometries
    compound: Integers
    """-1 for none."""
    households: Floats
    """0 where nobody lives."""
    streets: Streets
    water: Geometries
    """Water (polygons) and railways (lines): no block lies on both sides."""
    barriers: Geometries
    """The same with main roads: no unit lies on both sides where it can be helped."""
    walls: Geometries
    """Lines that become borders."""

    def only(self, here: Integers) -> Stock:
        """Return the same with some of the buildings."""
        own = self.ids[here], self.footprints[here], self.compound[here], self.households[here]
        return Stock(*own, self.streets, self.water, self.barriers, self.walls)


@dataclass(frozen=True, slots=True)
class Task:
    """Which units are wanted."""

    levels: Sequence[Level]
    """Consecutive levels of a scheme, the top one first."""
    limits: Sequence[Limits]
    """Of each level."""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Grown:
    """What a ground was divided into."""

    units: list[PlanUnit]
    """Those above first."""
    findings: Sequence[Finding]


def grow(stock: Stock, boundary: Ground, task: Task, key: str, tell: Tell) -> Grown:
    """Divide a ground into units of whole buildings; their keys begin with `key`. The same stock and seed give the same units."""
    parts = blocks(boundary, stock.streets, stock.footprints, barriers=stock.water)
    lots = parcels(boundary, stock.footprints, blocks=parts, walls=stock.walls, tell=tell)
    block = holders(parts, shapely.point_on_surface(lots.ground))
    known = land(lots, stock.households, block=block, compound=stock.compound, barriers=stock.barriers)
    grown = tree(known, task.limits, seed=task.seed, tell=tell)
    tell("Drawing {count} units …", {"count": len(grown.households[-1])})
    drawn = draw(lots, grown.labels[-1], stock.footprints)
    return Grown(list(_units(stock, lots, grown, _Named(task, drawn, key))), lots.findings)


@dataclass(frozen=True, slots=True)
class _Named:
    task: Task
    drawn: Geometries
    key: str


def _units(stock: Stock, lots: Parcels, grown: Tree, named: _Named) -> Iterator[PlanUnit]:
    standing, lowest = _standing(stock, lots, grown), len(named.task.levels) - 1
    for depth, level in enumerate(named.task.levels):
        first = np.unique(grown.labels[depth], return_index=True)[1]
        for unit, parcel in enumerate(first.tolist()):
            parent = None if depth == 0 else f"{named.key}.{depth - 1}.{grown.labels[depth - 1][parcel]}"
            leaf, empty = depth == lowest, not grown.households[depth][unit]
            reason = grown.reasons[depth].get(unit)
            yield PlanUnit(
                key=f"{named.key}.{depth}.{unit}",
                level=level.number,
                name="",
                parent=parent,
                kind="exclusive" if leaf and empty else level.kinds[0],
                ground=named.drawn[unit] if leaf else None,
                buildings=standing[unit] if leaf else (),
                reason=None if reason is None else reason.finding(level.name_zh, _box(lots.ground[reason.parcels])),
            )


def _standing(stock: Stock, lots: Parcels, grown: Tree) -> list[tuple[int, ...]]:
    """Return the ids of the buildings of each leaf."""
    found: list[list[int]] = [[] for _ in grown.households[-1]]
    for building, parcel in zip(stock.ids.tolist(), lots.of_building.tolist(), strict=True):
        if parcel >= 0:
            found[int(grown.labels[-1][parcel])].append(building)
    return [tuple(each) for each in found]


def _box(grounds: Geometries) -> tuple[float, float, float, float] | None:
    return box_of(shapely.box(*shapely.total_bounds(grounds)))
