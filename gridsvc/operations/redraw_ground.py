"""What a proposal for redrawing works on: the units of one level of a plan, their ground, buildings, locks and limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geodata.districting.blocks import blocks
from geodata.districting.graph import Limits, graph
from geodata.districting.land import Land, land
from geodata.districting.parcels import Parcels, parcels
from geodata.measure import area_m2
from geodata.topology import NOBODY, Geometries, holders, unite
from geodata.topology.grid import Flags, Floats, Integers
from geodata.topology.plane import Plane
from gridsvc.database.queries import ledger as ground
from gridsvc.database.queries.coverage import from_wkb
from gridsvc.database.queries.plans import Planned, PlanRow, buildings_of, planned
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.domain.ranges import ranges
from gridsvc.domain.redrawing import Field, Task, Way, weighed, with_load
from gridsvc.domain.schemes import Level
from gridsvc.domain.units import KINDS
from gridsvc.errors import Invalid, NotFound
from gridsvc.operations.households import households
from gridsvc.operations.plan_locks import locks
from gridsvc.operations.progress import report
from gridsvc.operations.trees import MAIN_ROADS

LOADS = ("households", "buildings", "area_m2")
"""What may be weighted."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to be proposed for a plan."""

    way: Way = "rebalance"
    unit: int | None = None
    """The key of the unit below which units are redrawn; None is the whole plan."""
    level: str | None = None
    """The word for their level; None is the lowest."""
    limits: tuple[float, float] | None = None
    """Households of a unit, where the scheme's range would be wrong."""
    parts: int = 0
    stations: tuple[UUID, ...] = ()
    loads: Mapping[str, float] = field(default_factory=dict)
    """Weights of LOADS; households alone unless given."""
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """Ground of a plan to be redrawn."""

    at: Planned
    level: Level
    units: list[int]
    """The place in the plan of each unit of today."""
    nodes: Geometries
    below: list[int]
    """Where nodes are whole units below, the place of each; empty where they are parcels."""
    lots: Parcels | None
    buildings: Sequence[Row[Any]]
    """id, leaf, name and footprint of those that stand there, in the order of `lots`."""
    leaf_of: Mapping[int, int]
    """The key of the leaf of each, by id."""
    footprints: Geometries
    field: Field


def site(session: Session, plan: PlanRow, asked: Asked) -> Site:
    """Read what is to be redrawn. Raises Invalid where there is nothing, or of several kinds at once."""
    at, scheme = planned(session, plan), scheme_of(session, plan.jurisdiction_id)
    inside = list(_inside(at, None if asked.unit is None else at.place_of(asked.unit)))
    lowest = max((at.after.units[place].level for place in inside), default=0)
    number = lowest if asked.level is None else scheme.level(asked.level).number
    units = [place for place in inside if at.after.units[place].level == number and KINDS[at.after.units[place].kind].has_residents]
    if not units:
        raise Invalid("No unit of the level that is asked for is there to be redrawn.")
    leaves = set(at.after.leaves())
    below = [] if leaves.issuperset(units) else [child for unit in units for child in at.after.children().get(unit) or [unit]]
    report(session, "Reading the ground of {count} units …", count=len(units))
    standing = _standing(session, plan, {at.keys[leaf] for leaf in leaves if not set(units).isdisjoint(_above(at, leaf))})
    chosen = _Units(at, scheme.levels[number - 1], units)
    return _whole(session, plan, chosen, standing, below) if below else _parcelled(session, plan, chosen, standing, asked)


def task(session: Session, plan: PlanRow, asked: Asked, found: Site) -> Task:
    """Return what is asked of the ground. Raises Invalid for a range that is none and stations that stand elsewhere."""
    chosen = {} if asked.limits is None else {found.level.key: asked.limits}
    low, high = ranges(scheme_of(session, plan.jurisdiction_id), [found.level], chosen)[0]
    if not 0 < low <= high:
        raise Invalid("{low} to {high} households is no range; for example 30 to 70 would be right.", low=low, high=high)
    if asked.way == "rebalance":
        return Task(Limits(low, high))
    if asked.way == "parts":
        return Task(Limits(low, high), "parts", asked.parts)
    flat = shapely.point_on_surface(Plane.around(found.nodes).flat(found.nodes))
    sites, names = _stations(session, plan, asked, found)
    return Task(Limits(low, high), "stations", 0, sites, shapely.get_coordinates(flat), names)


