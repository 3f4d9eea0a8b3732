"""A plan whose base is not the last edition any more: carried over to that one, unit by unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from geodata.findings import Finding
from geodata.measure import area_m2
from geodata.shapes import box_of
from geodata.topology import Ground
from gridsvc.database.queries.coverage import coverage
from gridsvc.database.queries.editions import coverage_after
from gridsvc.database.queries.plans import Planned, PlanRow, overlaid
from gridsvc.database.queries.plans import plan as plan_of
from gridsvc.database.tables import Edition, Plan, PlanMove
from gridsvc.domain.carrying import Carrying, Choice, Stand, changed_units
from gridsvc.domain.coverage import Coverage, Frame, UnitState, multi
from gridsvc.domain.permissions import Actor
from gridsvc.errors import Conflict
from gridsvc.operations.jurisdictions import lock_borders
from gridsvc.operations.plan_drawing import Drawing
from gridsvc.operations.plan_moves import Move, check_draft, keep
from gridsvc.operations.plan_path import locked
from gridsvc.operations.plan_placing import resettled


@dataclass(frozen=True, slots=True)
class Version:
    """A unit in one of its versions."""

    name: str
    ground: Ground
    area_m2: float
    buildings: int
    households: int | None
    """As far as known to the reader."""


@dataclass(frozen=True, slots=True)
class Clash:
    """A unit that the plan changed and that an edition since changed too; None where the unit is not, or is no more."""

    key: int
    base: Version | None
    mine: Version | None
    """As the plan has it."""
    theirs: Version | None
    """As it is now."""

    @property
    def name(self) -> str:
        """Return what it is called now, else in the plan, else before."""
        return next((each.name for each in (self.theirs, self.mine, self.base) if each), "")


@dataclass(frozen=True, slots=True)
class _States:
    """The base of a plan, the plan, and what holds now."""

    base: Stand
    wanted: Stand
    now: Coverage
    keys: list[int]

    @classmethod
    def of(cls, session: Session, plan: PlanRow) -> _States:
        base = coverage_after(session, plan.jurisdiction_id, plan.edition_id)
        wanted = overlaid(session, plan, Frame(base.units))
        now = coverage(session, plan.jurisdiction_id)
        return cls(Stand(base, keys_of(base)), Stand(wanted.after, wanted.keys), now, keys_of(now))

    def clashing(self) -> set[int]:
        """Return the keys of the units that both the plan and the editions since have changed."""
        return changed_units(self.base, self.wanted) & changed_units(self.base, Stand(self.now, self.keys))

    def stands(self) -> tuple[Stand, ...]:
        """Return what holds now, the base, and the plan."""
        return Stand(self.now, self.keys), self.base, self.wanted

    def carry(self, choices: Mapping[int, Choice]) -> list[int]:
        """Carry the plan over to what holds now, and return the keys of the units there; raise Conflict where a choice is missing."""
        stands = self.stands()
        if missing := self.clashing() - choices.keys():
            raise conflict_of(missing, stands)
        way = Carrying(self.base, self.wanted, self.now, self.keys, choices)
        if way.in_the_way:
            raise conflict_of(way.in_the_way, stands)
        return way.keys


def keys_of(stored: Coverage) -> list[int]:
    """Return the ids of the units of a coverage that the database knows."""
    return [unit.unit_id or 0 for unit in stored.units]


def clashes(session: Session, plan: PlanRow) -> list[Clash]:
    """Return the units about which somebody has to choose before the plan can be carried over, each in its versions."""
    if not plan.stale:
        return []
    states = _States.of(session, plan)
    stands = (states.base, states.wanted, Stand(states.now, states.keys))
    return [Clash(key, *(version_of(session, plan, stand.units.get(key)) for stand in stands)) for key in sorted(states.clashing())]


def carried_over(session: Session, plan: PlanRow) -> tuple[Coverage, Coverage]:
    """Return the current coverage before and after the plan is carried over to it.

    Raises Conflict with a finding for each unit that both have changed.
    """
    states = _States.of(session, plan)
    before = Coverage(states.now.units)
    states.carry({})
    return before, states.now


def rebase(session: Session, actor: Actor, plan: PlanRow, choices: Mapping[int, Choice]) -> PlanRow:
    """Carry a draft over to the last edition; what it changed is one move upon that, and what was made before is not taken back any more.

    `choices` says of each unit that both have changed which version stands. Raises Conflict with a finding for each about which nobody
    chose; then nothing has changed.
    """
    plan = locked(session, actor, plan)
    check_draft(actor, plan)
    if not plan.stale:
        return plan
    lock_borders(session, plan.jurisdiction_id)
    states = _States.of(session, plan)
    was = tuple(states.now.units)
    begun = Drawing(session, actor, plan, _planned(was, states, states.keys))
    begun.mosaic  # noqa: B018  # the leaves before the move, kept by asking
    keys = states.carry(choices)
    session.execute(update(PlanMove).where(PlanMove.plan_id == plan.id, ~PlanMove.undone).values(undone=True))
    last = select(Edition).where(Edition.jurisdiction_id == plan.jurisdiction_id).order_by(Edition.id.desc()).limit(1)
    edition = session.scalars(last).one()
    session.execute(update(Plan).where(Plan.id == plan.id).values(edition_id=edition.id))
    begun.plan = plan_of(session, actor, plan.public_id)
    begun.at = _planned((*was, *[UnitState(0, "")] * (len(keys) - len(was))), states, keys)
    told = {"serial": edition.serial}
    keep(session, actor, begun.plan, begun.at, Move("Carried over to edition {serial}", told, *resettled(begun), kind="rebase"))
    return plan_of(session, actor, plan.public_id)


def _planned(was: Sequence[UnitState], states: _States, keys: list[int]) -> Planned:
    places = {key: place for place, key in enumerate(keys)}
    return Planned(Coverage(was), was, states.now, keys, {}, places)


def conflict_of(keys: set[int], stands: Sequence[Stand]) -> Conflict:
    """Return the error that names the units as the first state has them that does, each with a box to zoom to."""
    found = []
    for key in sorted(keys):
        unit = next((stand.units[key] for stand in stands if key in stand.units), UnitState(0, "?"))
        template = "{name} was changed by both."
        found.append(Finding("changed-by-both", "error", template, {"name": unit.name}, box_of(unit.ground)))
    names = "、".join(str(finding.values["name"]) for finding in found)
    return Conflict(
        "The plan and what it comes to have both changed {units}; choose for each which version stands.", units=names, findings=found
    )


def version_of(session: Session, plan: PlanRow, unit: UnitState | None) -> Version | None:
    """Return a unit in one version, with what stands there today; None where it is not there."""
    if unit is None:
        return None
    given = {"id": plan.jurisdiction_id, "ground": shapely.to_wkb(multi(unit.ground))}
    counted = session.execute(text(_STANDING), given).one()
    size_m2 = float(area_m2(np.array([unit.ground], dtype=object))[0])
    return Version(unit.name, unit.ground, size_m2, counted.buildings, counted.households)


_STANDING = """
WITH here AS MATERIALIZED (
  SELECT v.building_id FROM building_version v JOIN building b ON b.id = v.building_id,
    (SELECT ST_GeomFromWKB(:ground, 4490) AS geom) g
  WHERE b.jurisdiction_id = :id AND upper_inf(v.valid) AND v.geom && g.geom AND ST_Contains(g.geom, ST_PointOnSurface(v.geom))
)
SELECT count(*) AS buildings, sum(h.households)::bigint AS households
FROM here LEFT JOIN building_households h ON h.building_id = here.building_id AND upper_inf(h.valid)
"""
