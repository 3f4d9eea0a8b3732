from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.findings import GeodataError
from gridsvc.database.tables import AreaCode
from gridsvc.domain.area_codes import CodesProposal
from gridsvc.domain.permissions import Actor, Grant, Role
from gridsvc.errors import Invalid, NotAllowed
from gridsvc.operations.area_codes import CodesFile, import_area_codes
from tests import builders
from tests.conftest import shared_data
from tests.grids import draw

COUNTY, STREET = "370212,崂山区", "370212002,沙子口街道"


BringIn: TypeAlias = Callable[..., CodesProposal]


def told(proposal: CodesProposal) -> list[str]:
    return [str(finding) for finding in proposal.findings if finding.severity == "error"]


def listed(session: Session) -> dict[str, tuple[str, int, str | None]]:
    rows = session.execute(select(AreaCode.code, AreaCode.name, AreaCode.level, AreaCode.parent))
    return {code: (name, level, parent) for code, name, level, parent in rows}


@pytest.fixture
def bring_in(session: Session, operator: Actor, tmp_path: Path) -> BringIn:
    """Give what brings in a list of `code,name` rows."""

    def bring_in(rows: Sequence[str], header: str = "code,name", **asked: bool) -> CodesProposal:
        path = tmp_path / "codes.csv"
        path.write_text("\n".join([header, *rows]), encoding="utf-8")
        return import_area_codes(session, operator, CodesFile(path, **{"commit": True} | asked))

    return bring_in


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("37021200204,甲", "Row 4: The code 37021200204 has 11 digits; zeros were lost, and 370212002004 would be right."),
        ("3702120020400,甲", "Row 4: The code 3702120020400 has 13 digits; 12 would be right."),
        (
            "３７０２１２００２０４０,甲",
            "Row 4: The code '３７０２１２００２０４０' has full-width digits or spaces; 370212002040 would be right.",
        ),
        ("3.70212E+11,甲", "Row 4: The code 3.70212E+11 was written as a number by a spreadsheet and has lost digits;"),
        ("370212009040,甲", "Row 4: 370212009, the code above 370212009040 (甲), is not in the list;"),
        ("370212002000,甲", "Row 4: The code 370212002000 has 000 for the street or community;"),
        ("990212002040,甲", "Row 4: The code 990212002040 begins with no province's number; those are 11 to 82."),
        ("37021200204x,甲", "Row 4: The code '37021200204x' has characters other than digits (x); 12 digits would be right."),
        ("370212002040,", "Row 4: 370212002040 has no name."),
        (",甲", "Row 4: The code '' has characters other than digits"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_with_its_sentence(bring_in: BringIn, row: str, sentence: str) -> None:
    proposal = bring_in([COUNTY, STREET, row, "370212002041,乙"], commit=False)
    assert [said.startswith(sentence) for said in told(proposal)] == [True], told(proposal)
    assert proposal.counts == {"new": 3, "refused": 1}


def test_refused_rows_keep_the_file_out(bring_in: BringIn, session: Session) -> None:
    with pytest.raises(Invalid, match="1 rows are refused, so nothing was written"):
        bring_in([COUNTY, "37021,甲"])
    assert listed(session) == {}


def test_the_others_come_in_when_that_is_asked_for(bring_in: BringIn, session: Session) -> None:
    bring_in([COUNTY, STREET, "37021200204,甲", "370212002040,山海社区"], skip_refused=True)
    assert listed(session) == {
        "370212": ("崂山区", 3, "3702"),
        "370212002": ("沙子口街道", 4, "370212"),
        "370212002040": ("山海社区", 5, "370212002"),
    }


def test_a_community_of_a_refused_street_is_refused(bring_in: BringIn) -> None:
    assert len(told(bring_in(["370299002,甲街道", "370299002040,甲"], commit=False))) == 2


def test_a_parent_may_come_further_down(bring_in: BringIn) -> None:
    assert bring_in(["370212002040,山海社区", STREET, COUNTY]).counts == {"new": 3}


def test_a_code_given_twice_has_one_name(bring_in: BringIn) -> None:
    proposal = bring_in([COUNTY, COUNTY, "370212,别区"], commit=False)
    assert proposal.counts == {"new": 1, "unchanged": 1, "refused": 1}
    assert told(proposal) == ["Row 4: 370212 stands further up with another name than 别区; an area has one."]


def test_a_second_import_changes_nothing(bring_in: BringIn) -> None:
    bring_in([COUNTY, STREET])
    again = bring_in([COUNTY, STREET])
    assert (again.counts, again.changes_nothing) == ({"unchanged": 2}, True)


def test_another_name_replaces_the_one_before(bring_in: BringIn, session: Session) -> None:
    bring_in([COUNTY])
    assert bring_in(["370212,新区"]).counts == {"changed": 1}
    assert listed(session)["370212"][0] == "新区"


def test_the_columns_are_found_by_their_headers(bring_in: BringIn) -> None:
    assert bring_in(["x,崂山区,370212"], header="备注,名称,区划代码").counts == {"new": 1}


def test_a_list_without_names_is_refused(bring_in: BringIn) -> None:
    with pytest.raises(Invalid, match="needs a column of codes and one of names; it has code, x"):
        bring_in(["370212,x"], header="code,x")


def test_another_kind_of_file_is_refused(session: Session, operator: Actor, tmp_path: Path) -> None:
    with pytest.raises(GeodataError, match=r"codes\.xlsx is of a kind.*\.csv"):
        import_area_codes(session, operator, CodesFile(tmp_path / "codes.xlsx"))


def test_whoever_may_import_at_one_place_may_not_change_the_list(session: Session, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        import_area_codes(session, Actor(1, "clerk", (Grant(Role.DATA_CLERK, "j1"),)), CodesFile(tmp_path / "codes.csv"))


def test_the_published_lists_come_in_level_by_level(session: Session, operator: Actor) -> None:
    for name, count in (("areas", 2978), ("streets", 41352), ("villages_5counties", 1059)):
        path = shared_data(f"codes/{name}.csv")
        assert import_area_codes(session, operator, CodesFile(path, commit=True)).counts == {"new": count}
        assert import_area_codes(session, operator, CodesFile(path, commit=True)).counts == {"unchanged": count}
    assert listed(session)["370212002040"][1:] == (5, "370212002")


def test_communities_without_their_streets_are_all_refused(session: Session, operator: Actor) -> None:
    path = shared_data("codes/villages_5counties.csv")
    proposal = import_area_codes(session, operator, CodesFile(path))
    assert proposal.counts == {"refused": 1059}
    assert len(told(proposal)) == 1000


def test_any_sound_tree_comes_in_whole(bring_in: BringIn, session: Session) -> None:
    counties = [f"{province}{serial:04}" for province in range(11, 66, 2) for serial in (1, 9999)]
    streets = [f"{county}{serial:03}" for county in counties for serial in range(1, 11)]
    communities = [f"{street}{serial:03}" for street in streets for serial in range(1, 11)]
    bring_in([f"{code},名 {code}" for code in (*communities, *counties, *streets)])
    assert session.scalar(select(func.count()).select_from(AreaCode)) == len(counties) * 111
    assert all(parent is None or code.startswith(parent) for code, (_, _, parent) in listed(session).items())


# Units beside the list


def units(session: Session, operator: Actor, named: dict[str, str]) -> list[tuple[str, str]]:
    """Import units with codes and return what was found of them beside the list."""
    here = builders.jurisdiction(session, operator)
    ground = list(draw(" ".join("ABCD"[: len(named)])).values())
    rows: list[tuple[dict[str, object], shapely.Geometry]] = [
        ({"code": code, "name": name, "level": 2}, shape) for (code, name), shape in zip(named.items(), ground, strict=True)
    ]
    proposal = builders.import_units(session, operator, builders.file(here, rows))
    return [(finding.code, str(finding)) for finding in proposal.findings if finding.code in ("code-not-listed", "name-differs")]


def test_a_unit_is_told_when_its_code_is_not_in_the_list(bring_in: BringIn, session: Session, operator: Actor) -> None:
    bring_in([COUNTY, STREET, "370212002040,山海社区居民委员会"])
    assert units(session, operator, {"370212002040": "山海社区", "370212002041": "新社区"}) == [
        ("code-not-listed", "Row 2 (新社区): the published list has no code 370212002041 in its county; look whether it is right.")
    ]


def test_a_unit_is_told_when_the_list_calls_it_otherwise(bring_in: BringIn, session: Session, operator: Actor) -> None:
    bring_in([COUNTY, STREET])
    assert units(session, operator, {"370212002": "北宅街道"}) == [
        ("name-differs", "Row 1 (北宅街道): the published list calls 370212002 沙子口街道.")
    ]


@pytest.mark.parametrize("code", ["370213002", "370212002040", "370212002040001"])
def test_nothing_is_told_where_the_list_has_nothing_of_that_level_in_the_county(
    bring_in: BringIn, session: Session, operator: Actor, code: str
) -> None:
    bring_in([COUNTY, STREET])
    assert units(session, operator, {code: "甲"}) == []
