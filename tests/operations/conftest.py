"""What several tests of operations ask for."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from gridsvc.domain.permissions import Actor
from tests.operations import four_grids
from tests.operations.desk import Desk


@pytest.fixture
def place(session: Session, operator: Actor) -> int:
    """Lay a city of four grids with two houses."""
    return four_grids.lay(session, operator)


@pytest.fixture
def desk(session: Session, operator: Actor) -> Desk:
    return Desk(session, operator)
