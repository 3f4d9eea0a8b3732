"""Barriers: rivers, water, railways, walls, as lines or areas."""

from __future__ import annotations

from sqlalchemy.orm import Session

from gridsvc.domain.barriers import barrier_of
from gridsvc.domain.features import Feature
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.domain.proposals import ImportFile, Proposal
from gridsvc.operations.exchange import Incoming, Versions, bring_in, compare, stored
from gridsvc.operations.features import features

BARRIERS = Versions("barrier", {"name": "text", "kind": "text", "geom": "geometry"})


def import_barriers(session: Session, actor: Actor, file: ImportFile) -> Proposal:
    """Say what the file would do, and do it where `file.commit` says so; a barrier without a sort is water."""
    require(actor, Action.IMPORT, jurisdiction_path(file.jurisdiction_id))
    read = features(file, "barriers", "line or polygon")
    shapes = stored([feature.geometry for feature in read.accepted])
    rows = [_incoming(feature, shape) for feature, shape in zip(read.accepted, shapes, strict=True)]
    outcomes = compare(session, file.jurisdiction_id, file.source, BARRIERS, rows) + read.refused
    proposal = Proposal("barriers", read.columns, outcomes, read.findings)
    bring_in(session, actor, file, BARRIERS, proposal, rows)
    return proposal


def _incoming(feature: Feature, shape: str) -> Incoming:
    name = feature.text.get("name")
    values = (name, barrier_of(feature.text.get("kind")), shape)
    return Incoming(feature.row, feature.ref, name, feature.digest, values, feature.repaired)
