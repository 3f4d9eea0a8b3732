"""Streets: lines with a class."""

from __future__ import annotations

import numpy as np
from sqlalchemy.orm import Session

from geodata.measure import length_m
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
    rows = [_incoming(feature) for feature in read.accepted]
    proposal = Proposal(
        "streets", read.columns, compare(session, file.jurisdiction_id, file.source, STREETS, rows) + read.refused, read.findings
    )
    bring_in(session, actor, file, STREETS, proposal, rows)
    return proposal


def _incoming(feature: Feature) -> Incoming:
    name, length = feature.text.get("name"), float(length_m(np.array([feature.geometry]))[0])
    values = (name, feature.text.get("street_class") or "road", stored(feature.geometry), length)
    return Incoming(feature.row, feature.ref, name, feature.digest, values, feature.repaired)
