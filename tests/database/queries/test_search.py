from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.database.queries.search import search
from gridsvc.database.queries.units import children, root
from gridsvc.domain.permissions import Actor
from gridsvc.operations.units import import_units
from tests import builders
from tests.builders import FIRST_DAY
from tests.domain.test_numbering import CODED, COMMUNITY
from tests.grids import draw


def names(session: Session, place: JurisdictionRow, words: str) -> list[str]:
    return [hit.name for hit in search(session, place.id, words)]


@pytest.mark.parametrize(
    ("words", "found"), [("东风", ["东风里"]), (" 风里 ", ["东风里"]), ("号楼", ["2号楼", "10号楼"]), ("HER", ["here"])]
)
def test_part_of_a_name_is_enough(session: Session, place: JurisdictionRow, words: str, found: list[str]) -> None:
    assert names(session, place, words) == found


def test_the_beginning_of_a_name_comes_first(session: Session, place: JurisdictionRow) -> None:
    assert names(session, place, "1")[0] in {"10号楼", "100%_"}
    assert names(session, place, "0号") == ["10号楼"]


@pytest.mark.parametrize(("words", "found"), [("%", ["100%_"]), ("_", ["100%_"]), ("\\", []), ("'", []), ("", []), ("  ", [])])
def test_signs_stand_for_themselves(session: Session, place: JurisdictionRow, words: str, found: list[str]) -> None:
    assert names(session, place, words) == found


def test_a_remainder_is_not_found(session: Session, place: JurisdictionRow) -> None:
    assert [hit.kind for hit in search(session, place.id, "here")] == ["unit"]


def test_a_building_says_which_unit_to_open(session: Session, place: JurisdictionRow) -> None:
    top = root(session, place.id)
    assert top is not None
    b = next(child for child in children(session, top) if child.name == "B")
    assert search(session, place.id, "10号楼")[0].unit_public_id == b.public_id


def test_what_came_later_is_not_found_on_an_earlier_day(session: Session, place: JurisdictionRow) -> None:
    assert [hit.name for hit in search(session, place.id, "B", FIRST_DAY)] == []


def test_the_beginning_of_a_code_finds_units_from_the_top_down(session: Session, operator: Actor) -> None:
    here = builders.jurisdiction(session, operator, "coded", CODED)
    rows = [({"name": "社区", "code": COMMUNITY, "level": 1}, draw("A A")["A"])]
    import_units(session, operator, builders.file(here, rows))
    builders.units(session, operator, here, draw("A B"), level=2)
    assert [hit.code for hit in search(session, here, COMMUNITY[:6])] == [COMMUNITY, COMMUNITY + "001", COMMUNITY + "002"]
    assert [hit.name for hit in search(session, here, COMMUNITY + "002")] == ["B"]
