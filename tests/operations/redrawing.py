"""A planner who draws at random: moves of all kinds, undone, redone and taken back; after each, everything that has to hold, holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.affinity import translate
from sqlalchemy.orm import Session

from geodata.findings import GeodataError
from geodata.measure import area_m2
from geodata.topology import check, neighbours, unite
from gridsvc.database.queries.impact import impact
from gridsvc.database.queries.plans import Planned, PlanRow, moves, plan, planned
from gridsvc.domain.coverage import Coverage, UnitState
from gridsvc.domain.impact import Impact, updated
from gridsvc.domain.permissions import Actor
from gridsvc.errors import GridError
from gridsvc.operations import plans
from gridsvc.operations.plan_asking import make
from gridsvc.operations.plan_moves import Made
from gridsvc.operations.plan_undoing import redo, take_back, undo
from gridsvc.operations.units import import_units
from tests import builders
from tests.grids import draw

State: TypeAlias = dict[int, tuple[object, ...]]
TOP = draw("T T T T T T", "T T T T T T", "T T T T T T", "T T T T T T")["T"]
GRIDS = draw("V V V W W W", "V V V W W W", "V V X X W W", "V V X X W W")
LEAVES = draw("A A B C C D", "A E B C F D", "G G H H C D", "G C H I I D")
"""E is an enclave of A and B, F one of C; C has a part far away."""
KINDS = {"shift": 8, "split": 3, "merge": 2, "transfer": 2, "reparent": 2, "rename": 1, "annex": 1, "retire": 1}
BACK = {"undo": 5, "redo": 3, "take-back": 2}
MOST_LEAVES = 20
"""From so many on units are merged more often than divided: what a step costs stays what it is."""


class Planner:
    """A plan upon a small city, and somebody who changes it at random."""

    def __init__(self, session: Session, actor: Actor, seed: int, *, houses: int = 12) -> None:
        self.session, self.actor, self.random = session, actor, np.random.default_rng(seed)
        here = builders.jurisdiction(session, actor, scheme=builders.CODED)
        for level, grounds in enumerate(({"T": TOP}, GRIDS, LEAVES), start=1):
            rows = [({"name": name, "level": level, "code": "370212" if level == 1 else None}, ground) for name, ground in grounds.items()]
            import_units(session, actor, builders.file(here, rows), keep="parent", accept_loss=True)
        corners = self.random.uniform(0, [0.0057, 0.0037], (houses, 2)) + [120, 30]
        boxes = {f"h{at}": shapely.box(*np.round([x, y, x + 2e-4, y + 2e-4], 8)) for at, (x, y) in enumerate(corners)}
        builders.buildings(session, actor, here, boxes, households=5)
        self.id = plans.begin(session, actor, here, "At random").public_id
        self.states = {0: self.bytes()}
        """What the plan was after each move that was the last to count."""
        self.done: dict[str, int] = {}
        self.impact = impact(session, actor, self.plan)
        """By difference."""

    @property
    def plan(self) -> PlanRow:
        return plan(self.session, self.actor, self.id)

    def at(self) -> Planned:
        return planned(self.session, self.plan)

    def bytes(self, at: Planned | None = None) -> State:
        """Return everything about every unit that is there."""
        at = at or self.at()
        keys = {place: key for key, place in at.places.items()}
        return {
            keys[place]: (unit.ground.wkb, unit.name, unit.code, None if unit.parent is None else keys[unit.parent], unit.level)
            for place, unit in enumerate(at.was)
            if not unit.gone
        }

    def step(self, kind: str | None = None) -> str:
        """Do one thing and hold it to everything; say what came of it."""
        names = [*KINDS, *BACK]
        weight = np.array([*KINDS.values(), *BACK.values()], dtype=float)
        kind = kind or str(self.random.choice(names, p=weight / weight.sum()))
        before = self.plan
        trial = self.session.begin_nested()
        try:
            made = self._do(kind)
        except (GeodataError, GridError) as refusal:
            trial.rollback()
            assert self.bytes() == self.states[before.last], f"{kind} was refused and changed something"
            return f"{kind}: {refusal}"
        trial.commit()
        self.done[kind] = self.done.get(kind, 0) + 1
        now = self.plan
        assert now.version != before.version
        self.holds(now)
        self.impact = updated(self.impact, impact(self.session, self.actor, now, made.keys))
        return kind

    def holds(self, now: PlanRow) -> None:
        """Hold the plan to what has to hold; the state after the same last move is the same to the byte, however it was reached."""
        at = planned(self.session, now)
        holds(at.after)
        state = self.bytes(at)
        assert self.states.setdefault(now.last, state) == state, f"version {now.version} is not what it was"

    def holds_by_difference(self) -> None:
        """Hold the impact that was kept by difference to that of the whole plan."""
        anew = impact(self.session, self.actor, self.plan)
        known, now = amounts(self.impact), amounts(anew)
        off = {ends: (known.get(ends), now.get(ends)) for ends in {*known, *now} if abs(known.get(ends, 0) - now.get(ends, 0)) > 0.05}
        assert not off, f"by difference, anew: {off}"
        assert set(self.impact.pinned) == set(anew.pinned)

    def _do(self, kind: str) -> Made:
        now = self.plan
        if kind == "undo":
            return undo(self.session, self.actor, now)
        if kind == "redo":
            return redo(self.session, self.actor, now)
        if kind == "take-back":
            made = [move.serial for move in moves(self.session, now.id)[-12:] if not move.undone]
            return take_back(self.session, self.actor, now, int(self.random.choice(made)) if made else 1)
        at = planned(self.session, now)
        if kind == "split" and len(at.after.leaves()) > MOST_LEAVES:
            kind = "merge"
        asked: Callable[[Coverage, list[int]], dict[str, Any]] = getattr(self, f"_{kind}")
        return make(self.session, self.actor, now, {"kind": kind, **asked(at.after, at.keys)})

    def _shift(self, after: Coverage, keys: list[int]) -> dict[str, Any]:
        leaves, ground = self._leaves(after)
        one, other = self._pair(ground)
        both = shapely.union(ground[one], ground[other])
        return {"units": [keys[leaves[one]], keys[leaves[other]]], "line": _said(self._line(both, ground)), "pin": "at random"}

    def _split(self, after: Coverage, keys: list[int]) -> dict[str, Any]:
        leaves, ground = self._leaves(after)
        large = np.flatnonzero(shapely.area(ground) > 2e-7)
        index = int(self.random.choice(large))
        return {"unit": keys[leaves[index]], "line": _said(self._line(ground[index], ground)), "pin": "at random"}

    def _merge(self, after: Coverage, keys: list[int]) -> dict[str, Any]:
        leaves, ground = self._leaves(after)
        if len(leaves) > 8 and self.random.random() < 0.8:
            return {"units": [keys[leaves[index]] for index in self._pair(ground)]}
        level = int(self.random.integers(2, 4))
        there = [place for place, unit in enumerate(after.units) if not unit.gone and unit.level == level]
        return {"units": [keys[place] for place in self.random.choice(there, 2)]}

    def _transfer(self, after: Coverage, keys: list[int]) -> dict[str, Any]:
        leaves, ground = self._leaves(after)
        _, taker = self._pair(ground)
        centre = shapely.centroid(ground[taker])
        return {"within": _said(shapely.buffer(centre, self.random.uniform(5e-4, 2e-3), quad_segs=2)), "to": keys[leaves[taker]]}

    def _reparent(self, after: Coverage, keys: list[int]) -> dict[str, Any]:
        lower = [place for place, unit in enumerate(after.units) if not unit.gone and unit.level == 3]
        upper = [place for place, unit in enumerate(after.units) if not unit.gone and unit.level < 3]
        return {"units": [keys[int(self.random.choice(lower))]], "to": keys[int(self.random.choice(upper))]}

    def _rename(self, after: Coverage, keys: list[int]) -> dict[str, Any]:
        there = [place for place, unit in enumerate(after.units) if not unit.gone]
        return {"unit": keys[int(self.random.choice(there))], "name": f"n{self.random.integers(10**6)}"}

    def _annex(self, after: Coverage, keys: list[int]) -> dict[str, Any]:
        leaves, ground = self._leaves(after)
        outer = unite(ground).ground
        index = int(self.random.integers(len(leaves)))
        west, south = shapely.get_coordinates(shapely.boundary(outer))[int(self.random.integers(shapely.get_num_coordinates(outer) - 1))]
        size = self.random.uniform(1e-5, 4e-4, 2)
        return {
            "unit": keys[leaves[index]],
            "ground": _said(shapely.box(*np.round([west - size[0], south - size[1], west + 2e-4, south + 2e-4], 8))),
        }

    def _retire(self, after: Coverage, keys: list[int]) -> dict[str, Any]:
        leaves, ground = self._leaves(after)
        index = int(self.random.integers(len(leaves)))
        _, south, east, north = ground[index].bounds
        return {"unit": keys[leaves[index]], "ground": _said(shapely.box(*np.round([east - 1e-4, south - 1e-4, east + 1e-4, north], 8)))}

    def _leaves(self, after: Coverage) -> tuple[list[int], Any]:
        leaves = after.leaves()
        return leaves, after.ground_of(leaves)

    def _pair(self, ground: Any) -> tuple[int, int]:
        pairs = neighbours(ground).pairs
        one, other = self.random.permutation(pairs[int(self.random.integers(len(pairs)))]).tolist()
        return one, other

    def _line(self, ground: Polygon | MultiPolygon, leaves: Any) -> LineString:
        """Return a line across some ground: straight, bent, through vertices, or all but upon a border that is there."""
        west, south, east, north = ground.bounds
        y = self.random.uniform(south, north, 3)
        line = LineString([(west - 1e-4, y[0]), ((west + east) / 2, y[1]), (east + 1e-4, y[2])])
        if self.random.random() < 0.5:
            x = self.random.uniform(west, east, 3)
            line = LineString([(x[0], south - 1e-4), (x[1], (south + north) / 2), (x[2], north + 1e-4)])
        kind = self.random.random()
        if kind < 0.25:
            corners = shapely.get_coordinates(ground)
            first, last = corners[self.random.integers(len(corners), size=2)]
            line = LineString([first, *line.coords[1:-1], last])
        elif kind < 0.5:
            border = shapely.get_parts(shapely.boundary(leaves[int(self.random.integers(len(leaves)))]))[0]
            points = shapely.get_coordinates(border)[:-1]
            if len(points) > 3:
                line = translate(LineString(points[: max(3, len(points) // 2)]), *self.random.choice([1e-8, -1e-8, 3e-8, 5e-7, -3e-6], 2))
        return LineString(np.round(np.array(line.coords), 8))


def amounts(found: Impact) -> dict[tuple[str, int | None, int | None], float]:
    """Return how much of each kind goes from where to where."""
    return {(flow.kind, flow.source, flow.target): flow.amount for flow in found.flows}


def holds(after: Coverage) -> None:
    """Leaves tile, every level is the union of the one below, to the byte; nothing has a part under 1 m²; no code is there twice."""
    leaves = after.ground_of(after.leaves())
    outer = unite(leaves).ground
    found = [f"{finding} {finding.where}" for finding in check(leaves, outer=outer)]
    assert not found, found
    for parent, below in after.children().items():
        if parent is not None:
            united = unite(after.ground_of(below))
            assert not united.findings
            assert shapely.equals_identical(shapely.normalize(after.units[parent].ground), united.ground), after.units[parent].name
            assert all(after.units[parent].level < after.units[child].level for child in below)
    codes = [unit.code for unit in after.units if unit.code and not unit.gone]
    assert len(codes) == len(set(codes))
    tops = [unit for unit in after.units if unit.parent is None and not unit.gone]
    assert area_m2(after.ground_of(after.leaves())).sum() == sum(area_m2(np.array([unit.ground for unit in tops]))) or _near(leaves, tops)


def _near(leaves: Any, tops: list[UnitState]) -> bool:
    return bool(np.isclose(area_m2(leaves).sum(), sum(float(area_m2(np.array([unit.ground]))[0]) for unit in tops), rtol=1e-9))


def _said(shape: shapely.Geometry) -> Any:
    return shapely.geometry.mapping(shape)
