"""Over HTTP, four connections: beside tipg, and beside the floor, `/healthz` of the same server, which passes the same middleware."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPConnection
from typing import TypeAlias
from urllib.parse import urlsplit

import mapbox_vector_tile
import orjson
import shapely
from shapely.geometry import shape

from bench.city import SERVED, City
from bench.contest import Contest
from bench.service import free_port, installed, serving, signed_in
from bench.tiles import ZOOMS, tiles_of
from bench.tipg import building_tile, leaf_at, tipg
from geodata.mvt import EXTENT
from gridsvc.api.reader import TOKEN_COOKIE

CONNECTIONS, POINTS, TILES = 4, 400, 120
GZIP = {"Accept-Encoding": "gzip"}
"""As browsers ask."""
FLOOR = "the same server, /healthz"
ABSENT = {
    "MapIt 3.0": "it needs psycopg2, which comes as source and wants a compiler and PostgreSQL's headers",
    "pygeoapi": "an earlier measurement had it at 67 requests a second beside tipg's 395, so tipg stands for both",
}
WITHIN = shapely.box(2, 2, EXTENT - 2, EXTENT - 2)
Shown: TypeAlias = set[tuple[object, object]]


def contests(city: City) -> Iterator[Contest]:
    """Yield the chain of a point for strangers and for readers who are signed in, and tiles of buildings."""
    small = city.cut_to(SERVED)
    with installed(small) as environment, serving(environment) as address:
        with tipg(environment) as (name, peer):
            yield _points(small, address, name, peer)
            for z in ZOOMS:
                yield _tiles(small, z, address, name, peer)
        yield from _beside_floor(small, address)
        closed = environment | {"GRIDSVC_PUBLIC": "no", "GRIDSVC_PORT": str(free_port())}
        with serving(closed) as for_readers:
            yield _signed_in(small, for_readers, signed_in(environment))


def _points(city: City, address: str, name: str, peer: str) -> Contest:
    asked, theirs = _paths(city), [leaf_at(*point) for point in city.points[:POINTS].tolist()]
    _ask(address, asked)  # every process reads the ground at its first question
    return Contest(
        f"Point to chain (tipg: to one level) over HTTP, {CONNECTIONS} connections",
        {
            "gridsvc": lambda: [_leaf(answer) for answer in _ask(address, asked)],
            name: lambda: [_first(answer) for answer in _ask(peer, theirs)],
        },
        differs=lambda ours, other: f"{n} of {POINTS} points elsewhere" if (n := sum(map(str.__ne__, ours, other))) else "",
        pieces=POINTS,
        rounds=5,
        absent=ABSENT,
        target=8,
    )


def _tiles(city: City, z: int, address: str, name: str, peer: str) -> Contest:
    places = tiles_of(city, z, TILES)
    asked, theirs = _tile_paths(places), [building_tile(*place) for place in places]
    return Contest(
        f"Tile of buildings over HTTP, z{z}, {CONNECTIONS} connections; ours cached",
        {"gridsvc": lambda: _ask(address, asked), name: lambda: _ask(peer, theirs)},
        differs=lambda ours, other: (
            f"{n} tiles with other buildings" if (n := sum(_shown(a) != _shown(b) for a, b in zip(ours, other, strict=True))) else ""
        ),
        pieces=TILES,
        rounds=5,
        target=12 if z == 16 else None,
    )


def _beside_floor(city: City, address: str) -> Iterator[Contest]:
    tiles = (_tile_paths(tiles_of(city, 16, TILES)) * POINTS)[:POINTS]
    for title, asked in (("Point to chain", _paths(city)), ("Cached tile, z16,", tiles)):
        yield Contest(
            f"{title} over HTTP beside the server's floor",
            {"gridsvc": partial(_ask, address, asked, GZIP), FLOOR: partial(_ask, address, ["/healthz"] * POINTS, GZIP)},
            differs=lambda ours, _: "" if all(ours) else "empty answers",
            pieces=POINTS,
            target=0.65,
        )


def _signed_in(city: City, address: str, token: str) -> Contest:
    asked, cookie = _paths(city), {"Cookie": f"{TOKEN_COOKIE}={token}"}
    _ask(address, asked, cookie)
    return Contest(
        "Point to chain over HTTP, signed in, beside the server's floor",
        {"gridsvc": lambda: _ask(address, asked, cookie), FLOOR: lambda: _ask(address, ["/healthz"] * POINTS, cookie)},
        differs=lambda ours, _: "" if all(ours) else "empty answers",
        pieces=POINTS,
        target=0.3,
    )


def _paths(city: City) -> list[str]:
    return [f"/api/v1/locate?lon={lon}&lat={lat}" for lon, lat in city.points[:POINTS].tolist()]


def _tile_paths(places: Sequence[tuple[int, int, int]]) -> list[str]:
    return [f"/tiles/buildings/{z}/{x}/{y}.mvt" for z, x, y in places]


def _leaf(answer: bytes) -> str:
    return next((str(unit["name"]) for unit in reversed(orjson.loads(answer)["chain"])), "")


def _first(answer: bytes) -> str:
    return min((str(each["properties"]["name"]) for each in orjson.loads(answer)["features"]), default="")


def _shown(data: bytes) -> Shown:
    """Return name and storeys of what a tile shows within its edges, whatever it calls its only layer; a unit more or less is rounding."""
    layers = mapbox_vector_tile.decode(data).values() if data else ()
    features = [each for layer in layers for each in layer["features"] if shape(each["geometry"]).buffer(-1).intersects(WITHIN)]
    return {(each["properties"]["name"], each["properties"]["floors"]) for each in features}


def _ask(address: str, paths: Sequence[str], headers: Mapping[str, str] | None = None) -> list[bytes]:
    """Return the bodies, asked by some connections at once."""
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        shares = pool.map(lambda start: _ask_alone(address, paths[start::CONNECTIONS], headers or {}), range(CONNECTIONS))
        answers = [b""] * len(paths)
        for start, share in enumerate(shares):
            answers[start::CONNECTIONS] = share
    return answers


def _ask_alone(address: str, paths: Sequence[str], headers: Mapping[str, str]) -> list[bytes]:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    bodies = []
    for path in paths:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        bodies.append(response.read())
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}: {bodies[-1][:200]!r}")
    connection.close()
    return bodies
