"""Streets: lines with a class."""

from __future__ import annotations

from sqlalchemy.orm import Session

from geodata.findings import Finding
from geodata.shapes import box_of
from gridsvc.domain.code_tables import key_of
from gridsvc.domain.features import Feature
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.domain.proposals import ImportFile, Proposal
from gridsvc.domain.streets import CLASSES, class_of
from gridsvc.operations.exchange import Incoming, Versions, bring_in, compare, stored
from gridsvc.operations.features import features

STREETS = Versions("street", {"name": "text", "street_class": "text", "geom": "geometry", "length_m": "double precision"})


def import_streets(session: Session, actor: Actor, file: ImportFile) -> Proposal:
    """Say what the file would do, and do it where `file.commit` says so; a street without a known class is a road."""
    require(actor, Action.IMPORT, jurisdiction_path(file.jurisdiction_id))
    read = features(file, "streets", "line")
    shapes = stored([feature.geometry for feature in read.accepted])
    rows = [_incoming(feature, shape) for feature, shape in zip(read.accepted, shapes, strict=True)]
    findings = [*read.findings, *filter(None, map(_unclassed, read.accepted))]
    proposal = Proposal(
        "streets", read.columns, compare(session, file.jurisdiction_id, file.source, STREETS, rows) + read.refused, findings
    )
    bring_in(session, actor, file, STREETS, proposal, rows)
    return proposal


def _incoming(feature: Feature, shape: str) -> Incoming:
    name = feature.text.get("name")
    values = (name, class_of(feature.text.get("street_class")), shape, feature.size)
    return Incoming(feature.row, feature.ref, name, feature.digest, values, feature.repaired)


def _unclassed(feature: Feature) -> Finding | None:
    given = feature.text.get("street_class")
    if given is None or key_of(CLASSES, given):
        return None
    template = "Row {row}: {given!r} is no known class of street; it was taken for a road."
    return Finding("class-unknown", "warning", template, {"row": feature.row, "given": given}, box_of(feature.geometry), feature.row)
