"""Streets: lines with a class."""

from __future__ import annotations

from sqlalchemy.orm import Session

from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.domain.proposals import ImportFile, Proposal
from gridsvc.operations.exchange import Incoming, Versions, bring_in, compare, stored
from gridsvc.operations.features import Feature, features

STREETS = Versions("street", {"name": "text", "street_class": "text", "geom": "geometry", "length_m": "double precision"})


def import_streets(session: Session, actor: Actor, file: ImportFile) -> Proposal:
    """Say what the file would do, and do it where `file.commit` says so; a street without a class is a road."""
    require(actor, Action.IMPORT, jurisdiction_path(file.jurisdiction_id))
    read = features(file, "streets", "line")
    shapes = stored([feature.geometry for feature in read.accepted])
    rows = [_incoming(feature, shape) for feature, shape in zip(read.accepted, shapes, strict=True)]
    proposal = Proposal(
        "streets", read.columns, compare(session, file.jurisdiction_id, file.source, STREETS, rows) + read.refused, read.findings
    )
    bring_in(session, actor, file, STREETS, proposal, rows)
    return proposal


def _incoming(feature: Feature, shape: str) -> Incoming:
    name = feature.text.get("name")
    values = (name, feature.text.get("street_class") or "road", shape, feature.size)
    return Incoming(feature.row, feature.ref, name, feature.digest, values, feature.repaired)
