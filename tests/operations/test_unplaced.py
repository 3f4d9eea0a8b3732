"""A building that the ground no longer reaches belongs to nobody, and its households with it."""

from __future__ import annotations

from datetime import timedelta

import shapely
from sqlalchemy.orm import Session

from gridsvc.database.queries.buildings import unplaced_buildings
from gridsvc.database.queries.units import root, summaries
from gridsvc.domain.permissions import Actor
from tests import builders
from tests.scenarios.holding import everything_holds

WIDE, NARROW = shapely.box(120.0, 30.0, 120.002, 30.001), shapely.box(120.001, 30.0, 120.002, 30.001)


def test_a_building_left_outside_takes_its_households_out_of_the_sums(session: Session, operator: Actor) -> None:
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, {"top": WIDE}, level=1)
    houses = {"1": shapely.box(120.0002, 30.0002, 120.0006, 30.0006), "2": shapely.box(120.0012, 30.0002, 120.0016, 30.0006)}
    builders.buildings(session, operator, here, houses, households={"1": 7, "2": 5})
    builders.units(session, operator, here, {"top": NARROW}, level=1, effective_at=builders.FIRST_DAY + timedelta(days=1))
    top = root(session, here)
    assert top is not None
    now = summaries(session, [top])[top.id]
    assert (now.buildings, now.households) == (1, 5)
    assert [str(finding) for finding in unplaced_buildings(session, here)] == ["The building 1 stands in no unit."]
    everything_holds(session, here)
