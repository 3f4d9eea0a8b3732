"""A building kept somewhere by hand stays there, through imports and changes of borders, until it is let go."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.permissions import Actor
from gridsvc.errors import Invalid, NotFound
from gridsvc.operations.buildings import pin, unpin
from tests import builders
from tests.grids import draw
from tests.scenarios.holding import everything_holds

LATER = builders.FIRST_DAY + timedelta(days=30)
HOUSE = shapely.box(120.0002, 30.0002, 120.0006, 30.0006)


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    """Give two grids, A in the west with a house of 7 households, B in the east."""
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, {"top": shapely.box(120.0, 30.0, 120.002, 30.001)}, level=1)
    builders.units(session, operator, here, draw("A B"), level=2)
    builders.buildings(session, operator, here, {"1": HOUSE}, households=7)
    return here


def unit(session: Session, name: str) -> UUID:
    return session.execute(
        text("SELECT u.public_id FROM unit u JOIN unit_version v ON v.unit_id = u.id WHERE v.name = :name AND upper_inf(v.valid)"),
        {"name": name},
    ).scalar_one()


def house(session: Session) -> UUID:
    return session.execute(text("SELECT public_id FROM building")).scalar_one()


def holder(session: Session, at: datetime | None = None) -> str:
    """Return the grid that the house belongs to and how many of its households stand under it."""
    held = "upper_inf(p.valid) AND upper_inf(v.valid)" if at is None else "p.valid @> :at AND v.valid @> :at"
    query = f"SELECT v.name FROM building_place p JOIN unit_version v ON v.unit_id = p.unit_id WHERE {held}"
    return session.execute(text(query), {"at": at}).scalar_one()


def test_a_pin_moves_a_building_and_its_households(session: Session, operator: Actor, here: int) -> None:
    pin(session, operator, house(session), unit(session, "B"), reason="entrance in the east", at=LATER)
    assert holder(session) == "B"
    assert holder(session, builders.FIRST_DAY) == "A"
    everything_holds(session, here)


def test_a_pin_survives_new_files_and_new_borders(session: Session, operator: Actor, here: int) -> None:
    pin(session, operator, house(session), unit(session, "B"), reason="entrance in the east", at=LATER)
    moved = shapely.box(120.0001, 30.0002, 120.0006, 30.0006)
    builders.import_buildings(session, operator, builders.file(here, [({"id": "1", "name": "1"}, moved)], effective_at=LATER))
    narrower = shapely.box(120.0, 30.0, 120.0007, 30.001)
    builders.units(session, operator, here, {"A": narrower}, level=2, effective_at=LATER)
    assert holder(session) == "B"
    everything_holds(session, here)


def test_an_unpinned_building_goes_where_it_stands(session: Session, operator: Actor, here: int) -> None:
    pin(session, operator, house(session), unit(session, "B"), reason="entrance in the east", at=LATER)
    unpin(session, operator, house(session), at=LATER + timedelta(days=1))
    assert holder(session) == "A"
    assert holder(session, LATER) == "B"
    everything_holds(session, here)


def test_a_pinned_building_whose_unit_ends_goes_where_it_stands(session: Session, operator: Actor, here: int) -> None:
    pin(session, operator, house(session), unit(session, "B"), reason="entrance in the east", at=LATER)
    builders.units(session, operator, here, {"b": draw(". b")["b"]}, level=3, effective_at=LATER)
    assert holder(session) == "A"
    everything_holds(session, here)


def test_a_pin_needs_a_reason_and_a_leaf(session: Session, operator: Actor, here: int) -> None:
    with pytest.raises(Invalid, match="needs a reason"):
        pin(session, operator, house(session), unit(session, "B"), reason=" ", at=LATER)
    with pytest.raises(Invalid, match="has units below it"):
        pin(session, operator, house(session), unit(session, "top"), reason="because", at=LATER)
    with pytest.raises(NotFound, match="nothing pinned"):
        unpin(session, operator, house(session), at=LATER)
