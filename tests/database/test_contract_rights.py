"""The second lock on contracts: what each role is told of them, by every function of sql/77_contracts.sql."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import NOBODY, Actor
from tests.domain.test_permissions import ALLOWED, EXPECTED
from tests.ground import Ground, lay, somebody
from tests.people import settle

ASKED = {
    "contract_sums": ("households.read", "SELECT path::text FROM contract_sums(ARRAY[cast(:east AS ltree), cast(:west AS ltree)], 10, 15)"),
    "contracts_of": ("people.read", "SELECT room FROM person p, contracts_of(p.public_id)"),
    "contract_gaps": (
        "households.read",
        "SELECT gap FROM unnest(ARRAY[cast(:east AS ltree), cast(:west AS ltree)]) AS w, contract_gaps(w, 0)",
    ),
    "households_to_assign": ("contracts.assign", "SELECT path::text FROM households_to_assign(cast(:top AS ltree))"),
    "members_to_assign": ("contracts.assign", "SELECT path::text FROM members_to_assign(cast(:east AS ltree))"),
    "proposed_shares": ("contracts.assign", "SELECT person FROM contract_proposal o, proposed_shares(o.public_id, o.path)"),
}
"""The right that each function asks for, and a question that would show something of the other leaf."""


@pytest.fixture
def ground(session: Session) -> Ground:
    """Give a household, its member and their contract in each leaf, and a proposal for each leaf."""
    found = lay(session)
    for leaf, lived in settle(session, found).items():
        path = getattr(found, leaf)
        made = session.scalars(text(_PROPOSAL), {"path": path}).one()
        session.execute(text(_PAIR), {"proposal": made, "household": lived.household, "person": lived.person})
    return found


_PROPOSAL = """
INSERT INTO contract_proposal (account_id, path, low, high, summary)
VALUES (current_account(), cast(:path AS ltree), 1, 2, '{}') RETURNING id
"""
_PAIR = "INSERT INTO contract_proposed (proposal_id, household_id, person_id, distance_m) VALUES (:proposal, :household, :person, 0)"


def answers(session: Session, ground: Ground, function: str) -> list[Any]:
    names = {name: getattr(ground, name) for name in ("top", "east", "west")}
    asked = ASKED[function][1]
    return list(session.scalars(text(asked), {name: path for name, path in names.items() if f":{name}" in asked}))


@pytest.mark.parametrize("function", sorted(ASKED))
@pytest.mark.parametrize("role", sorted(set(EXPECTED) - {"operator"}))
def test_contracts_are_told_inside_the_grant_alone(session: Session, ground: Ground, role: str, function: str) -> None:
    set_actor(session, Actor(somebody(session, "somebody", role, ground.east), "somebody"))
    assert len(answers(session, ground, function)) == (1 if role in ALLOWED[ASKED[function][0]] else 0)


@pytest.mark.parametrize("function", sorted(ASKED))
def test_nobody_is_told_of_contracts(session: Session, ground: Ground, function: str) -> None:
    set_actor(session, NOBODY)
    assert answers(session, ground, function) == []


@pytest.mark.parametrize("role", sorted(set(EXPECTED) - {"operator"}))
def test_contracts_are_ended_inside_the_grant_alone(session: Session, ground: Ground, role: str) -> None:
    set_actor(session, Actor(somebody(session, "somebody", role, ground.east), "somebody"))
    ended = session.execute(text("UPDATE contract SET valid = tstzrange(lower(valid), now()) RETURNING 1")).all()
    assert len(ended) == (1 if role in ALLOWED["contracts.assign"] else 0)
