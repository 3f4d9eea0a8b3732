"""Houses and streets drawn in metres, and the real quarters."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyogrio
import shapely
from shapely import LineString
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geodata.districting.streets import Streets
from geodata.footprints import gather
from geodata.topology import Geometries, Ground, snap
from geodata.topology.grid import as_array
from geodata.topology.plane import metres_per_degree
from tests.conftest import shared_data
from tests.grids import SOUTH, WEST

METRES_PER_DEGREE = metres_per_degree(np.array([SOUTH]))[0]


def placed(*shapes: BaseGeometry) -> Geometries:
    """Return shapes in metres, from a corner in the plane, as degrees on the grid."""
    return snap(shapely.transform(as_array(shapes), lambda metres: metres / METRES_PER_DEGREE + np.array([WEST, SOUTH])))


def streets(*lines: Sequence[tuple[float, float]], kind: str = "residential", tunnel: bool = False) -> Streets:
    """Return streets of one class by points in metres."""
    drawn = placed(*(LineString(points) for points in lines))
    return Streets(drawn, [kind] * len(lines), np.full(len(lines), tunnel))


class Quarter(NamedTuple):
    boundary: Ground
    footprints: Geometries
    streets: Streets
    water: Geometries


def shanghai() -> Quarter:
    """Lujiazui and the Bund within the frame of their roads, one footprint an id."""
    buildings = [
        each for each in _features("buildings") if each["properties"]["kind"] == "building" and each["geometry"]["type"] != "Point"
    ]
    united = gather([str(each["properties"]["id"]) for each in buildings], _shapes(buildings)).footprints
    roads = _features("roads")
    kinds = [each["properties"].get("kind_detail") or each["properties"]["kind"] for each in roads]
    tunnel = np.array([bool(each["properties"].get("is_tunnel")) for each in roads])
    water = [each for each in _features("water") if each["geometry"]["type"].endswith("Polygon")]
    lines = snap(_shapes(roads))
    frame = shapely.box(*shapely.total_bounds(lines))
    return Quarter(frame, snap(united[~shapely.is_missing(united)]), Streets(lines, kinds, tunnel), snap(_shapes(water)))


def quarter(name: str) -> Quarter:
    """Return a quarter of OpenStreetMap within the frame of its buildings."""
    path = shared_data(f"osm/{name}.gpkg")
    footprints = snap(shapely.from_wkb(pyogrio.raw.read(path, layer="buildings")[2]))
    about, _, lines, values = pyogrio.raw.read(path, layer="roads")
    kinds = [str(kind) for kind in values[list(about["fields"]).index("highway")]]
    frame = shapely.box(*shapely.total_bounds(footprints))
    return Quarter(frame, footprints, Streets(snap(shapely.from_wkb(lines)), kinds, np.zeros(len(kinds), bool)), as_array([]))


def _features(name: str) -> list[dict[str, dict[str, str]]]:
    found: list[dict[str, dict[str, str]]] = json.loads(shared_data(f"shanghai/shanghai_{name}.geojson").read_text())["features"]
    return found


def _shapes(features: list[dict[str, dict[str, str]]]) -> Geometries:
    return as_array([shape(each["geometry"]) for each in features])
