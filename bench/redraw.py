"""A planner's moves over HTTP, each answered with the changed units, findings and impact: how they grow with the city."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import numpy as np
import orjson
import psycopg
import shapely

from bench.city import SOUTH, STEP_LAT, STEP_LON, WEST, City
from bench.contest import Contest
from bench.laid import GROWTH, LEAVES, lay, lay_buildings, sizes
from bench.service import PASSWORD, installation, serving
from gridsvc.cli.operator import as_operator
from gridsvc.database.cluster import Private
from gridsvc.database.queries.accounts import actor_named
from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import RULES, Role
from gridsvc.operations import accounts, tokens
from gridsvc.operations.plans import begin
from gridsvc.settings import Settings

ROUNDS = 20
"""The slowest of so many is about the 95th percentile."""
BEFORE = 60
"""Moves that a plan has before anything is measured."""
KINDS = {"shift": "a border between two", "transfer": "a building to the neighbour", "split": "one divided by a line"}
HOUSES = """
SELECT DISTINCT ON (p.unit_id) p.unit_id, b.public_id FROM building b JOIN building_place p ON p.building_id = b.id
JOIN building_version v ON v.building_id = b.id JOIN unit_version w ON w.unit_id = p.unit_id - 1
WHERE b.jurisdiction_id = %s ORDER BY p.unit_id, ST_Distance(v.geom, w.geom)
"""


@dataclass
class Planner:
    """Somebody who draws in a city, always somewhere else; each move upon all those before it."""

    address: str
    token: str
    plan: UUID
    city: City
    keys: Sequence[int]
    """The units of the micro-grids."""
    houses: dict[int, UUID]
    """The building of each unit that stands nearest to its western neighbour."""
    version: str = "0"
    places: list[int] = field(init=False)
    """Pairs of neighbours, by the western one, of which nothing was drawn yet."""
    givers: list[int] = field(default_factory=list)
    """Those of which the eastern one can give that building alone: it does not always reach the border."""

    def __post_init__(self) -> None:
        west = np.arange(self.city.columns * self.city.rows).reshape(self.city.rows, -1)[:, : self.city.columns // 2 * 2 : 2].ravel()
        self.places = np.random.default_rng(self.city.seed).permutation(west).tolist()

    def find_givers(self, count: int) -> None:
        """Look for so many pairs that can pass a building."""
        while len(self.givers) < count:
            place = self.places.pop()
            status, _ = self._ask("moves?look=1", self._asked("transfer", place))
            if status == HTTPStatus.OK:
                self.givers.append(place)

    def draw(self, kind: str) -> bool:
        """Make the next move and say whether everything was answered."""
        return self._answered("moves", self._asked(kind, (self.givers if kind == "transfer" else self.places).pop()))

    def undo(self) -> bool:
        """Undo the last move and say the same."""
        return self._answered("undo", {})

    def _asked(self, kind: str, place: int) -> dict[str, Any]:
        west, east = self.keys[place], self.keys[place + 1]
        row, column = divmod(place, self.city.columns)
        if kind == "shift":  # between the first and the second column of the eastern one's buildings
            return {"kind": kind, "units": [west, east], "line": _line((column + 1.25, row - 0.3), (column + 1.25, row + 1.3))}
        if kind == "transfer":
            return {"kind": kind, "buildings": [str(self.houses[east])], "to": west}
        return {"kind": kind, "unit": west, "line": _line((column - 0.3, row + 0.5), (column + 1.3, row + 0.5))}

    def _answered(self, what: str, body: dict[str, Any]) -> bool:
        status, answer = self._ask(what, body)
        if status != HTTPStatus.OK:
            raise RuntimeError(f"{body} was answered {status}: {answer}")
        self.version = answer["version"]
        return bool(answer["units"]["features"] and answer["impact"]["kinds"])

    def _ask(self, what: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Ask on a connection of its own, so that now one process of the service answers and now another."""
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        headers = {"Authorization": f"Bearer {self.token}", "If-Match": f'"{self.version}"', "Content-Type": "application/json"}
        connection.request("POST", f"/api/v1/plans/{self.plan}/{what}", orjson.dumps(body), headers)
        response = connection.getresponse()
        answer = orjson.loads(response.read())
        connection.close()
        return response.status, answer


def contests(city: City) -> Iterator[Contest]:
    """Yield each kind of move at three sizes, the ratios being the growth, and undoing them."""
    with installation() as (folder, environment), Private(folder / "data") as database:
        settings = Settings.from_environment(environment)
        cities = sizes(city)
        begun = [_begun(settings, size, database.url("superuser")) for size in cities]
        token = _token(settings)
        with serving(environment) as address:
            planners = {
                f"gridsvc, {growth} x: {len(size.leaves):,} micro-grids": Planner(address, token, *each)
                for growth, size, each in zip(GROWTH, cities, begun, strict=True)
            }
            for planner in planners.values():
                planner.find_givers(BEFORE // len(KINDS) + ROUNDS + 1)
                for serial in range(BEFORE):
                    planner.draw(list(KINDS)[serial % len(KINDS)])
            for kind, what in KINDS.items():
                work = {name: lambda planner=planner, kind=kind: planner.draw(kind) for name, planner in planners.items()}
                yield Contest(f"A planner's move over HTTP, {kind}: {what}, up to {len(city.leaves):,} micro-grids", work, rounds=ROUNDS)
            undone = {name: planner.undo for name, planner in planners.items()}
            yield Contest(f"A planner's undo over HTTP, up to {len(city.leaves):,} micro-grids", undone, rounds=ROUNDS)


def _begun(settings: Settings, city: City, owner: str) -> tuple[UUID, City, list[int], dict[int, UUID]]:
    """Lay a city and begin a plan in it."""
    place = lay(settings, city, owner)
    lay_buildings(city, place, owner)
    with psycopg.connect(owner) as connection:
        keys = [key for (key,) in connection.execute(LEAVES, [place])]
        houses: dict[int, UUID] = dict(connection.execute(HOUSES, [place]).fetchall())
    with as_operator(settings) as (session, operator):
        return begin(session, operator, place, "bench").public_id, city, keys, houses


def _token(settings: Settings) -> str:
    """Add a planner and return a token with which to draw."""
    with as_operator(settings) as (session, operator):
        accounts.add_account(session, operator, "planner", PASSWORD, handed_out=False)
        accounts.grant_role(session, operator, accounts.GrantRole("planner", Role.PLANNER))
        actions = {action for action, roles in RULES.items() if Role.PLANNER in roles}
        planner = actor_named(session, "planner")
        set_actor(session, planner)
        return tokens.make(session, planner, tokens.NewToken("bench", actions))


def _line(*ends: tuple[float, float]) -> dict[str, Any]:
    """Return a line between places of the lattice as GeoJSON."""
    line = shapely.LineString([(WEST + x * STEP_LON, SOUTH + y * STEP_LAT) for x, y in ends])
    return dict(line.__geo_interface__)
