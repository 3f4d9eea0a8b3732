"""Parking lots and spaces."""

from __future__ import annotations

from sqlalchemy.orm import Session

from gridsvc.domain.parking import KINDS, LEVELS
from gridsvc.domain.permissions import Actor
from gridsvc.domain.proposals import ImportFile, Proposal
from gridsvc.operations.facilities import Intake, import_facilities

_SHARED = {"kind": "text", "level": "text", "geom": "geometry", "area_m2": "double precision"}
LOTS = Intake("parking_lots", {"name": "text", "capacity": "integer", **_SHARED}, {"kind": KINDS, "level": LEVELS})
SPACES = Intake("parking_spaces", {"number": "text", **_SHARED}, {"kind": KINDS, "level": LEVELS})


def import_parking_lots(session: Session, actor: Actor, file: ImportFile) -> Proposal:
    """Say what the file would do, and do it where `file.commit` says so."""
    return import_facilities(session, actor, file, LOTS)


def import_parking_spaces(session: Session, actor: Actor, file: ImportFile) -> Proposal:
    """Say what the file would do, and do it where `file.commit` says so.

    A space lies in the lot that its row names by number or name, else in the one around it.
    """
    return import_facilities(session, actor, file, SPACES)
