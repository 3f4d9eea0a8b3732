"""Parking lots and spaces."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.parking import KINDS, LEVELS
from gridsvc.domain.permissions import Actor
from gridsvc.domain.proposals import ImportFile, Proposal
from gridsvc.operations.facilities import Intake, import_facilities

_SHARED = {"kind": "text", "level": "text", "geom": "geometry", "area_m2": "double precision"}
LOTS = Intake("parking_lots", {"name": "text", "capacity": "integer", **_SHARED}, {"kind": KINDS, "level": LEVELS})
SPACES = Intake("parking_spaces", {"number": "text", **_SHARED}, {"kind": KINDS, "level": LEVELS}, more={"lot": "text"})


def import_parking_lots(session: Session, actor: Actor, file: ImportFile) -> Proposal:
    """Say what the file would do, and do it where `file.commit` says so."""
    return import_facilities(session, actor, file, LOTS)


def import_parking_spaces(session: Session, actor: Actor, file: ImportFile) -> Proposal:
    """Say what the file would do, and do it where `file.commit` says so.

    A space lies in the lot that its row names by number or name, else in the one around it.
    """
    proposal = import_facilities(session, actor, file, SPACES)
    if file.commit and not proposal.changes_nothing:
        session.execute(_NAME_LOTS, {"id": file.jurisdiction_id, "source": file.source})
    return proposal


_NAME_LOTS = text("""
WITH called AS MATERIALIZED (
  SELECT DISTINCT l.id, n.lot FROM parking_lot l JOIN parking_lot_version lv ON lv.parking_lot_id = l.id AND upper_inf(lv.valid)
  CROSS JOIN LATERAL (VALUES (l.source_ref), (lv.name)) AS n (lot) WHERE l.jurisdiction_id = :id
)
UPDATE parking_space_version v SET lot_id = named.lot_id
FROM (
  SELECT s.id, min(called.id) AS lot_id
  FROM incoming i JOIN called ON called.lot = i.lot
  JOIN parking_space s ON s.jurisdiction_id = :id AND s.source = :source AND s.source_ref = i.ref
  GROUP BY s.id HAVING count(DISTINCT called.id) = 1
) AS named
WHERE v.parking_space_id = named.id AND upper_inf(v.valid) AND v.lot_id IS DISTINCT FROM named.lot_id
""")
