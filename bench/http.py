"""Point to the chain of all levels over HTTP, four connections; the same server's `/healthz` is the floor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlsplit

import orjson

from bench.city import SERVED, City
from bench.contest import Contest
from bench.service import served
from bench.tiles import tiles_of
from geodata.lookup import Cells

CONNECTIONS, EACH = 4, 100


def contests(city: City) -> Iterator[Contest]:
    """Yield the chain of a point and a tile of buildings."""
    small = city.cut_to(SERVED)
    points = small.points[: CONNECTIONS * EACH]
    leaves = Cells(small.leaves)
    asked = [f"/api/v1/locate?lon={lon}&lat={lat}" for lon, lat in points.tolist()]
    with served(small) as address:
        _ask(address, asked)  # every process reads the ground at its first question
        expected = leaves.locate_many(*points.T).polygon >= 0
        yield Contest(
            f"Point to chain over HTTP, {CONNECTIONS} connections",
            {
                "gridsvc": lambda: [orjson.loads(answer)["found"] for answer in _ask(address, asked)],
                "the same server, /healthz": lambda: _ask(address, ["/healthz"] * len(asked)),
            },
            differs=lambda ours, _: "" if ours == expected.tolist() else "points not found as expected",
            pieces=len(asked),
            target=0.65,
        )
        tiles = [f"/tiles/buildings/{z}/{x}/{y}.mvt" for z, x, y in tiles_of(small, 16, 40)] * EACH
        tiles = tiles[: CONNECTIONS * EACH]
        yield Contest(
            f"Tile of buildings over HTTP, z16, {CONNECTIONS} connections",
            {"gridsvc": lambda: _ask(address, tiles), "the same server, /healthz": lambda: _ask(address, ["/healthz"] * len(tiles))},
            differs=lambda ours, _: "" if all(ours) else "empty tiles",
            pieces=len(tiles),
            target=0.65,
        )


def _ask(address: str, paths: Sequence[str]) -> list[bytes]:
    """Return the bodies, asked by some connections at once."""
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        shares = pool.map(lambda start: _ask_alone(address, paths[start::CONNECTIONS]), range(CONNECTIONS))
        answers = [b""] * len(paths)
        for start, share in enumerate(shares):
            answers[start::CONNECTIONS] = share
    return answers


def _ask_alone(address: str, paths: Sequence[str]) -> list[bytes]:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    bodies = []
    for path in paths:
        connection.request("GET", path)
        response = connection.getresponse()
        bodies.append(response.read())
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}: {bodies[-1][:200]!r}")
    connection.close()
    return bodies
