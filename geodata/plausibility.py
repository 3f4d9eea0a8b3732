"""Is the declared reference system believable for the numbers? Only the impossible is refused, with its likely cause.

Numbers that are possible are believed, wherever on Earth they lie, with one exception: latitude before longitude in
western China reads as the Arctic Ocean, and is refused.
"""

from __future__ import annotations

from typing import Any

from geodata.crs import DECIMALS, Crs
from geodata.findings import Finding, GeodataError
from geodata.shifted import Degrees

_MARGIN_DEG = 3.0
"""How far outside the meridians a projection is made for its coordinates are still ordinary: a zone further."""


def believe(x: float, y: float, crs: Crs, source: str) -> list[Finding]:
    """Return what is odd about a file whose typical position, in its own numbers, is x, y.

    Raises GeodataError where the position cannot be one of `crs`; the sentence names the likely cause and the remedy.
    """
    x, y = round(x, DECIMALS), round(y, DECIMALS)
    given: dict[str, Any] = {"source": source, "x": round(x, 3), "y": round(y, 3), "crs": crs.name}
    if crs.in_degrees:
        _believe_degrees(x, y, given)
        return []
    return _believe_lengths(x, y, crs, given)


def _believe_degrees(x: float, y: float, given: dict[str, Any]) -> None:
    in_western_china = 26 <= x <= 50 and 73 <= y <= 90
    if in_western_china or (abs(x) <= 90 < abs(y) <= 180):
        raise GeodataError("{source}: {x}, {y} look like latitude before longitude; longitude first would be right.", **given)
    if abs(x) <= 180 and abs(y) <= 90:
        return
    _refuse_lengths(x, y, given)
    raise GeodataError("{source}: {x}, {y} are no degrees, but {crs} has degrees.", **given)


def _believe_lengths(x: float, y: float, crs: Crs, given: dict[str, Any]) -> list[Finding]:
    if abs(x) <= 180 and abs(y) <= 180:
        raise GeodataError("{source}: {x}, {y} look like degrees, but {crs} has metres; --crs EPSG:4490 would fit.", **given)
    if _is_at_home(x, y, crs):
        return []
    if _is_at_home(y, x, crs):
        raise GeodataError("{source}: {x}, {y} look like northing before easting; easting first would be right.", **given)
    _refuse_lengths(x, y, given)
    if not _is_on_earth(*crs.to_degrees(x, y)):
        raise GeodataError("{source}: {x}, {y} is no place in {crs}.", **given)
    return [Finding("far-from-home", "warning", "{x}, {y} lie far outside the area that {crs} is made for.", given)]


def _refuse_lengths(x: float, y: float, given: dict[str, Any]) -> None:
    """Raise GeodataError where x, y are lengths that tell their own system, another than the declared one."""
    if likely := _telling(x, y, str(given["crs"])):
        raise GeodataError(
            "{source}: {x}, {y} do not fit {crs}; they look like metres of {likely}: --crs {likely}.", likely=likely, **given
        )
    if _telling(y, x, str(given["crs"])) or _is_unnumbered(y, x):
        raise GeodataError("{source}: {x}, {y} do not fit {crs}; they look like metres, northing before easting.", **given)
    if _is_unnumbered(x, y):
        raise GeodataError(
            "{source}: {x}, {y} do not fit {crs}; they look like metres of a Gauss-Krüger zone."
            " Its central meridian has to be known: --crs EPSG:4534 (75 E), EPSG:4535 (78 E) and so on to EPSG:4554 (135 E).",
            **given,
        )


def _telling(easting: float, northing: float, declared: str) -> str | None:
    """Return the system that metres in China tell by themselves: by the zone number in front, by size, or by the declared zone."""
    if not 1.7e6 <= northing <= 6.2e6 and not 8e6 <= easting <= 15.1e6:
        return None
    number = int(easting // 1e6)
    if 25 <= number <= 45:
        return f"EPSG:{4513 + number - 25}"
    if 16 <= number <= 23:
        return f"EPSG:{4491 + number - 13}"  # 6-degree zones; 13 to 15 look like Web Mercator
    if 8e6 <= easting <= 15.1e6:
        return "EPSG:3857" if 3e5 <= northing <= 7.2e6 else None
    zones = {f"EPSG:{4513 + zone}": f"EPSG:{4534 + zone}" for zone in range(21)}
    return zones.get(declared) if _is_unnumbered(easting, northing) else None


def _is_unnumbered(easting: float, northing: float) -> bool:
    """Tell metres of a zone of China without its number in front."""
    return 1e5 <= easting <= 9e5 and 1.7e6 <= northing <= 6.2e6


def _is_at_home(x: float, y: float, crs: Crs) -> bool:
    """Tell whether a position lies between or near the meridians a projection is made for; anywhere on Earth where that is not said."""
    lon, lat = crs.to_degrees(x, y)
    home = crs.projection.area_of_use
    if not _is_on_earth(lon, lat) or home is None or home.west > home.east:
        return _is_on_earth(lon, lat)
    return bool(home.west - _MARGIN_DEG <= lon <= home.east + _MARGIN_DEG)


def _is_on_earth(lon: Degrees, lat: Degrees) -> bool:
    return bool(abs(lon) <= 180 and abs(lat) <= 90)
