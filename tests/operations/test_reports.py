"""Reports: sums that hold at every level, frozen for good, and reasons for what differs from the last one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from shapely.affinity import translate
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.jurisdictions import jurisdictions
from gridsvc.database.queries.reports import ReportRow, report
from gridsvc.domain.permissions import Actor
from gridsvc.domain.reports import Change, Period, digest_of, misses
from gridsvc.errors import Invalid
from gridsvc.operations.buildings import import_buildings
from gridsvc.operations.reports import Freeze, freeze
from tests import builders
from tests.grids import draw

BEGAN, LATER = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 5, 1, tzinfo=UTC)
Q1, Q2 = Period.of("2024-Q1"), Period.of("2024-Q2")


@pytest.fixture
def place(session: Session, operator: Actor) -> int:
    """A district of two grids, two houses each of 40 households."""
    found = builders.jurisdiction(session, operator)
    builders.units(session, operator, found, draw("T T T T"))
    builders.units(session, operator, found, draw("A A B B"), level=2)
    houses = {name: ground.centroid.buffer(0.0002, 1) for name, ground in draw("1 2 3 4").items()}
    builders.buildings(session, operator, found, houses, households=40)
    return found


def frozen(session: Session, actor: Actor, place: int, period: Period, unit: str = "T") -> ReportRow:
    found = next(row for row in jurisdictions(session) if row.id == place)
    named = text("SELECT unit_id FROM unit_version WHERE jurisdiction_id = :id AND name = :name ORDER BY id LIMIT 1")
    unit_id = session.execute(named, {"id": place, "name": unit}).scalar_one()
    return freeze(session, actor, Freeze(found, unit_id, period))


def values(session: Session, actor: Actor, row: ReportRow) -> dict[str, dict[str, int]]:
    """Return the figures that are not nought, by unit and column."""
    content = report(session, actor, row.public_id)[1]
    keys = [column["key"] for column in content["columns"]]
    return {each["name"]: {key: value for key, value in zip(keys, each["values"], strict=True) if value} for each in content["rows"]}


def changes(session: Session, actor: Actor, row: ReportRow, column: str) -> dict[str, tuple[int, ...]]:
    """Return by unit why a column differs: corrected, new, gone, adjusted."""
    content = report(session, actor, row.public_id)[1]
    at = [each["key"] for each in content["columns"]].index(column)
    found = [Change(*each) for each in content["changes"]]
    assert all(each.balances for each in found)
    return {content["rows"][each.row]["name"]: (each.corrected, each.new, each.gone, each.adjusted) for each in found if each.column == at}


def redraw(session: Session, actor: Actor, place: int, *rows: str) -> None:
    """Draw the grids anew from LATER on."""
    builders.units(session, actor, place, draw(*rows), level=2, effective_at=LATER, accept_loss=True)


def test_each_unit_counts_what_stands_in_it(session: Session, operator: Actor, place: int) -> None:
    found = values(session, operator, frozen(session, operator, place, Q1))
    assert found["T"] | {"posts_vacant": 2} == {"units.1": 1, "units.2": 2, "buildings": 4, "households": 160, "posts_vacant": 2}
    assert found["A"] == {"units.2": 1, "buildings": 2, "households": 80, "posts_vacant": 1}


def test_sums_hold_at_every_level(session: Session, operator: Actor, place: int) -> None:
    assert misses(report(session, operator, frozen(session, operator, place, Q1).public_id)[1]) == []


def test_a_sum_that_does_not_hold_is_found(session: Session, operator: Actor, place: int) -> None:
    content = report(session, operator, frozen(session, operator, place, Q1).public_id)[1]
    content["rows"][1]["values"][3] += 2
    assert misses(content) == [(0, 3, -2)]


def test_freezing_twice_gives_two_numbers_and_one_digest(session: Session, operator: Actor, place: int) -> None:
    first, second = (frozen(session, operator, place, Q1) for _ in range(2))
    assert (first.number, second.number) == ("2024-Q1-1", "2024-Q1-2")
    assert first.digest == second.digest


def test_the_digest_covers_the_content(session: Session, operator: Actor, place: int) -> None:
    row, content = report(session, operator, frozen(session, operator, place, Q1).public_id)
    assert digest_of(content) == row.digest
    content["rows"][0]["values"][0] += 1
    assert digest_of(content) != row.digest


def test_a_redraw_between_two_periods_shows_as_adjusted(session: Session, operator: Actor, place: int) -> None:
    frozen(session, operator, place, Q1)
    redraw(session, operator, place, "A B B B")
    found = changes(session, operator, frozen(session, operator, place, Q2), "households")
    assert found == {"A": (0, 0, 0, -40), "B": (0, 0, 0, 40)}


def test_what_was_built_is_new(session: Session, operator: Actor, place: int) -> None:
    frozen(session, operator, place, Q1)
    corner = translate(draw(". . . 5")["5"].centroid.buffer(0.0001, 1), 0.0003, 0.0003)
    row = ({"id": "5", "name": "5", "households": 12}, corner)
    import_buildings(session, operator, builders.file(place, [row], effective_at=LATER))
    found = changes(session, operator, frozen(session, operator, place, Q2), "households")
    assert found == {"T": (0, 12, 0, 0), "B": (0, 12, 0, 0)}


def test_a_late_correction_shows_in_the_next_report_and_never_in_the_frozen_one(session: Session, operator: Actor, place: int) -> None:
    first = frozen(session, operator, place, Q1)
    session.execute(
        text(
            "UPDATE building_households SET households = 44 WHERE building_id = (SELECT min(id) FROM building WHERE jurisdiction_id = :id)"
        ),
        {"id": place},
    )
    assert values(session, operator, first)["T"]["households"] == 160
    found = changes(session, operator, frozen(session, operator, place, Q2), "households")
    assert found == {"T": (4, 0, 0, 0), "A": (4, 0, 0, 0)}


def test_a_unit_has_reports_of_its_own(session: Session, operator: Actor, place: int) -> None:
    frozen(session, operator, place, Q1, "A")
    redraw(session, operator, place, "A B B B")
    second = frozen(session, operator, place, Q2, "A")
    assert changes(session, operator, second, "buildings") == {"A": (0, 0, 0, -1)}
    assert list(values(session, operator, second)) == ["A"]


@pytest.mark.parametrize("label", ["2024-Q5", "2024-13", "24", "quarter", ""])
def test_a_period_that_is_none_is_refused(label: str) -> None:
    with pytest.raises(Invalid, match="no period"):
        Period.of(label)


def test_a_period_to_come_is_not_frozen(session: Session, operator: Actor, place: int) -> None:
    with pytest.raises(Invalid, match="has not begun"):
        frozen(session, operator, place, Period.of("2090"))
