"""What has to hold of a jurisdiction after every import and every change of borders, asked of what is stored."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import shapely
from shapely import STRtree
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.lookup import BORDER_DEG
from geodata.measure import area_m2
from geodata.topology import check, unite
from gridsvc.database import freshness
from gridsvc.database.queries.accounts import actor_named
from gridsvc.database.queries.buildings import unplaced_buildings
from gridsvc.database.queries.coverage import coverage, from_wkb
from gridsvc.database.queries.locate import Located, locate, locate_at, locate_many
from gridsvc.database.queries.units import UnitRow, _row, _units, summaries
from gridsvc.database.session import set_actor
from gridsvc.domain.coverage import REMAINDER, Coverage, UnitState

DEGREE_M = 111_320.0


def everything_holds(session: Session, jurisdiction_id: int, *, points: int = 200, seed: int = 0) -> Coverage:
    """Check all of it and return the coverage as stored."""
    session.expire_all()
    now = coverage(session, jurisdiction_id)
    levels_tile(now)
    buildings_have_one_leaf(session, jurisdiction_id, now)
    history_is_sound(session, jurisdiction_id)
    sums_add_up(session, jurisdiction_id)
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
            assert abs(sum(part.area_m2 for part in parts) - row.area_m2) < 1e-6 * row.area_m2 + 0.01, row.name


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
