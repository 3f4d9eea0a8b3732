"""What has to hold of a jurisdiction after every import and every change of borders, asked of what is stored."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import numpy as np
import pytest
import shapely
from shapely import STRtree
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.lookup import BORDER_DEG
from geodata.measure import area_m2, length_m
from geodata.topology import BANDS, check, simplify, unite
from gridsvc.database import freshness
from gridsvc.database.queries.accounts import actor_named
from gridsvc.database.queries.buildings import unplaced_buildings
from gridsvc.database.queries.coverage import coverage, from_wkb
from gridsvc.database.queries.facilities import FacilitySums
from gridsvc.database.queries.locate import Located, locate, locate_at, locate_many
from gridsvc.database.queries.units import UnitRow, _row, _units, summaries
from gridsvc.database.session import set_actor
from gridsvc.domain.coverage import REMAINDER, Coverage, UnitState
from gridsvc.domain.facilities import FACILITIES

DEGREE_M = 111_320.0


def everything_holds(session: Session, jurisdiction_id: int, *, points: int = 200, seed: int = 0) -> Coverage:
    """Check all of it and return the coverage as stored."""
    session.expire_all()
    now = coverage(session, jurisdiction_id)
    levels_tile(now)
    shapes_are_of_the_whole(session, now)
    buildings_have_one_leaf(session, jurisdiction_id, now)
    history_is_sound(session, jurisdiction_id)
    sums_add_up(session, jurisdiction_id)
    facilities_have_their_leaves(session, jurisdiction_id, now)
    points_have_one_leaf(session, jurisdiction_id, now, _points(now, points, seed))
    return now


def levels_tile(now: Coverage) -> None:
    """Leaves and remainders tile at every level, each with the next, and every unit above is the union of its children."""
    outer = unite(now.ground_of(now.leaves())).ground
    leaves = set(now.leaves())
    for level in sorted({unit.level for unit in now.units}):
        here = [p for p, unit in enumerate(now.units) if _above(now, unit) < level <= unit.level or (unit.level < level and p in leaves)]
        found = [f"{finding} {finding.where}" for finding in check(now.ground_of(here), outer=outer)]
        assert not found, f"level {level} does not tile: {found}"
    for parent, places in now.children().items():
        if parent is not None:
            united = unite(now.ground_of(places))
            assert not united.findings
            assert shapely.equals_identical(shapely.normalize(now.units[parent].ground), united.ground), now.units[parent].name
    assert [unit.name for unit in now.units if unit.kind == REMAINDER and unit.code] == []


def shapes_are_of_the_whole(session: Session, now: Coverage) -> None:
    """The shapes for drawing are those of all leaves simplified together, and the unions of them, whatever was redrawn when."""
    query = "SELECT unit_id, zoom, ST_AsBinary(geom) AS geom FROM unit_shape WHERE unit_id = ANY(:ids)"
    rows = session.execute(text(query), {"ids": [unit.unit_id for unit in now.units]}).all()
    stored = {(row.unit_id, row.zoom): geom for row, geom in zip(rows, from_wkb([row.geom for row in rows]), strict=True)}
    below, leaves = now.children(), now.leaves()
    for zoom, tolerance_m in BANDS.items():
        if tolerance_m:
            drawn = np.array([stored[now.units[leaf].unit_id, zoom] for leaf in leaves])
            assert shapely.equals(drawn, simplify(now.ground_of(leaves), tolerance_m)).all()
            for parent in below.keys() - {None}:
                parts = np.array([stored[now.units[child].unit_id, zoom] for child in below[parent]])
                assert shapely.equals(stored[now.units[parent].unit_id, zoom], unite(parts).ground)


def _above(now: Coverage, unit: UnitState) -> int:
    """Return the level of the parent; where a level is skipped, a unit stands in for it."""
    return 0 if unit.parent is None else now.units[unit.parent].level


def buildings_have_one_leaf(session: Session, jurisdiction_id: int, now: Coverage) -> None:
    """Every building is placed in one leaf, or stands outside all ground and is named by a finding."""
    placed = session.execute(text(_PLACED), {"id": jurisdiction_id}).all()
    leaf_ids = {now.units[leaf].unit_id for leaf in now.leaves()}
    top = shapely.union_all([unit.ground for unit in now.units if unit.parent is None])
    astray = [row for row in placed if row.units == 0]
    assert [row.id for row in placed if row.units > 1] == []
    assert {row.unit_id for row in placed if row.units == 1} <= leaf_ids
    assert len(unplaced_buildings(session, jurisdiction_id, limit=len(placed) + 1)) == len(astray)
    if astray:
        assert shapely.area(shapely.intersection(from_wkb([row.geom for row in astray]), top)).max() < 1e-14


def facilities_have_their_leaves(session: Session, jurisdiction_id: int, now: Coverage) -> None:
    """Whatever stands in the grid stands where measuring it against every leaf and building puts it, and its paths say so."""
    ground = {now.units[leaf].unit_id: now.units[leaf].ground for leaf in now.leaves()}
    buildings = session.execute(text(_PLACED), {"id": jurisdiction_id}).all()
    footprints = [(row.unit_id, geom) for row, geom in zip(buildings, from_wkb([row.geom for row in buildings]), strict=True) if row.units]
    for facility in FACILITIES.values():
        rows = session.execute(text(_STANDING.format(noun=facility.noun)), {"id": jurisdiction_id}).all()
        for row, shape in zip(rows, from_wkb([row.geom for row in rows]), strict=True):
            if not row.pinned:
                expected = _stands(shape, ground, footprints)
                found = dict(zip(row.units, row.shares, strict=True))
                assert found == pytest.approx(expected, abs=2e-4), f"{facility.noun} {row.id}"
        if not facility.is_public:
            assert session.execute(text(_STRAY_FACILITIES.format(noun=facility.noun)), {"id": jurisdiction_id}).all() == []


def _stands(
    shape: shapely.Geometry, ground: dict[int, shapely.Geometry], footprints: list[tuple[int, shapely.Geometry]]
) -> dict[int, float]:
    """Return the share of a shape by unit, one leaf and building after the other; leaves come by rank."""
    dimension = shapely.get_dimensions(shape)
    if dimension == 1:
        rest, lengths = shape, {}
        for unit, leaf in ground.items():
            lengths[unit] = length_m(shapely.intersection(rest, leaf))[0]
            rest = shapely.difference(rest, leaf)
        return {unit: metres / length_m(shape)[0] for unit, metres in lengths.items() if metres > 0.01}
    for unit, footprint in footprints:
        inside = footprint.intersects(shape) if dimension == 0 else footprint.intersection(shape).area > shape.area / 2
        if inside:
            return {unit: 1.0}
    if dimension == 0:
        return next(({unit: 1.0} for unit, leaf in ground.items() if leaf.distance(shape) <= BORDER_DEG), {})
    shares = {unit: leaf.intersection(shape).area / shape.area for unit, leaf in ground.items() if leaf.intersects(shape)}
    most = max(shares.values(), default=0)
    return next(({unit: share} for unit, share in shares.items() if share > most - 1e-9 and most > 0), {})


_STANDING = """
SELECT n.id, ST_AsBinary(v.geom) AS geom, coalesce(bool_or(p.pinned), false) AS pinned,
       array_remove(array_agg(p.unit_id ORDER BY p.id), NULL) AS units, array_remove(array_agg(p.share ORDER BY p.id), NULL) AS shares
