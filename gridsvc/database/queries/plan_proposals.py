"""Proposals for redrawing a plan; of a place, read under rights alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.findings import Finding
from gridsvc.database.queries.plans import PlanRow
from gridsvc.domain.told import finding_of
from gridsvc.errors import NotFound


@dataclass(frozen=True, slots=True)
class AlternativeRow:
    """One way to do it; `measures` are figures by name, domain.redrawing makes them."""

    serial: int
    name: str
    measures: dict[str, Any]
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal with its alternatives, the one that was asked for most first."""

    id: int
    public_id: UUID
    version: str
    asked: dict[str, Any]
    stopped: bool
    at: datetime
    by: str | None
    alternatives: list[AlternativeRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AlternativeUnit:
    """A unit that an alternative would put into the plan, or leaves there."""

    anchor: int | None
    key: str
    """The key of a unit of the plan, or another word for a new one."""
    parent: str | None
    level: int
    kind: str
    code: str | None
    name: str
    changed: bool
    households: int | None
    geom: bytes | None
    """WKB; None for a unit with others below it."""
    buildings: list[int]
    reason: dict[str, Any] | None


def proposals(session: Session, of: PlanRow) -> list[ProposalRow]:
    """Return the proposals for a plan, the newest first."""
    found = {row.id: ProposalRow(**row._mapping) for row in session.execute(text(_PROPOSALS), {"plan": of.id})}
    for row in session.execute(text(_ALTERNATIVES), {"ids": list(found)}):
        findings = [finding_of(each) for each in row.findings]
        found[row.proposal_id].alternatives.append(AlternativeRow(row.serial, row.name, row.measures, findings))
    return list(found.values())


_PROPOSALS = """
SELECT p.id, p.public_id, p.version, p.asked, p.stopped, p.at, a.name AS by
FROM plan_proposal p LEFT JOIN account a ON a.id = p.account_id WHERE p.plan_id = :plan ORDER BY p.id DESC
"""
_ALTERNATIVES = """
SELECT proposal_id, serial, name, measures, findings FROM plan_alternative WHERE proposal_id = ANY(:ids) ORDER BY proposal_id, serial
"""


def proposal(session: Session, of: PlanRow, public_id: UUID) -> ProposalRow:
    """Return a proposal for a plan; raise NotFound where there is none."""
    for row in proposals(session, of):
        if row.public_id == public_id:
            return row
    raise NotFound("The plan has no such proposal.")


def alternative_units(session: Session, of: ProposalRow, serial: int) -> list[AlternativeUnit]:
    """Return the units of an alternative of a proposal that was read; raise NotFound where it has none of this number."""
    if all(each.serial != serial for each in of.alternatives):
        raise NotFound("The proposal has no alternative {serial}.", serial=serial)
    return [AlternativeUnit(**row._mapping) for row in session.execute(text(_UNITS), {"proposal": of.id, "serial": serial})]


_UNITS = """
SELECT u.anchor, u.key, u.parent, u.level, u.kind, u.code, u.name, u.changed, u.households, ST_AsBinary(u.geom) AS geom,
  u.buildings, u.reason
FROM plan_alternative_unit u JOIN plan_alternative a ON a.id = u.alternative_id
WHERE a.proposal_id = :proposal AND a.serial = :serial ORDER BY u.id
"""
