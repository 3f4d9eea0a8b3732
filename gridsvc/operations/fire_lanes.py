"""Fire lanes: ways and sites kept free for fire engines."""

from __future__ import annotations

from sqlalchemy.orm import Session

from gridsvc.domain.fire_lanes import FORMS
from gridsvc.domain.permissions import Actor
from gridsvc.domain.proposals import ImportFile, Proposal
from gridsvc.operations.facilities import Intake, import_facilities

_FIGURES = ("clear_width_m", "clear_height_m", "length_m", "area_m2")
FIRE_LANES = Intake(
    "fire_lanes",
    {"name": "text", "form": "text", "geom": "geometry", **dict.fromkeys(_FIGURES, "double precision")},
    {"form": FORMS},
)


def import_fire_lanes(session: Session, actor: Actor, file: ImportFile) -> Proposal:
    """Say what the file would do, and do it where `file.commit` says so."""
    return import_facilities(session, actor, file, FIRE_LANES)
