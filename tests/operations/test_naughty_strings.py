"""Strings that break programs, as what rows say of things: stored as they are but for blanks around them, or refused by row."""

from __future__ import annotations

import json

import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsvc.database.tables import CompoundVersion, StreetVersion, UnitVersion
from gridsvc.domain.columns import text_of
from gridsvc.domain.permissions import Actor
from gridsvc.operations.compounds import import_compounds
from gridsvc.operations.streets import import_streets
from tests import builders
from tests.conftest import shared_data


@pytest.fixture(scope="module")
def texts() -> list[str]:
    given: list[str] = json.loads(shared_data("vectors/blns/blns.json").read_text("utf-8"))
    return [text for text in given if "\0" not in text]


def cell(at: int) -> shapely.Polygon:
    """Return a square of its own for each."""
    return shapely.box(112 + at % 25 * 0.01, 37 + at // 25 * 0.01, 112.005 + at % 25 * 0.01, 37.005 + at // 25 * 0.01)


def test_names_of_compounds_and_streets(session: Session, operator: Actor, texts: list[str]) -> None:
    here = builders.jurisdiction(session, operator)
    wanted = sorted(text_of(text) or "" for text in texts)
    rows = [({"编号": str(at), "name": text}, cell(at)) for at, text in enumerate(texts)]
    import_compounds(session, operator, builders.file(here, rows))
    assert sorted(name or "" for name in session.scalars(select(CompoundVersion.name))) == wanted
    lines = [(said, shapely.LineString(shape.exterior)) for said, shape in rows]
    import_streets(session, operator, builders.file(here, lines))
    assert sorted(name or "" for name in session.scalars(select(StreetVersion.name))) == wanted


def test_refs_tell_rows_apart(session: Session, operator: Actor, texts: list[str]) -> None:
    here = builders.jurisdiction(session, operator)
    refs = list({text_of(text): text for text in texts if text_of(text)}.values())
    rows = [({"编号": text, "name": str(at)}, cell(at)) for at, text in enumerate(refs)]
    file = builders.file(here, rows)
    assert import_compounds(session, operator, file).counts == {"new": len(refs)}
    assert import_compounds(session, operator, file).counts == {"unchanged": len(refs)}


def test_names_codes_and_parents_of_units(session: Session, operator: Actor, texts: list[str]) -> None:
    here = builders.jurisdiction(session, operator)
    fit = list({text_of(text): text for text in texts if text_of(text)}.values())[::4]
    rows = [({"name": text, "code": text, "parent": text, "level": 2}, cell(at)) for at, text in enumerate(fit)]
    proposal = builders.import_units(session, operator, builders.file(here, rows))
    assert proposal.counts == {"new": len(fit)}
    stored = set(session.scalars(select(UnitVersion.name).where(UnitVersion.code.is_not(None))))
    assert stored == {text_of(text) for text in fit}


@pytest.mark.parametrize("field", ["level", "kind"])
def test_words_that_are_none_of_ours_are_refused_by_row(session: Session, operator: Actor, texts: list[str], field: str) -> None:
    here = builders.jurisdiction(session, operator)
    fit = [text for text in texts if (text_of(text) or "").casefold() not in {"", "1", "2", "3"}]
    rows = [({"name": "x", "level": 2} | {field: text}, cell(at)) for at, text in enumerate(fit)]
    proposal = builders.import_units(session, operator, builders.file(here, rows, commit=False))
    assert proposal.counts == {"refused": len(fit)}
    assert {finding.row for finding in proposal.findings if finding.severity == "error"} == set(range(1, len(fit) + 1))
