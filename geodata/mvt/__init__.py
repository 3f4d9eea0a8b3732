"""Mapbox vector tiles (specification 2.1), encoded in process from resident geometry."""

from __future__ import annotations

from collections.abc import Iterable

from geodata.mvt.layer import BUFFER, EXTENT, TileLayer

__all__ = ["BUFFER", "EXTENT", "TileLayer", "tile"]


def tile(layers: Iterable[TileLayer], z: int, x: int, y: int) -> bytes:
    """Return the tile with the layers that have something to show there; no bytes where none has.

    Layers of one name (bands of zooms) must not share a zoom: a layer's name occurs once in a tile.
    """
    return b"".join(layer.encode(z, x, y) for layer in layers)
