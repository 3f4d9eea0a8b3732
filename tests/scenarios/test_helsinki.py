"""Kamppi, Helsinki: areas that were clipped at the edge of a map, of every form, brought in as they are."""

from __future__ import annotations

import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.readers import read
from gridsvc.database.tables import BuildingVersion, CompoundVersion
from gridsvc.domain.permissions import Actor
from gridsvc.domain.proposals import ImportFile
from gridsvc.operations.buildings import import_buildings
from gridsvc.operations.compounds import import_compounds
from tests import builders
from tests.builders import FIRST_DAY
from tests.conftest import shared_data


def file(jurisdiction_id: int, layer: str, **asked: bool) -> ImportFile:
    table = read(shared_data("osm/helsinki-kamppi.gpkg"), layer=layer)
    return ImportFile(jurisdiction_id, table, FIRST_DAY, commit=True, skip_refused=True, **asked)


@pytest.mark.parametrize("layer", ["landuse_residential", "landuse_other", "community", "parking", "fire"])
def test_every_area_comes_in_sound_or_is_refused_with_its_finding(session: Session, operator: Actor, layer: str) -> None:
    here = builders.jurisdiction(session, operator)
    proposal = import_compounds(session, operator, file(here, layer))
    refused = {row.row for row in proposal.rows if row.outcome == "refused"}
    told = {finding.row for finding in proposal.findings if finding.severity == "error"}
    assert refused == told
    stored = session.scalar(select(func.count()).select_from(CompoundVersion).where(func.ST_IsValid(CompoundVersion.geom)))
    assert stored == len(proposal.rows) - len(refused)


def test_every_building_stands(session: Session, operator: Actor) -> None:
    here = builders.jurisdiction(session, operator)
    proposal = import_buildings(session, operator, file(here, "buildings"))
    stored = session.scalar(select(func.count()).select_from(BuildingVersion).where(func.ST_IsValid(BuildingVersion.geom)))
    assert (stored, {row.outcome for row in proposal.rows}) == (446, {"new"})


def test_an_area_that_a_clipping_broke_is_mended_and_told(session: Session, operator: Actor) -> None:
    table = read(shared_data("osm/helsinki-kamppi.gpkg"), layer="landuse_other")
    shapes = [
        shape for shape in table.geometry if shape.geom_type == "MultiPolygon" and shapely.get_num_interior_rings(shape.geoms[0]) == 0
    ]
    broken = []
    for shape in shapes[:20]:  # cut across and turned over at the cut: the ring crosses itself there
        ring = list(shape.geoms[0].exterior.coords)[:-1]
        half = len(ring) // 2
        broken.append(shapely.Polygon([*ring[:half], *reversed(ring[half:])]))
    rows = [({"id": str(at), "name": f"片区{at}"}, shape) for at, shape in enumerate(broken)]
    crossed = {at + 1 for at, shape in enumerate(broken) if not shape.is_valid}
    here = builders.jurisdiction(session, operator)
    proposal = import_compounds(session, operator, builders.file(here, rows, skip_refused=True))
    assert len(crossed) > 5
    assert {finding.row for finding in proposal.findings if finding.code == "geometry-mended"} == crossed


def test_buildings_that_a_clipping_broke_are_mended_told_and_stand(session: Session, operator: Actor) -> None:
    table = read(shared_data("osm/helsinki-kamppi.gpkg"), layer="buildings")
    rings = [list(shape.geoms[0].exterior.coords)[:-1] for shape in table.geometry if shapely.get_num_interior_rings(shape.geoms[0]) == 0]
    turned = [shapely.Polygon([*ring[: len(ring) // 2], *reversed(ring[len(ring) // 2 :])]) for ring in rings[:40]]
    crossed = {at + 1 for at, shape in enumerate(turned) if not shape.is_valid}
    here = builders.jurisdiction(session, operator)
    proposal = import_buildings(session, operator, builders.file(here, [({"id": str(at)}, shape) for at, shape in enumerate(turned)]))
    assert len(crossed) > 5
    assert {finding.row for finding in proposal.findings if finding.code == "geometry-mended"} == crossed
    assert (proposal.counts["repaired"], len(proposal.rows)) == (len(crossed), len(turned))
    stored = session.scalar(select(func.count()).select_from(BuildingVersion).where(func.ST_IsValid(BuildingVersion.geom)))
    assert stored == len(turned)
