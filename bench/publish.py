"""Publishing: one border moved, and units under another parent, with ever more rows whose paths follow; what stands around is placed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import psycopg
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.city import City
from bench.contest import Contest
from bench.service import SCHEME, installation
from geodata.topology import holders, rearrange, unite
from geodata.topology.grid import Integers
from gridsvc.cli.operator import as_operator
from gridsvc.database.cluster import Private
from gridsvc.database.queries.coverage import coverage
from gridsvc.database.queries.plans import PlanRow, planned
from gridsvc.database.tables import Jurisdiction
from gridsvc.domain.coverage import Coverage, UnitState
from gridsvc.operations import plan_asking
from gridsvc.operations.assignment import assign
from gridsvc.operations.editions import publish
from gridsvc.operations.jurisdictions import add_jurisdiction, lock_borders
from gridsvc.operations.plan_asking import Asked
from gridsvc.operations.plans import begin
from gridsvc.settings import Settings

GROWTH = (1, 4, 16)
ROWS_PER_LEAF = 5
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
GROUPS = ((2, 1), (4, 4), (10, 10))
"""Into how many parts the city is divided across and up at each level below the district."""
LAY = f"""
SET session_replication_role = replica;
INSERT INTO parking_space (jurisdiction_id, source, source_ref, paths)
  SELECT v.jurisdiction_id, 'bench', v.unit_id || '-' || n, ARRAY[v.path] FROM unit_version v, generate_series(1, {ROWS_PER_LEAF}) n
  WHERE v.leaf AND v.jurisdiction_id = %(place)s;
INSERT INTO parking_space_version (parking_space_id, valid, source_digest, kind, geom)
  SELECT s.id, tstzrange('2026-01-01', NULL), '', 'shared',
    ST_Translate(ST_Centroid(v.geom), split_part(s.source_ref, '-', 2)::int * 0.00005, 0)
  FROM parking_space s JOIN unit_version v ON v.unit_id = split_part(s.source_ref, '-', 1)::bigint WHERE s.jurisdiction_id = %(place)s;
INSERT INTO parking_space_place (parking_space_id, unit_id, valid, share, pinned)
  SELECT s.id, split_part(s.source_ref, '-', 1)::bigint, tstzrange('2026-01-01', NULL), 1, false
  FROM parking_space s WHERE s.jurisdiction_id = %(place)s;
SET session_replication_role = origin
"""
FOLLOWED = """
SELECT count(*) FILTER (WHERE s.paths = ARRAY[v.path]) = count(*) FROM parking_space s
JOIN parking_space_place p ON p.parking_space_id = s.id AND upper_inf(p.valid)
JOIN unit_version v ON v.unit_id = p.unit_id AND upper_inf(v.valid) WHERE s.jurisdiction_id = :place
"""


@dataclass(frozen=True)
class Laid:
    """A city in the database, and two ways to change it."""

    session: Session
    place: int
    rows: int
    before: Coverage
    border: Coverage
    turned: Coverage
    plan: PlanRow
    shift: Asked

    def drawn(self) -> bool:
        """Make a planner's move and say whether it changed units; undone again."""
        with self.session.begin_nested() as undone:
            made = plan_asking.make(self.session, self.session.info["actor"], self.plan, self.shift)
            undone.rollback()
        return bool(made.keys)

    def moved(self) -> bool:
        """Publish the moved border and place what stands there; undone again."""
        with self.session.begin_nested() as undone:
            edition = publish(self.session, self.place, self.before, self.border, effective_at=datetime.now(UTC), reason="border")
            assign(self.session, self.place, datetime.now(UTC), around=edition.around)
            undone.rollback()
        return True

    def reparented(self) -> bool:
        """Publish communities under another street each, and say whether every row followed; undone again."""
        with self.session.begin_nested() as undone:
            publish(self.session, self.place, self.before, self.turned, effective_at=datetime.now(UTC), reason="parents")
            followed = bool(self.session.scalar(text(FOLLOWED), {"place": self.place}))
            undone.rollback()
        return followed


def contests(city: City) -> Iterator[Contest]:
    """Yield both, each at three sizes: the ratios are the growth."""
    with installation() as (folder, environment), Private(folder / "data") as database:
        settings = Settings.from_environment(environment)
        sizes = [City(round(city.columns * (part / GROWTH[-1]) ** 0.5), round(city.rows * (part / GROWTH[-1]) ** 0.5)) for part in GROWTH]
        places = [_laid(settings, size, database.url("superuser")) for size in sizes]
        with as_operator(settings) as (session, _):
            laid = [_ready(session, place) for place in places]
            names = [f"gridsvc, {growth} x: {each.rows:,} rows" for growth, each in zip(GROWTH, laid, strict=True)]
            yield Contest(
                f"A planner's move of a border, found, checked and kept, up to {len(sizes[-1].leaves):,} micro-grids",
                {name: each.drawn for name, each in zip(names, laid, strict=True)},
            )
            yield Contest(
                f"Publish one moved border and place what stands around, up to {len(sizes[-1].leaves):,} micro-grids",
                {name: each.moved for name, each in zip(names, laid, strict=True)},
                rounds=3,
            )
            yield Contest(
                "Publish all communities under another street, the paths of all rows following",
                {name: each.reparented for name, each in zip(names, laid, strict=True)},
                rounds=3,
            )
            session.rollback()