@dataclass(frozen=True, slots=True)
class _Units:
    at: Planned
    level: Level
    places: list[int]

    def numbers(self, key: str) -> Integers:
        """Return for each unit the place of the one above it, -1 for none."""
        above = (getattr(self.at.after.units[place], key) for place in self.places)
        return np.array([-1 if place is None else place for place in above], dtype=np.int64)


def _inside(at: Planned, anchor: int | None) -> Iterator[int]:
    """Give the places of the units below one, or of all."""
    below = at.after.children()
    waiting = list(below.get(anchor, ()))
    while waiting:
        place = waiting.pop(0)
        yield place
        waiting.extend(below.get(place, ()))


def _above(at: Planned, place: int | None) -> Iterator[int]:
    """Give the places of a unit and of those above it."""
    while place is not None:
        yield place
        place = at.after.units[place].parent


@dataclass(frozen=True, slots=True)
class _Standing:
    """Buildings in some leaves of a plan."""

    rows: list[Row[Any]]
    leaf_of: dict[int, int]
    """The key of the leaf of each, by id."""

    @property
    def footprints(self) -> Geometries:
        return from_wkb([row.geom for row in self.rows])


def _standing(session: Session, plan: PlanRow, keys: set[int]) -> _Standing:
    """Return the buildings that stand in the leaves of these keys."""
    moved = {row.building_id: row.unit_key for row in buildings_of(session, plan.id)}
    rows = session.execute(text(_BUILDINGS), {"id": plan.jurisdiction_id, "moved": list(moved), "leaves": list(keys)}).all()
    here = [row for row in rows if moved.get(row.id, row.leaf) in keys]
    return _Standing(here, {row.id: moved.get(row.id, row.leaf) for row in here})


_BUILDINGS = """
SELECT b.id, p.unit_id AS leaf, v.name, v.compound_id, ST_AsBinary(v.geom) AS geom
FROM building b JOIN building_version v ON v.building_id = b.id AND upper_inf(v.valid)
LEFT JOIN building_place p ON p.building_id = b.id AND upper_inf(p.valid)
WHERE b.jurisdiction_id = :id AND (p.unit_id = ANY(:leaves) OR b.id = ANY(:moved)) ORDER BY b.id
"""


def _parcelled(session: Session, plan: PlanRow, units: _Units, standing: _Standing, asked: Asked) -> Site:
    """Return the ground of leaves, divided between their buildings so that no parcel is in two of them."""
    rows, footprints, grounds = standing.rows, standing.footprints, units.at.after.ground_of(units.places)
    boundary = unite(grounds).ground
    lots = parcels(boundary, footprints, blocks=grounds, tell=lambda said, values: report(session, said, **values))
    points = shapely.point_on_surface(lots.ground)
    today = holders(grounds, points)
    weights, kept = households(session, plan.jurisdiction_id), locks(session, plan)
    counted = np.array([weights[row.id].households if row.id in weights else 0 for row in rows], dtype=np.float64)
    streets, water = ground.named_streets(session, plan.jurisdiction_id)[2], ground.barriers(session, plan.jurisdiction_id)
    known = land(
        lots, counted, block=holders(blocks(boundary, streets, footprints, barriers=water), points),
        compound=np.array([row.compound_id or -1 for row in rows], dtype=np.int64),
        barriers=np.concatenate([water, streets.lines[[kind in MAIN_ROADS for kind in streets.kind]]]),
        above=units.numbers("parent")[today],
    )  # fmt: skip
    held = np.zeros(len(today), dtype=bool)
    mine = np.array([row.id in kept.buildings for row in rows], dtype=bool) & (lots.of_building != NOBODY)
    held[lots.of_building[mine]] = True
    loads = {
        "households": known.borders.weight, "area_m2": known.size_m2,
        "buildings": np.bincount(lots.of_building[lots.of_building != NOBODY], minlength=len(today)).astype(np.float64),
    }  # fmt: skip
    locked = _locked(units, known.borders.weight, today, kept.units)
    loaded = with_load(known, weighed(loads, asked.loads))
    return Site(
        units.at, units.level, units.places, lots.ground, [], lots, rows, standing.leaf_of, footprints,
        Field(loaded, today, locked, held),
    )  # fmt: skip


