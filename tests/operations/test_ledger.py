from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import shapely
from sqlalchemy.orm import Session

from geodata.assignment import place
from geodata.readers import read
from geodata.records import Table
from geodata.samples import longze, longze_ledger, scheme_text
from geodata.topology import Geometries, check
from gridsvc.cli.demo import SINCE
from gridsvc.database.queries.coverage import coverage
from gridsvc.database.queries.jurisdictions import jurisdiction as jurisdiction_of
from gridsvc.database.queries.plans import plan as plan_of
from gridsvc.database.queries.plans import planned
from gridsvc.database.tables import Jurisdiction
from gridsvc.domain.coverage import Coverage
from gridsvc.domain.instants import instant
from gridsvc.domain.permissions import NOBODY, Actor
from gridsvc.domain.proposals import ImportFile
from gridsvc.errors import Invalid, NotSignedIn
from gridsvc.operations.assignment import current_footprints
from gridsvc.operations.imports import IMPORTERS
from gridsvc.operations.jurisdictions import add_jurisdiction, add_scheme
from gridsvc.operations.ledger import LedgerFile, build_from_ledger
from gridsvc.operations.ledger import read as read_ledger
from gridsvc.operations.ledger_export import LedgerRequest, export_ledger
from gridsvc.operations.plan_publishing import publish
from tests.scenarios.holding import everything_holds


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return [path for path in longze.write(tmp_path_factory.mktemp("longze")) if path.stem in ("units", "compounds", "buildings", "streets")]


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return longze_ledger.write(tmp_path_factory.mktemp("ledgers"))


@pytest.fixture
def place_id(session: Session, operator: Actor, files: list[Path]) -> int:
    return jurisdiction(session, operator, files)


def jurisdiction(session: Session, actor: Actor, files: list[Path], levels: int = 3) -> int:
    """Bring in what Longze has but its grids; of district, sub-district and community the first `levels`."""
    add_scheme(session, actor, scheme_text("longze"), name="longze")
    made = add_jurisdiction(session, actor, Jurisdiction(slug="longze", name="青岛市崂山区", synthetic=True), scheme_key="longze")
    for path in files:
        table = read(path)
        if path.stem == "units":
            table = replace(table, rows=table.rows[:levels], attributes=table.attributes[:levels], geometry=table.geometry[:levels])
        IMPORTERS[path.stem](session, actor, ImportFile(made.id, table, instant(SINCE["units"]), commit=True))
    return made.id


def ledger(*rows: tuple[str | None, ...], headers: tuple[str, ...] = ("社区", "网格", "小区", "楼栋")) -> Table:
    attributes = [dict(zip(headers, row, strict=False)) for row in rows]
    return Table("网格台账.xlsx", None, range(3, len(rows) + 3), attributes, np.full(len(rows), None, dtype=object))


def held(now: Coverage, footprints: Geometries) -> dict[str, int]:
    """Return how many footprints stand in each leaf; the check says that borders cut none of them."""
    leaves = now.leaves()
    placed = place(now.ground_of(leaves), footprints)
    assert placed.cut_m2.max() < 1
    names = [now.units[leaf].name + ("余地" if now.units[leaf].kind == "remainder" else "") for leaf in leaves]
    return {name: int((placed.leaf == index).sum()) for index, name in enumerate(names) if (placed.leaf == index).any()}


def test_a_ledger_gives_the_grids_of_exactly_its_buildings(session: Session, operator: Actor, place_id: int, ledgers: list[Path]) -> None:
    plan, found = build_from_ledger(session, operator, LedgerFile(place_id, read(ledgers[0])), "台账")
    now = planned(session, plan).after
    assert check(now.ground_of(now.leaves())) == []
    assert held(now, current_footprints(session, place_id).geometries) == {"龙泽书苑一网格": 5, "龙泽书苑二网格": 5, "山海社区余地": 186}
    assert [finding for finding in found.findings if finding.severity == "error"] == []
    assert {unit.code for unit in now.units if unit.name.startswith("龙泽")} == {"370212002040001", "370212002040002"}


