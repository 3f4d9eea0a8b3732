"""A building that the ground no longer reaches belongs to nobody, and its households with it."""

from __future__ import annotations

from datetime import timedelta

import shapely
from sqlalchemy.orm import Session

from gridsvc.database.queries.buildings import unplaced_buildings
from gridsvc.database.queries.units import root, summaries
from gridsvc.database.queries.unplaced import unplaced_things
from gridsvc.domain.permissions import Actor
from gridsvc.operations.stations import import_stations
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


def test_things_in_no_unit_are_among_the_findings_of_the_top(session: Session, operator: Actor) -> None:
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, {"top": NARROW}, level=1)
    rows = [({"id": str(number), "name": f"站{number}"}, shapely.Point(120.0001, 30.0001 + number / 1e5)) for number in range(7)]
    import_stations(session, operator, builders.file(here, rows))
    top = root(session, here)
    assert top is not None
    told = [str(finding) for finding in unplaced_things(session, operator, top)]
    assert told == [*(f"The station {number} stands in no unit." for number in range(5)), "2 more stations stand in no unit."]
