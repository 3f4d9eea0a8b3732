"""The second lock on parking and fire lanes: tables, functions and tiles, for every role."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import NOBODY, Actor
from tests.domain.test_permissions import ALLOWED, EXPECTED
from tests.ground import EAST_NUMBER, WEST_NUMBER, Ground, lay, somebody


@pytest.fixture
def ground(session: Session) -> Ground:
    return lay(session)


def speak_as(session: Session, account_id: int) -> None:
    set_actor(session, Actor(account_id, "somebody"))


GUARDED = [f"{noun}{part}" for noun in ("parking_lot", "parking_space", "fire_lane") for part in ("", "_version", "_place")]


def leaves_of(session: Session, table: str) -> set[str]:
    """Return the refs of the things whose rows are in sight in a table itself."""
    noun = table.removesuffix("_version").removesuffix("_place")
    joined = table if table == noun else f"{table} t JOIN {noun} ON {noun}.id = t.{noun}_id"
    return set(session.scalars(text(f"SELECT source_ref FROM {joined}")))


@pytest.mark.parametrize("role", sorted(set(EXPECTED) - {"operator"}))
def test_rows_of_facilities_are_seen_inside_the_grant_alone(session: Session, ground: Ground, role: str) -> None:
    speak_as(session, somebody(session, "somebody", role, ground.east))
    inside = {EAST_NUMBER} if role in ALLOWED["facilities.read"] else set()
    assert {table: leaves_of(session, table) for table in GUARDED} == dict.fromkeys(GUARDED, inside)


def test_nobody_sees_rows_of_facilities(session: Session, ground: Ground) -> None:
    set_actor(session, NOBODY)
    assert {table: session.scalar(text(f"SELECT count(*) FROM {table}")) for table in GUARDED} == dict.fromkeys(GUARDED, 0)


@pytest.mark.parametrize("role", sorted(set(EXPECTED) - {"operator"}))
def test_facilities_are_changed_inside_the_grant_alone(session: Session, ground: Ground, role: str) -> None:
    speak_as(session, somebody(session, "somebody", role, ground.east))
    parts = ("version", "place")
    touched = [len(session.execute(text(f"UPDATE parking_space_{part} SET valid = valid RETURNING 1")).all()) for part in parts]
    changes = ALLOWED["ground.import"] | ALLOWED["buildings.pin"] | ALLOWED["plans.publish"]
    assert touched == [role in changes] * 2


def test_a_clerk_adds_no_facility_outside_the_grant(session: Session, ground: Ground) -> None:
    speak_as(session, somebody(session, "clerk", "data_clerk", ground.east))
    add = "INSERT INTO fire_lane (jurisdiction_id, source, source_ref) SELECT jurisdiction_id, 'x', 'x' FROM unit LIMIT 1"
    with pytest.raises(ProgrammingError, match="row-level security"):
        session.execute(text(add))


ASKED = {
    "facility_sums": "SELECT path::text FROM facility_sums(ARRAY[CAST(:east AS ltree), CAST(:west AS ltree)], :at)",
    "parking_lots_in": "SELECT name FROM parking_lots_in(CAST(:top AS ltree), :at, 9, 0)",
    "parking_spaces_in": "SELECT number FROM parking_spaces_in(CAST(:top AS ltree), :at, 9, 0)",
    "fire_lanes_in": "SELECT name FROM fire_lanes_in(CAST(:top AS ltree), :at, 9, 0)",
}
"""Every question about facilities that a function answers as the owner, but tiles."""


def answered(session: Session, ground: Ground, function: str, as_of: datetime | None) -> set[str]:
    given = {"east": ground.east, "west": ground.west, "top": ground.top, "at": as_of}
    names = {ground.east: EAST_NUMBER, ground.west: WEST_NUMBER}
    return {names.get(answer, answer) for answer in session.scalars(text(ASKED[function]), given)}


@pytest.mark.parametrize("role", sorted(set(EXPECTED) - {"operator"}))
def test_functions_answer_inside_the_grant_alone(session: Session, ground: Ground, role: str) -> None:
    questions = [(function, as_of) for function in ASKED for as_of in (None, datetime(2026, 3, 1, tzinfo=UTC))]
    speak_as(session, somebody(session, "somebody", role, ground.east))
    inside = {EAST_NUMBER} if role in ALLOWED["facilities.read"] else set()
    assert {each: answered(session, ground, *each) for each in questions} == dict.fromkeys(questions, inside)
    set_actor(session, NOBODY)
    assert not any(answered(session, ground, *each) for each in questions)


@pytest.mark.parametrize("function", ASKED)
def test_the_past_is_kept_from_those_who_lost_the_place(session: Session, ground: Ground, function: str) -> None:
    reader = somebody(session, "leader", "grid_leader", ground.east)
    for noun in ("parking_lot", "parking_space", "fire_lane"):
        moved = f"UPDATE {noun}_place SET unit_id = (SELECT unit_id FROM {noun}_place ORDER BY id DESC LIMIT 1)"
        session.execute(text(moved))
    speak_as(session, reader)
    assert answered(session, ground, function, datetime(2026, 3, 1, tzinfo=UTC)) - {EAST_NUMBER} == set()
    assert leaves_of(session, "parking_space_place") == set()


@pytest.mark.parametrize("role", sorted(set(EXPECTED) - {"operator"}))
def test_what_lies_near_is_answered_inside_the_grant_alone(session: Session, ground: Ground, role: str) -> None:
    everywhere = "SRID=4490;POLYGON((-180 -90, 180 -90, 180 90, -180 90, -180 -90))"
    near = text("SELECT noun, (SELECT count(*) FROM facilities_near(noun, ARRAY[:everywhere])) FROM unnest(cast(:nouns AS text[])) AS noun")
    nouns = ["parking_lot", "parking_space", "fire_lane", "person"]
    for reader, seen in (
        (Actor(somebody(session, "somebody", role, ground.east), "somebody"), role in ALLOWED["facilities.read"]),
        (NOBODY, 0),
    ):
        set_actor(session, reader)
        counted = {noun: count for noun, count in session.execute(near, {"everywhere": everywhere, "nouns": nouns})}  # noqa: C416  # rows are no pairs to mypy
        assert counted == dict.fromkeys(nouns[:3], int(seen)) | {"person": 0}


@pytest.mark.parametrize("layer", ["parking_lots", "parking_spaces", "fire_lanes"])
def test_a_tile_of_facilities_holds_what_is_inside_the_grant_alone(session: Session, ground: Ground, layer: str) -> None:
    west, east = (int((lon + 180) / 360 * 2**16) for lon in (120.00501, 120.01501))
    sizes = {}
    for path in (ground.east, ground.top):
        speak_as(session, somebody(session, path, "surveyor", path))
        rows = [
            session.scalars(text(f"SELECT tile_{layer}(16, :x, y) FROM generate_series(27030, 27040) AS y"), {"x": x}) for x in (west, east)
        ]
        sizes[path] = [any(bytes(tile) for tile in row) for row in rows]
    assert sizes == {ground.east: [False, True], ground.top: [True, True]}


def test_a_lane_through_two_leaves_is_seen_from_both(session: Session, ground: Ground) -> None:
    through = """
    INSERT INTO fire_lane_place (fire_lane_id, unit_id, valid, share, pinned, length_m)
    SELECT e.fire_lane_id, w.unit_id, e.valid, 0.25, false, 2 FROM fire_lane_place e, fire_lane_place w WHERE w.id > e.id
    """
    session.execute(text(through))
    for path, seen in ((ground.east, {EAST_NUMBER}), (ground.west, {EAST_NUMBER, WEST_NUMBER})):
        speak_as(session, somebody(session, path, "grid_leader", path))
        assert leaves_of(session, "fire_lane") == seen
