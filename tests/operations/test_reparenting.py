"""A unit that comes under another parent keeps its ground and its identity."""

from __future__ import annotations

from datetime import timedelta

import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gridsvc.database.queries.coverage import coverage
from gridsvc.database.tables import UnitVersion
from gridsvc.domain.coverage import Coverage, UnitState
from gridsvc.domain.permissions import Actor
from gridsvc.operations.units import import_units
from tests import builders
from tests.grids import draw

GRIDS = draw("A B C", "A B C")


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    """Give a jurisdiction with the parents west (A, B) and east (C)."""
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, {"west": shapely.union(GRIDS["A"], GRIDS["B"]), "east": GRIDS["C"]}, level=2)
    builders.units(session, operator, here, {name: GRIDS[name] for name in "AB"}, level=3)
    return here


def move_to_the_east(session: Session, operator: Actor, here: int, *names: str) -> None:
    rows = [({"name": name, "level": 3, "parent": "east"}, GRIDS[name]) for name in names]
    import_units(session, operator, builders.file(here, rows, effective_at=builders.FIRST_DAY + timedelta(days=9)))


def called(now: Coverage, name: str) -> UnitState:
    return next(unit for unit in now.units if unit.name == name and unit.kind != "remainder")


def test_a_unit_under_another_parent_keeps_identity_and_ground(session: Session, operator: Actor, here: int) -> None:
    before = called(coverage(session, here), "B")
    move_to_the_east(session, operator, here, "B")
    after = called(coverage(session, here), "B")
    assert (after.unit_id, after.ground) == (before.unit_id, before.ground)


def test_both_parents_are_the_union_of_their_children(session: Session, operator: Actor, here: int) -> None:
    move_to_the_east(session, operator, here, "B")
    now = coverage(session, here)
    assert called(now, "west").ground.equals(GRIDS["A"])
    assert called(now, "east").ground.equals(shapely.union(GRIDS["B"], GRIDS["C"]))


def test_the_path_says_where_it_stands_now(session: Session, operator: Actor, here: int) -> None:
    move_to_the_east(session, operator, here, "B")
    paths = dict(
        session.execute(
            select(UnitVersion.name, UnitVersion.path).where(func.upper_inf(UnitVersion.valid), UnitVersion.kind == "unit")
        ).all()
    )  # type: ignore[arg-type]  # rows of two
    assert paths["B"].startswith(paths["east"] + ".")


def test_a_parent_that_loses_all_children_is_no_more(session: Session, operator: Actor, here: int) -> None:
    move_to_the_east(session, operator, here, "A", "B")
    assert not any(unit.name == "west" for unit in coverage(session, here).units)


def test_another_name_alone_moves_no_ground(session: Session, operator: Actor, here: int) -> None:
    rows = [({"name": "A", "level": 3, "kind": "专属网格"}, GRIDS["A"])]
    proposal = import_units(session, operator, builders.file(here, rows, effective_at=builders.FIRST_DAY + timedelta(days=9)))
    assert proposal.counts == {"changed": 1}
    assert called(coverage(session, here), "A").kind == "exclusive"
