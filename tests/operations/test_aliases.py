"""What ledgers call compounds and buildings: learned from a table, used when ledgers are matched."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.records import Table
from gridsvc.domain.permissions import NOBODY, Actor
from gridsvc.domain.proposals import ImportFile, Proposal
from gridsvc.errors import Invalid, NotSignedIn
from gridsvc.operations.aliases import import_aliases
from gridsvc.operations.compounds import import_compounds
from gridsvc.operations.ledger import LedgerFile, read
from tests import builders
from tests.grids import draw

HEADERS = ("写法", "小区", "楼栋")


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    place = builders.jurisdiction(session, operator)
    builders.units(session, operator, place, draw("晨 晨 晨 晨"))
    import_compounds(session, operator, builders.file(place, [({"id": "1", "name": "书苑府"}, draw("A A A A")["A"])]))
    houses = {name: ground.centroid.buffer(0.0002, 1) for name, ground in draw("1号楼 2号楼 3号楼 4号楼").items()}
    builders.buildings(session, operator, place, houses, households=40)
    return place


def table(headers: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Table:
    attributes = [{header: cell for header, cell in zip(headers, row, strict=True) if cell} for row in rows]
    return Table("表.xlsx", None, range(2, len(rows) + 2), attributes, np.full(len(rows), None, dtype=object))


def teach(session: Session, operator: Actor, here: int, *rows: tuple[str, ...], commit: bool = True) -> Proposal:
    return import_aliases(session, operator, ImportFile(here, table(HEADERS, rows), builders.FIRST_DAY, commit=commit))


def matched(session: Session, operator: Actor, here: int, compound: str, buildings: str) -> tuple[list[str], int]:
    """Return what is said of a ledger's one row, and how many buildings it gets."""
    ledger = table(("网格", "小区", "楼栋"), (("一网格", compound, buildings), ("二网格", "书苑府", "4号楼")))
    found = read(session, operator, LedgerFile(here, ledger))
    of_unit = [unit for unit in found.drafted.units if unit.name == "一网格"]
    return [finding.code for finding in found.findings if finding.row == 2], sum(len(unit.buildings) for unit in of_unit)


def test_a_learned_compound_is_found(session: Session, operator: Actor, here: int) -> None:
    assert "ledger-compound-unknown" in matched(session, operator, here, "听涛里", "1-2号楼")[0]
    assert teach(session, operator, here, ("听涛里", "书苑府", "")).counts == {"new": 1}
    assert matched(session, operator, here, "听涛里", "1-2号楼") == (["ledger-compound-renamed"], 2)


def test_a_learned_building_is_found_within_its_compound(session: Session, operator: Actor, here: int) -> None:
    teach(session, operator, here, ("综合楼", "书苑府", "3号楼"))
    assert matched(session, operator, here, "书苑府", "综合楼") == ([], 1)


def test_a_spelling_means_what_was_said_of_it_last(session: Session, operator: Actor, here: int) -> None:
    teach(session, operator, here, ("综合楼", "书苑府", "3号楼"))
    assert teach(session, operator, here, ("综合楼", "书苑府", "2号楼")).counts == {"changed": 1}
    assert teach(session, operator, here, ("综合楼", "书苑府", "2号楼")).counts == {"unchanged": 1}
    sql = "SELECT v.name FROM alias a JOIN building_version v USING (building_id)"
    assert session.scalars(text(sql)).all() == ["2号楼"]


def test_a_look_teaches_nothing(session: Session, operator: Actor, here: int) -> None:
    assert teach(session, operator, here, ("听涛里", "书苑府", ""), commit=False).counts == {"new": 1}
    assert session.scalar(text("SELECT count(*) FROM alias")) == 0


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (("听涛里", "书院府", ""), "there is no compound 书院府. Like it: 书苑府."),
        (("综合楼", "书苑府", "9号楼"), "0 buildings are called 书苑府9号楼 there"),
        (("综合楼", "", ""), "a spelling is needed"),
    ],
)
def test_a_row_that_means_nothing_is_refused(session: Session, operator: Actor, here: int, row: tuple[str, ...], told: str) -> None:
    with pytest.raises(Invalid, match="1 rows are refused") as refusal:
        teach(session, operator, here, row)
    assert told in str(refusal.value.findings[0])  # type: ignore[attr-defined]  # what findings hold


def test_nobody_teaches_without_a_right(session: Session, here: int) -> None:
    with pytest.raises(NotSignedIn):
        teach(session, NOBODY, here, ("听涛里", "书苑府", ""))
