"""Who would look after which building, as shapes of a map: footprints, and a line from each member's home."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridsvc.database.queries.contracts import Footprint, Share

TINTS = 6
"""Colours of lines; a number at each home tells those apart that share one."""


def drawn(shares: Sequence[Share], footprints: Sequence[Footprint], numbers: Mapping[object, int]) -> dict[str, Any] | None:
    """Return a GeoJSON object with houses, lines and homes, lon and lat of EPSG:4490; None where there is nothing to draw.

    `numbers` are those of the members by id. Homes in one building take turns, so that a map can set them side by side.
    """
    if not footprints:
        return None
    shapes = np.asarray(shapely.from_wkb([each.geom for each in footprints]), dtype=object)
    centres = dict(zip((each.id for each in footprints), shapely.get_coordinates(shapely.centroid(shapes)).tolist(), strict=True))
    houses = [
        _feature(shape, kind="house", key=str(each.id), name=each.name or "", box=shape.bounds)
        for each, shape in zip(footprints, shapes, strict=True)
    ]
    lines = [
        _feature(
            shapely.LineString([centres[share.home], centres[share.building]]),
            kind="line",
            dwellings=share.dwellings,
            **_member(numbers[share.person]),
        )
        for share in shares
        if share.home is not None and share.home != share.building and share.home in centres and share.building in centres
    ]
    return {
        "type": "FeatureCollection",
        "bbox": shapely.total_bounds(shapes).tolist(),
        "features": [*houses, *lines, *_homes(shares, centres, numbers)],
    }


def _homes(shares: Sequence[Share], centres: Mapping[int, Sequence[float]], numbers: Mapping[object, int]) -> list[dict[str, Any]]:
    homes = {numbers[share.person]: share.home for share in shares if share.home is not None and share.home in centres}
    together, turns = Counter(homes.values()), Counter[int]()
    found = []
    for number, home in homes.items():
        place = {"turn": turns[home], "together": together[home]}
        found.append(_feature(shapely.Point(centres[home]), kind="home", **place, **_member(number)))
        turns[home] += 1
    return found


def _member(number: int) -> dict[str, Any]:
    return {"number": number, "tint": (number - 1) % TINTS}


def _feature(shape: BaseGeometry, **properties: object) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape)}
