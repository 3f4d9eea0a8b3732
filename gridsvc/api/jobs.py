"""Jobs: long work that was asked for, and how far it is."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from gridsvc.api import reader
from gridsvc.database.queries import jobs as queries
from gridsvc.database.queries.jobs import JobRow
from gridsvc.database.session import transaction
from gridsvc.domain.told import finding_of
from gridsvc.errors import NotSignedIn
from gridsvc.words import say


class Job(TypedDict):
    """A job. `state` is queued, running, stopping, done, failed or cancelled; `progress` says what it is at, `share` how much is done.

    `counts` are rows by outcome, of an import that has ended; `problem` says why a job failed.
    """

    id: UUID
    kind: str
    state: str
    progress: str | None
    share: float | None
    attempts: int
    counts: dict[str, int] | None
    problem: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class Jobs(TypedDict):
    """The newest jobs that the reader may see, newest first."""

    items: list[Job]


def listed() -> Jobs:
    """Answer the newest jobs that one asked for, or has the right of at their place."""
    who = reader.actor()
    if who.account_id is None:
        raise NotSignedIn("Sign in first.")
    with transaction(who) as session:
        return {"items": [shape(job) for job in queries.jobs(session, who)]}


def one(job_id: UUID) -> Job:
    """Answer how far a job is, or what came of it."""
    who = reader.actor()
    with transaction(who) as session:
        job = queries.job(session, who, job_id)
        failed = queries.result(session, job) if job.state == "failed" else None
    found = shape(job)
    if failed:
        sentence = finding_of(failed)
        found["problem"] = say(sentence.template, reader.language(), **sentence.values)
    return found


def shape(job: JobRow) -> Job:
    """Return a job as it stands in answers."""
    said = finding_of({"template": job.template, "values": job.said}) if job.template else None
    return {
        "id": job.public_id,
        "kind": job.kind,
        "state": job.state,
        "progress": say(said.template, reader.language(), **said.values) if said else None,
        "share": job.share,
        "attempts": job.attempts,
        "counts": dict(job.counts) if job.counts is not None else None,
        "problem": None,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }
