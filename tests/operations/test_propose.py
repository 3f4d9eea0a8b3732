"""Proposals for redrawing a plan: what stays, what moves, what is locked, and one taken over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.topology import check
from gridsvc.database.queries.plan_proposals import ProposalRow, alternative_units, proposal
from gridsvc.database.queries.plans import Planned, PlanRow, buildings_of, plan, planned
from gridsvc.domain import redrawing
from gridsvc.domain.coverage import REMAINDER
from gridsvc.domain.permissions import Actor
from gridsvc.errors import Conflict, Invalid, NotFound
from gridsvc.operations import plan_publishing, plans
from gridsvc.operations.plan_locks import lock
from gridsvc.operations.progress import Cancelled, listen
from gridsvc.operations.propose import propose, take_over
from gridsvc.operations.redraw_ground import Asked
from gridsvc.operations.stations import import_stations
from tests import builders
from tests.grids import draw

UNITS = draw("A A B B C C", "A A B B C C", "A A B B C C")
HOUSES = draw(*[" ".join(f"h{row}{column}" for column in range(6)) for row in range(3)], cell_deg=0.001)
"""A house on each cell: three columns of two make a unit."""
RANGE = (50.0, 90.0)
LATER = datetime(2024, 5, 1, tzinfo=UTC)


@pytest.fixture
def row(session: Session, operator: Actor) -> PlanRow:
    """Begin a plan for three units in a grid: of 120, 30 and 60 households."""
    return begun(session, operator, shapely.union_all(list(UNITS.values())), HOUSES)


def begun(session: Session, operator: Actor, grid: shapely.Geometry, plots: dict[str, Any]) -> PlanRow:
    """Begin a plan for the three units in a grid, with a house on each plot; houses of a column have as many households."""
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, {"Top": grid}, level=1)
    builders.units(session, operator, here, {"Grid": grid}, level=2)
    builders.units(session, operator, here, UNITS, level=3, keep="parent")
    each = [20, 5, 10, 1]
    houses = {name: shapely.buffer(shape, -0.0002) for name, shape in plots.items()}
    builders.buildings(session, operator, here, houses, households={name: each[int(name[2]) // 2] for name in houses})
    return plans.begin(session, operator, here, "Rebalance")


def asked(session: Session, operator: Actor, of: PlanRow, **wanted: Any) -> ProposalRow:
    return proposal(session, of, propose(session, operator, of, Asked(**({"limits": RANGE} | wanted))))


def key_of(at: Planned, name: str) -> int:
    return next(key for key, unit in zip(at.keys, at.was, strict=True) if unit.name == name and not unit.gone)


def loads_of(session: Session, of: ProposalRow, serial: int = 1) -> dict[str, int]:
    return {unit.name: unit.households or 0 for unit in alternative_units(session, of, serial) if unit.level == 3}


def test_the_smallest_change_brings_every_unit_into_its_range(session: Session, operator: Actor, row: PlanRow) -> None:
    found = asked(session, operator, row)
    first = found.alternatives[0]
    assert first.name == "least"
    assert first.findings == []
    assert {name: 50 <= load <= 90 for name, load in loads_of(session, found).items()} == {"A": True, "B": True, "C": True}
    assert first.measures["moved"] == 40
    assert first.measures["least_moved"] == 30


def test_alternatives_stand_side_by_side_with_their_measures(session: Session, operator: Actor, row: PlanRow) -> None:
    found = asked(session, operator, row)
    assert [each.name for each in found.alternatives] == ["least", "even", "fresh"]
    assert {"deviation", "compactness", "moved_share", "units"} <= found.alternatives[2].measures.keys()
    assert found.alternatives[1].measures["deviation"] <= found.alternatives[0].measures["deviation"]


def test_an_alternative_is_taken_over_as_one_move_that_tiles(session: Session, operator: Actor, row: PlanRow) -> None:
    before = planned(session, row)
    found = asked(session, operator, row)
    take_over(session, operator, row, found.public_id, 1)
    after = planned(session, plan(session, operator, row.public_id))
    assert check(after.after.ground_of(after.after.leaves())) == []
    assert {after.after.units[place].unit_id for place in after.after.leaves()} == {
        before.after.units[p].unit_id for p in before.after.leaves()
    }
    moved = session.execute(text("SELECT count(*) FROM plan_move WHERE plan_id = :id"), {"id": row.id}).scalar_one()
    assert moved == 1


def test_a_remainder_stays_itself_and_no_building_is_lost(session: Session, operator: Actor) -> None:
    rest = draw(*[f". . . . . . r{row}6" for row in range(3)])
    row = begun(session, operator, shapely.union_all([*UNITS.values(), *rest.values()]), {**HOUSES, **rest})
    before = planned(session, row)
    stood = places_of(session)
    take_over(session, operator, row, asked(session, operator, row).public_id, 1)
    after = planned(session, plan(session, operator, row.public_id))
    assert remainders(after) == remainders(before) != []
    stands = stood | {each.building_id: each.unit_key for each in buildings_of(session, row.id)}
    assert len(stands) == 21
    assert set(stands.values()) == {after.keys[place] for place in after.after.leaves()}
    plan_publishing.publish(session, operator, plan(session, operator, row.public_id), at=LATER)
    assert places_of(session) == stands


def places_of(session: Session) -> dict[int, int]:
    rows = session.execute(text("SELECT building_id, unit_id FROM building_place WHERE upper_inf(valid)"))
    return {row.building_id: row.unit_id for row in rows}


def remainders(at: Planned) -> list[int]:
    return [key for key, unit in zip(at.keys, at.was, strict=True) if unit.kind == REMAINDER and not unit.gone]


def test_a_border_that_nothing_asks_to_move_stays(session: Session, operator: Actor, row: PlanRow) -> None:
    found = asked(session, operator, row)
    (last,) = (unit for unit in alternative_units(session, found, 1) if unit.name == "C")
    assert not last.changed
    assert last.geom is not None
    assert shapely.from_wkb(last.geom).equals(shapely.MultiPolygon([UNITS["C"]]))


def test_a_locked_unit_is_untouched_and_is_the_reason(session: Session, operator: Actor, row: PlanRow) -> None:
    lock(session, operator, row, units=[key_of(planned(session, row), "A")])
    found = asked(session, operator, row, limits=(40.0, 44.0))
    for each in found.alternatives:
        (locked,) = (unit for unit in alternative_units(session, found, each.serial) if unit.name == "A")
        assert not locked.changed
    assert str(found.alternatives[0].findings[0]).startswith("With A locked: B and all that hangs together with it have 90 households")


def test_a_locked_building_stays_in_its_unit(session: Session, operator: Actor, row: PlanRow) -> None:
    east = [building for (building,) in session.execute(text("SELECT building_id FROM building_version WHERE name LIKE 'h_1'"))]
    lock(session, operator, row, buildings=east)
    found = asked(session, operator, row)
    (giver,) = (unit for unit in alternative_units(session, found, 1) if unit.name == "A")
    assert set(east) <= set(giver.buildings)


def test_a_proof_names_the_building(session: Session, operator: Actor, row: PlanRow) -> None:
    raised = (
        "UPDATE building_households h SET households = 300 FROM building_version v WHERE v.building_id = h.building_id AND v.name = 'h11'"
    )
    session.execute(text(raised))
    found = asked(session, operator, row).alternatives[0]
    assert [str(each) for each in found.findings] == ["h11 alone has 300 households, more than the 90 of one unit; it is a unit by itself."]
    assert found.measures["unproven"] == 0


def test_a_number_of_units_that_cannot_be_is_proven(session: Session, operator: Actor, row: PlanRow) -> None:
    found = asked(session, operator, row, way="parts", parts=2).alternatives[0]
    assert "all that is to be shared out have 210 households; 2 units have 100 to 180" in str(found.findings[0])
    assert found.measures["unproven"] == 0


def test_what_was_not_found_names_the_limit_that_the_best_breaks(
    session: Session, operator: Actor, row: PlanRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redrawing, "certify", lambda *_, **__: [])
    monkeypatch.setattr(redrawing, "PATIENCE", 0)
    found = asked(session, operator, row, way="parts", parts=4, limits=(52.0, 53.0)).alternatives[0]
    assert found.measures["unproven"] == len(found.findings) > 0
    assert all("None was found" in str(each) and ("more than 53" in str(each) or "fewer than 52" in str(each)) for each in found.findings)


def test_units_are_made_from_scratch_into_so_many(session: Session, operator: Actor, row: PlanRow) -> None:
    found = asked(session, operator, row, way="parts", parts=3)
    assert found.alternatives[0].measures["units"] == 3
    assert sorted(loads_of(session, found).values()) == [70, 70, 70]


def test_the_same_seed_gives_the_same_alternatives(session: Session, operator: Actor, row: PlanRow) -> None:
    first, second = (asked(session, operator, row, seed=4) for _ in range(2))
    assert [each.measures for each in first.alternatives] == [each.measures for each in second.alternatives]


def test_several_loads_are_weighted(session: Session, operator: Actor, row: PlanRow) -> None:
    found = asked(session, operator, row, way="parts", parts=2, limits=(50.0, 120.0), loads={"buildings": 1.0})
    counts = [len(unit.buildings) for unit in alternative_units(session, found, 1) if unit.level == 3]
    assert counts == [9, 9]


@pytest.mark.parametrize("way", [{"way": "parts", "parts": 2}, {"way": "rebalance"}])
def test_the_range_of_households_stays_hard_while_a_load_is_weighted(
    session: Session, operator: Actor, row: PlanRow, way: dict[str, Any]
) -> None:
    found = asked(session, operator, row, **way, limits=(90.0, 120.0), loads={"buildings": 1.0})
    for each in found.alternatives:
        units = [unit for unit in alternative_units(session, found, each.serial) if unit.level == 3]
        assert all(90 <= (unit.households or 0) <= 120 for unit in units)
        assert max(len(unit.buildings) for unit in units) < 13


def test_stopping_keeps_the_best_so_far(session: Session, operator: Actor, row: PlanRow) -> None:
    def stop(template: str, values: dict[str, object]) -> None:
        if "alternatives so far" in template:
            raise Cancelled

    listen(session, stop)
    found = asked(session, operator, row)
    assert found.stopped
    assert [each.name for each in found.alternatives] == ["least"]


def test_a_proposal_for_an_older_state_of_the_plan_is_not_taken_over(session: Session, operator: Actor, row: PlanRow) -> None:
    found = asked(session, operator, row)
    take_over(session, operator, row, found.public_id, 1)
    with pytest.raises(Conflict, match="has changed since"):
        take_over(session, operator, plan(session, operator, row.public_id), found.public_id, 2)


def test_an_alternative_that_is_not_there_is_not_found(session: Session, operator: Actor, row: PlanRow) -> None:
    found = asked(session, operator, row, way="parts", parts=3)
    with pytest.raises(NotFound, match="no alternative 7"):
        take_over(session, operator, row, found.public_id, 7)


def test_a_level_without_units_is_refused(session: Session, operator: Actor, row: PlanRow) -> None:
    with pytest.raises(Invalid, match="No unit of the level"):
        asked(session, operator, row, unit=key_of(planned(session, row), "C"))


def test_units_form_around_stations(session: Session, operator: Actor, row: PlanRow) -> None:
    spots = [shapely.centroid(HOUSES[name]) for name in ("h10", "h12", "h15")]
    import_stations(session, operator, builders.file(row.jurisdiction_id, [({"id": i}, spot) for i, spot in enumerate(spots)]))
    stations = session.scalars(text("SELECT public_id FROM station ORDER BY id")).all()
    found = asked(session, operator, row, way="stations", stations=tuple(stations), limits=(60.0, 80.0), loads={"buildings": 1.0})
    assert found.alternatives[0].findings == []
    grounds = [shapely.from_wkb(unit.geom) for unit in alternative_units(session, found, 1) if unit.geom is not None and unit.level == 3]
    assert [sum(ground.contains(spot) for spot in spots) for ground in grounds] == [1, 1, 1]
    assert np.isclose(sum(shapely.area(ground) for ground in grounds), shapely.area(shapely.union_all(list(UNITS.values()))))


@pytest.mark.parametrize(
    ("houses", "locked", "said"),
    [
        (("h10", "h12"), "A", "The station S0 stands in a locked unit; unlock it, or leave the station out."),
        (("h10", "h10"), None, "The stations S0 and S1 stand on the ground of one building"),
    ],
)
def test_a_station_around_which_no_unit_can_be_drawn_is_named(
    session: Session, operator: Actor, row: PlanRow, houses: tuple[str, str], locked: str | None, said: str
) -> None:
    spots = [({"id": i, "name": f"S{i}"}, shapely.centroid(HOUSES[name])) for i, name in enumerate(houses)]
    import_stations(session, operator, builders.file(row.jurisdiction_id, spots))
    stations = tuple(session.scalars(text("SELECT public_id FROM station ORDER BY id")))
    if locked:
        lock(session, operator, row, units=[key_of(planned(session, row), locked)])
    with pytest.raises(Invalid, match=said):
        asked(session, operator, row, way="stations", stations=stations)
