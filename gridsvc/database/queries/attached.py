"""The organisations attached to ground: branches and groups, owners' committees, property companies. Public."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

PAGE = 100
"""Rows of a page."""


@dataclass(frozen=True, slots=True)
class AttachedRow:
    """An organisation at or below a place."""

    public_id: UUID
    name: str
    kind: str
    """A key of domain.organisations.KINDS."""
    set_up: str | None
    """A key of domain.organisations.SET_UPS."""
    phone: str | None
    contract_from: date | None
    contract_until: date | None
    score: float | None
    leads: bool
    """Whether it counts here; a joint one counts at the ground that leads, and is listed elsewhere."""
    parent: str | None


def attached(session: Session, path: str, page: int = 1) -> list[AttachedRow]:
    """Return a page of the organisations attached to ground at or below a path today, by kind and name."""
    label = path.rpartition(".")[2]
    building = int(label[2:], 36) if label.startswith("b_") else None
    given = {"path": path, "building": building, "skip": (page - 1) * PAGE, "most": PAGE}
    return [AttachedRow(*row) for row in session.execute(text(_ATTACHED), given)]


_ATTACHED = """
WITH here AS MATERIALIZED (
  SELECT v.unit_id FROM unit_version v WHERE v.path <@ cast(:path AS ltree) AND upper_inf(v.valid)
), houses AS MATERIALIZED (
  SELECT p.building_id FROM here JOIN building_place p ON p.unit_id = here.unit_id AND upper_inf(p.valid)
  UNION ALL SELECT cast(:building AS bigint)
), found AS (
  SELECT g.organisation_id, bool_or(g.leads) AS leads FROM organisation_ground g
  WHERE upper_inf(g.valid) AND (
    g.unit_id IN (SELECT unit_id FROM here) OR g.building_id IN (SELECT building_id FROM houses)
    OR g.compound_id IN (
      SELECT b.compound_id FROM houses h JOIN building_version b ON b.building_id = h.building_id AND upper_inf(b.valid)))
  GROUP BY g.organisation_id
)
SELECT o.public_id, v.name, v.kind, v.set_up, v.phone, v.contract_from, v.contract_until, v.score, found.leads, above.name
FROM found JOIN organisation o ON o.id = found.organisation_id
JOIN organisation_version v ON v.organisation_id = o.id AND upper_inf(v.valid)
LEFT JOIN organisation_version above ON above.organisation_id = v.parent_id AND upper_inf(above.valid)
ORDER BY v.kind, v.name, o.id OFFSET :skip LIMIT :most
"""
