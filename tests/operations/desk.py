"""A planner with a plan upon a city of two grids of two micro-grids each."""

from __future__ import annotations

from typing import Any

import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.plan_standing import loads_of
from gridsvc.database.queries.plans import Planned, PlanRow, plan, planned
from gridsvc.domain.coverage import UnitState
from gridsvc.domain.permissions import Actor
from gridsvc.operations import plans
from gridsvc.operations.plan_asking import make
from gridsvc.operations.units import import_units
from tests import builders
from tests.grids import draw
from tests.scenarios.holding import levels_tile

TOP = draw("T T T T", "T T T T")
GRIDS = draw("W W E E", "W W E E")
MICROS = draw("A B C D", "A B C D")
PLACES = {"a1": (0, 0), "a2": (0, 1), "a3": (0, 2), "b1": (1, 0), "b2": (1, 2), "c1": (2, 1), "d1": (3, 1), "d2": (3, 2)}
HOUSES = {
    name: shapely.box(*(round(degrees, 8) for degrees in (x + 3e-4, y + 1e-4, x + 6e-4, y + 3e-4)))
    for name, (x, y) in {name: (120 + 0.001 * column, 30 + 0.0005 * row) for name, (column, row) in PLACES.items()}.items()
}
CODES = {"T": "370212", "W": "370212001", "E": "370212002"}
CODES |= {"A": "370212001001", "B": "370212001002", "C": "370212002001", "D": "370212002002"}


class Desk:
    """The plan, and what is asked of it by the names of units."""

    def __init__(self, session: Session, actor: Actor, path: str | None = None) -> None:
        self.session, self.actor = session, actor
        self.here = builders.jurisdiction(session, actor, scheme=builders.CODED)
        for level, grounds in enumerate((TOP, GRIDS, MICROS), start=1):
            rows = [({"name": name, "level": level, "code": CODES[name]}, ground) for name, ground in grounds.items()]
            import_units(session, actor, builders.file(self.here, rows), keep="parent")
        builders.buildings(session, actor, self.here, HOUSES, households=10)
        self.id = plans.begin(session, actor, self.here, "Borders", path=path and self.path(path)).public_id

    def path(self, name: str) -> str:
        found: str = self.session.scalars(
            text("SELECT path::text FROM unit_version WHERE name = :name AND upper_inf(valid)"), {"name": name}
        ).one()
        return found

    @property
    def plan(self) -> PlanRow:
        return plan(self.session, self.actor, self.id)

    @property
    def at(self) -> Planned:
        return planned(self.session, self.plan)

    def key(self, name: str) -> int:
        at = self.at
        return next(key for key, unit in zip(at.keys, at.was, strict=True) if unit.name == name and not unit.gone)

    def unit(self, name: str) -> UnitState:
        at = self.at
        return at.was[at.place_of(self.key(name))]

    def names(self) -> set[str]:
        return {unit.name for unit in self.at.was if not unit.gone}

    def make(self, kind: str, **asked: Any) -> list[int]:
        """Make a move and hold all levels to what has to hold; names stand for keys, shapes for GeoJSON."""
        given = {name: self._said(name, value) for name, value in asked.items()}
        made = make(self.session, self.actor, self.plan, {"kind": kind, **given})
        levels_tile(self.at.after)
        return list(made.keys)

    def _said(self, name: str, value: Any) -> Any:
        if isinstance(value, shapely.Geometry):
            return shapely.geometry.mapping(value)
        if name in ("unit", "to"):
            return self.key(value)
        return [self.key(each) for each in value] if name == "units" else value

    def standing(self, name: str) -> int:
        load = loads_of(self.session, self.plan, [self.key(name)]).get(self.key(name))
        return load.buildings if load else 0

    def houses(self, *names: str) -> list[str]:
        asked = "SELECT b.public_id FROM building b JOIN building_version v ON v.building_id = b.id WHERE v.name = ANY(:names)"
        return [str(each) for each in self.session.scalars(text(asked), {"names": list(names)})]

    def ids(self, *names: str) -> list[int]:
        asked = "SELECT b.id FROM building b JOIN building_version v ON v.building_id = b.id WHERE v.name = ANY(:names)"
        return list(self.session.scalars(text(asked), {"names": list(names)}))

    def bytes(self) -> dict[int, tuple[object, ...]]:
        at = self.at
        return {
            key: (unit.ground.wkb, unit.name, unit.code, unit.parent, unit.level)
            for key, unit in zip(at.keys, at.was, strict=True)
            if not unit.gone
        }


def line(*points: tuple[float, float]) -> shapely.LineString:
    """Return a line through points given in cells of the drawing, east and north."""
    return shapely.LineString([(round(120 + 0.001 * x, 8), round(30 + 0.001 * y, 8)) for x, y in points])


EAST_OF_A = line((1.2, -0.1), (1.2, 2.1))
