"""Organisations by the ground they are attached to: public, each counted once where it leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

PAGE = 100
"""Rows of a page."""


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation as it is now."""

    public_id: UUID
    name: str
    kind: str
    """A key of domain.organisations.KINDS."""
    set_up: str | None
    """A key of domain.organisations.SET_UPS."""
    leads: bool
    """Whether it is counted at the place that was asked about; a joint one is counted once and listed elsewhere (联建)."""
    ground: tuple[str, ...]
    """What it is attached to, the ground that leads first."""
    parent: UUID | None
    parent_name: str | None
    phone: str | None
    contract_from: date | None
    contract_until: date | None
    score: float | None


def organisations(session: Session, path: str, kind: str | None = None, page: int = 1) -> tuple[list[OrganisationRow], int]:
    """Return a page of the organisations attached at or below a path, by kind and name, and how many there are; pages count from 1."""
    given = {"path": path, "kind": kind, "most": PAGE, "skip": (page - 1) * PAGE}
    rows = session.execute(text(_ORGANISATIONS), given).all()
    found = [OrganisationRow(*(*row[:5], tuple(row.ground or ()), *row[6:-1])) for row in rows]
    return found, rows[0].total if rows else 0


_ORGANISATIONS = """
WITH here AS (
  SELECT s.id AS organisation_id, bool_or(s.leads) AS leads FROM jurisdiction j, counted_organisations(j.id, 'infinity') s
  WHERE ('j' || base36(j.id))::ltree = subpath(cast(:path AS ltree), 0, 1)
    AND coalesce(s.path || ('b_' || base36(s.building_id))::ltree, s.path) <@ cast(:path AS ltree)
  GROUP BY s.id
)
SELECT o.public_id, v.name, v.kind, v.set_up, here.leads, (
    SELECT array_agg(coalesce(u.name, c.name, b.name, s.name, '-') ORDER BY g.leads DESC, g.id) FROM organisation_ground g
    LEFT JOIN unit_version u ON u.unit_id = g.unit_id AND upper_inf(u.valid)
    LEFT JOIN compound_version c ON c.compound_id = g.compound_id AND upper_inf(c.valid)
    LEFT JOIN building_version b ON b.building_id = g.building_id AND upper_inf(b.valid)
    LEFT JOIN street_version s ON s.street_id = g.street_id AND upper_inf(s.valid)
    WHERE g.organisation_id = o.id AND upper_inf(g.valid)
  ) AS ground, above.public_id AS parent, w.name AS parent_name, v.phone, v.contract_from, v.contract_until, v.score,
  count(*) OVER () AS total
FROM here JOIN organisation o ON o.id = here.organisation_id
JOIN organisation_version v ON v.organisation_id = o.id AND upper_inf(v.valid)
LEFT JOIN organisation above ON above.id = v.parent_id
LEFT JOIN organisation_version w ON w.organisation_id = v.parent_id AND upper_inf(w.valid)
WHERE cast(:kind AS text) IS NULL OR v.kind = :kind
ORDER BY v.kind, v.name, o.id LIMIT :most OFFSET :skip
"""
