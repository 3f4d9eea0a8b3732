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
UPDATE parking_space_version v SET lot_id = named.lot_id
FROM (
  SELECT s.id, min(l.id) AS lot_id
  FROM incoming i JOIN parking_space s ON s.jurisdiction_id = :id AND s.source = :source AND s.source_ref = i.ref
  JOIN parking_lot l ON l.jurisdiction_id = s.jurisdiction_id
  JOIN parking_lot_version lv ON lv.parking_lot_id = l.id AND upper_inf(lv.valid) AND i.lot IN (l.source_ref, lv.name)
  GROUP BY s.id HAVING count(DISTINCT l.id) = 1
) AS named
WHERE v.parking_space_id = named.id AND upper_inf(v.valid) AND v.lot_id IS DISTINCT FROM named.lot_id
""")
