"""Publishing: one border moved, and units under another parent, with ever more rows whose paths follow; what stands around is placed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.city import City
from bench.contest import Contest
from bench.laid import GROWTH, lay, sizes
from bench.service import installation
from geodata.topology import holders, rearrange
from geodata.topology.grid import Integers
from gridsvc.cli.operator import as_operator
from gridsvc.database.cluster import Private
from gridsvc.database.queries.coverage import coverage
from gridsvc.domain.coverage import Coverage
from gridsvc.operations.assignment import assign
from gridsvc.operations.editions import publish
from gridsvc.operations.jurisdictions import lock_borders
from gridsvc.settings import Settings

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
        cities = sizes(city)
        places = [lay(settings, size, database.url("superuser")) for size in cities]
        with as_operator(settings) as (session, _):
            laid = [_ready(session, place) for place in places]
            names = [f"gridsvc, {growth} x: {each.rows:,} rows" for growth, each in zip(GROWTH, laid, strict=True)]
            yield Contest(
                f"Publish one moved border and place what stands around, up to {len(cities[-1].leaves):,} micro-grids",
                {name: each.moved for name, each in zip(names, laid, strict=True)},
                rounds=3,
            )
            yield Contest(
                "Publish all communities under another street, the paths of all rows following",
                {name: each.reparented for name, each in zip(names, laid, strict=True)},
                rounds=3,
            )
            session.rollback()


def _ready(session: Session, place: int) -> Laid:
    lock_borders(session, place)
    before = coverage(session, place)
    rows = session.execute(text("SELECT count(*) FROM parking_space WHERE jurisdiction_id = :place"), {"place": place}).scalar_one()
    return Laid(session, place, rows, before, _with_border(before), _turned(before))


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
