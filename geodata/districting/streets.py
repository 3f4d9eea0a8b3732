"""Which streets divide ground, and how wide they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.topology.grid import Flags, Floats, Geometries
from geodata.topology.plane import Plane

_HALF_M = {"motorway": 12.0, "trunk": 12.0, "primary": 12.0, "secondary": 10.0, "tertiary": 10.0}
_HALF_M |= {"unclassified": 8.0, "residential": 8.0, "living_street": 8.0}
"""Half the ground between the buildings of two sides, by class of OpenStreetMap; links are as wide as 8 m, other classes divide nothing."""
_LINK = "_link"


@dataclass(frozen=True, slots=True)
class Streets:
    """Centre lines of streets, with their class."""

    lines: Geometries
    """LineString or MultiLineString, lon, lat, EPSG:4490."""
    kind: Sequence[str]
    """Classes of OpenStreetMap: trunk, primary, residential, primary_link, service, footway and so on."""
    tunnel: Flags
    width_m: Floats | None = None
    """Known widths; NaN where unknown."""

    def ground(self, plane: Plane) -> BaseGeometry:
        """Return the flat ground of the streets that divide blocks: those for driving through, not in tunnels."""
        half_m = np.array([8.0 if kind.endswith(_LINK) else _HALF_M.get(kind, 0.0) for kind in self.kind])
        if self.width_m is not None:
            half_m = np.where(half_m > 0, np.fmax(half_m, self.width_m / 2), 0)
        used = (half_m > 0) & ~self.tunnel & ~shapely.is_missing(self.lines)
        return shapely.union_all(shapely.buffer(plane.flat(self.lines[used]), half_m[used], quad_segs=3))