def test_its_plan_becomes_an_edition_in_which_everything_holds(
    session: Session, operator: Actor, place_id: int, ledgers: list[Path]
) -> None:
    plan, _ = build_from_ledger(session, operator, LedgerFile(place_id, read(ledgers[0])), "台账")
    publish(session, operator, plan_of(session, operator, plan.public_id), at=datetime(2025, 1, 1, tzinfo=UTC))
    everything_holds(session, place_id, points=20)


FAULTS = {
    (4, "ledger-side-far"): 1,
    (5, "ledger-compound-misspelt"): 1,
    (6, "ledger-unmatched"): 1,
    (6, "ledger-claimed-twice"): 1,
    (7, "ledger-split-by-street"): 1,
    (9, "ledger-not-contiguous"): 1,
    (11, "ledger-unread"): 1,
    (11, "ledger-not-contiguous"): 1,
    (12, "ledger-compound-unknown"): 1,
    (12, "ledger-unit-empty"): 1,
    (14, "ledger-entrances"): 1,
}


def test_every_planted_fault_is_found_in_its_row(session: Session, operator: Actor, place_id: int, ledgers: list[Path]) -> None:
    found = read_ledger(session, operator, LedgerFile(place_id, read(ledgers[1])))
    by_row = Counter((finding.row, finding.code) for finding in found.findings if finding.severity != "info" and finding.row)
    assert by_row == FAULTS
    said = {(finding.row, finding.code): str(finding) for finding in found.findings}
    assert "云岭路 runs through 松涛网格" in said[7, "ledger-split-by-street"]
    assert "海晏花园1-19号楼; 望岳府1-11号楼" in said[9, "ledger-not-contiguous"]
    assert "by 滨海大道 in the south" in said[4, "ledger-side-far"]
    unclaimed = [str(finding.values["buildings"]) for finding in found.findings if finding.code == "ledger-unclaimed"]
    assert "龙泽书苑10号楼" in unclaimed
    assert "西苑新村2号楼、4号楼、6号楼、8号楼、10号楼、12号楼" in unclaimed


def test_a_ledger_with_faults_still_tiles_and_cuts_nothing(session: Session, operator: Actor, place_id: int, ledgers: list[Path]) -> None:
    plan, _ = build_from_ledger(session, operator, LedgerFile(place_id, read(ledgers[1])), "台账")
    now = planned(session, plan).after
    assert check(now.ground_of(now.leaves())) == []
    assert held(now, current_footprints(session, place_id).geometries)["龙泽书苑二网格"] == 4


def test_a_ledger_of_grids_alone_divides_the_community_that_holds_its_buildings(session: Session, operator: Actor, place_id: int) -> None:
    file = ledger(("一网格", "龙泽书苑", "1-5号楼"), ("二网格", "龙泽书苑", "其余"), headers=("网格", "小区", "楼栋"))
    plan, _ = build_from_ledger(session, operator, LedgerFile(place_id, file), "台账")
    now = planned(session, plan).after
    grids = [unit for unit in now.units if unit.name in ("一网格", "二网格")]
    assert [now.units[unit.parent or 0].name for unit in grids] == ["山海社区", "山海社区"]


def test_communities_that_do_not_stand_are_the_union_of_their_grids(session: Session, operator: Actor, files: list[Path]) -> None:
    place_id = jurisdiction(session, operator, files, levels=2)
    rows = (("北社区", "一网格", "松涛苑", "全部"), ("北社区", "二网格", "云岭府", "全部"), ("南社区", "三网格", "龙泽书苑", "全部"))
    plan, found = build_from_ledger(session, operator, LedgerFile(place_id, ledger(*rows)), "台账")
    now = planned(session, plan).after
    north = next(place for place, unit in enumerate(now.units) if unit.name == "北社区")
    assert [unit.name for unit in now.units if unit.parent == north] == ["一网格", "二网格"]
    assert now.units[now.units[north].parent or 0].name == "沙子口街道"
    assert check(now.ground_of(now.leaves())) == []
    assert [finding.code for finding in found.findings if finding.severity == "error"] == []


