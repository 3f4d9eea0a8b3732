from __future__ import annotations

from sqlalchemy.orm import Session

from gridsvc.database.queries.jurisdictions import JurisdictionRow, editions, jurisdiction, jurisdictions
from gridsvc.database.queries.schemes import parsed, scheme_of
from gridsvc.domain.permissions import Actor
from tests import builders
from tests.builders import FIRST_DAY, PLAIN
from tests.database.queries.conftest import LATER


def test_a_jurisdiction_comes_with_its_scheme(session: Session, place: JurisdictionRow) -> None:
    assert (place.slug, place.name, place.synthetic) == ("here", "here", False)
    assert [level.name_zh for level in place.scheme.levels] == ["区", "网格", "微网格"]


def test_jurisdictions_come_by_short_name(session: Session, operator: Actor) -> None:
    for slug in ("b", "a"):
        builders.jurisdiction(session, operator, slug)
    assert [row.slug for row in jurisdictions(session)] == ["a", "b"]


def test_an_unknown_jurisdiction_is_none(session: Session) -> None:
    assert jurisdiction(session, "nowhere") is None


def test_editions_come_oldest_first(session: Session, place: JurisdictionRow) -> None:
    assert [(edition.serial, edition.effective_at) for edition in editions(session, place.id)] == [
        (1, FIRST_DAY),
        (2, FIRST_DAY),
        (3, LATER),
    ]


def test_the_same_text_of_a_scheme_is_read_once(session: Session, place: JurisdictionRow) -> None:
    assert scheme_of(session, place.id) is parsed("plain", PLAIN)
