"""What the papers of a plan say: each changed leaf before and after, and what each gives to which, under the reader's rights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geodata.measure import area_m2
from geodata.topology.grid import as_array
from gridsvc.database.queries.duties import posts_at
from gridsvc.database.queries.four_sides import Behind, sides_if
from gridsvc.database.queries.impact import impact
from gridsvc.database.queries.plan_buildings import buildings_between
from gridsvc.database.queries.plan_change import PlanChange, plan_change, rank
from gridsvc.database.queries.plan_standing import loads_of
from gridsvc.database.queries.plans import PlanRow
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.database.queries.units import by_ids
from gridsvc.domain.four_sides import FourSides
from gridsvc.domain.impact import Impact, Sums, UnitSeen
from gridsvc.domain.permissions import Action, Actor, may, require
from gridsvc.domain.posts import posts_of
from gridsvc.domain.units import KINDS


@dataclass(frozen=True, slots=True)
class Face:
    """A leaf as it is, or as it will be."""

    unit: UnitSeen
    above: str
    ground: Any
    ground_m2: float
    sides: FourSides | None
    leaders: tuple[str, ...]
    """Post and, for whoever may read the people there, its holder; else the duty phone."""


@dataclass(frozen=True, slots=True)
class PaperUnit:
    """A changed leaf."""

    key: int
    before: Face | None
    after: Face | None
    sums: Mapping[str, Sums]

    @property
    def name(self) -> str:
        """Return what it is called after the plan, or was before."""
        face = self.after or self.before
        return face.unit.name if face else ""


@dataclass(frozen=True, slots=True)
class GivenBuilding:
    """A building that changes its leaf."""

    name: str
    compound: str
    households: int | None
    estimated: bool


@dataclass(frozen=True, slots=True)
class HandOver:
    """What one leaf gives to another."""

    source: PaperUnit
    target: PaperUnit
    buildings: list[GivenBuilding]
    amounts: dict[str, float]
    """By kind of KINDS."""


@dataclass(frozen=True, slots=True)
class Papers:
    """All that the papers of a plan are made of."""

    units: list[PaperUnit]
    hand_overs: list[HandOver]
    around: list[tuple[str, Any]]
    """Name and ground of the leaves beside the changed ones, for the map."""
    found: Impact
    document: str | None
    """The number of the newest document of its way (文号)."""
    reads_people: bool
    office: tuple[str, str | None] | None
    """The party committee of all the plan's ground with its public phone: where to comment."""


@dataclass(slots=True)
class _Reading:
    """One reading of a plan for its papers."""

    session: Session
    plan: PlanRow
    change: PlanChange
    found: Impact
    sums: Mapping[int, Mapping[str, Sums]]
    """Of each changed leaf."""
    leaders: dict[int, tuple[str, ...]] = field(default_factory=dict)


def papers(session: Session, actor: Actor, plan: PlanRow) -> Papers:
    """Return what the papers of a plan say; raises NotAllowed for whoever may not read it."""
    require(actor, Action.READ_PLANS, plan.path)
    found = impact(session, actor, plan)
    change = plan_change(session, plan)
    change.complete([*found.before, *found.after])
    sums = {**found.sums(), **_named_anew(session, actor, plan, change)}
    reading = _Reading(session, plan, change, found, sums, _leaders(session, plan, [key for key in sums if key > 0]))
    units = _units(reading)
    given = _given(reading, units, counts=may(actor, Action.READ_HOUSEHOLDS, plan.path))
    document = session.scalar(text(_DOCUMENT), {"plan": plan.id})
    office = session.execute(text(_OFFICE), {"path": plan.path}).first()
    reads = may(actor, Action.READ_PEOPLE, plan.path)
    return Papers(units, given, _around(reading), found, document, reads, (office.name, office.phone) if office else None)


def _named_anew(session: Session, actor: Actor, plan: PlanRow, change: PlanChange) -> dict[int, dict[str, Sums]]:
    """Return what stands in each leaf that changes its name or code alone."""
    both = change.before.keys() & change.after.keys() - change.leaves
    pairs = {key: (change.before[key], change.after[key]) for key in both if change.before[key].leaf and change.after[key].leaf}
    keys = [key for key, (old, new) in pairs.items() if (old.name, old.code) != (new.name, new.code)]
    counts = may(actor, Action.READ_HOUSEHOLDS, plan.path)
    found = {}
    for key, load in loads_of(session, plan, keys).items() if keys else ():
        kept = {"buildings": load.buildings} | ({"households": load.households} if counts and load.households is not None else {})
        found[key] = {kind: Sums(amount, amount, 0, 0) for kind, amount in kept.items()}
    return {key: {} for key in keys} | found


def _units(reading: _Reading) -> list[PaperUnit]:
    change, sums = reading.change, reading.sums
    keys = [key for key in sums if KINDS[(change.after.get(key) or change.before[key]).kind].has_code]
    old = change.grounds_before([key for key in keys if key in change.before])
    new = {key: change.ground_after[key] for key in keys if key in change.ground_after}
    new |= {key: shape for key, shape in old.items() if key not in new and change.stays_leaf(key)}
    gone = dict.fromkeys(key for key in change.redrawn if not change.stays_leaf(key))
    drawn = {key: Behind(change.after[key].name, change.after[key].kind, shape) for key, shape in change.ground_after.items()}
    before = _faces(reading, change.before, old, {})
    after = _faces(reading, change.after, new, gone | drawn)
    found = [PaperUnit(key, before.get(key), after.get(key), sums[key]) for key in keys]
    return sorted(found, key=lambda unit: rank((unit.after or unit.before).unit))  # type: ignore[union-attr]  # one of them is there


