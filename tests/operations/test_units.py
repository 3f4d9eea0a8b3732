from __future__ import annotations

import shapely
from sqlalchemy.orm import Session

from geodata.topology import check
from gridsvc.database.queries.coverage import coverage
from gridsvc.domain.permissions import Actor
from tests import builders
from tests.grids import draw


def test_children_take_their_ground_and_the_rest_remains(session: Session, operator: Actor) -> None:
    here = builders.jurisdiction(session, operator)
    whole = shapely.union_all(list(draw("A A", "A A").values()))
    builders.units(session, operator, here, {"top": whole}, level=1)
    proposal = builders.units(session, operator, here, {"B": draw("B .", ". .")["B"]}, level=2)
    now = coverage(session, here)
    assert proposal.counts == {"new": 1}
    assert sorted((now.units[leaf].kind, round(shapely.area(now.units[leaf].ground) * 1e6, 6)) for leaf in now.leaves()) == [
        ("remainder", 3.0),
        ("unit", 1.0),
    ]
    assert not check(now.ground_of(now.leaves()))
