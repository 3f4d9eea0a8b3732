from __future__ import annotations

import shapely
from sqlalchemy.orm import Session

from geodata.topology import check
from gridsvc.database.queries.coverage import coverage, from_wkb, simplest
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from tests.grids import draw


def test_parents_come_before_their_children(session: Session, place: JurisdictionRow) -> None:
    units = coverage(session, place.id).units
    assert all(unit.parent is None or unit.parent < at for at, unit in enumerate(units))
    assert units[0].name == "here"


def test_leaves_and_remainders_tile_and_the_top_is_their_union(session: Session, place: JurisdictionRow) -> None:
    now = coverage(session, place.id)
    leaves = now.ground_of(now.leaves())
    assert not check(leaves)
    assert shapely.equals(shapely.union_all(leaves), now.units[0].ground)


def test_only_current_units_are_in_it(session: Session, place: JurisdictionRow) -> None:
    assert sorted(unit.name for unit in coverage(session, place.id).units) == ["A", "B", "here", "here"]


def test_ground_of_one_part_is_a_polygon() -> None:
    one, two = draw("A . A B").values()
    assert simplest(shapely.MultiPolygon([two])) == two
    assert simplest(one) is one


def test_no_geometry_stays_none() -> None:
    assert from_wkb([None, shapely.to_wkb(shapely.Point(1, 2))]).tolist() == [None, shapely.Point(1, 2)]
