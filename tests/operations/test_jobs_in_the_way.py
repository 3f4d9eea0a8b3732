"""Jobs that meet somebody who changes the same: they wait and go on."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from gridsvc.database.queries import jobs as queries
from gridsvc.database.session import set_actor
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Actor
from gridsvc.errors import Busy
from gridsvc.operations import job_running, jobs
from gridsvc.operations.job_running import run_next
from gridsvc.operations.jobs import Ask, ask
from tests import builders
from tests.operations.test_jobs import add_scheme, schemes, side


@pytest.mark.parametrize("met", [Busy("Somebody is at it."), OperationalError("x", {}, psycopg.errors.DeadlockDetected())])
def test_a_job_that_meets_somebody_waits_and_is_done_afterwards(
    session: Session, operator: Actor, monkeypatch: pytest.MonkeyPatch, met: Exception
) -> None:
    meetings = [met]

    def meet(*given: Any) -> dict[str, Any]:
        done = add_scheme(*given)
        if meetings:
            raise meetings.pop()
        return done

    monkeypatch.setattr(jobs, "KINDS", ("draw",))
    monkeypatch.setattr(job_running, "DOES", {"draw": meet})
    job_id = ask(session, operator, Ask("draw", jurisdiction_path(builders.jurisdiction(session, operator))))
    assert not run_next(session, side(session))
    set_actor(session, operator)
    waiting = queries.job(session, operator, job_id)
    assert (waiting.finished_at, waiting.attempts, schemes(session)) == (None, 0, 0)
    assert session.execute(text("SELECT template FROM job_progress")).scalar_one().startswith("Somebody")
    assert run_next(session, side(session))
    set_actor(session, operator)
    assert (queries.job(session, operator, job_id).state, schemes(session)) == ("done", 1)
