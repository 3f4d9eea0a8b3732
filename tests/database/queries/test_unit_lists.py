from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.database.queries.unit_lists import UnitFilter, find_units, heirs, versions
from gridsvc.database.queries.units import children, root
from gridsvc.domain.permissions import Actor
from tests import builders
from tests.builders import FIRST_DAY
from tests.database.queries.conftest import LATER
from tests.grids import draw


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["here", "A", "B"]),
        ({"level": 2}, ["A", "B"]),
        ({"words": "ER"}, ["here"]),
        ({"words": "%"}, []),
        ({"code": "1"}, []),
        ({"as_of": FIRST_DAY}, ["here", "A"]),
        ({"jurisdiction_id": -1}, []),
    ],
)
def test_units_are_listed_by_what_is_asked(session: Session, place: JurisdictionRow, wanted: dict[str, object], found: list[str]) -> None:
    rows, count = find_units(session, UnitFilter(**wanted))  # type: ignore[arg-type]  # fields of one dict differ
    assert [row.name for row in rows] == found
    assert count == len(found)


def test_behind_the_last_page_the_count_stays(session: Session, place: JurisdictionRow) -> None:
    assert find_units(session, UnitFilter(), page=2) == ([], 3)


def test_a_units_versions_come_oldest_first(session: Session, operator: Actor, place: JurisdictionRow) -> None:
    builders.units(session, operator, place.id, draw("S . . ."), level=3, effective_at=LATER)
    a = find_units(session, UnitFilter(words="A"))[0][0]
    assert [(version.edition, version.began, version.ended) for version in versions(session, a.public_id)] == [
        (2, FIRST_DAY, LATER),
        (4, LATER, None),
    ]


def test_a_version_in_force_for_no_time_is_no_history(session: Session, place: JurisdictionRow) -> None:
    top = root(session, place.id)
    assert top is not None
    assert [version.edition for version in versions(session, top.public_id)] == [2]


def test_a_remainder_knows_who_took_its_ground(session: Session, place: JurisdictionRow) -> None:
    top = root(session, place.id)
    assert top is not None
    _, b, rest = children(session, top)
    (heir,) = heirs(session, rest.public_id)
    assert (heir.public_id, heir.effective_at, heir.area_share) == (b.public_id, LATER, pytest.approx(0.5, rel=1e-4))
