"""Compounds: outlines that do not tile; overlaps and missing names are said, not mended."""

from __future__ import annotations

from collections import Counter

import numpy as np
from sqlalchemy.orm import Session

from geodata.findings import Finding
from geodata.shapes import box_of
from geodata.topology import overlaps
from gridsvc.domain.features import Feature
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.domain.proposals import ImportFile, Proposal
from gridsvc.operations.buildings import link_compounds
from gridsvc.operations.exchange import Incoming, Versions, bring_in, compare, stored
from gridsvc.operations.features import features
from gridsvc.operations.links import link

COMPOUNDS = Versions("compound", {"name": "text", "geom": "geometry", "area_m2": "double precision"})


def import_compounds(session: Session, actor: Actor, file: ImportFile) -> Proposal:
    """Say what the file would do, and do it where `file.commit` says so.

    Compounds without a name are accepted and asked for; those of one name stay apart; overlaps over 1 m² are named in pairs.
    """
    require(actor, Action.IMPORT, jurisdiction_path(file.jurisdiction_id))
    read = features(file, "compounds", "polygon")
    shapes = stored([feature.geometry for feature in read.accepted])
    rows = [_incoming(feature, shape) for feature, shape in zip(read.accepted, shapes, strict=True)]
    findings = [*read.findings, *_names(read.accepted), *_overlaps(read.accepted)]
    outcomes = compare(session, file.jurisdiction_id, file.source, COMPOUNDS, rows) + read.refused
    proposal = Proposal("compounds", read.columns, outcomes, findings)
    if bring_in(session, actor, file, COMPOUNDS, proposal, rows):
        link_compounds(session, file.jurisdiction_id)
        link(session, file.jurisdiction_id)
    return proposal


def _incoming(feature: Feature, shape: str) -> Incoming:
    name = feature.text.get("name")
    return Incoming(feature.row, feature.ref, name, feature.digest, (name, shape, feature.size), feature.repaired)


def _names(rows: list[Feature]) -> list[Finding]:
    shared = Counter(row.text.get("name") for row in rows)
    found = []
    for row in rows:
        name = row.text.get("name")
        if name is None:
            asked = "Row {row}: the compound has no name; please give one."
            found.append(Finding("compound-unnamed", "warning", asked, {"row": row.row}, box_of(row.geometry), row.row))
        elif shared[name] > 1:
            found.append(
                Finding(
                    "compound-name-repeated",
                    "info",
                    "Row {row}: {count} compounds are called {name}; they stay apart.",
                    {"row": row.row, "count": shared[name], "name": name},
                    box_of(row.geometry),
                    row.row,
                )
            )
    return found


def _overlaps(rows: list[Feature]) -> list[Finding]:
    outlines = np.array([row.geometry for row in rows], dtype=object)
    keys = [row.text.get("name") or f"#{row.row}" for row in rows]
    return [overlap.finding for overlap in overlaps(outlines, keys)] if rows else []
