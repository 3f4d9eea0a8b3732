"""Stations: service points."""

from __future__ import annotations

from sqlalchemy.orm import Session

from gridsvc.domain.permissions import Actor
from gridsvc.domain.proposals import ImportFile, Proposal
from gridsvc.domain.stations import KINDS, PREMISES
from gridsvc.operations.facilities import Intake, import_facilities

STATIONS = Intake(
    "stations",
    {
        "name": "text",
        "kind": "text",
        "hours": "text",
        "phone": "text",
        "address": "text",
        "floor_area_m2": "double precision",
        "premises": "text",
        "services": "text",
        "geom": "geometry",
    },
    {"kind": KINDS, "premises": PREMISES},
)


def import_stations(session: Session, actor: Actor, file: ImportFile) -> Proposal:
    """Say what the file would do, and do it where `file.commit` says so."""
    return import_facilities(session, actor, file, STATIONS)
