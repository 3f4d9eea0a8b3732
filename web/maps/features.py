"""The shapes of a view as GeoJSON text, made by joining: Python objects per vertex are what is slow."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

WORLD = shapely.box(-540, -89, 540, 89)


@dataclass(frozen=True, slots=True)
class Shape:
    """A unit to draw."""

    key: str
    """Its public id."""
    name: str
    note: str
    """What stands under the name: a count with its word."""
    tint: str
    """0 to 5, or `rest` for a remainder."""
    geometry: str
    """GeoJSON text."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """GeoJSON texts that may stand in a script: every `<`, `>` and `&` of typed names is written as an escape."""

    units: str
    outline: str
    veil: str

    def as_json(self) -> str:
        """Return all three as one JSON object."""
        return f'{{"units":{self.units},"outline":{self.outline},"veil":{self.veil}}}'


def drawn(shapes: Sequence[Shape], ground: NDArray[np.object_], outline: str | None) -> Drawn:
    """Return the children, the own border and what dims everything outside it; coordinates are lon, lat of EPSG:4490.

    `ground` are the geometries of the shapes, in their order. What no child covers lies under the others, so that its
    border does not hide theirs.
    """
    if outline is None:
        return Drawn(*[collection(())] * 3)
    veil = shapely.to_geojson(shapely.difference(WORLD, shapely.from_geojson(outline)))
    placed = sorted(zip(shapes, label_points(ground), strict=True), key=lambda each: each[0].tint != "rest")
    return Drawn(
        units=collection(_feature(shape, point) for shape, point in placed),
        outline=collection([_as_feature(outline, {"tint": "own"})]),
        veil=collection([_as_feature(veil, {"tint": "none"})]),
    )


def collection(features: Iterable[str]) -> str:
    """Return a FeatureCollection of features that are texts already."""
    return '{"type":"FeatureCollection","features":[' + ",".join(features) + "]}"


NO_SHAPES = Drawn(*[collection(())] * 3).as_json()
"""Of a map on which a script draws."""


def script_json(value: object) -> str:
    """Return JSON that may stand in a script: no `<`, `>` or `&`, so nothing typed can end the script."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return (
        text.replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )


def label_points(ground: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return lon, lat of each label, shape (n, 2): the centroid of the largest part where it lies inside, else a point that does."""
    parts, owner = shapely.get_parts(ground, return_index=True)
    order = np.lexsort((-shapely.area(parts), owner))
    largest = parts[order][np.unique(owner[order], return_index=True)[1]]
    centre = shapely.centroid(largest)
    points = np.where(shapely.contains(largest, centre), centre, shapely.point_on_surface(largest))
    return np.round(shapely.get_coordinates(points), 6)


def _feature(shape: Shape, point: NDArray[np.float64]) -> str:
    words = {"key": shape.key, "name": shape.name, "note": shape.note, "tint": shape.tint, "at": [float(point[0]), float(point[1])]}
    return _as_feature(shape.geometry, words)


def _as_feature(geometry: str, properties: dict[str, Any]) -> str:
    return f'{{"type":"Feature","properties":{script_json(properties)},"geometry":{geometry}}}'
