"""A city of four grids with two houses, and plans that draw its borders."""

from __future__ import annotations

from datetime import UTC, datetime

from shapely import LineString
from sqlalchemy.orm import Session

from gridsvc.database.queries.coverage import coverage
from gridsvc.database.queries.plans import PlanRow, plan, planned
from gridsvc.domain.permissions import Actor
from gridsvc.operations import plan_asking, plan_publishing, plans
from tests import builders
from tests.grids import draw

CITY = draw("Z Z Z Z", "Z Z Z Z", "Z Z Z Z", "Z Z Z Z")["Z"]
PICTURE = ("A A B B", "A A B B", "C C D D", "C C D D")
HOUSES = {
    "a": draw("a", cell_deg=0.0005, west=120.0004, south=30.0032)["a"],
    "d": draw("d", cell_deg=0.0005, west=120.0032, south=30.0004)["d"],
}
WHEN = datetime(2024, 5, 1, tzinfo=UTC)
TO_B = LineString([(120.0015, 30.004), (120.0015, 30.002)])
"""Gives ground of A to B; TO_D ground of C to D."""
TO_D = LineString([(120.0015, 30.002), (120.0015, 30.0)])
WIDER = LineString([(120.001, 30.004), (120.001, 30.002)])


def lay(session: Session, actor: Actor) -> int:
    """Lay the city, in two editions."""
    place = builders.jurisdiction(session, actor)
    builders.units(session, actor, place, {"City": CITY})
    builders.units(session, actor, place, draw(*PICTURE), level=2)
    builders.buildings(session, actor, place, HOUSES, households=30)
    return place


def drawn(session: Session, actor: Actor, place: int, names: str, line: LineString, title: str = "plan") -> PlanRow:
    """Begin a plan and shift the border of two units to a line."""
    begun = plans.begin(session, actor, place, title)
    shift(session, actor, begun, names, line)
    return plan(session, actor, begun.public_id)


def shift(session: Session, actor: Actor, begun: PlanRow, names: str, line: LineString) -> None:
    keys = [key_of(session, begun, name) for name in names]
    plan_asking.make(session, actor, begun, {"kind": "shift", "units": keys, "line": line.__geo_interface__})


def key_of(session: Session, begun: PlanRow, name: str) -> int:
    at = planned(session, begun)
    return next(key for key, unit in zip(at.keys, at.was, strict=True) if unit.name == name and not unit.gone)


def cells_of(session: Session, place: int, name: str) -> float:
    """Return a current unit's ground in cells."""
    return round(next(unit.ground.area for unit in coverage(session, place).units if unit.name == name) / 1e-6, 3)


def publish(session: Session, actor: Actor, row: PlanRow) -> None:
    plan_publishing.publish(session, actor, plan(session, actor, row.public_id), at=WHEN)
