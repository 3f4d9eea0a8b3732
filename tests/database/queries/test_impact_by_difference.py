"""The impact of the units that a move changed, put into that of before, is the impact of the whole plan."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import numpy as np
import pytest
from shapely import box
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.findings import GeodataError
from geodata.measure import area_m2
from geodata.topology.grid import as_array
from gridsvc.database.queries.impact import impact
from gridsvc.database.queries.plans import PlanRow, plan, planned
from gridsvc.domain.impact import Impact, updated
from gridsvc.domain.permissions import Actor
from gridsvc.errors import GridError
from gridsvc.operations import plans
from gridsvc.operations.plan_asking import make
from gridsvc.operations.plan_moves import Made
from gridsvc.operations.plan_undoing import undo
from tests import redrawn
from tests.operations.desk import MICROS, Desk, line

MOVES = 14


class Redrawing:
    """A planner who moves things at random."""

    def __init__(self, session: Session, actor: Actor, seed: int) -> None:
        self.session, self.actor, self.random = session, actor, np.random.default_rng(seed)
        self.place = redrawn.lay(session, actor)
        self.id = plans.begin(session, actor, self.place, "moves").public_id

    @property
    def plan(self) -> PlanRow:
        return plan(self.session, self.actor, self.id)

    def move(self) -> Made | None:
        """Make a move or undo one; None where what was tried is refused."""
        if self.random.random() < 0.2 and self.plan.moves:
            return undo(self.session, self.actor, self.plan)
        try:
            return make(self.session, self.actor, self.plan, self._asked())
        except (GridError, GeodataError):
            return None

    def _asked(self) -> Mapping[str, object]:
        at = planned(self.session, self.plan)
        leaves = [at.keys[place] for place in at.after.leaves()]
        inner = [key for key, unit in zip(at.keys, at.was, strict=True) if not unit.gone and key not in leaves and unit.level == 2]
        one, other = (int(key) for key in self.random.choice(leaves, 2, replace=False))
        match self.random.integers(5):
            case 0:
                return {"kind": "merge", "units": [one, other]}
            case 1:
                return {"kind": "reparent", "units": [one], "to": int(self.random.choice(inner))}
            case 2:
                return {"kind": "split", "unit": one, "parts": 2}
            case _:
                house = redrawn.number(self.session, self.place, f"{self.random.integers(1, 11)}号楼")
                return {"kind": "transfer", "buildings": [str(self._public(house))], "to": other, "apart": True}

    def _public(self, building: int) -> UUID:
        found: UUID = self.session.scalars(text("SELECT public_id FROM building WHERE id = :id"), {"id": building}).one()
        return found


def amounts(found: Impact) -> dict[tuple[str, int | None, int | None], float]:
    return {(flow.kind, flow.source, flow.target): flow.amount for flow in found.flows}


def test_by_difference_is_as_anew(session: Session, operator: Actor) -> None:
    planner = Redrawing(session, operator, 2)
    known, made = impact(session, operator, planner.plan), 0
    for _ in range(MOVES):
        if (move := planner.move()) is not None:
            made += 1
            known = updated(known, impact(session, operator, planner.plan, move.keys))
            anew = impact(session, operator, planner.plan)
            assert amounts(known) == pytest.approx(amounts(anew), abs=0.05)
            assert set(known.pinned) == set(anew.pinned)
    assert made > MOVES // 3


def test_ground_that_another_unit_gives_up_is_told_of_as_gone_from_who_has_it_today(session: Session, operator: Actor) -> None:
    desk = Desk(session, operator)
    c, d = desk.key("C"), desk.key("D")
    desk.make("shift", units=["C", "D"], line=line((2.5, -0.1), (2.5, 2.1)))
    known = impact(session, operator, desk.plan)
    keys = desk.make("retire", unit="D", ground=box(120.0026, 30.0015, 120.003, 30.0021))
    anew = amounts(impact(session, operator, desk.plan))
    assert amounts(updated(known, impact(session, operator, desk.plan, keys))) == pytest.approx(anew, abs=0.05)
    gone_m2 = area_m2(as_array([box(120.0026, 30.0015, 120.003, 30.002)]))[0]
    assert anew["ground_m2", c, None] == pytest.approx(gone_m2, abs=0.1)
    assert anew["ground_m2", c, d] + gone_m2 + anew["ground_m2", c, c] == pytest.approx(area_m2(as_array([MICROS["C"]]))[0], abs=0.1)
