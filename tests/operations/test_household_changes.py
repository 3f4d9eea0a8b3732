"""One household is corrected with a reason, and taken back."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.dwellings import households
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Actor, Grant, Role
from gridsvc.errors import Conflict, Invalid, NotAllowed, NotFound
from gridsvc.operations.household_changes import correct, end, take_back
from tests.dwellings import bring, lay


@pytest.fixture
def one(session: Session, operator: Actor) -> UUID:
    """Give a household in own use, of two persons."""
    here = lay(session, operator)
    bring(session, operator, here, {"地址": "2-1-101", "居住人数": 2})
    return households(session, operator, jurisdiction_path(here))[0].public_id


def test_what_is_corrected_holds_from_now_on(session: Session, operator: Actor, one: UUID) -> None:
    changed = correct(session, operator, one, {"use": "let", "care": ["sick", "elderly"]}, "seen on a visit")
    assert (changed.use, changed.care, changed.persons) == ("let", ["elderly", "sick"], 2)
    assert session.scalar(text("SELECT count(*) FROM household_version")) == 2


def test_a_correction_leaves_a_trace_with_its_reason_and_no_values(session: Session, operator: Actor, one: UUID) -> None:
    correct(session, operator, one, {"persons": 3}, "a child was born")
    detail = session.scalar(text("SELECT detail FROM audit WHERE action = 'people.change'"))
    assert detail == {"household": str(one), "fields": ["persons"], "reason": "a child was born"}


def test_a_correction_is_taken_back_step_by_step(session: Session, operator: Actor, one: UUID) -> None:
    correct(session, operator, one, {"use": "let"}, "because")
    assert take_back(session, operator, one, "it was the neighbour").use == "own"


def test_what_was_never_changed_is_not_taken_back(session: Session, operator: Actor, one: UUID) -> None:
    with pytest.raises(Conflict):
        take_back(session, operator, one, "because")


def test_the_same_again_is_no_change(session: Session, operator: Actor, one: UUID) -> None:
    correct(session, operator, one, {"use": "own"}, "because")
    assert session.scalar(text("SELECT count(*) FROM household_version")) == 1


@pytest.mark.parametrize(
    "given", [{"use": "villa"}, {"persons": -1}, {"persons": "3"}, {"care": ["rich"]}, {"resident": "yes"}, {"room": "102"}, {"away": None}]
)
def test_a_wrong_value_is_refused(session: Session, operator: Actor, one: UUID, given: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        correct(session, operator, one, given, "because")


def test_a_change_needs_a_reason(session: Session, operator: Actor, one: UUID) -> None:
    with pytest.raises(Invalid, match="reason"):
        correct(session, operator, one, {"use": "let"}, " ")


def test_who_only_reads_changes_nothing(session: Session, operator: Actor, one: UUID) -> None:
    worker = Actor(operator.account_id, "worker", (Grant(Role.GRID_WORKER, ""),))
    with pytest.raises(NotAllowed):
        correct(session, worker, one, {"use": "let"}, "because")


def test_a_household_that_is_no_more_is_not_found(session: Session, operator: Actor, one: UUID) -> None:
    end(session, operator, one, "joined with 102")
    for gone in (one, uuid4()):
        with pytest.raises(NotFound):
            correct(session, operator, gone, {"use": "let"}, "because")
