"""Between ordinary and urgent times: by who may, with a reason, in the trail."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.units import UnitRow, unit
from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import Actor, Grant, Role
from gridsvc.errors import Conflict, Invalid, NotAllowed
from gridsvc.operations.times import switch
from tests.domain.test_permissions import ALLOWED, EXPECTED
from tests.ground import Ground, lay, somebody


@pytest.fixture
def ground(session: Session) -> Ground:
    return lay(session)


@pytest.fixture
def east(session: Session, ground: Ground) -> UnitRow:
    found = unit(session, ground.ids["east"])
    assert found is not None
    return found


def is_urgent(session: Session) -> bool:
    return bool(session.scalar(text("SELECT EXISTS (SELECT FROM urgent_time WHERE valid @> now())")))


def test_urgent_times_begin_and_end(session: Session, operator: Actor, east: UnitRow) -> None:
    switch(session, operator, east, "storm", urgent=True)
    assert is_urgent(session)
    switch(session, operator, east, "calm", urgent=False)
    assert not is_urgent(session)
    detail = session.scalars(text("SELECT detail->>'reason' FROM audit WHERE action = 'times.switch' ORDER BY id")).all()
    assert detail == ["storm", "calm"]


@pytest.mark.parametrize("urgent", [True, False])
def test_what_is_so_already_is_said(session: Session, operator: Actor, east: UnitRow, urgent: bool) -> None:
    if urgent:
        switch(session, operator, east, "storm", urgent=True)
    with pytest.raises(Conflict):
        switch(session, operator, east, "again", urgent=urgent)


def test_no_reason_is_refused(session: Session, operator: Actor, east: UnitRow) -> None:
    with pytest.raises(Invalid):
        switch(session, operator, east, " ", urgent=True)


@pytest.mark.parametrize("role", sorted(set(EXPECTED) - {"operator"}))
def test_times_are_switched_by_who_may_in_the_own_area(session: Session, ground: Ground, east: UnitRow, role: str) -> None:
    for path in (ground.east, ground.west):
        actor = Actor(somebody(session, f"{role} {path}", role, path), role, (Grant(Role(role), path),))
        set_actor(session, actor)
        if role in ALLOWED["times.switch"] and path == ground.east:
            switch(session, actor, east, "storm", urgent=True)
        else:
            with pytest.raises(NotAllowed):
                switch(session, actor, east, "storm", urgent=True)