def _whole(session: Session, plan: PlanRow, units: _Units, standing: _Standing, below: list[int]) -> Site:
    """Return the ground of units that have others below them, which stay whole."""
    at, weights, kept = units.at, households(session, plan.jurisdiction_id), locks(session, plan)
    node_of = {leaf: node for node, place in enumerate(below) for leaf in [place, *_inside(at, place)]}
    leaves = [(at.place_of(key), weights[building].households) for building, key in standing.leaf_of.items() if building in weights]
    places, counted = [node_of[leaf] for leaf, _ in leaves], [count for _, count in leaves]
    weight = np.bincount(np.array(places, dtype=np.int64), counted, minlength=len(below)).astype(np.float64)
    unit_of = {place: unit for unit, place in enumerate(units.places)}
    today = np.array([unit_of[place if place in unit_of else at.after.units[place].parent or 0] for place in below], dtype=np.int64)
    nodes, water = at.after.ground_of(below), ground.barriers(session, plan.jurisdiction_id)
    borders, every = graph(nodes, weight, barriers=water), graph(nodes, weight)
    closed = every.where(~np.isin(every.one * len(nodes) + every.other, borders.one * len(nodes) + borders.other))
    none = np.zeros(len(nodes), dtype=np.int64)
    known = Land(borders, closed, area_m2(nodes), none, none - 1, units.numbers("parent")[today])
    held = np.array([at.keys[place] in kept.units for place in below], dtype=bool)
    locked = _locked(units, weight, today, kept.units) | np.isin(today, today[[place in unit_of for place in below]])
    return Site(
        at, units.level, units.places, nodes, below, None, standing.rows, standing.leaf_of, nodes[:0],
        Field(known, today, locked, held),
    )  # fmt: skip


def _locked(units: _Units, weight: Floats, today: Integers, keys: frozenset[int]) -> Flags:
    """Say which nodes are of units that stay as they are: locked ones, and those where nobody lives."""
    shut = np.array([any(units.at.keys[each] in keys for each in _above(units.at, place)) for place in units.places])
    bare = np.bincount(today, weight, minlength=len(units.places)) == 0
    found: Flags = (shut | bare)[today]
    return found


def _stations(session: Session, plan: PlanRow, asked: Asked, found: Site) -> tuple[Integers, list[str]]:
    """Return the node on which each station stands, and what it is called."""
    rows = session.execute(text(_STATIONS), {"id": plan.jurisdiction_id, "stations": list(asked.stations)}).all()
    if len(rows) < len(set(asked.stations)) or not rows:
        raise NotFound("One of the stations is not there; {count} of {asked} were found.", count=len(rows), asked=len(set(asked.stations)))
    sites, names = holders(found.nodes, from_wkb([row.geom for row in rows])), [row.name or str(row.public_id) for row in rows]
    if (sites == NOBODY).any():
        name = names[int(np.argmin(sites))]
        raise Invalid("The station {name} stands outside the ground that is to be redrawn.", name=name)
    standing: dict[int, str] = {}
    for site, name in zip(sites.tolist(), names, strict=True):
        if site in standing:
            told = "The stations {one} and {other} stand on the ground of one building; no unit can be drawn around each."
            raise Invalid(told, one=standing[site], other=name)
        standing[site] = name
    return sites, names


_STATIONS = """
SELECT s.public_id, v.name, ST_AsBinary(v.geom) AS geom FROM station s JOIN station_version v ON v.station_id = s.id AND upper_inf(v.valid)
WHERE s.jurisdiction_id = :id AND s.public_id = ANY(cast(:stations AS uuid[])) ORDER BY s.id
"""
