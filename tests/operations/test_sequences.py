"""Random sequences of imports and border changes: after each, everything that has to hold, holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import LineString, Polygon
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.findings import GeodataError
from geodata.topology import Geometries, Rearranged, merge, neighbours, shift, split, transfer
from gridsvc.database.queries.coverage import coverage
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.database.tables import Edition, UnitCode
from gridsvc.domain.coverage import REMAINDER, Coverage, UnitState
from gridsvc.domain.numbering import number
from gridsvc.domain.permissions import Actor
from gridsvc.errors import GridError, Invalid
from gridsvc.operations.assignment import assign
from gridsvc.operations.editions import publish
from gridsvc.operations.jurisdictions import lock_borders
from gridsvc.operations.units import import_units
from tests import builders
from tests.scenarios.holding import everything_holds

WEST, SOUTH, SIZE_DEG = 120.0, 30.0, 0.02


class City:
    """A jurisdiction and somebody who changes it at random."""

    def __init__(self, session: Session, actor: Actor, seed: int) -> None:
        self.session, self.actor, self.random = session, actor, np.random.default_rng(seed)
        self.id = builders.jurisdiction(session, actor, scheme=builders.CODED)
        self.day, self.serial = builders.FIRST_DAY, 0
        ground = shapely.box(WEST, SOUTH, WEST + SIZE_DEG, SOUTH + SIZE_DEG)
        self._import([({"name": "top", "code": "370212", "level": 1}, ground)])
        self.buildings()
        self._import([({"name": self._name(), "level": 2}, self._blob()) for _ in range(6)])

    def step(self) -> str:
        """Do one thing and say what came of it; what is refused leaves no edition."""
        deed: Callable[[], object] = self.random.choice(
            [self.lay, self.lay, self.redraw, self.rename, self.shift, self.shift, self.split, self.merge, self.transfer, self.buildings]
        )
        self.day += timedelta(days=int(self.random.integers(0, 2)))
        editions = self._editions()
        savepoint = self.session.begin_nested()
        try:
            deed()
        except (GeodataError, GridError) as refusal:
            savepoint.rollback()
            assert self._editions() == editions
            return f"{deed.__name__}: {refusal}"
        savepoint.commit()
        return deed.__name__

    def lay(self) -> None:
        """Import new units of one level, drawn without care."""
        level = int(self.random.integers(2, 4))
        self._import([({"name": self._name(), "level": level}, self._blob()) for _ in range(int(self.random.integers(1, 4)))])

    def redraw(self) -> None:
        """Import a known unit with another polygon."""
        unit = self._any()
        moved = shapely.transform(unit.ground, lambda points: np.round(points + self.random.normal(0, 2e-4, 2), 8))
        self._import([({"name": unit.name, "code": unit.code, "level": unit.level}, moved)])

    def rename(self) -> None:
        """Import a known unit under another name."""
        unit = self._any()
        self._import([({"name": self._name(), "code": unit.code, "level": unit.level}, unit.ground)])

    def buildings(self) -> None:
        """Import houses, some astride of borders and some outside."""
        corners = np.round(self.random.uniform(-0.001, SIZE_DEG, (15, 2)) + [WEST, SOUTH], 8)
        names = [self._name() for _ in corners]
        houses = {name: shapely.box(x, y, x + 2e-4, y + 2e-4) for name, (x, y) in zip(names, corners.tolist(), strict=True)}
        rows = [({"id": name, "name": name, "households": 7}, shape) for name, shape in houses.items()]
        builders.import_buildings(self.session, self.actor, builders.file(self.id, rows, effective_at=self.day))

    def shift(self) -> None:
        """Move the border between two neighbours."""

        def move(leaves: Geometries) -> Rearranged:
            pairs = neighbours(leaves).pairs
            a, b = self._one_of(pairs)
            return shift(leaves, a, b, self._line(shapely.union(leaves[a], leaves[b])))

        self._publish(move)

    def split(self) -> None:
        """Divide a unit."""

        def move(leaves: Geometries) -> Rearranged:
            index = self._one_of(np.array(self._units_among(len(leaves))))
            return split(leaves, index, self._line(leaves[index]))

        self._publish(move)

    def merge(self) -> None:
        """Unite two units."""

        def move(leaves: Geometries) -> Rearranged:
            pairs = neighbours(leaves).pairs
            real = self._units_among(len(leaves))
            return merge(leaves, self._one_of(pairs[np.isin(pairs, real).all(axis=1)]))

        self._publish(move)

    def transfer(self) -> None:
        """Give a corner of a unit to its neighbour."""

        def move(leaves: Geometries) -> Rearranged:
            giver, taker = self.random.permutation(self._one_of(neighbours(leaves).pairs)).tolist()
            return transfer(leaves, shapely.buffer(shapely.point_on_surface(leaves[taker]), 2e-3, quad_segs=2), giver, taker)

        self._publish(move)

    def _publish(self, move: Callable[[Geometries], Rearranged]) -> None:
        lock_borders(self.session, self.id)
        before = coverage(self.session, self.id)
        self.after = after = Coverage(before.units)
        leaves = after.leaves()
        change = move(after.ground_of(leaves))
        new = [index for index in change.geometries if index >= len(leaves)]
        giver = next((source for source, target in change.moved_m2 if target in new), 0)
        made = [after.add(UnitState(after.units[leaves[giver]].level, self._name(), parent=after.units[leaves[giver]].parent)) for _ in new]
        after.rearranged([*leaves, *made], change)
        after.unite_ancestors()
        codes = set(self.session.scalars(select(UnitCode.code).where(UnitCode.jurisdiction_id == self.id)))
        number(after, scheme_of(self.session, self.id), codes)
        edition = publish(self.session, self.id, before, after.pruned(), effective_at=self.day, reason="moved")
        assign(self.session, self.id, self.day, around=edition.around)

    def _import(self, rows: list[tuple[dict[str, object], shapely.Geometry]]) -> None:
        keep = self.random.choice(["parent", "child"]) if rows[0][0]["level"] != 1 else None
        file = builders.file(self.id, rows, effective_at=self.day, skip_refused=True)
        import_units(self.session, self.actor, file, keep=keep, accept_loss=True)

    def _one_of(self, several: np.ndarray) -> Any:
        if not len(several):
            raise Invalid("There is nothing to change.")
        return self.random.choice(several).tolist()

    def _units_among(self, count: int) -> list[int]:
        return [index for index, place in zip(range(count), self.after.leaves(), strict=True) if self.after.units[place].kind != REMAINDER]

    def _any(self) -> UnitState:
        units = [unit for unit in coverage(self.session, self.id).units if unit.kind != REMAINDER and unit.level > 1]
        return units[int(self.random.integers(len(units)))] if units else coverage(self.session, self.id).units[0]

    def _editions(self) -> int:
        return self.session.scalar(select(func.count()).where(Edition.jurisdiction_id == self.id)) or 0

    def _name(self) -> str:
        self.serial += 1
        return f"n{self.serial}"

    def _blob(self) -> Polygon:
        centre = self.random.uniform(0, SIZE_DEG, 2) + [WEST, SOUTH]
        angles = np.sort(self.random.uniform(0, 2 * np.pi, 9))
        spokes = np.stack([np.cos(angles), np.sin(angles)], axis=1) * self.random.uniform(0.001, 0.004, (9, 1))
        return Polygon(np.round(centre + spokes, 8))

    def _line(self, ground: shapely.Geometry) -> LineString:
        west, south, east, north = ground.bounds
        ends = np.array([[west - 1e-4, self.random.uniform(south, north)], [east + 1e-4, self.random.uniform(south, north)]])
        middle = ends.mean(axis=0) + self.random.normal(0, 3e-4, 2)
        line = np.array([ends[0], middle, ends[1]])
        if self.random.random() < 0.5:
            line = np.array([[self.random.uniform(west, east), south - 1e-4], middle, [self.random.uniform(west, east), north + 1e-4]])
        return LineString(np.round(line, 8))


@pytest.mark.parametrize("seed", range(6))
def test_after_every_step_everything_holds(session: Session, operator: Actor, seed: int) -> None:
    city = City(session, operator, seed)
    everything_holds(session, city.id)
    for step in range(12):
        done = city.step()
        try:
            everything_holds(session, city.id, points=60, seed=step)
        except AssertionError as broken:
            broken.add_note(f"seed {seed}, step {step}: {done}")
            raise
