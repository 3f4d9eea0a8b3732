"""Gates of compounds."""

from __future__ import annotations

from sqlalchemy.orm import Session

from gridsvc.domain.gates import KINDS
from gridsvc.domain.permissions import Actor
from gridsvc.domain.proposals import ImportFile, Proposal
from gridsvc.operations.facilities import Intake, import_facilities

GATES = Intake("gates", {"name": "text", "kind": "text", "geom": "geometry"}, {"kind": KINDS})


def import_gates(session: Session, actor: Actor, file: ImportFile) -> Proposal:
    """Say what the file would do, and do it where `file.commit` says so."""
    return import_facilities(session, actor, file, GATES)