def _laid(settings: Settings, city: City, owner: str) -> int:
    """Bring units and rows in; return the jurisdiction."""
    with as_operator(settings) as (session, operator):
        new = Jurisdiction(slug=f"bench-{city.columns}", name="Bench", synthetic=True)
        place = add_jurisdiction(session, operator, new, scheme_key=SCHEME).id
        lock_borders(session, place)
        publish(session, place, Coverage([]), Coverage(_tree(city)), effective_at=SINCE, reason="bench")
    with psycopg.connect(owner, autocommit=True) as connection:
        for statement in LAY.split(";"):
            connection.execute(statement.encode(), {"place": place} if "%(" in statement else None)
        connection.execute("ANALYZE")
    return place


def _tree(city: City) -> list[UnitState]:
    units = [UnitState(1, "district", ground=unite(city.leaves).ground)]
    above = np.zeros(len(city.leaves), dtype=np.int64)
    for level, (across, up) in enumerate(GROUPS, 2):
        column, row = np.meshgrid(np.arange(city.columns) * across // city.columns, np.arange(city.rows) * up // city.rows)
        _, first, number = np.unique((row * across + column).ravel(), return_index=True, return_inverse=True)
        parents, begin = above[first], len(units)
        units += [
            UnitState(level, f"{level}-{at}", parent=int(parent), ground=unite(city.leaves[number == at]).ground)
            for at, parent in enumerate(parents)
        ]
        above = begin + number
    return units + [UnitState(5, f"5-{at}", parent=int(above[at]), ground=leaf) for at, leaf in enumerate(city.leaves)]


def _ready(session: Session, place: int) -> Laid:
    lock_borders(session, place)
    before = coverage(session, place)
    rows = session.execute(text("SELECT count(*) FROM parking_space WHERE jurisdiction_id = :place"), {"place": place}).scalar_one()
    plan = begin(session, session.info["actor"], place, "bench")
    return Laid(session, place, rows, before, _with_border(before), _turned(before), plan, _shift(session, plan))


def _shift(session: Session, plan: PlanRow) -> Asked:
    """Ask for the border of two leaves in the middle to run through the eastern one."""
    at = planned(session, plan)
    leaves = [place for place, unit in enumerate(at.was) if unit.level == 5]
    middle = leaves[len(leaves) // 2 + round((len(leaves) / 2) ** 0.5)]  # half a row on: no edge of the city
    west, east = at.was[middle], at.was[middle + 1]
    left, south, right, north = shapely.union(west.ground, east.ground).bounds
    through = left + 0.6 * (right - left)
    line = shapely.LineString([(through, south - 1e-4), (through, north + 1e-4)])
    return {"kind": "shift", "units": [at.keys[middle], at.keys[middle + 1]], "line": line.__geo_interface__}


def _with_border(before: Coverage) -> Coverage:
    """Give the upper half of a leaf in the middle to a neighbour."""
    after = Coverage(before.units)
    leaves = after.leaves()
    ground = after.ground_of(leaves)
    giver = ground[len(leaves) // 2]
    near = np.flatnonzero(shapely.intersects(ground, giver))
    about, places = ground[near], [leaves[index] for index in near.tolist()]
    from_ = int(np.flatnonzero(near == len(leaves) // 2)[0])
    to = int(np.argmax(np.where(near == near[from_], 0, shapely.length(shapely.intersection(about, giver)))))
    west, south, east, north = giver.bounds
    middle = (south + north) / 2
    line = shapely.intersection(shapely.LineString([(west, middle), (east, middle)]), giver)

    def owner(points: np.ndarray, _: object) -> Integers:
        held = holders(about, points)
        return np.where((held == from_) & (shapely.get_y(points) > middle), to, held)

    after.rearranged(places, rearrange(about, np.array([line]), owner))
    after.unite_ancestors()
    return after


def _turned(before: Coverage) -> Coverage:
    """Let the two streets change their communities."""
    after = Coverage(before.units)
    one, other = (at for at, unit in enumerate(before.units) if unit.level == 2)
    for at, unit in enumerate(before.units):
        if unit.level == 3:
            after.describe(at, parent=other if unit.parent == one else one)
    after.unite_ancestors()
    return after
