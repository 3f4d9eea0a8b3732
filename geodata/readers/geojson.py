"""GeoJSON (RFC 7946): a collection of features, one feature, or a bare geometry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely

from geodata.findings import Finding, GeodataError
from geodata.readers.text import cleaned, decoded, is_storable
from geodata.records import Attributes, Content, Geometries

STANDARD = "EPSG:4326"
"""What RFC 7946, section 4, prescribes: longitude and latitude of WGS 84."""

_DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
"""How many lists lie around a position."""

_TYPES = (*_DEPTHS, "GeometryCollection")


def read(path: Path, _layer: str | None) -> Content:
    """Return the features of a file, with `id` among the attributes where a feature has one.

    A `crs` member, which RFC 7946 dropped and GDAL still writes, is believed. Heights and further
    numbers of a position are left out.

    Raises GeodataError where the text is no JSON or no GeoJSON, or its `crs` names nothing.
    """
    text, findings = decoded(path.read_bytes(), path.name)
    try:
        content = _content(_document(text, path.name), path.name, findings)
        return content if is_storable(text) and "\\u" not in text else cleaned(content)
    except RecursionError as error:
        raise GeodataError("{source} nests its lists too deep.", source=path.name) from error


def _content(document: dict[str, Any], source: str, findings: list[Finding]) -> Content:
    features = _features(document, source)
    attributes: list[Attributes] = []
    for row, feature in enumerate(features, start=1):
        said, odd = _said(feature, row)
        attributes.append(said)
        findings += odd
    geometry, unread = _geometry([feature.get("geometry") if isinstance(feature, dict) else None for feature in features])
    return Content(range(1, 1 + len(features)), attributes, geometry, _declared(document, source), (*findings, *unread))


def _document(text: str, source: str) -> dict[str, Any]:
    try:
        document = json.loads(text, parse_constant=lambda _: None)  # NaN and Infinity, which JSON does not know
    except json.JSONDecodeError as error:
        raise GeodataError(
            "{source}, line {line}, column {column}: no JSON ({reason}).",
            source=source,
            line=error.lineno,
            column=error.colno,
            reason=error.msg,
        ) from error
    except ValueError as error:
        raise GeodataError("{source} holds a number of thousands of digits.", source=source) from error
    if not isinstance(document, dict):
        raise GeodataError("{source} is JSON, but no GeoJSON object.", source=source)
    return document


def _features(document: dict[str, Any], source: str) -> list[Any]:
    """Return the document as a list of features; a bare geometry becomes one without attributes."""
    kind = document.get("type")
    if kind == "Feature":
        return [document]
    if kind in _TYPES:
        return [{"type": "Feature", "geometry": document, "properties": None}]
    if kind != "FeatureCollection":
        raise GeodataError(
            "{source}: type {kind!r}; FeatureCollection, Feature or a geometry's type would be right.", source=source, kind=kind
        )
    features = document.get("features")
    if not isinstance(features, list):
        raise GeodataError("{source}: a FeatureCollection without a list of features.", source=source)
    return features


def _declared(document: dict[str, Any], source: str) -> str:
    """Return the reference system: the standard one unless the old `crs` member names another."""
    member = document.get("crs")
    if member is None:
        return STANDARD
    try:
        name = member["properties"]["name"]
    except (KeyError, TypeError):
        name = None
    if not isinstance(name, str):
        raise GeodataError(
            "{source}: the crs member names no reference system; leave it out or name one, such as EPSG:4490.", source=source
        )
    return name


def _said(feature: object, row: int) -> tuple[Attributes, list[Finding]]:
    """Return what a feature says, and what is wrong with it."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return {}, [Finding("no-feature", "error", "The entry is no feature.", row=row)]
    properties = feature.get("properties")
    findings = []
    if not isinstance(properties, dict | None):
        findings.append(Finding("no-properties", "warning", "The properties of the feature are no object; they are left out.", row=row))
        properties = None
    said = ({"id": feature["id"]} if isinstance(feature.get("id"), str | int | float) else {}) | (properties or {})
    return said, findings


def _geometry(geometries: list[Any]) -> tuple[Geometries, list[Finding]]:
    """Return the geometries; the many good ones go through GEOS at once, the others are looked at one by one."""
    shapes = shapely.from_geojson(np.array([_text(geometry) for geometry in geometries], dtype=object), on_invalid="ignore")
    findings = []
    for at in np.flatnonzero(shapely.is_missing(shapes)).tolist():
        if geometries[at] is None:
            continue
        fault = _fault(geometries[at], at + 1)
        shapes[at] = None if fault else shapely.from_geojson(_text(_flat(geometries[at])), on_invalid="ignore")
        if shapes[at] is None:
            findings.append(
                fault
                or Finding(
                    "unreadable-geometry",
                    "error",
                    "Rings have to close and have four positions, lines two; the geometry has too few.",
                    row=at + 1,
                )
            )
    return shapes, findings


def _text(geometry: object) -> bytes | None:
    """Return a geometry as JSON again, if it is one at all."""
    if not isinstance(geometry, dict) or geometry.get("type") not in _TYPES:
        return None
    try:
        return orjson.dumps(geometry)
    except orjson.JSONEncodeError:  # a whole number beyond 64 bits, half a character, too deep
        return None


def _fault(geometry: object, row: int) -> Finding | None:
    """Return what is wrong with the form of a geometry."""
    kind = geometry.get("type") if isinstance(geometry, dict) else geometry
    if not isinstance(geometry, dict) or kind not in _TYPES:
        return Finding("unreadable-geometry", "error", "{kind!r} is no type of geometry.", {"kind": kind}, row=row)
    if kind == "GeometryCollection":
        members = geometry.get("geometries")
        faults = [_fault(member, row) for member in members] if isinstance(members, list) else []
        return next(filter(None, faults), None)
    if not _is_nested(geometry.get("coordinates"), _DEPTHS[kind]):
        return Finding(
            "unreadable-geometry",
            "error",
            "The coordinates of the {kind} are not nested as its type needs, or are no numbers.",
            {"kind": kind},
            row=row,
        )
    return None


def _is_nested(coordinates: object, depth: int) -> bool:
    """Tell whether `depth` lists lie around positions of two or more finite numbers."""
    if not isinstance(coordinates, list):
        return False
    if depth:
        return all(_is_nested(inner, depth - 1) for inner in coordinates)
    return len(coordinates) >= 2 and all(_is_number(value) for value in coordinates[:2])


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -1e300 < value < 1e300


def _flat(geometry: dict[str, Any]) -> dict[str, Any]:
    """Return a well-formed geometry without heights and what may follow them."""
    kind = geometry["type"]
    if kind == "GeometryCollection":
        return {"type": kind, "geometries": [_flat(member) for member in geometry.get("geometries") or []]}
    return {"type": kind, "coordinates": _flattened(geometry["coordinates"], _DEPTHS[kind])}


def _flattened(coordinates: list[Any], depth: int) -> list[Any]:
    if depth:
        return [_flattened(inner, depth - 1) for inner in coordinates]
    return [float(value) for value in coordinates[:2]]