def test_units_that_a_ledger_does_not_name_stay_as_they_are(session: Session, operator: Actor, place_id: int) -> None:
    two = ledger(("山海社区", "一网格", "龙泽书苑", "全部"), ("山海社区", "二网格", "松涛苑", "全部"))
    plan, _ = build_from_ledger(session, operator, LedgerFile(place_id, two), "台账")
    publish(session, operator, plan, at=datetime(2025, 1, 1, tzinfo=UTC))
    before = {unit.name: unit for unit in coverage(session, place_id).units}
    one = ledger(
        ("北社区", "三网格", "望岳府", "全部"),
        ("山海社区", "一网格", "龙泽书苑", "1-5号楼"),
        ("山海社区", "二网格", "龙泽书苑", "6-10号楼"),
    )
    plan, found = build_from_ledger(session, operator, LedgerFile(place_id, one), "台账")
    now = planned(session, plan).after
    after = {unit.name: unit for unit in now.units if not unit.gone}
    assert (after["一网格"].unit_id, after["一网格"].code) == (before["一网格"].unit_id, before["一网格"].code)
    assert "ledger-outside" in {finding.code for finding in found.findings if finding.row == 3}
    assert check(now.ground_of(now.leaves())) == []


def test_a_ledger_none_of_whose_buildings_stands_is_refused(session: Session, operator: Actor, place_id: int) -> None:
    with pytest.raises(Invalid, match="None of the ledger's buildings"):
        build_from_ledger(session, operator, LedgerFile(place_id, ledger(("山海社区", "一网格", "天通苑", "1号楼"))), "台账")


def test_only_who_may_draw_plans_builds_from_a_ledger(session: Session, place_id: int) -> None:
    with pytest.raises(NotSignedIn):
        build_from_ledger(session, NOBODY, LedgerFile(place_id, ledger(("山海社区", "一网格", "龙泽书苑", "1号楼"))), "台账")


def test_what_is_exported_as_a_ledger_gives_the_same_units_again(
    session: Session, operator: Actor, place_id: int, ledgers: list[Path], tmp_path: Path
) -> None:
    plan, before = build_from_ledger(session, operator, LedgerFile(place_id, read(ledgers[1])), "台账")
    publish(session, operator, plan, at=datetime(2025, 1, 1, tzinfo=UTC))
    here = jurisdiction_of(session, "longze")
    assert here is not None
    rows = export_ledger(session, operator, LedgerRequest(here), tmp_path / "out.xlsx")
    table = read(tmp_path / "out.xlsx")
    assert len(table.attributes) == rows
    found = {row["网格"]: row for row in table.attributes}
    assert found["龙泽书苑一网格"] == {
        "社区": "山海社区", "网格": "龙泽书苑一网格", "小区": "龙泽书苑", "楼栋": "1-5号楼",
        "四至": "东至龙泽书苑中心路，南至山海路，西至龙泽路，北至松涛路", "户数": 438, "户数(估算)": None,
    }  # fmt: skip
    assert (found["云岭一网格"]["楼栋"], found["云岭一网格"]["户数"]) == ("1-5号楼", None)
    again = read_ledger(session, operator, LedgerFile(place_id, table))
    assert [finding for finding in again.findings if finding.severity == "error"] == []
    first = {unit.name: unit for unit in before.drafted.units if unit.kind != "remainder"}
    second = {unit.name: unit for unit in again.drafted.units if unit.kind != "remainder"}
    assert {name: set(unit.buildings) for name, unit in second.items()} == {name: set(unit.buildings) for name, unit in first.items()}
    for name, unit in second.items():
        apart = shapely.symmetric_difference(unit.ground, first[name].ground)
        assert shapely.area(apart) < 0.01 * shapely.area(unit.ground), name


def test_households_are_in_the_ledger_only_of_who_may_read_them(
    session: Session, operator: Actor, place_id: int, ledgers: list[Path], tmp_path: Path
) -> None:
    plan, _ = build_from_ledger(session, operator, LedgerFile(place_id, read(ledgers[0])), "台账")
    publish(session, operator, plan, at=datetime(2025, 1, 1, tzinfo=UTC))
    here = jurisdiction_of(session, "longze")
    assert here is not None
    export_ledger(session, NOBODY, LedgerRequest(here), tmp_path / "out.xlsx")
    assert "户数" not in read(tmp_path / "out.xlsx").attributes[0]
