"""The second lock on what reports count: functions answer inside the grant alone, for every role; links are the operator's."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import NOBODY, Actor
from tests.domain.test_permissions import ALLOWED, EXPECTED
from tests.ground import Ground, lay, somebody

TERMS = '{"branches": [], "tiers": []}'
COUNTS = text("SELECT count(*) FROM report_counts(:unit, now(), cast(:terms AS jsonb))")
CHANGES = text("SELECT count(*) FROM report_changes(:unit, '-infinity', now(), cast(:terms AS jsonb))")
FIGURES = text("SELECT coalesce(sum(value), -1) FROM people_figures(ARRAY[cast(:path AS ltree)], NULL)")


@pytest.fixture
def ground(session: Session) -> Ground:
    return lay(session)


def unit_of(path: str) -> int:
    return int(path.rpartition(".")[2], 36)


@pytest.mark.parametrize("role", sorted(set(EXPECTED) - {"operator"}))
def test_reports_count_inside_the_grant_alone(session: Session, ground: Ground, role: str) -> None:
    set_actor(session, Actor(somebody(session, "somebody", role, ground.east), "somebody"))
    for question in (COUNTS, CHANGES):
        east, west = (session.scalar(question, {"unit": unit_of(path), "terms": TERMS}) for path in (ground.east, ground.west))
        assert (bool(east), bool(west)) == (role in ALLOWED["reports.read"], False)


@pytest.mark.parametrize("role", sorted(set(EXPECTED) - {"operator"}))
def test_figures_of_people_are_told_inside_the_grant_alone(session: Session, ground: Ground, role: str) -> None:
    set_actor(session, Actor(somebody(session, "somebody", role, ground.east), "somebody"))
    assert session.scalar(FIGURES, {"path": ground.west}) in (-1, 0)
    set_actor(session, NOBODY)
    assert session.scalar(FIGURES, {"path": ground.east}) in (-1, 0)


@pytest.mark.parametrize("function", ["report_things(1, now(), '{}')", "counted_people(1, now())"])
def test_what_counts_without_asking_for_rights_is_closed(session: Session, function: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(f"SELECT * FROM {function}"))


def test_nobody_but_who_manages_accounts_offers_a_link(session: Session, ground: Ground) -> None:
    account = somebody(session, "leader", "grid_leader", ground.east)
    set_actor(session, Actor(account, "leader"))
    session.execute(text("SELECT offer_link(:account, 'x', interval '1 day')"), {"account": account})
    assert session.execute(text("SELECT * FROM take_link('x')")).all() == []
    assert session.execute(text("SELECT * FROM linked_accounts()")).all() == []


def test_a_link_is_taken_once_and_not_after_it_ran_out(session: Session, ground: Ground) -> None:
    account = somebody(session, "leader", "grid_leader", ground.east)
    offered = text("SELECT offer_link(:account, :digest, cast(:lasting AS interval))")
    session.execute(offered, {"account": account, "digest": b"once", "lasting": "1 day"})
    assert len(session.execute(text("SELECT * FROM take_link('once')")).all()) == 1
    assert session.execute(text("SELECT * FROM take_link('once')")).all() == []
    session.execute(offered, {"account": account, "digest": b"late", "lasting": "-1 second"})
    assert session.execute(text("SELECT * FROM take_link('late')")).all() == []