FROM {noun} n JOIN {noun}_version v ON v.{noun}_id = n.id AND upper_inf(v.valid)
LEFT JOIN {noun}_place p ON p.{noun}_id = n.id AND upper_inf(p.valid)
WHERE n.jurisdiction_id = :id GROUP BY n.id, v.id
"""
_STRAY_FACILITIES = """
SELECT n.id, n.paths FROM {noun} n WHERE n.jurisdiction_id = :id AND n.paths IS DISTINCT FROM coalesce(
  (SELECT array_agg(u.path ORDER BY p.share DESC, u.unit_id) FROM {noun}_place p
   JOIN unit_version u ON u.unit_id = p.unit_id AND upper_inf(u.valid) WHERE p.{noun}_id = n.id AND upper_inf(p.valid)),
  ARRAY[('j' || base36(n.jurisdiction_id))::ltree])
"""
_PLACED = """
SELECT b.id, count(p.id) AS units, min(p.unit_id) AS unit_id, ST_AsBinary(v.geom) AS geom
FROM building b JOIN building_version v ON v.building_id = b.id AND upper_inf(v.valid)
LEFT JOIN building_place p ON p.building_id = b.id AND upper_inf(p.valid)
WHERE b.jurisdiction_id = :id GROUP BY b.id, v.id
"""


def history_is_sound(session: Session, jurisdiction_id: int) -> None:
    """Versions of a unit do not overlap, and a code has had one unit only."""
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    given = {"id": jurisdiction_id}
    assert session.execute(text(_SHARED_CODES), given).all() == []
    assert session.execute(text(_OVERLAPPING), given).all() == []
    assert session.execute(text(_STRAY_PATHS), given).all() == []


_SHARED_CODES = """
SELECT code FROM (SELECT code, unit_id FROM unit_version WHERE jurisdiction_id = :id AND code IS NOT NULL
                  UNION SELECT code, unit_id FROM unit_code WHERE jurisdiction_id = :id) AS ever
