"""A point on a border belongs to the lowest code there, remainders last, and the answer names the others, in every way to ask."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
import shapely
from sqlalchemy.orm import Session

from gridsvc.database import freshness
from gridsvc.database.queries.locate import Located, locate, locate_at, locate_many
from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import Actor
from gridsvc.operations.units import import_units
from tests import builders
from tests.grids import draw

CODES = {"A": "12", "B": "3", "C": "100"}
"""As text 100 comes before 12, and 12 before 3."""


@pytest.fixture
def quarters(session: Session, operator: Actor) -> int:
    """Give three quarters of a square with codes, and what remains."""
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, {"top": shapely.box(120.0, 30.0, 120.002, 30.002)}, level=1)
    drawn = draw("A B", ". C")
    rows = [({"name": name, "code": code, "level": 2}, drawn[name]) for name, code in CODES.items()]
    import_units(session, operator, builders.file(here, rows))
    freshness.raise_generation()
    return here


def names(located: Located) -> list[str]:
    return ["rest" if unit.kind == "remainder" else unit.name for unit in (*located.chain[-1:], *located.on_border_with)]


POINTS = {
    (120.001, 30.0015): ["A", "B"],
    (120.0015, 30.001): ["C", "B"],
    (120.0005, 30.001): ["A", "rest"],
    (120.001, 30.001): ["C", "A", "B", "rest"],
    (120.001, 30.002): ["A", "B"],
    (120.002, 30.002): ["B"],
    (120.00100001, 30.0015): ["A", "B"],
    (120.00100003, 30.0015): ["B"],
    (120.0003, 30.0003): ["rest"],
    (120.003, 30.001): [],
}
"""Where several stand: the one it belongs to, then the others."""


@pytest.mark.parametrize("at", POINTS)
def test_resident_data_and_history_know_the_rule(session: Session, operator: Actor, quarters: int, at: tuple[float, float]) -> None:
    assert names(locate(*at, "here")) == POINTS[at]
    set_actor(session, operator)
    assert names(locate_at(session, *at, datetime.now(UTC), "here")) == POINTS[at]


def test_many_points_at_once_know_it_too(session: Session, quarters: int) -> None:
    lon, lat = np.array(list(POINTS)).T
    assert [names(located) for located in locate_many(lon, lat, "here")] == list(POINTS.values())


def test_before_the_first_edition_a_point_stands_nowhere(session: Session, quarters: int) -> None:
    assert names(locate_at(session, 120.001, 30.0015, datetime(2023, 12, 31, tzinfo=UTC), "here")) == []
