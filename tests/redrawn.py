"""The neighbourhood with things in its grids, and plans upon it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import shapely
from shapely import Geometry, LineString, Point, Polygon, box
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from gridsvc.database.queries.accounts import actor_named
from gridsvc.database.queries.plans import PlanRow, plan
from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import Actor
from gridsvc.domain.plans import PlanUnit
from gridsvc.operations import plans
from gridsvc.operations.imports import IMPORTERS
from tests import builders, neighbourhood
from tests.grids import CELL_DEG, SOUTH, WEST

COMMUNITY = "东湖社区"


@contextmanager
def opened(engine: Engine) -> Iterator[Session]:
    """Give a session of the operator for tests that only look, or undo what they do; in the end nothing is left."""
    with engine.connect() as connection, connection.begin() as outer:
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            set_actor(session, actor_named(session, "operator"))
            yield session
        outer.rollback()


def lay(session: Session, operator: Actor) -> int:
    """Lay the neighbourhood with a station in 3号楼, parking lots and spaces, gates on and beside a border, a fire lane through all."""
    place = neighbourhood.lay(session, operator)
    things: dict[str, list[tuple[Mapping[str, Any], Geometry | None]]] = {
        "stations": [
            ({"id": "s", "name": "服务站", "kind": "党群服务站"}, spot(2.5, 0.4)),
            ({"id": "t", "name": "驿站", "kind": "暖心驿站"}, spot(1.2, 0.2)),
        ],
        "gates": [({"id": "g", "name": "东门"}, spot(1.0, 0.1)), ({"id": "h", "name": "西门"}, spot(1.6, 1.9))],
        "parking_lots": [({"id": "l", "name": "停车场", "capacity": 9}, cells(1.1, 0.6, 1.9, 0.9))],
        "parking_spaces": [({"id": str(at), "number": str(at)}, cells(1.1 + at / 10, 0.6, 1.15 + at / 10, 0.7)) for at in range(6)],
        "fire_lanes": [({"id": "f", "name": "消防通道", "width": 4}, LineString([spot(0.1, 0.15), spot(4.9, 0.15)]))],
    }
    for noun, rows in things.items():
        IMPORTERS[noun](session, operator, builders.file(place, rows))
    return place


def spot(right: float, up: float) -> Point:
    """Return a point, in cells of the drawing."""
    return Point(round(WEST + right * CELL_DEG, 8), round(SOUTH + up * CELL_DEG, 8))


def cells(west: float, south: float, east: float, north: float) -> Polygon:
    """Return the ground between columns and rows of the drawing, counted from its south-western corner."""
    one, other = spot(west, south), spot(east, north)
    return box(one.x, one.y, other.x, other.y)


def union(one: Polygon, other: Polygon) -> Polygon:
    whole = shapely.union(one, other)
    assert isinstance(whole, Polygon)
    return whole


def two_of_three(session: Session, operator: Actor, place: int) -> PlanRow:
    """Begin a plan in which the middle grid of three goes to its neighbours: its south to the first, its north to the third one."""
    grounds = {
        "东湖一网格": union(cells(0, 0, 1, 2), cells(1, 0, 2, 0.7)),
        "东湖三网格": union(cells(2, 0, 3, 2), cells(1, 0.7, 2, 2)),
    }
    houses = {"东湖一网格": (1, 2, 5), "东湖三网格": (3, 4, 6)}
    units = [
        PlanUnit(name, 3, name, ground=ground, buildings=tuple(number(session, place, f"{house}号楼") for house in houses[name]))
        for name, ground in grounds.items()
    ]
    begun = plans.begin(session, operator, place, "三网格并为两网格")
    plans.add_tree(session, operator, begun, number(session, place, COMMUNITY), units)
    return plan(session, operator, begun.public_id)


def number(session: Session, place: int, name: str) -> int:
    """Return the id of a unit or building by its name."""
    return neighbourhood.number_of(neighbourhood.path_of(session, place, name))


def stands(session: Session, place: int) -> dict[tuple[str, int], float]:
    """Return how much of each kind stands in each leaf today, as the tables have it, by kind and unit."""
    rows = session.execute(text(_STANDS), {"place": place})
    return {(row.kind, row.unit_id): float(row.amount) for row in rows}


_PLACED = "JOIN building_place p ON p.building_id = {id} AND upper_inf(p.valid)"
_COUNTS = f"FROM building_households h {_PLACED.format(id='h.building_id')} WHERE upper_inf(h.valid)"
_DWELLINGS = f"""FROM household h JOIN household_version v ON v.household_id = h.id
    {_PLACED.format(id="h.building_id")} WHERE upper_inf(v.valid)"""
_COUNTED = {
    "ground_m2": "SELECT v.unit_id, v.area_m2 AS amount FROM unit_version v WHERE upper_inf(v.valid) AND v.leaf",
    "buildings": "SELECT p.unit_id, 1 AS amount FROM building_place p WHERE upper_inf(p.valid)",
    "households": f"SELECT p.unit_id, h.households AS amount {_COUNTS}",
    "shops": f"SELECT p.unit_id, h.shops AS amount {_COUNTS}",
    "let": f"SELECT p.unit_id, 1 AS amount {_DWELLINGS} AND v.use = 'let'",
    "care": f"SELECT p.unit_id, 1 AS amount {_DWELLINGS} AND v.care <> '{{}}'",
    "members": f"""SELECT p.unit_id, 1 AS amount FROM member m JOIN person_version v ON v.person_id = m.person_id
        {_PLACED.format(id="v.home_building_id")} WHERE upper_inf(v.valid) AND upper_inf(m.valid)""",
    "contracts": f"""SELECT p.unit_id, 1 AS amount FROM contract c JOIN household h ON h.id = c.household_id
        {_PLACED.format(id="h.building_id")} WHERE upper_inf(c.valid)""",
    "posts": """SELECT coalesce(p.unit_id, (
          SELECT v.unit_id FROM unit_version v WHERE upper_inf(v.valid) AND v.leaf AND v.path = a.paths[1])), 1 AS amount
        FROM appointment a LEFT JOIN building_place p ON p.building_id = a.building_id AND upper_inf(p.valid)
        WHERE upper_inf(a.valid) AND a.state = 'held' AND a.roster = 'ordinary'""",
    "stations": "SELECT unit_id, 1 AS amount FROM station_place WHERE upper_inf(valid)",
    "gates": "SELECT unit_id, 1 AS amount FROM gate_place WHERE upper_inf(valid)",
    "parking_lots": "SELECT unit_id, 1 AS amount FROM parking_lot_place WHERE upper_inf(valid)",
    "parking_spaces": "SELECT unit_id, 1 AS amount FROM parking_space_place WHERE upper_inf(valid)",
    "fire_lanes": """SELECT unit_id, 1 AS amount FROM (SELECT DISTINCT ON (fire_lane_id) unit_id FROM fire_lane_place
        WHERE upper_inf(valid) ORDER BY fire_lane_id, share DESC, unit_id) m""",
    "fire_lanes_m": "SELECT unit_id, length_m AS amount FROM fire_lane_place WHERE upper_inf(valid)",
}
_STANDS = " UNION ALL ".join(
    f"SELECT '{kind}' AS kind, s.unit_id, sum(s.amount) AS amount FROM ({counted}) s (unit_id, amount) JOIN unit u ON u.id = s.unit_id "
    f"WHERE u.jurisdiction_id = :place GROUP BY s.unit_id"
    for kind, counted in _COUNTED.items()
)
