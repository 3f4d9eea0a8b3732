"""What a plan changes for whom; and publishing it does just that."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from gridsvc.database.queries.impact import impact
from gridsvc.domain.permissions import Actor
from gridsvc.operations import plan_publishing as publishing
from tests import redrawn

LATER = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def place(session: Session, operator: Actor) -> int:
    return redrawn.lay(session, operator)


def test_publishing_leads_to_what_the_impact_says_of_each_kind_and_leaf(session: Session, operator: Actor, place: int) -> None:
    was = redrawn.stands(session, place)
    plan = redrawn.two_of_three(session, operator, place)
    found = impact(session, operator, plan)
    publishing.publish(session, operator, plan, at=LATER)
    becomes = redrawn.stands(session, place)
    sums = {(kind, key): figures for key, kinds in found.sums().items() for kind, figures in kinds.items()}
    said = {at: figures for at, figures in sums.items() if at[0] not in ("households_estimated", "full_members")}
    print(sorted(set(was) - set(said)))
    assert {at: pytest.approx(figures.before) for at, figures in said.items() if figures.before} == {
        at: was[at] for at in said if at in was
    }
    assert {at: pytest.approx(figures.after) for at, figures in said.items() if figures.after} == {
        at: becomes[at] for at in said if at in becomes
    }
