"""Which stations are nearest, in a straight line, from resident data."""

from __future__ import annotations

from gridsvc.database.resident import StationRef, current


def nearest_stations(lon: float, lat: float, kind: str | None, limit: int) -> list[tuple[float, StationRef]]:
    """Return geodesic distance in m and station, the nearest first, of a kind or of all, in every jurisdiction."""
    found, refs = current().stations(kind)
    return [(distance_m, refs[at]) for distance_m, at in found.find(lon, lat, limit)]
