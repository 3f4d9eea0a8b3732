"""Mapbox vector tiles (specification 2.1), encoded in process from resident geometry."""

from __future__ import annotations

from collections.abc import Iterable

from geodata.mvt.clusters import clusters
from geodata.mvt.layer import BUFFER, EXTENT, TileLayer, joined

__all__ = ["BUFFER", "EXTENT", "TileLayer", "clusters", "tile"]


def tile(layers: Iterable[TileLayer], z: int, x: int, y: int) -> bytes:
    """Return the tile with the layers that have something to show there; no bytes where none has.

    Layers of one name become one, as the specification demands (4.1); they must have the same properties.
    """
    by_name: dict[str, list[TileLayer]] = {}
    for layer in layers:
        by_name.setdefault(layer.name, []).append(layer)
    return b"".join(joined(same, z, x, y) for same in by_name.values())
