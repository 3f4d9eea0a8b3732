from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from gridsvc.database.queries.compounds import compounds
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from tests.database.queries.conftest import BEFORE


def test_compounds_come_by_name_the_unnamed_last(session: Session, place: JurisdictionRow) -> None:
    assert [(compound.name, compound.buildings) for compound in compounds(session, place.id)] == [("东风里", 2), (None, 1)]


def test_a_compound_says_where_to_zoom(session: Session, place: JurisdictionRow) -> None:
    assert compounds(session, place.id)[0].bounds == pytest.approx((120.0, 30.0, 120.001, 30.001))


def test_there_were_none_before_they_were_brought_in(session: Session, place: JurisdictionRow) -> None:
    assert compounds(session, place.id, BEFORE) == []


def test_pages_go_on_until_nothing_is_left(session: Session, place: JurisdictionRow) -> None:
    assert compounds(session, place.id, page=2) == []
