"""People, organisations and appointments as files: masked, known when they come back, in the trail."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.exports import Wanted
from gridsvc.database.queries.jurisdictions import jurisdiction
from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import Actor, Grant, Role
from gridsvc.errors import NotAllowed
from gridsvc.operations.exports import ExportRequest, export
from gridsvc.operations.imports import ImportRequest, run
from tests.ground import Ground, as_operator, lay, somebody
from tests.people import EAST_PHONE, EAST_SURNAME, WEST_PHONE, settle

NOUNS = ("organisations", "people", "appointments")


@pytest.fixture
def ground(session: Session) -> Ground:
    ground = lay(session)
    settle(session, ground)
    session.execute(text('UPDATE member SET "full" = false'))
    return ground


def written(session: Session, actor: Actor, noun: str, path: Path, reason: str | None = None) -> Path:
    place = jurisdiction(session, "here")
    assert place is not None
    export(session, actor, ExportRequest(place, Wanted(noun), reason=reason), path)
    return path


def speak_as(session: Session, role: str, path: str) -> Actor:
    actor = Actor(somebody(session, role, role, path), role, (Grant(Role(role), path),))
    set_actor(session, actor)
    return actor


def test_private_values_are_masked(session: Session, operator: Actor, ground: Ground, tmp_path: Path) -> None:
    said = written(session, operator, "people", tmp_path / "people.csv").read_text()
    assert EAST_PHONE not in said
    assert "大山" not in said
    assert f"{EAST_SURNAME}**" in said
    assert "139****7193" in said


def test_a_reason_gives_them_in_full_and_stays_in_the_trail(session: Session, operator: Actor, ground: Ground, tmp_path: Path) -> None:
    assert EAST_PHONE in written(session, operator, "people", tmp_path / "people.csv", "flood watch").read_text()
    detail = session.scalar(text("SELECT detail FROM audit WHERE action = 'people.export'"))
    assert (detail["reason"], detail["rows"], detail["in_full"]) == ("flood watch", 2, 2)


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_no_reason_is_none(session: Session, operator: Actor, ground: Ground, tmp_path: Path, reason: str | None) -> None:
    assert EAST_PHONE not in written(session, operator, "people", tmp_path / "people.csv", reason).read_text()


def test_who_may_not_reveal_gets_no_private_value_for_any_reason(session: Session, ground: Ground, tmp_path: Path) -> None:
    worker = speak_as(session, "grid_worker", ground.east)
    said = written(session, worker, "people", tmp_path / "people.csv", "please").read_text()
    assert f"{EAST_SURNAME}**" in said
    assert EAST_PHONE not in said
    assert WEST_PHONE[-4:] not in said


@pytest.mark.parametrize("noun", ["people", "appointments"])
def test_who_reads_no_people_carries_none_away(session: Session, ground: Ground, tmp_path: Path, noun: str) -> None:
    with pytest.raises(NotAllowed):
        written(session, speak_as(session, "planner", ground.top), noun, tmp_path / "people.csv")


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".geojson"])
@pytest.mark.parametrize("reason", [None, "a look"])
@pytest.mark.parametrize("noun", NOUNS)
def test_what_comes_back_is_unchanged(session: Session, ground: Ground, tmp_path: Path, noun: str, reason: str | None, suffix: str) -> None:
    operator = as_operator(session)
    path = written(session, operator, noun, tmp_path / f"{noun}{suffix}", reason)
    brought = run(session, operator, ImportRequest(noun, path, int(ground.jurisdiction[1:], 36), commit=True))
    assert brought.proposal.counts == {"unchanged": 2}


def changed(path: Path, header: str, value: str) -> None:
    """Write something else into the first row of a table."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0][header] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_a_masked_value_keeps_what_stands_where_something_else_changes(
    session: Session, operator: Actor, ground: Ground, tmp_path: Path
) -> None:
    path = written(session, operator, "people", tmp_path / "people.csv")
    changed(path, "党员身份", "正式党员")
    brought = run(session, operator, ImportRequest("people", path, int(ground.jurisdiction[1:], 36), source="test", commit=True))
    assert brought.proposal.counts == {"changed": 1, "unchanged": 1}
    in_full = written(session, operator, "people", tmp_path / "again.csv", "a look").read_text()
    assert f"{EAST_SURNAME}大山" in in_full
    assert EAST_PHONE in in_full
    assert in_full.count("正式党员") == 1


def test_a_masked_value_that_is_another_is_refused(session: Session, operator: Actor, ground: Ground, tmp_path: Path) -> None:
    path = written(session, operator, "people", tmp_path / "people.csv")
    changed(path, "手机号码", "137****0000")
    request = ImportRequest("people", path, int(ground.jurisdiction[1:], 36), skip_refused=True, commit=True)
    assert [each.code for each in run(session, operator, request).proposal.findings] == ["value-masked"]
