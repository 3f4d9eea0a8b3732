"""One drawn place that all questions are asked about."""

from __future__ import annotations

from datetime import timedelta

import pytest
import shapely
from sqlalchemy.orm import Session

from gridsvc.database.freshness import raise_generation
from gridsvc.database.queries.jurisdictions import JurisdictionRow, jurisdiction
from gridsvc.domain.permissions import Actor
from gridsvc.operations.compounds import import_compounds
from tests import builders
from tests.builders import FIRST_DAY
from tests.grids import CELL_DEG, SOUTH, WEST, draw

LATER = FIRST_DAY + timedelta(days=30)
BEFORE = FIRST_DAY - timedelta(days=1)


def house(west: float, east: float, south: float = 0.4) -> shapely.Polygon:
    """Return a footprint from west to east, in cells of the drawing."""
    return shapely.box(WEST + west * CELL_DEG, SOUTH + south * CELL_DEG, WEST + east * CELL_DEG, SOUTH + (south + 0.2) * CELL_DEG)


@pytest.fixture
def place(session: Session, operator: Actor) -> JurisdictionRow:
    """Return a jurisdiction with grids A and B and what remains, four buildings and two compounds; B came a month later.

    10号楼 stands in B and is cut by A's border, far stands outside; 2号楼 and 10号楼 have 60 and 7 households.
    """
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, {"here": draw("T T T T")["T"]}, level=1)
    builders.units(session, operator, here, draw("A A . ."), level=2)
    houses = {"2号楼": house(0.2, 0.4), "10号楼": house(1.7, 2.5), "100%_": house(0.5, 0.7), "far": house(9, 9.2)}
    builders.buildings(session, operator, here, houses, households={"2号楼": 60, "10号楼": 7, "100%_": None, "far": None}, use="住宅")
    compounds = [({"name": "东风里"}, draw("C . . .")["C"]), ({"name": None}, draw(". . D .")["D"])]
    import_compounds(session, operator, builders.file(here, compounds))
    builders.units(session, operator, here, draw(". . B ."), level=2, effective_at=LATER)
    raise_generation()
    found = jurisdiction(session, "here")
    assert found is not None
    return found
