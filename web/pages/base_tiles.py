"""Tiles of 天地图 through this service, so that its key never leaves the server."""

from __future__ import annotations

import urllib.error
import urllib.request

from flask import Response, current_app
from flask.typing import ResponseReturnValue

from gridsvc.errors import Busy, NotFound
from gridsvc.settings import Settings

ADDRESS = (
    "https://t{server}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}&STYLE=default"
    "&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}"
)
LAYERS = ("vec", "cva")
"""Streets, and the names that 天地图 keeps apart from them."""
LARGEST_ZOOM = 18
WAIT_S = 5
LARGEST_BYTES = 512 * 1024
DAY_S = 24 * 3600


def tile(layer: str, z: int, x: int, y: int) -> ResponseReturnValue:
    """Answer one tile as the provider drew it; 404 without a key or outside its grid, 503 where it does not answer."""
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.tianditu_key or layer not in LAYERS or z > LARGEST_ZOOM or max(x, y) >= 2**z:
        raise NotFound("There is no such tile.")
    picture, kind = fetched(ADDRESS.format(server=(x + y) % 8, layer=layer, z=z, x=x, y=y, key=settings.tianditu_key))
    answer = Response(picture, mimetype=kind)
    answer.cache_control.max_age = DAY_S
    return answer


def fetched(address: str) -> tuple[bytes, str]:
    """Return a picture and its type; raise Busy where the provider fails or sends something else than a picture."""
    try:
        with urllib.request.urlopen(address, timeout=WAIT_S) as answer:  # noqa: S310  # an address of ours, always https
            kind, picture = answer.headers.get_content_type(), answer.read(LARGEST_BYTES)
    except (urllib.error.URLError, TimeoutError):
        raise Busy("The provider of the base map does not answer; the other base maps work.") from None
    if not kind.startswith("image/"):
        raise Busy("The provider of the base map does not answer; the other base maps work.")
    return picture, kind