GROUP BY code HAVING count(DISTINCT unit_id) > 1
"""
_OVERLAPPING = """
SELECT a.unit_id FROM unit_version a JOIN unit_version b ON b.unit_id = a.unit_id AND b.id > a.id AND b.valid && a.valid
WHERE a.jurisdiction_id = :id
"""
_STRAY_PATHS = """
SELECT h.building_id, h.path, building_path(h.building_id) FROM building_households h JOIN building b ON b.id = h.building_id
WHERE b.jurisdiction_id = :id AND h.path <> building_path(h.building_id)
"""


def sums_add_up(session: Session, jurisdiction_id: int) -> None:
    """The figures of children and remainder add up to those of the unit above, at every level."""
    rows = [_row(row) for row in session.execute(text(_units("v.jurisdiction_id = :id", None)), {"id": jurisdiction_id})]
    found = summaries(session, rows)
    below: dict[object, list[UnitRow]] = {}
    for row in rows:
        below.setdefault(row.parent_public_id, []).append(row)
    for row in rows:
        parts = [found[child.id] for child in below.get(row.public_id, ())]
        if parts:
            assert sum(part.buildings for part in parts) == found[row.id].buildings, row.name
            assert sum(part.households or 0 for part in parts) == (found[row.id].households or 0), row.name
            assert [sum(part.stations for part in parts), sum(part.gates for part in parts)] == [
                found[row.id].stations,
                found[row.id].gates,
            ]
            _facilities_add_up([part.facilities for part in parts], found[row.id].facilities)
            assert abs(sum(part.area_m2 for part in parts) - row.area_m2) < 1e-6 * row.area_m2 + 0.01, row.name


def _facilities_add_up(parts: list[FacilitySums | None], whole: FacilitySums | None) -> None:
    """Check every figure of parking and fire lanes; the operator sees them all."""
    assert whole is not None
    below = [part for part in parts if part is not None]
    assert len(below) == len(parts)
    for figure in ("parking_lots", "parking_spaces", "fire_lanes"):
        assert sum(getattr(part, figure) for part in below) == getattr(whole, figure), figure
    assert sum(part.capacity or 0 for part in below) == (whole.capacity or 0)
    for figure in ("spaces_by_kind", "spaces_by_level"):
        assert sum((Counter(getattr(part, figure)) for part in below), Counter()) == Counter(getattr(whole, figure)), figure
    assert abs(sum(part.fire_lanes_m for part in below) - whole.fire_lanes_m) < 1e-6 * whole.fire_lanes_m + 1e-6


def points_have_one_leaf(session: Session, jurisdiction_id: int, now: Coverage, points: np.ndarray) -> None:
    """The resident index, its batch form, SQL and a search through all leaves agree on each point."""
    slug = str(session.execute(text("SELECT slug FROM jurisdiction WHERE id = :id"), {"id": jurisdiction_id}).scalar_one())
    freshness.raise_generation()
    expected = _brute(now, points)
    one_by_one = [ids(locate(lon, lat, slug)) for lon, lat in points.tolist()]
    batch = [ids(located) for located in locate_many(points[:, 0].copy(), points[:, 1].copy(), slug)]
    set_actor(session, actor_named(session, "operator"))
    assert one_by_one == expected
    assert batch == expected
    at = datetime.now(UTC)
    in_sql = [ids(locate_at(session, lon, lat, at, slug)) for lon, lat in points[:40].tolist()]
    assert in_sql == expected[:40]


def ids(located: Located) -> list[int]:
    """Return the leaf that a point belongs to, and the others it stands on."""
    return [unit.id for unit in (*located.chain[-1:], *located.on_border_with)]


def _brute(now: Coverage, points: np.ndarray) -> list[list[int]]:
    leaves = now.leaves()
    found: list[list[tuple[bool, bool, str, int]]] = [[] for _ in points]
    point, leaf = STRtree(now.ground_of(leaves)).query(shapely.points(points), predicate="dwithin", distance=BORDER_DEG)
    for row, index in zip(point.tolist(), leaf.tolist(), strict=True):
        unit = now.units[leaves[index]]
        found[row].append((unit.kind == REMAINDER, unit.code is None, unit.code or "", unit.unit_id or 0))
    return [[unit_id for *_, unit_id in sorted(ranked)] for ranked in found]


def _points(now: Coverage, count: int, seed: int) -> np.ndarray:
    """Return points over the ground and a little beyond, and some of its corners and middles of edges, which lie on borders."""
    random = np.random.default_rng(seed)
    ground = now.ground_of(now.leaves())
    west, south, east, north = shapely.total_bounds(ground)
    anywhere = random.uniform(-0.05, 1.05, (count, 2)) * [east - west, north - south] + [west, south]
    corners = shapely.get_coordinates(ground)
    some = random.permutation(len(corners) - 1)[: count // 4]
    return np.concatenate([np.round(anywhere, 8), corners[some], np.round((corners[some] + corners[some + 1]) / 2, 8)])


def total_m2(now: Coverage) -> float:
    """Return the ground of all leaves together."""
    return float(area_m2(now.ground_of(now.leaves())).sum())
