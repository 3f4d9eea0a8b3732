"""Units of one name and without codes stay apart when they are brought in again."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.permissions import Actor
from gridsvc.operations.units import import_units
from tests import builders
from tests.grids import draw
from tests.scenarios.holding import everything_holds


def test_one_of_two_namesakes_is_redrawn(session: Session, operator: Actor) -> None:
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, {"top": draw("T T T T")["T"]}, level=1)

    def bring(*pictures: str) -> dict[str, int]:
        rows = [({"name": "苑", "level": 2}, draw(picture)["X"]) for picture in pictures]
        return import_units(session, operator, builders.file(here, rows), keep="parent").counts

    bring("X . . .", ". . . X")
    kept = "SELECT unit_id FROM unit_version WHERE name = '苑' AND upper_inf(valid) ORDER BY unit_id"
    before = session.scalars(text(kept)).all()
    assert bring("X . . .", ". . X X") == {"unchanged": 1, "changed": 1}
    assert bring("X X . .", ". . X X") == {"unchanged": 1, "changed": 1}
    assert session.scalars(text(kept)).all() == before
    wests = session.scalars(text(kept.replace("unit_id FROM", "round(ST_XMin(geom)::numeric, 3) FROM"))).all()
    assert [float(west) for west in wests] == [120.0, 120.002]
    everything_holds(session, here)
