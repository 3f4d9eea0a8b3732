"""Reference systems: from what a file or a person names to the stored EPSG:4490 and back.

Coordinates are always x, y: longitude, latitude or easting, northing, whatever the order a standard
gives to a system's axes. EPSG:4326 and EPSG:4490 are the same numbers here; the real difference is
some centimetres, below what the sources of one or the other can tell.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyproj
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj.exceptions import CRSError

from geodata.findings import GeodataError
from geodata.shifted import Lonlat, Shift, bd09, gcj02, unshifted

STORED = 4490
"""EPSG code of the stored system, CGCS2000 in degrees."""

DECIMALS = 8
"""A stored coordinate is the double k / 1e8: about one millimetre."""


@dataclass(frozen=True)
class Crs:
    """A system of coordinates a file may be in: one that EPSG or a WKT text defines, or a shifted one."""

    name: str
    """What people call it: `EPSG:4547`, `GCJ-02`."""
    projection: pyproj.CRS
    shift: Shift | None = None
    """How a shifted system moves the degrees of `projection`."""

    @property
    def in_degrees(self) -> bool:
        """Tell degrees from lengths."""
        return bool(self.projection.is_geographic)

    @property
    def is_rough(self) -> bool:
        """Tell whether this is an old Chinese datum: how it lies to CGCS2000 is published for some regions at most, so expect 100 m."""
        return _datum(self.projection) in {"Beijing 1954", "New Beijing", "Xian 1980"}

    def to_degrees(self, x: ArrayLike, y: ArrayLike) -> Lonlat:
        """Return longitude and latitude of EPSG:4490, unsnapped; infinite where there is none."""
        if self.shift:
            return unshifted(self.shift, x, y)
        return _transformed(self, "FORWARD", x, y)

    def from_degrees(self, lon: ArrayLike, lat: ArrayLike) -> Lonlat:
        """Return x and y of a longitude and latitude of EPSG:4490; infinite where there is none."""
        if self.shift:
            return self.shift(lon, lat)
        return _transformed(self, "INVERSE", lon, lat)


_NAMED = {
    **dict.fromkeys(("gcj02", "gcj", "火星坐标", "火星坐标系", "国测局坐标", "高德", "高德坐标", "腾讯坐标"), "GCJ-02"),
    **dict.fromkeys(("bd09", "bd09ll", "bd", "百度", "百度坐标", "百度坐标系"), "BD-09"),
    **dict.fromkeys(("cgcs2000", "国家2000", "国家大地2000", "2000国家大地坐标系", "国家大地坐标系2000"), f"EPSG:{STORED}"),
    **dict.fromkeys(("wgs84", "crs84", "ogccrs84", "gps"), "EPSG:4326"),
}
_SHIFTS: dict[str, Shift] = {"GCJ-02": gcj02, "BD-09": bd09}


@lru_cache(maxsize=256)
def parse_crs(text: str) -> Crs:
    """Return the system that a text names: an EPSG code, a full name, WKT, GCJ-02 or BD-09 however spelt.

    A name counts only if it is whole: the nearest match of half a name would be a guess.

    Raises GeodataError where the text names no system, or one without plane or degree coordinates.
    """
    number = re.fullmatch(r"\s*(?:epsg\W*)?(\d+)\s*", text, re.IGNORECASE)
    wanted = f"EPSG:{int(number[1])}" if number else _NAMED.get(_plain(text), text.strip())
    if wanted in _SHIFTS:
        return Crs(wanted, pyproj.CRS.from_epsg(STORED), _SHIFTS[wanted])
    found = _looked_up(wanted)
    if found is None:
        raise GeodataError(
            "{text!r} names no reference system; EPSG:4490, EPSG:4547, GCJ-02 or the full name of one would be right.", text=text[:200]
        )
    if not (found.is_geographic or found.is_projected):
        raise GeodataError("{name} has no longitude and latitude nor easting and northing; a map's system would be right.", name=found.name)
    authority = found.to_authority(min_confidence=100)
    return Crs(":".join(authority) if authority else found.name, found)


def mean_the_same(one: Crs, other: Crs) -> bool:
    """Tell whether two systems give the same numbers the same place, as EPSG:4326, CRS84 and EPSG:4490 do here."""
    numbers = [112.3, 387_100.0, 38_387_100.0], [37.7, 4_173_861.0, 4_173_861.0]
    return one.is_rough == other.is_rough and np.array_equal(one.to_degrees(*numbers), other.to_degrees(*numbers))


def gauss_kruger(lon: float) -> Crs:
    """Return the 3-degree Gauss-Krüger zone of a longitude, with eastings without zone number (EPSG:4534 to 4554).

    Raises GeodataError where the longitude lies outside the zones of China, 73.5 to 136.5 degrees.
    """
    if not 73.5 <= lon <= 136.5:
        raise GeodataError("Longitude {lon} lies outside the Gauss-Krüger zones of China; 73.5 to 136.5 would be right.", lon=lon)
    zone = min(max(int(np.floor(lon / 3 + 0.5)), 25), 45)
    return parse_crs(f"EPSG:{4534 + zone - 25}")


def snapped(degrees: ArrayLike) -> NDArray[np.float64]:
    """Return coordinates as they are stored, multiples of 1e-8 degree; never a negative zero."""
    exact = np.asarray(degrees, dtype=np.float64)
    return np.asarray(np.round(exact, DECIMALS) + 0.0, dtype=np.float64)


def to_stored(geometries: ArrayLike, crs: Crs) -> NDArray[np.object_]:
    """Return geometries of `crs` in EPSG:4490, two-dimensional and snapped; None stays None.

    Raises GeodataError where a coordinate has no place on Earth in `crs`.
    """
    return _moved(geometries, lambda x, y: _stored(x, y, crs))


def from_stored(geometries: ArrayLike, crs: Crs) -> NDArray[np.object_]:
    """Return geometries of EPSG:4490 in `crs`, unsnapped, so that `to_stored` gives the same back."""
    return _moved(geometries, crs.from_degrees)


def point_to_stored(lon: float, lat: float, crs: Crs) -> tuple[float, float]:
    """Return one position of `crs` (x and y where it is projected) as stored longitude and latitude.

    Raises GeodataError where the position has no place on Earth in `crs`.
    """
    x, y = _stored(lon, lat, crs)
    return float(x), float(y)


def _moved(geometries: ArrayLike, shift: Shift) -> NDArray[np.object_]:
    return shapely.transform(np.asarray(geometries, dtype=object), lambda xy: np.column_stack(shift(*xy.T)))


def _stored(x: ArrayLike, y: ArrayLike, crs: Crs) -> Lonlat:
    lon, lat = (snapped(degrees) for degrees in crs.to_degrees(x, y))
    beyond = np.flatnonzero(~((np.abs(lon) <= 180) & (np.abs(lat) <= 90)))
    if beyond.size:
        at = int(beyond[0])
        raise GeodataError("{x}, {y} is no place in {crs}.", x=float(np.ravel(x)[at]), y=float(np.ravel(y)[at]), crs=crs.name)
    return lon, lat


def _transformed(crs: Crs, direction: str, x: ArrayLike, y: ArrayLike) -> Lonlat:
    lon, lat = _transformer(crs.projection).transform(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64), direction=direction)
    return np.asarray(lon), np.asarray(lat)


@lru_cache(maxsize=64)
def _transformer(projection: pyproj.CRS) -> pyproj.Transformer:
    """Return the way to EPSG:4490; through WGS 84, to which most datums have a published way and none to CGCS2000."""
    return pyproj.Transformer.from_crs(projection, STORED if _datum(projection) == "China 2000" else 4326, always_xy=True)


def _datum(projection: pyproj.CRS) -> str:
    system = projection.geodetic_crs
    return system.datum.name if system and system.datum else ""


@lru_cache(maxsize=256)  # an unknown name costs PROJ a third of a second
def _looked_up(text: str) -> pyproj.CRS | None:
    """Return what PROJ knows under this text, in two dimensions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # PROJ's old "+init=" spelling is still found in files
        try:
            found = pyproj.CRS.from_user_input(text).to_2d()
        except (CRSError, UnicodeError):
            return None
    is_name = not re.search(r"[:\[{+]", text)
    return None if is_name and _plain(found.name) != _plain(text) else found


def _plain(text: str) -> str:
    """Return a name's letters and digits alone, in lower case, with Esri's short form written out."""
    return re.sub(r"[\W_]", "", text).lower().replace("degreegk", "degreegausskruger")
