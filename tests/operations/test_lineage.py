from __future__ import annotations

import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsvc.database.tables import Lineage, UnitVersion
from gridsvc.domain.permissions import Actor
from tests import builders
from tests.grids import CELL_DEG, SOUTH, WEST, draw


def cell(east: int) -> shapely.Polygon:
    west = WEST + (east + 0.3) * CELL_DEG
    return shapely.box(west, SOUTH + 0.3 * CELL_DEG, west + 0.3 * CELL_DEG, SOUTH + 0.6 * CELL_DEG)


def test_a_new_unit_takes_its_share_of_ground_and_households(session: Session, operator: Actor) -> None:
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, draw("A A A"), level=1)
    builders.buildings(session, operator, here, {"1": cell(0), "2": cell(1), "3": cell(2)}, households={"1": 10, "2": 20, "3": 70})
    builders.units(session, operator, here, {"new": draw(". . B")["B"]}, level=2)
    taken = session.execute(
        select(Lineage.area_share, Lineage.household_share)
        .join(UnitVersion, UnitVersion.unit_id == Lineage.to_unit_id)
        .where(UnitVersion.name == "new")
    ).one()
    assert taken.household_share == pytest.approx(0.7)
    assert taken.area_share == pytest.approx(1 / 3, rel=1e-4)
