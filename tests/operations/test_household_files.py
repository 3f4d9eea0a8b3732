"""Households and contracts leave as files and come back; templates take what offices fill in."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from gridsvc.database.queries.exports import Wanted as Asked
from gridsvc.database.queries.jurisdictions import jurisdiction
from gridsvc.domain.columns import match_columns
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Actor
from gridsvc.errors import NotFound
from gridsvc.operations.contracts import Wanted, commit, propose
from gridsvc.operations.exports import ExportRequest, export
from gridsvc.operations.imports import ImportRequest, run
from gridsvc.operations.people import import_people
from gridsvc.operations.templates import NOUNS, fields_of, write_template
from tests import builders
from tests.dwellings import bring, lay

ROWS = (
    {"地址": "龙泽书苑2号楼1单元101", "是否常住": "是", "居住人数": 2, "关爱类别": "高龄、独居"},
    {"住户编号": "H2", "地址": "海晏花园1号楼商铺1", "房屋用途": "商铺"},
)


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    """Give a dwelling, a shop, and a member who looks after the dwelling."""
    here = lay(session, operator)
    bring(session, operator, here, *ROWS)
    member = {"人员编号": "R1", "姓名": "王伟", "党员类别": "在职党员", "居住楼栋编号": "b"}
    import_people(session, operator, builders.file(here, [(member, None)]))
    commit(session, operator, propose(session, operator, Wanted(here, jurisdiction_path(here))).public_id)
    return here


def written(session: Session, actor: Actor, noun: str, path: Path) -> Path:
    place = jurisdiction(session, "here")
    assert place is not None
    export(session, actor, ExportRequest(place, Asked(noun)), path)
    return path


@pytest.mark.parametrize("name", ["households.csv", "households.xlsx", "contracts.csv", "contracts.xlsx"])
def test_a_file_that_comes_back_as_it_left_changes_nothing(session: Session, operator: Actor, here: int, tmp_path: Path, name: str) -> None:
    noun = name.partition(".")[0]
    file = written(session, operator, noun, tmp_path / name)
    assert run(session, operator, ImportRequest(noun, file, here)).proposal.counts.keys() == {"unchanged"}


def test_a_cell_that_was_changed_changes_that_household_alone(session: Session, operator: Actor, here: int, tmp_path: Path) -> None:
    file = written(session, operator, "households", tmp_path / "households.csv")
    file.write_text(file.read_text(encoding="utf-8-sig").replace("自住", "出租"), encoding="utf-8")
    assert run(session, operator, ImportRequest("households", file, here)).proposal.counts == {"unchanged": 1, "changed": 1}


def test_members_of_contracts_are_masked(session: Session, operator: Actor, here: int, tmp_path: Path) -> None:
    said = written(session, operator, "contracts", tmp_path / "contracts.csv").read_text(encoding="utf-8-sig")
    assert "王*" in said
    assert "王伟" not in said
    assert "龙泽书苑2号楼1单元101" in said


@pytest.mark.parametrize("noun", NOUNS)
def test_the_importer_knows_every_column_of_a_template(noun: str) -> None:
    headers = [field.header for field in fields_of(noun)]
    assert sorted(match_columns(noun, [f"{header}*" for header in headers]).values()) == sorted(f"{header}*" for header in headers)


def test_a_noun_without_template_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="organisations"):
        write_template("streets", tmp_path / "x.xlsx")
