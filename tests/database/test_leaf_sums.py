"""What leaves are counted to hold, as things come, move, change and go, is what the things themselves say."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.facilities import facility_sums
from gridsvc.database.queries.households import household_sums
from tests.ground import EAST_HOUSEHOLDS, WEST_HOUSEHOLDS, Ground, lay

THEN = "cast('2026-02-01' AS timestamptz)"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
"""After all that happens: sums of an instant are read from the things."""
END = f"UPDATE {{table}} SET valid = tstzrange(lower(valid), {THEN}) WHERE upper_inf(valid) AND {{where}}"
HAPPENINGS = {
    "nothing": [],
    "a count is corrected": [
        END.format(table="building_households", where="building_id = :east_building"),
        f"""INSERT INTO building_households (building_id, valid, households, shops, basis)
        VALUES (:east_building, tstzrange({THEN}, NULL), 7, 3, 'counted')""",
    ],
    "a count ends": [END.format(table="building_households", where="building_id = :east_building")],
    "a building moves": [
        END.format(table="building_place", where="building_id = :east_building"),
        f"""INSERT INTO building_place (building_id, unit_id, valid, share, cut_m2, pinned)
        SELECT :east_building, unit_id, tstzrange({THEN}, NULL), 1, 0, false FROM building_place WHERE building_id = :west_building""",
    ],
    "a building has no place any more": [END.format(table="building_place", where="building_id = :west_building")],
    "a lot grows": [
        END.format(table="parking_lot_version", where="true"),
        f"""INSERT INTO parking_lot_version (parking_lot_id, valid, name, kind, capacity, geom, area_m2, source_digest)
        SELECT parking_lot_id, tstzrange({THEN}, NULL), name, kind, 99, geom, area_m2, 'x'
        FROM parking_lot_version WHERE NOT upper_inf(valid)""",
    ],
    "spaces become others": ["UPDATE parking_space_version SET kind = 'visitor', level = 'ground'"],
    "spaces lose their places": [END.format(table="parking_space_place", where="true")],
    "lanes come to run on both sides": [
        """INSERT INTO fire_lane_place (fire_lane_id, unit_id, valid, share, length_m, pinned)
        SELECT p.fire_lane_id, u.id, p.valid, 2 * p.share, 5, false FROM fire_lane_place p
        JOIN unit u ON u.id IN (SELECT unit_id FROM fire_lane_place) AND u.id <> p.unit_id WHERE u.public_id = :east""",
    ],
}  # fmt: skip


@pytest.fixture
def ground(session: Session) -> Ground:
    return lay(session)


@pytest.mark.parametrize("statements", HAPPENINGS.values(), ids=HAPPENINGS)
def test_sums_of_now_are_those_of_the_things(session: Session, ground: Ground, statements: list[str]) -> None:
    given = {"east": ground.ids["east"], "east_building": ground.east_building, "west_building": ground.west_building}
    for statement in statements:
        session.execute(text(statement), given)
    paths = [ground.top, ground.east, ground.west]
    assert facility_sums(session, paths) == facility_sums(session, paths, NOW)
    assert household_sums(session, paths) == household_sums(session, paths, NOW)


def test_the_whole_is_the_sum_of_the_leaves(session: Session, ground: Ground) -> None:
    assert household_sums(session, [ground.top])[ground.top].households == EAST_HOUSEHOLDS + WEST_HOUSEHOLDS


def test_ground_without_anything_is_counted_as_none(session: Session, ground: Ground) -> None:
    session.execute(text(END.format(table="building_place", where="true")))
    assert household_sums(session, [ground.east])[ground.east].known == 0
    assert household_sums(session, [ground.east])[ground.east].households is None


def test_a_building_is_counted_by_itself(session: Session, ground: Ground) -> None:
    path = session.scalar(text("SELECT path::text FROM building_households WHERE building_id = :id"), {"id": ground.east_building})
    assert household_sums(session, [str(path)])[str(path)].households == EAST_HOUSEHOLDS
