"""A city of two levels: precincts tile it, and every block's people arrive in one of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.districting.certificates import certify
from geodata.districting.graph import Graph, Limits, graph
from geodata.districting.grouping import group
from geodata.districting.refine import BALANCED, Search
from geodata.measure import area_m2, length_m
from geodata.readers import read
from geodata.records import Geometries, Table
from geodata.topology.grid import Integers
from gridsvc.database.queries.coverage import coverage, from_wkb
from gridsvc.database.queries.units import children, root, summaries
from gridsvc.domain.permissions import Actor
from gridsvc.domain.proposals import ImportFile
from gridsvc.operations.buildings import import_buildings
from gridsvc.operations.units import import_units
from tests import builders
from tests.conftest import shared_data
from tests.scenarios.holding import everything_holds

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def blocks() -> Table:
    return read(shared_data("districting/DenverCo_blocks.zip"))


@pytest.fixture
def denver(session: Session, operator: Actor, blocks: Table) -> Iterator[int]:
    here = builders.jurisdiction(session, operator, name="Denver")
    precincts = read(shared_data("districting/DenverCo_precincts2020_repaired.zip"))
    units = ImportFile(here, precincts, builders.FIRST_DAY, columns={"code": "PRECID", "name": "NAME"}, commit=True)
    atoms = {"ref": "GEOID20", "name": "NAME20", "households": "TOTPOP20"}
    import_units(session, operator, units, level="grid")
    import_buildings(session, operator, ImportFile(here, blocks, builders.FIRST_DAY, columns=atoms, commit=True))
    return here


def test_precincts_tile_and_every_block_s_people_arrive(session: Session, denver: int) -> None:
    now = everything_holds(session, denver)
    city = root(session, denver)
    assert city is not None
    precincts = children(session, city)
    found = summaries(session, [city, *precincts])
    assert len(now.leaves()) == len(precincts) == 356
    assert found[city.id].households == sum(found[each.id].households or 0 for each in precincts) == 715_522
    assert found[city.id].buildings == 10_149
    _largest_overlap_decides(session, denver)


def _largest_overlap_decides(session: Session, denver: int) -> None:
    now = coverage(session, denver)
    leaves = now.leaves()
    ground = now.ground_of(leaves)
    sample = session.execute(text(_SAMPLE)).all()
    for unit_id, footprint in zip([row.unit_id for row in sample], from_wkb([row.geom for row in sample]), strict=True):
        common_m2 = area_m2(shapely.intersection(ground, footprint))
        assert now.units[leaves[int(np.argmax(common_m2))]].unit_id == unit_id


_SAMPLE = """
SELECT p.unit_id, ST_AsBinary(v.geom) AS geom FROM building_version v JOIN building_place p ON p.building_id = v.building_id
WHERE upper_inf(v.valid) AND upper_inf(p.valid) ORDER BY p.cut_m2 DESC, v.building_id LIMIT 100
"""


def test_precincts_from_scratch_are_in_range_but_for_proven_places_balanced_and_compact(blocks: Table) -> None:
    people = np.array([float(str(each["TOTPOP20"])) for each in blocks.attributes])
    ground = graph(blocks.geometry, people)
    limits = Limits(0.9 * people.sum() / 356, 1.1 * people.sum() / 356)
    found = group(ground, limits, Search(0, iterations=60, balance=BALANCED))
    assert len(certify(ground, limits)) == 5
    assert None not in found.reasons.values()
    assert len(found.reasons) == 4  # two of the places are one part
    assert found.weight.sum() == 715_522
    assert int(ground.where(found.label[ground.one] == found.label[ground.other]).component.max()) + 1 == len(np.unique(found.label))
    assert found.weight.std() / found.weight.mean() <= 0.06
    assert _polsby_popper(ground, found.label, blocks.geometry) >= 0.55


def _polsby_popper(ground: Graph, label: Integers, blocks: Geometries) -> float:
    inside = label[ground.one] == label[ground.other]
    shared_m = np.bincount(label[ground.one[inside]], ground.length_m[inside], minlength=int(label.max()) + 1)
    edge_m = np.bincount(label, length_m(blocks)) - 2 * shared_m
    return float((4 * np.pi * np.bincount(label, area_m2(blocks)) / edge_m**2).mean())