def _faces(
    reading: _Reading, units: Mapping[int, UnitSeen], grounds: dict[int, Any], instead: Mapping[int, Behind | None]
) -> dict[int, Face]:
    sides: dict[int, FourSides] = {}
    for level in {units[key].level for key in grounds}:
        here = {key: shape for key, shape in grounds.items() if units[key].level == level}
        sides |= sides_if(reading.session, reading.plan.jurisdiction_id, level, here, instead)
    sizes_m2 = dict(zip(grounds, area_m2(as_array(grounds.values())).tolist(), strict=True))
    found = {}
    for key, shape in grounds.items():
        above = units.get(units[key].parent or 0)
        leaders = reading.leaders.get(key, ())
        found[key] = Face(units[key], above.name if above else "", shape, sizes_m2[key], sides.get(key), leaders)
    return found


def _leaders(session: Session, plan: PlanRow, keys: list[int]) -> dict[int, tuple[str, ...]]:
    """Return who holds which post of the ordinary roster at units of today: a name where the reader may know it."""
    rows = {row.public_id: row.id for row in by_ids(session, tuple(keys))}
    posts = posts_of(scheme_of(session, plan.jurisdiction_id))
    found: dict[int, list[str]] = defaultdict(list)
    held: dict[UUID, list[Any]] = dict(posts_at(session, list(rows)))
    for public_id, here in held.items():
        for post in here:
            if post.roster == "ordinary" and post.state == "held":
                called = posts[post.post].name_zh if post.post in posts else post.post
                found[rows[public_id]].append(f"{called}{'（副）' if post.deputy else ''} {post.name or post.duty_phone or ''}".strip())
    return {key: tuple(names) for key, names in found.items()}


def _given(reading: _Reading, units: list[PaperUnit], *, counts: bool) -> list[HandOver]:
    """Return what goes from each changed leaf to each other."""
    by_key = {unit.key: unit for unit in units}
    amounts: dict[tuple[int, int], dict[str, float]] = defaultdict(dict)
    for flow in reading.found.moved():
        if flow.source in by_key and flow.target in by_key:
            amounts[flow.source, flow.target][flow.kind] = flow.amount
    rows = [row for row in buildings_between(reading.change, reading.change.leaves).rows if (row.was, row.becomes) in amounts]
    named = _named(reading.change, [row.id for row in rows])
    houses: dict[tuple[int, int], list[GivenBuilding]] = defaultdict(list)
    for row in rows:
        called = named[row.id]
        given = GivenBuilding(called.name or "（无名）", called.compound or "", row.households if counts else None, row.estimated)
        houses[row.was or 0, row.becomes or 0].append(given)
    key_of = {unit.key: at for at, unit in enumerate(units)}
    for here in houses.values():
        here.sort(key=lambda each: (each.compound, len(each.name), each.name))
    return [
        HandOver(by_key[pair[0]], by_key[pair[1]], houses[pair], amount)
        for pair, amount in sorted(amounts.items(), key=lambda each: (key_of[each[0][0]], key_of[each[0][1]]))
    ]


def _named(change: PlanChange, ids: list[int]) -> dict[int, Row[Any]]:
    return {row.id: row for row in change.ask(_BUILDINGS, {"ids": ids})}


def _around(reading: _Reading) -> list[tuple[str, Any]]:
    """Return the leaves of today beside the changed ones."""
    change = reading.change
    if not change.leaves:
        return []
    rows = change.ask(_BESIDE, {"ids": list(change.leaves), "place": reading.plan.jurisdiction_id})
    shapes = change.grounds_before([row.unit_id for row in rows])
    return [(row.name, shapes[row.unit_id]) for row in rows]


_BUILDINGS = """
SELECT v.building_id AS id, v.name, c.name AS compound FROM building_version v
LEFT JOIN compound_version c ON c.compound_id = v.compound_id AND upper_inf(c.valid)
WHERE v.building_id = ANY(:ids) AND upper_inf(v.valid)
"""
_BESIDE = """
SELECT DISTINCT o.unit_id, o.name FROM unit_version h JOIN unit_version o ON o.geom && ST_Expand(h.geom, 0.0005)
WHERE h.unit_id = ANY(:ids) AND upper_inf(h.valid) AND upper_inf(o.valid) AND o.leaf AND o.jurisdiction_id = :place
  AND NOT o.unit_id = ANY(:ids) ORDER BY o.unit_id
"""
_DOCUMENT = "SELECT document FROM plan_step WHERE plan_id = :plan AND document IS NOT NULL ORDER BY id DESC LIMIT 1"
_OFFICE = """
SELECT v.name, v.phone FROM organisation_ground g
JOIN organisation_version v ON v.organisation_id = g.organisation_id AND upper_inf(v.valid)
JOIN unit_version u ON u.unit_id = g.unit_id AND upper_inf(u.valid)
WHERE upper_inf(g.valid) AND g.leads AND v.kind IN ('street_committee', 'community_committee')
  AND u.path @> cast(:path AS ltree)
ORDER BY nlevel(u.path) DESC, v.phone IS NULL, v.name LIMIT 1
"""
