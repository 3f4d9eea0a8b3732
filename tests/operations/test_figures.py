from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.readers import read
from gridsvc.domain.permissions import NOBODY, Actor
from gridsvc.domain.proposals import ImportFile, Proposal
from gridsvc.errors import Invalid, NotSignedIn
from gridsvc.operations.figures import import_figures
from tests import builders

TOML = """
account = "公开报道"
published_on = "2024-04-19"

[[figures]]
key = "buildings"
value = 10
counts_zh = "住宅楼"

[[figures]]
key = "spaces"
value = "3,570"
qualifier = "余"
counts_zh = "停车位"
claim = "buildings <= spaces"
"""
CSV = "指标,数值,限定,口径,来源,发布日期\nbuildings,10,,住宅楼,公开报道,2024-04-19\nspaces,3570,余,停车位,公开报道,2024-04-19\n"


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    return builders.jurisdiction(session, operator)


def bring(session: Session, operator: Actor, here: int, path: Path, *, commit: bool = True) -> Proposal:
    return import_figures(session, operator, ImportFile(here, read(path), builders.FIRST_DAY, commit=commit))


def written(folder: Path, content: str, name: str = "figures.toml") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def stored(session: Session) -> list[tuple[str, float, str]]:
    session.flush()
    return [tuple(row) for row in session.execute(text("SELECT key, value, qualifier FROM reported_figure ORDER BY serial"))]


def test_figures_come_in_as_they_are_reported(session: Session, operator: Actor, here: int, tmp_path: Path) -> None:
    assert bring(session, operator, here, written(tmp_path, TOML)).counts == {"new": 2}
    assert stored(session) == [("buildings", 10.0, "exact"), ("spaces", 3570.0, "at_least")]


def test_a_table_says_the_same_in_chinese_headers(session: Session, operator: Actor, here: int, tmp_path: Path) -> None:
    bring(session, operator, here, written(tmp_path, CSV, "figures.csv"))
    assert stored(session) == [("buildings", 10.0, "exact"), ("spaces", 3570.0, "at_least")]


def test_a_workbook_says_the_same_with_numbers_and_a_day_of_its_own(session: Session, operator: Actor, here: int, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "figures.xlsx") as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, CSV.splitlines()[0].split(","))
        for row, (key, value, qualifier, counts) in enumerate([("buildings", 10, "", "住宅楼"), ("spaces", 3570, "余", "停车位")], 1):
            sheet.write_row(row, 0, [key, value, qualifier, counts, "公开报道"])
            sheet.write_datetime(row, 5, datetime(2024, 4, 19), day)  # noqa: DTZ001  # a spreadsheet knows no zones
    bring(session, operator, here, tmp_path / "figures.xlsx")
    assert stored(session) == [("buildings", 10.0, "exact"), ("spaces", 3570.0, "at_least")]
    assert set(session.scalars(text("SELECT published_on FROM reported_figure"))) == {date(2024, 4, 19)}


def test_nothing_is_written_without_commit(session: Session, operator: Actor, here: int, tmp_path: Path) -> None:
    bring(session, operator, here, written(tmp_path, TOML), commit=False)
    assert stored(session) == []


def test_the_same_file_changes_nothing_and_another_value_replaces_the_first(
    session: Session, operator: Actor, here: int, tmp_path: Path
) -> None:
    path = written(tmp_path, TOML)
    bring(session, operator, here, path)
    assert bring(session, operator, here, path).counts == {"unchanged": 2}
    assert bring(session, operator, here, written(tmp_path, TOML.replace("value = 10", "value = 11"))).counts == {
        "changed": 1,
        "unchanged": 1,
    }
    assert stored(session)[0] == ("buildings", 11.0, "exact")


WRONG = {
    "is no number": ("value = 10", 'value = "ten"'),
    "does not say how exact": ('qualifier = "余"', 'qualifier = "许多"'),
    "is no date": ("2024-04-19", "last year"),
    "has no counts_zh": ('counts_zh = "住宅楼"', ""),
    "is no check of figures": ("buildings <= spaces", "buildings ~ spaces"),
}
"""What is said of a row, by how it came to be wrong."""


@pytest.mark.parametrize("said", WRONG)
def test_a_row_that_cannot_be_read_is_refused_with_a_sentence(
    session: Session, operator: Actor, here: int, tmp_path: Path, said: str
) -> None:
    with pytest.raises(Invalid) as refused:
        bring(session, operator, here, written(tmp_path, TOML.replace(*WRONG[said])))
    assert said in " ".join(str(finding) for finding in refused.value.findings)


def test_figures_need_a_right(session: Session, operator: Actor, here: int, tmp_path: Path) -> None:
    with pytest.raises(NotSignedIn):
        bring(session, NOBODY, here, written(tmp_path, TOML))
