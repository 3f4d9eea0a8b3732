"""Mapbox vector tiles: public layers from memory, protected ones under the reader's rights."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import lru_cache

from flask import Blueprint, Response, request

from gridsvc.api import reader
from gridsvc.database.ground_tiles import TILE_LAYERS
from gridsvc.database.queries.facilities import facility_tile
from gridsvc.database.queries.households import household_tile
from gridsvc.database.resident import current
from gridsvc.database.session import transaction
from gridsvc.domain.permissions import Actor
from gridsvc.errors import NotFound

MVT = "application/vnd.mapbox-vector-tile"
LARGEST_ZOOM = 24
MOST_SQUEEZED = 2000
"""How many compressed tiles a process keeps; about 20 MB."""


def _households(actor: Actor, z: int, x: int, y: int) -> bytes:
    with transaction(actor) as session:
        return household_tile(session, actor, z, x, y)


def _facilities(layer: str) -> Callable[[Actor, int, int, int], bytes]:
    def draw(actor: Actor, z: int, x: int, y: int) -> bytes:
        with transaction(actor) as session:
            return facility_tile(session, actor, layer, (z, x, y))

    return draw


PROTECTED: dict[str, Callable[[Actor, int, int, int], bytes]] = {
    "households": _households,
    **{layer: _facilities(layer) for layer in ("parking_lots", "parking_spaces", "fire_lanes")},
}
"""Layers that depend on who asks."""


def blueprint() -> Blueprint:
    """Return the tiles as they are hung below /tiles."""
    tiles = Blueprint("tiles", __name__)
    tiles.add_url_rule("/<layer>/<int:z>/<int:x>/<int:y>.mvt", "tile", tile)
    return tiles


def tile(layer: str, z: int, x: int, y: int) -> Response:
    """Answer a tile; raise NotFound for a layer or tile that there is not."""
    if (layer not in TILE_LAYERS and layer not in PROTECTED) or z > LARGEST_ZOOM or max(x, y) >= 1 << z:
        raise NotFound("There is no such tile; the layers are {layers}.", layers=", ".join([*TILE_LAYERS, *PROTECTED]))
    if layer in PROTECTED:
        answer = Response(PROTECTED[layer](reader.actor(), z, x, y), mimetype=MVT)
        answer.headers["Cache-Control"] = "private, no-store"
        return answer
    ground = current()
    tag = f'W/"{ground.generation}"'  # weak: the same for both encodings
    unchanged = request.headers.get("If-None-Match") == tag
    answer = Response(status=304) if unchanged else _encoded(ground.tile(layer, z, x, y))
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "no-cache" if reader.settings().public else "private, no-cache"
    return answer


def _encoded(data: bytes) -> Response:
    """Return a public tile, compressed for readers who take that."""
    squeezed = bool(data) and request.accept_encodings.quality("gzip") > 0
    answer = Response(_squeezed(data) if squeezed else data, mimetype=MVT)
    answer.headers["Vary"] = "Accept-Encoding"
    if squeezed:
        answer.headers["Content-Encoding"] = "gzip"
    return answer


@lru_cache(maxsize=MOST_SQUEEZED)
def _squeezed(data: bytes) -> bytes:
    """Compress once: the same object comes for each request, and its hash is known."""
    return gzip.compress(data, 5, mtime=0)
