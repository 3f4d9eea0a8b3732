"""Contracts come in from a file; what stands stays, what a row says otherwise is replaced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.permissions import Actor, Grant, Role
from gridsvc.domain.proposals import Proposal
from gridsvc.errors import NotAllowed
from gridsvc.operations.contract_import import import_contracts
from gridsvc.operations.people import import_people
from tests import builders
from tests.dwellings import bring, lay


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    """Give two dwellings, two members, and somebody who is none."""
    here = lay(session, operator)
    bring(session, operator, here, {"住户编号": "H1", "地址": "2-1-101"}, {"住户编号": "H2", "地址": "2-1-102"})
    people = [({"人员编号": ref, "姓名": "王伟", "党员类别": kind}, None) for ref, kind in (("R1", "在职"), ("R2", "在职"), ("R3", None))]
    import_people(session, operator, builders.file(here, people))
    return here


def share(session: Session, actor: Actor, here: int, *rows: Mapping[str, Any], **fields: Any) -> Proposal:
    return import_contracts(session, actor, builders.file(here, [(row, None) for row in rows], **fields))


def standing(session: Session) -> dict[str, str]:
    asked = """
    SELECT h.source_ref, p.source_ref FROM contract c JOIN household h ON h.id = c.household_id JOIN person p ON p.id = c.person_id
    WHERE upper_inf(c.valid)
    """
    return dict(session.execute(text(asked)).all())


def test_a_household_is_named_by_number_or_address(session: Session, operator: Actor, here: int) -> None:
    share(session, operator, here, {"人员编号": "R1", "住户编号": "H1"}, {"人员编号": "R2", "地址": "龙泽书苑2号楼1单元102"})
    assert standing(session) == {"H1": "R1", "H2": "R2"}


def test_what_stands_is_unchanged_and_what_a_row_says_otherwise_is_replaced(session: Session, operator: Actor, here: int) -> None:
    share(session, operator, here, {"人员编号": "R1", "住户编号": "H1"}, {"人员编号": "R1", "住户编号": "H2"})
    again = share(session, operator, here, {"人员编号": "R1", "住户编号": "H1"}, {"人员编号": "R2", "住户编号": "H2"})
    assert again.counts == {"unchanged": 1, "changed": 1}
    assert standing(session) == {"H1": "R1", "H2": "R2"}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"人员编号": "R9", "住户编号": "H1"}, "person-unknown"),
        ({"人员编号": "R3", "住户编号": "H1"}, "no-member"),
        ({"人员编号": "R1", "住户编号": "H9"}, "household-unknown"),
        ({"人员编号": "R1"}, "household-unknown"),
    ],
)
def test_a_row_that_means_nobody_or_nothing_is_named(
    session: Session, operator: Actor, here: int, row: Mapping[str, str], code: str
) -> None:
    proposal = share(session, operator, here, row, commit=False)
    assert [(finding.code, finding.row) for finding in proposal.findings] == [(code, 1)]


def test_nothing_is_written_until_told(session: Session, operator: Actor, here: int) -> None:
    assert share(session, operator, here, {"人员编号": "R1", "住户编号": "H1"}, commit=False).counts == {"new": 1}
    assert standing(session) == {}


def test_who_may_not_assign_brings_in_no_contracts(session: Session, operator: Actor, here: int) -> None:
    with pytest.raises(NotAllowed):
        share(session, Actor(operator.account_id, "worker", (Grant(Role.GRID_WORKER, ""),)), here, {"人员编号": "R1", "住户编号": "H1"})
