"""Who looks after whom is proposed, committed or dropped; a contract ends with its household or membership."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.contracts import contract_sums, contracts_of, proposal, proposals, shares
from gridsvc.database.queries.dwellings import HouseholdRow, households
from gridsvc.domain.contracts import Range
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Actor, Grant, Role
from gridsvc.errors import Conflict, Invalid, NotAllowed, NotFound
from gridsvc.operations.contracts import Wanted, commit, drop, hand_over, propose
from gridsvc.operations.household_changes import end
from gridsvc.operations.imports import IMPORTERS
from gridsvc.operations.people import import_people
from tests import builders
from tests.dwellings import bring, lay

ROOMS = range(101, 107)


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    """Give six dwellings in 2号楼 and a shop, where one member lives, and six in 海晏花园 1号楼, where two do, one of them exempt."""
    here = lay(session, operator)
    rows = [{"地址": f"{house}{room}"} for house in ("龙泽书苑2号楼", "海晏花园1号楼") for room in ROOMS]
    bring(session, operator, here, *rows, {"地址": "龙泽书苑2号楼商铺1", "房屋用途": "商铺"})
    people = [("R1", "b", None), ("R2", "c", None), ("R3", "c", "长期外出")]
    told = [
        ({"人员编号": ref, "姓名": "王伟", "党员类别": "在职党员", "居住楼栋编号": home, "免包联原因": exempt}, None)
        for ref, home, exempt in people
    ]
    import_people(session, operator, builders.file(here, told))
    return here


def wanted(here: int, low: int = 2, high: int = 8, **more: bool) -> Wanted:
    return Wanted(here, jurisdiction_path(here), low, high, **more)


def current(session: Session) -> int:
    return session.scalars(text("SELECT count(*) FROM contract WHERE upper_inf(valid)")).one()


def member(session: Session, ref: str) -> UUID:
    return session.scalars(text("SELECT public_id FROM person WHERE source_ref = :ref"), {"ref": ref}).one()


def test_every_dwelling_is_proposed_to_a_member_of_its_grid(session: Session, operator: Actor, here: int) -> None:
    made = propose(session, operator, wanted(here))
    assert {name: made.summary[name] for name in ("groups", "members", "dwellings", "covered", "left", "short", "at_home")} == {
        "groups": 2, "members": 2, "dwellings": 12, "covered": 12, "left": 0, "short": 0, "at_home": 12,
    }  # fmt: skip
    assert current(session) == 0


def test_the_shares_of_members_are_told_by_building(session: Session, operator: Actor, here: int) -> None:
    made = propose(session, operator, wanted(here))
    assert {(share.person, share.dwellings, share.distance_m) for share in shares(session, operator, made.public_id, made.path)} == {
        (member(session, "R1"), 6, 0.0), (member(session, "R2"), 6, 0.0),
    }  # fmt: skip


def test_what_cannot_be_met_is_explained(session: Session, operator: Actor, here: int) -> None:
    made = propose(session, operator, wanted(here, 2, 4))
    assert (made.summary["left"], [reason["code"] for reason in made.summary["reasons"]]) == (4, ["too-few-members"] * 2)


def test_members_without_a_home_are_counted_and_told(session: Session, operator: Actor, here: int) -> None:
    IMPORTERS["organisations"](session, operator, builders.file(here, [({"编号": "o", "名称": "小区党支部", "楼栋编号": "b"}, None)]))
    told = [({"人员编号": ref, "姓名": "李四", "党员类别": "在职党员", "报到支部": "o", "组织关系": "o"}, None) for ref in ("R4", "R5")]
    import_people(session, operator, builders.file(here, told))
    reasons = propose(session, operator, wanted(here)).summary["reasons"]
    assert [(each["code"], each["values"]) for each in reasons] == [("members-homeless", {"count": 2})]


def test_the_scheme_says_how_many_where_nobody_does(session: Session, operator: Actor, here: int) -> None:
    made = propose(session, operator, Wanted(here, jurisdiction_path(here)))
    assert (made.low, made.high) == (5, 20)


def test_a_range_that_is_none_is_refused(session: Session, operator: Actor, here: int) -> None:
    with pytest.raises(Invalid):
        propose(session, operator, wanted(here, 5, 2))


def test_a_committed_proposal_becomes_contracts(session: Session, operator: Actor, here: int) -> None:
    made = propose(session, operator, wanted(here))
    assert commit(session, operator, made.public_id) == {"begun": 12, "ended": 0}
    assert [row.room for row in contracts_of(session, operator, member(session, "R1"))] == [str(room) for room in ROOMS]
    assert {row.person for row in households(session, operator, jurisdiction_path(here))} == {
        member(session, "R1"), member(session, "R2"), None,
    }  # fmt: skip


def test_the_sums_say_who_is_covered_and_who_has_how_many(session: Session, operator: Actor, here: int) -> None:
    path = jurisdiction_path(here)
    before = contract_sums(session, [path], Range(2, 8))[path]
    commit(session, operator, propose(session, operator, wanted(here)).public_id)
    after = [contract_sums(session, [path], limits)[path] for limits in (Range(2, 8), Range(7, 8), Range(1, 5))]
    assert tuple(before)[1:] == (12, 0, 2, 2, 0, 0, 0)
    assert [tuple(row)[1:] for row in after] == [(12, 12, 2, 0, 0, 2, 0), (12, 12, 2, 0, 2, 0, 0), (12, 12, 2, 0, 0, 0, 2)]


def test_what_stands_stays_and_the_rest_is_shared_out(session: Session, operator: Actor, here: int) -> None:
    commit(session, operator, propose(session, operator, wanted(here, 0, 4)).public_id)
    made = propose(session, operator, wanted(here))
    assert made.summary["dwellings"] == 4
    assert commit(session, operator, made.public_id) == {"begun": 4, "ended": 0}


def test_asked_anew_everything_is_shared_out(session: Session, operator: Actor, here: int) -> None:
    commit(session, operator, propose(session, operator, wanted(here)).public_id)
    made = propose(session, operator, wanted(here, anew=True))
    assert made.summary["dwellings"] == 12
    assert commit(session, operator, made.public_id) == {"begun": 0, "ended": 0}


def test_a_proposal_is_decided_once(session: Session, operator: Actor, here: int) -> None:
    one, other = (propose(session, operator, wanted(here)).public_id for _ in range(2))
    commit(session, operator, one)
    drop(session, operator, other)
    for decided in (one, other):
        for decide in (commit, drop):
            with pytest.raises(Conflict):
                decide(session, operator, decided)
    assert [row.state for row in proposals(session, operator, jurisdiction_path(here))] == ["dropped", "committed"]


def test_a_household_that_is_no_more_takes_its_contract_along(session: Session, operator: Actor, here: int) -> None:
    commit(session, operator, propose(session, operator, wanted(here)).public_id)
    end(session, operator, households(session, operator, jurisdiction_path(here))[0].public_id, "joined")
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    assert current(session) == 11


def test_a_household_that_changes_keeps_its_contract(session: Session, operator: Actor, here: int) -> None:
    commit(session, operator, propose(session, operator, wanted(here)).public_id)
    bring(session, operator, here, {"地址": "龙泽书苑2号楼101", "房屋用途": "出租"})
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    assert current(session) == 12


def test_a_member_who_leaves_gives_the_households_back(session: Session, operator: Actor, here: int) -> None:
    commit(session, operator, propose(session, operator, wanted(here)).public_id)
    session.execute(
        text("UPDATE member SET valid = tstzrange(lower(valid), now()) WHERE person_id = (SELECT id FROM person WHERE source_ref = 'R1')")
    )
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    assert current(session) == 6


def test_what_left_meanwhile_is_not_committed(session: Session, operator: Actor, here: int) -> None:
    made = propose(session, operator, wanted(here))
    end(session, operator, households(session, operator, jurisdiction_path(here))[0].public_id, "joined")
    assert commit(session, operator, made.public_id)["begun"] == 11


def test_who_may_not_assign_proposes_and_sees_nothing(session: Session, operator: Actor, here: int) -> None:
    made = propose(session, operator, wanted(here))
    worker = Actor(operator.account_id, "worker", (Grant(Role.GRID_WORKER, ""),))
    with pytest.raises(NotAllowed):
        propose(session, worker, wanted(here))
    with pytest.raises(NotAllowed):
        proposal(session, worker, made.public_id)


def test_an_unknown_proposal_is_not_found(session: Session, operator: Actor, here: int) -> None:
    with pytest.raises(NotFound):
        commit(session, operator, member(session, "R1"))


def dwelling(session: Session, operator: Actor, here: int, use: str = "own") -> HouseholdRow:
    """Return one of 2号楼, where R1 lives."""
    rows = households(session, operator, jurisdiction_path(here))
    return next(row for row in rows if row.compound == "龙泽书苑" and row.use == use)


def test_a_household_is_handed_over_and_let_go_by_hand(session: Session, operator: Actor, here: int) -> None:
    home = dwelling(session, operator, here)
    hand_over(session, operator, home.public_id, member(session, "R1"), "neighbours")
    assert [row.room for row in contracts_of(session, operator, member(session, "R1"))] == [home.room]
    hand_over(session, operator, home.public_id, None, "moved away")
    assert contracts_of(session, operator, member(session, "R1")) == []
    assert session.scalar(text("SELECT count(*) FROM contract WHERE NOT isempty(valid)")) in (0, 1)  # one transaction is one instant
    assert session.scalars(text("SELECT detail->>'reason' FROM audit WHERE action = 'contracts.hand_over' ORDER BY id")).all() == [
        "neighbours",
        "moved away",
    ]


@pytest.mark.parametrize("ref", ["R2", "R3"])
def test_a_member_of_another_grid_or_an_exempt_one_takes_no_household(session: Session, operator: Actor, here: int, ref: str) -> None:
    home = dwelling(session, operator, here)
    with pytest.raises(NotFound, match="no such member in this grid"):
        hand_over(session, operator, home.public_id, member(session, ref), "kin")


def test_handing_over_needs_a_reason_a_dwelling_and_a_change(session: Session, operator: Actor, here: int) -> None:
    own, shop = (dwelling(session, operator, here, use) for use in ("own", "shop"))
    for home, person, reason in ((own, "R1", " "), (shop, "R1", "kin"), (own, None, "kin")):
        with pytest.raises(Invalid):
            hand_over(session, operator, home.public_id, member(session, person) if person else None, reason)


def test_who_does_not_assign_hands_nothing_over(session: Session, operator: Actor, here: int) -> None:
    home = dwelling(session, operator, here)
    leader = Actor(operator.account_id, "leader", (Grant(Role.GRID_LEADER, jurisdiction_path(here)),))
    with pytest.raises(NotAllowed):
        hand_over(session, leader, home.public_id, member(session, "R1"), "kin")
