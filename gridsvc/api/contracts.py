"""Contracts (包联): who looks after whom, and proposals of it to be committed or dropped."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from flask import request

from gridsvc.api import reader
from gridsvc.api.shapes import Coded, Named, coded, jurisdiction_of, unit_read
from gridsvc.database.queries import contracts as queries
from gridsvc.database.queries.contracts import ProposalRow
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.database.session import transaction
from gridsvc.domain.households import USES
from gridsvc.domain.permissions import Action
from gridsvc.domain.told import finding_of
from gridsvc.errors import Invalid
from gridsvc.operations import contracts as operations
from gridsvc.operations import jobs
from gridsvc.words import say

ASKED = {
    "application/json": {
        "type": "object",
        "properties": {
            "unit": {"type": "string", "format": "uuid"},
            "low": {"type": "integer", "minimum": 0},
            "high": {"type": "integer", "minimum": 1},
            "anew": {"type": "boolean", "description": "Whether contracts that stand are put up for change"},
        },
        "required": ["unit"],
    }
}


class Coverage(TypedDict):
    """How many dwellings a member looks after, and how many members have none, too few, as many as they should, or too many."""

    low: int
    high: int
    dwellings: int
    covered: int
    members: int
    idle: int
    under: int
    within: int
    over: int


class Contracted(TypedDict):
    """A household that a member looks after."""

    household: UUID
    building: Named
    compound: str | None
    entrance: str
    room: str
    use: Coded
    since: datetime


class ContractsOf(TypedDict):
    """The households of a member, by address."""

    items: list[Contracted]


class Proposal(TypedDict):
    """A proposal; `summary` counts, `reasons` say what could not be met."""

    id: UUID
    state: str
    asked_at: datetime
    by: str | None
    low: int
    high: int
    summary: dict[str, Any]
    reasons: list[str]


class Proposals(TypedDict):
    """The proposals for a unit, newest first."""

    items: list[Proposal]


class Queued(TypedDict):
    """A job that was asked for."""

    job: UUID


class Committed(TypedDict):
    """How many contracts began and ended."""

    begun: int
    ended: int


def of_unit(unit_id: UUID) -> Coverage | None:
    """Answer how many dwellings of a unit are covered; null where the unit does not lie wholly inside the reader's scopes."""
    with transaction(reader.actor()) as session:
        unit = unit_read(session, unit_id, None)
        wanted = operations.range_of(scheme_of(session, unit.jurisdiction_id))
        row = queries.contract_sums(session, [unit.path], wanted).get(unit.path)
    if row is None:
        return None
    return {
        "low": wanted.low, "high": wanted.high, "dwellings": row.dwellings, "covered": row.covered, "members": row.members,
        "idle": row.idle, "under": row.under, "within": row.within, "over": row.over,
    }  # fmt: skip


def of_person(person_id: UUID) -> ContractsOf:
    """Answer the households that somebody looks after, as far as the reader may see them."""
    with transaction(reader.actor()) as session:
        found = queries.contracts_of(session, reader.actor(), person_id)
    return {
        "items": [
            {
                "household": row.household, "building": {"id": row.building, "name": row.building_name}, "compound": row.compound,
                "entrance": row.entrance, "room": row.room, "use": coded(USES, row.use), "since": row.since,
            }
            for row in found
        ]
    }  # fmt: skip


def listed(unit_id: UUID) -> Proposals:
    """Answer the proposals for a unit or what is below it."""
    with transaction(reader.actor()) as session:
        found = queries.proposals(session, reader.actor(), unit_read(session, unit_id, None).path)
    return {"items": [_proposal(row) for row in found]}


def propose() -> Queued:
    """Ask for a proposal: {"unit": id, "low": 10, "high": 15}; a job computes it."""
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise Invalid("A change is a JSON object, for example {example}.", example='{"unit": "…", "low": 10, "high": 15}')
    low, high = _whole(given, "low"), _whole(given, "high")
    actor = reader.actor()
    with transaction(actor) as session:
        try:
            unit = unit_read(session, UUID(str(given.get("unit"))), None)
        except ValueError:
            raise Invalid("{name} is missing.", name="unit") from None
        operations.range_of(scheme_of(session, unit.jurisdiction_id), low, high)
    slug = jurisdiction_of(unit.jurisdiction_id).slug
    arguments = {"jurisdiction": slug, "path": unit.path, "low": low, "high": high, "anew": given.get("anew") is True}
    with transaction(actor) as session:
        return {"job": jobs.ask(session, actor, jobs.Ask("contracts", unit.path, arguments, Action.ASSIGN_CONTRACTS))}


def one(proposal_id: UUID) -> Proposal:
    """Answer a proposal."""
    with transaction(reader.actor()) as session:
        return _proposal(queries.proposal(session, reader.actor(), proposal_id))


def commit(proposal_id: UUID) -> Committed:
    """Make what a proposal says true from now on."""
    actor = reader.actor()
    with transaction(actor) as session:
        counts = operations.commit(session, actor, proposal_id)
    return {"begun": counts["begun"], "ended": counts["ended"]}


def drop(proposal_id: UUID) -> Proposal:
    """Put a proposal aside."""
    actor = reader.actor()
    with transaction(actor) as session:
        operations.drop(session, actor, proposal_id)
    return one(proposal_id)


def _whole(given: dict[str, Any], name: str) -> int | None:
    value = given.get(name)
    if value is not None and type(value) is not int:
        raise Invalid("{name} is {given!r}; a whole number would be right.", name=name, given=value)
    return value


def _proposal(row: ProposalRow) -> Proposal:
    reasons = [finding_of(reason) for reason in row.summary.get("reasons", [])]
    return {
        "id": row.public_id,
        "state": row.state,
        "asked_at": row.asked_at,
        "by": row.by,
        "low": row.low,
        "high": row.high,
        "summary": {name: value for name, value in row.summary.items() if name != "reasons"},
        "reasons": [say(each.template, reader.language(), **each.values) for each in reasons],
    }
