from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy.orm import Session

from geodata.assignment import place
from geodata.readers import read
from geodata.records import Table
from geodata.samples import SYNTHETIC, longze, longze_ledger, scheme_text
from geodata.topology import Geometries, check
from gridsvc.cli.demo import SINCE
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
from gridsvc.operations.plans import publish
from tests.scenarios.holding import everything_holds


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return [path for path in longze.write(tmp_path_factory.mktemp("longze")) if path.stem != "units-grids"]


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return longze_ledger.write(tmp_path_factory.mktemp("ledgers"))


@pytest.fixture
def place_id(session: Session, operator: Actor, files: list[Path]) -> int:
    add_scheme(session, operator, scheme_text("longze"), name="longze")
    new = Jurisdiction(slug="longze", name="青岛市崂山区", synthetic=True, attribution=SYNTHETIC)
    jurisdiction = add_jurisdiction(session, operator, new, scheme_key="longze")
    for path in files:
        file = ImportFile(jurisdiction.id, read(path), instant(SINCE["units"]), commit=True)
        IMPORTERS[path.stem](session, operator, file)
    return jurisdiction.id


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


def test_communities_that_do_not_stand_are_the_union_of_their_grids(session: Session, operator: Actor, place_id: int) -> None:
    rows = (("北社区", "一网格", "松涛苑", "全部"), ("北社区", "二网格", "云岭府", "全部"), ("山海社区", "三网格", "龙泽书苑", "全部"))
    plan, _ = build_from_ledger(session, operator, LedgerFile(place_id, ledger(*rows)), "台账")
    now = planned(session, plan).after
    assert check(now.ground_of(now.leaves())) == []


def test_a_ledger_none_of_whose_buildings_stands_is_refused(session: Session, operator: Actor, place_id: int) -> None:
    with pytest.raises(Invalid, match="None of the ledger's buildings"):
        build_from_ledger(session, operator, LedgerFile(place_id, ledger(("山海社区", "一网格", "天通苑", "1号楼"))), "台账")


def test_only_who_may_draw_plans_builds_from_a_ledger(session: Session, place_id: int) -> None:
    with pytest.raises(NotSignedIn):
        build_from_ledger(session, NOBODY, LedgerFile(place_id, ledger(("山海社区", "一网格", "龙泽书苑", "1号楼"))), "台账")
