"""Real residential areas and buildings become jurisdictions with remainders."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.readers import read
from geodata.records import Table
from gridsvc.database.queries.buildings import unplaced_buildings
from gridsvc.domain.coverage import REMAINDER
from gridsvc.domain.permissions import Actor
from gridsvc.domain.proposals import ImportFile
from gridsvc.operations.buildings import import_buildings
from gridsvc.operations.compounds import import_compounds
from gridsvc.operations.streets import import_streets
from gridsvc.operations.units import import_units
from tests import builders
from tests.conftest import shared_data
from tests.scenarios.holding import everything_holds, total_m2

REF = {"ref": "osm"}


def of(here: int, table: Table, **columns: str) -> ImportFile:
    return ImportFile(here, table, builders.FIRST_DAY, columns=columns, commit=True)


def _hull(*tables: Table) -> shapely.Polygon:
    everything = shapely.union_all([shape for table in tables for shape in table.geometry if shape is not None])
    return shapely.box(*np.round(shapely.buffer(everything, 0.001).bounds, 8))


def test_moscow_s_residential_areas_tile_with_what_remains(session: Session, operator: Actor) -> None:
    path = shared_data("osm/moscow.gpkg")
    areas, houses = read(path, layer="landuse_residential"), read(path, layer="buildings")
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, {"Останкинский": _hull(areas)}, level=1)
    placed_areas = import_units(session, operator, of(here, areas, kind=""), level="grid", accept_loss=True)
    placed_houses = import_buildings(session, operator, of(here, houses, **REF))
    now = everything_holds(session, here)
    kinds = sorted(now.units[leaf].kind for leaf in now.leaves())
    assert placed_areas.counts.keys() <= {"new", "repaired"}
    assert kinds == [REMAINDER] + ["unit"] * 18
    assert placed_houses.counts.keys() <= {"new", "repaired"}
    assert len(placed_houses.rows) == 628


def test_moscow_s_unnamed_areas_get_numbered_names(session: Session, operator: Actor) -> None:
    areas = read(shared_data("osm/moscow.gpkg"), layer="landuse_residential")
    here = builders.jurisdiction(session, operator)
    import_units(session, operator, of(here, areas, kind=""), level="grid", accept_loss=True)
    now = everything_holds(session, here)
    names = [unit.name for unit in now.units if unit.level == 2]
    assert all(names)
    assert {f"网格{serial}" for serial in range(1, 19)} & set(names)


def test_houses_beyond_the_ground_are_named(session: Session, operator: Actor) -> None:
    path = shared_data("osm/moscow.gpkg")
    areas, houses = read(path, layer="landuse_residential"), read(path, layer="buildings")
    here = builders.jurisdiction(session, operator)
    import_units(session, operator, of(here, areas, kind=""), level="grid", accept_loss=True)
    import_buildings(session, operator, of(here, houses, **REF))
    everything_holds(session, here)
    outside = unplaced_buildings(session, here, limit=1000)
    assert 0 < len(outside) < 628
    assert str(outside[0]).endswith("stands in no unit.")


def test_monaco_s_quarters_hold_its_residential_areas(session: Session, operator: Actor) -> None:
    path = shared_data("osm/monaco-tilemaker.gpkg")
    here = builders.jurisdiction(session, operator, name="Monaco")
    import_units(session, operator, of(here, read(path, layer="admin"), kind=""), level="grid", accept_loss=True)
    before = everything_holds(session, here)
    areas = replace(of(here, read(path, layer="landuse_residential"), kind=""), skip_refused=True)
    children = import_units(session, operator, areas, level="micro", keep="parent", accept_loss=True)
    import_buildings(session, operator, of(here, read(path, layer="buildings"), **REF))
    after = everything_holds(session, here)
    sentences = [str(finding) for finding in children.findings]
    assert children.counts == {"new": 5, "repaired": 1, "refused": 1}
    assert "L'Exotique gets no ground: none of it lies where it may." in sentences
    assert len(sentences) == len(set(sentences))
    assert abs(total_m2(after) - total_m2(before)) < 1


def test_monaco_s_residential_areas_are_compounds_of_its_buildings(session: Session, operator: Actor) -> None:
    path = shared_data("osm/monaco-tilemaker.gpkg")
    here = builders.jurisdiction(session, operator, name="Monaco")
    import_units(session, operator, of(here, read(path, layer="admin"), kind=""), level="grid", accept_loss=True)
    import_buildings(session, operator, of(here, read(path, layer="buildings"), **REF))
    compounds = import_compounds(session, operator, of(here, read(path, layer="landuse_residential"), **REF))
    streets = import_streets(session, operator, of(here, read(path, layer="roads"), **REF))
    linked = session.execute(text("SELECT count(*), count(compound_id) FROM building_version")).one()
    assert len(compounds.rows) == 7
    assert streets.counts == {"new": 2832}
    assert linked == (1283, 504)
