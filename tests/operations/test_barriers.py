from __future__ import annotations

from shapely import LineString
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.permissions import Actor
from gridsvc.operations.barriers import import_barriers
from tests import builders
from tests.grids import draw


def test_lines_and_areas_come_in_with_their_sort(session: Session, operator: Actor) -> None:
    here = builders.jurisdiction(session, operator)
    rows = [
        ({"id": "1", "name": "洛河", "waterway": "river"}, draw("R R")["R"]),
        ({"id": "2", "name": "陇海线", "railway": "rail"}, LineString([(120, 30), (120.1, 30)])),
    ]
    import_barriers(session, operator, builders.file(here, rows[:1]))
    import_barriers(session, operator, builders.file(here, rows[1:]))
    found = session.execute(text('SELECT name, kind, ST_GeometryType(geom) FROM barrier_version ORDER BY name COLLATE "C"')).all()
    assert found == [("洛河", "river", "ST_MultiPolygon"), ("陇海线", "railway", "ST_MultiLineString")]


def test_the_same_file_changes_nothing_the_second_time(session: Session, operator: Actor) -> None:
    here = builders.jurisdiction(session, operator)
    file = builders.file(here, [({"id": "1"}, draw("R R")["R"])])
    import_barriers(session, operator, file)
    assert import_barriers(session, operator, file).counts == {"unchanged": 1}
