from __future__ import annotations

from sqlalchemy.orm import Session

from gridsvc.database.queries.buildings import BuildingRow, buildings_in
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.database.queries.one_building import one_building
from gridsvc.database.queries.search import search
from gridsvc.database.queries.units import UnitRow, children, root
from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import NOBODY
from tests.builders import FIRST_DAY


def leaf(session: Session, place: JurisdictionRow, name: str) -> UnitRow:
    top = root(session, place.id)
    assert top is not None
    return next(child for child in children(session, top) if child.name == name and child.leaf)


def listed(session: Session, place: JurisdictionRow, name: str) -> list[BuildingRow]:
    here = leaf(session, place, name)
    return buildings_in(session, here.id, here.path)


def test_buildings_come_by_number_not_by_letter(session: Session, place: JurisdictionRow) -> None:
    assert [building.name for building in listed(session, place, "A")] == ["2号楼", "100%_"]


def test_a_building_has_its_households_for_those_who_may_read_them(session: Session, place: JurisdictionRow) -> None:
    assert [building.households for building in listed(session, place, "A")] == [60, None]
    set_actor(session, NOBODY)
    assert [building.households for building in listed(session, place, "A")] == [None, None]


def test_a_building_says_what_the_border_cuts_off(session: Session, place: JurisdictionRow) -> None:
    assert [round(building.cut_m2) for building in listed(session, place, "B")] == [642]


def test_buildings_of_the_past_stand_where_they_stood(session: Session, place: JurisdictionRow) -> None:
    b = leaf(session, place, "B")
    assert buildings_in(session, b.id, b.path, FIRST_DAY) == []


def test_after_the_last_page_comes_nothing(session: Session, place: JurisdictionRow) -> None:
    here = leaf(session, place, "A")
    assert buildings_in(session, here.id, here.path, page=2) == []


def test_one_building_is_told_in_full(session: Session, place: JurisdictionRow) -> None:
    hit = search(session, place.id, "2号楼")[0]
    found = one_building(session, hit.public_id)
    assert found is not None
    assert (found.name, found.use, found.compound_name, found.households) == ("2号楼", "residential", "东风里", 60)
    assert found.unit_public_id == leaf(session, place, "A").public_id


def test_one_building_in_no_unit_says_so(session: Session, place: JurisdictionRow) -> None:
    found = one_building(session, search(session, place.id, "far")[0].public_id)
    assert found is not None
    assert (found.unit_public_id, found.share, found.households) == (None, None, None)


def test_an_unknown_building_is_none(session: Session, place: JurisdictionRow) -> None:
    assert one_building(session, place.public_id) is None
