from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy.orm import Session

from gridsvc.database.freshness import raise_generation
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.database.queries.locate import locate, locate_at, locate_many
from gridsvc.domain.permissions import Actor
from gridsvc.errors import NotFound
from tests import builders
from tests.builders import FIRST_DAY
from tests.database.queries.conftest import BEFORE, LATER
from tests.grids import CELL_DEG, SOUTH, WEST, draw


def point(east: float, north: float = 0.5) -> tuple[float, float]:
    """Return a position in cells of the drawing."""
    return round(WEST + east * CELL_DEG, 8), round(SOUTH + north * CELL_DEG, 8)


PLACES = [point(0.3), point(1.8), point(2.5), point(3.5), point(2), point(3), point(4), point(0, 0), point(5), point(9.1)]
"""In A with a building and a compound, in both, in B, in the remainder, on borders, on a corner, outside, outside in a building."""


def test_a_chain_leads_from_the_top_to_the_leaf(place: JurisdictionRow) -> None:
    found = locate(*point(0.3))
    assert [unit.name for unit in found.chain] == ["here", "A"]
    assert (found.jurisdiction, found.building and found.building.name, found.compound and found.compound.name) == (
        "here",
        "2号楼",
        "东风里",
    )


def test_ground_that_no_unit_covers_is_a_remainder(place: JurisdictionRow) -> None:
    assert [locate(*point(east)).remainder for east in (2.5, 3.5)] == [False, True]


def test_a_point_on_a_border_belongs_to_one_and_names_the_other(place: JurisdictionRow) -> None:
    found = locate(*point(2))
    assert {found.chain[-1].name, *(other.name for other in found.on_border_with)} == {"A", "B"}


def test_on_the_border_of_a_remainder_the_unit_comes_first(place: JurisdictionRow) -> None:
    found = locate(*point(3))
    assert (found.chain[-1].name, [other.kind for other in found.on_border_with]) == ("B", ["remainder"])


def test_a_point_outside_is_in_none(place: JurisdictionRow) -> None:
    assert locate(*point(5)).chain == ()


def test_many_points_are_answered_like_each(place: JurisdictionRow) -> None:
    lons, lats = np.array(PLACES).T
    assert list(locate_many(lons, lats)) == [locate(*at) for at in PLACES]


@pytest.mark.parametrize("at", PLACES)
def test_history_answers_today_like_the_resident_ground(session: Session, place: JurisdictionRow, at: tuple[float, float]) -> None:
    assert locate_at(session, *at, LATER) == locate(*at)


def test_a_day_has_its_own_answer(session: Session, place: JurisdictionRow) -> None:
    chains = [locate_at(session, *point(2.5), day).chain for day in (BEFORE, FIRST_DAY, LATER)]
    assert [[unit.kind for unit in chain] for chain in chains] == [[], ["unit", "remainder"], ["unit", "unit"]]


def test_of_two_jurisdictions_the_first_by_short_name_answers(session: Session, operator: Actor, place: JurisdictionRow) -> None:
    another = builders.jurisdiction(session, operator, "another")
    builders.units(session, operator, another, draw("X"), level=2)
    raise_generation()
    assert [locate(*point(0.3), slug).jurisdiction for slug in (None, "here")] == ["another", "here"]


def test_an_unknown_jurisdiction_is_not_found(session: Session, place: JurisdictionRow) -> None:
    with pytest.raises(NotFound, match="There is no jurisdiction 'nowhere'"):
        locate(*point(0.3), "nowhere")


def test_an_unknown_jurisdiction_is_not_found_in_history_either(session: Session, place: JurisdictionRow) -> None:
    with pytest.raises(NotFound, match="There is no jurisdiction 'nowhere'"):
        locate_at(session, *point(0.3), FIRST_DAY, "nowhere")
