"""Doing jobs: claimed, done, ended; all or nothing.

A worker opens one transaction, claims a job, does it, ends it and commits: whoever is killed meanwhile, nothing is half done,
and the next worker takes the job up again. Why this is ours: docs/decisions on jobs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import structlog
from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from geodata.findings import GeodataError
from gridsvc.database import constraints
from gridsvc.database.queries.accounts import zip_grants
from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import Actor
from gridsvc.domain.told import failure, plain_values
from gridsvc.errors import Busy, Conflict, GridError, NotAllowed
from gridsvc.operations.job_kinds import assign_all, assign_contracts, build_ledger, build_tree, import_file, propose_redrawing
from gridsvc.operations.plan_publishing import publish_scheduled, tell_planner
from gridsvc.operations.progress import Cancelled, listen

Arguments = dict[str, Any]
Result = dict[str, Any]

DOES: dict[str, Callable[[Session, Actor, Arguments], Result]] = {
    "import": import_file,
    "assign": assign_all,
    "contracts": assign_contracts,
    "build": build_tree,
    "ledger": build_ledger,
    "propose": propose_redrawing,
    "publish": publish_scheduled,
}
"""What each of jobs.KINDS does; arguments and result are JSON. Of a result, pages show `sentence` and `findings` (domain.told)."""

REFUSED: dict[str, Callable[[Session, Arguments, GridError | GeodataError], None]] = {"publish": tell_planner}
"""Who else is told that a job of a kind was refused, besides who asked; nothing else of it remains."""

IN_THE_WAY = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)
"""What the database says where two change the same."""
MOST_ATTEMPTS = 3
"""After so many deaths over it a job is given up."""


def run_next(session: Session, side: psycopg.Connection[Any]) -> bool:
    """Do the oldest job that nobody is at and return True; False where there is none, or it has to wait. The caller commits.

    A job that meets somebody who changes the same waits on, with a sentence for who looks at it.
    `side` commits each statement by itself, so that progress is seen while the work's transaction is open.
    """
    claimed = session.execute(text("SELECT * FROM claim_job()")).one_or_none()
    if claimed is None:
        return False
    try:
        state, result = _done(session, side, claimed)
    except Busy as busy:
        with suppress(Cancelled):  # seen the next time
            _tell(side, claimed.id, busy.template, busy.values)
        side.execute("SELECT put_job_back(%s)", (claimed.id,))
        return False
    ended = {"id": claimed.id, "state": state, "result": None if result is None else json.dumps(result)}
    session.execute(text("SELECT finish_job(:id, :state, CAST(:result AS jsonb))"), ended)
    return True


def _done(session: Session, side: psycopg.Connection[Any], claimed: Row[Any]) -> tuple[str, Result | None]:
    """Return the state and result in which the job ends; what a refused or stopped job did is rolled back."""
    if claimed.cancel_asked:
        return "cancelled", None
    if claimed.attempts >= MOST_ATTEMPTS:
        told = "This was begun {count} times, and each time its process was ended from outside; look at the log, then ask again."
        return "failed", failure(Conflict(told, count=claimed.attempts))
    side.execute("SELECT begin_job(%s)", (claimed.id,))
    listen(session, partial(_tell, side, claimed.id))
    try:
        with session.begin_nested():
            result = DOES[claimed.kind](session, _actor(session, claimed), claimed.arguments)
            session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))  # what is violated is told here, not by the commit
    except Cancelled:
        return "cancelled", None
    except SystemExit:
        side.execute("SELECT put_job_back(%s)", (claimed.id,))
        raise
    except Exception as error:  # noqa: BLE001  # each is told, or raised again
        refusal = _told(error, claimed.public_id)
        if claimed.kind in REFUSED:
            REFUSED[claimed.kind](session, claimed.arguments, refusal)
        return "failed", failure(refusal)
    return "done", result


def _told(error: Exception, job_id: UUID) -> GridError | GeodataError:
    """Return the sentence of an error; with a lost connection or somebody in the way the job is taken up again."""
    if isinstance(error, Busy):
        raise error
    if isinstance(error, GridError | GeodataError):
        return error
    if isinstance(error, IntegrityError):
        return constraints.as_grid_error(error)
    if isinstance(error, OperationalError) and isinstance(error.orig, IN_THE_WAY):
        raise Busy("Somebody else is changing the same at this moment; this goes on afterwards.") from error
    if isinstance(error, psycopg.OperationalError | OperationalError):
        structlog.get_logger().warning("job", id=str(job_id), reason=str(error))
        raise error
    structlog.get_logger().error("job", id=str(job_id), exc_info=error)
    return Conflict("This failed in a way that nobody foresaw; who looks after this service finds it in the log by {id}.", id=job_id)


def _actor(session: Session, claimed: Row[Any]) -> Actor:
    """Become who asked, with the rights of this moment."""
    if claimed.account_id is None:
        raise NotAllowed("The account that asked for this has been shut since.")
    actor = Actor(claimed.account_id, claimed.name, zip_grants(claimed.roles, claimed.paths), claimed.language)
    set_actor(session, actor)
    return actor


def _tell(side: psycopg.Connection[Any], job_id: int, template: str, values: Mapping[str, object]) -> None:
    """Say what is being done now; raise Cancelled where somebody asked to stop."""
    told = (job_id, template, json.dumps(plain_values(values)), _share(values))
    stop = side.execute("SELECT tell_job(%s, %s, CAST(%s AS jsonb), %s)", told).fetchone()
    if stop is not None and stop[0]:
        raise Cancelled


def _share(values: Mapping[str, Any]) -> float | None:
    """Return how much is done: of a step that says `done` of `count`, or `share` itself."""
    if "done" in values and values.get("count"):
        return float(values["done"]) / float(values["count"])
    return float(values["share"]) if "share" in values else None
