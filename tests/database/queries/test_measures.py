"""Measures of the units that a plan touches, before and after."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from gridsvc.database.queries.measures import Measured, measures
from gridsvc.domain.permissions import Actor
from tests import redrawn


@pytest.fixture
def found(session: Session, operator: Actor) -> Measured:
    place = redrawn.lay(session, operator)
    return measures(session, operator, redrawn.two_of_three(session, operator, place))


def values(found: Measured, measure: str) -> dict[str, tuple[float | None, float | None]]:
    return {unit.name: (unit.was[measure], unit.becomes[measure]) for unit in found.units}


def test_households_are_told_before_and_after(found: Measured) -> None:
    assert values(found, "households") == {"东湖一网格": (20, 30), "东湖三网格": (20, 30), "东湖二网格": (20, None)}


def test_a_unit_that_ends_has_no_value_after(found: Measured) -> None:
    ended = next(unit for unit in found.units if unit.name == "东湖二网格")
    assert (ended.after, set(ended.becomes.values())) == (None, {None})


def test_deviation_is_from_the_mean_of_those_beside(found: Measured) -> None:
    assert values(found, "deviation")["东湖一网格"] == (0, 0)


def test_what_is_counted_of_dwellings_follows_their_buildings(found: Measured) -> None:
    assert values(found, "let")["东湖一网格"] == (4, 6)


def test_a_straight_unit_is_more_compact_than_one_with_a_corner(found: Measured) -> None:
    was, becomes = values(found, "polsby_popper")["东湖一网格"]
    assert was is not None
    assert becomes is not None
    assert was > becomes


def test_the_round_of_two_buildings_is_the_way_between_them(found: Measured) -> None:
    was, _ = values(found, "round_m")["东湖一网格"]
    assert was == pytest.approx(110.9, abs=0.1)
