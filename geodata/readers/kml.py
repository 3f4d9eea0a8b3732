"""KML, as map programs and phones write it, and KMZ, the same in a zip archive."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np
import shapely

from geodata.findings import Finding, GeodataError
from geodata.readers.text import cleaned, decoded, is_storable
from geodata.records import Attributes, Content, Geometries

STANDARD = "EPSG:4326"
"""What KML prescribes: longitude and latitude of WGS 84 (OGC 12-007r2, 6.3)."""

_PIECES = {"Point": shapely.Point, "LineString": shapely.LineString, "LinearRing": shapely.LineString, "Track": shapely.LineString}
_UNITED: dict[int, Callable[..., Any]] = {0: shapely.multipoints, 1: shapely.multilinestrings, 3: shapely.multipolygons}
"""By the type of the pieces, what makes them one geometry."""
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["'][^>]*\?>""")


def read(path: Path, _layer: str | None) -> Content:
    """Return the placemarks of a file: name, description, folder (the names of those around it) and what ExtendedData say.

    Rows count the placemarks. Heights are left out; several pieces of one kind become one geometry.

    Raises GeodataError where the text is no KML.
    """
    text, findings = _text(path)
    root = _root(text, path.name)
    attributes: list[Attributes] = []
    shapes: list[shapely.Geometry | None] = []
    for row, (placemark, folder) in enumerate(_placemarks(root), start=1):
        attributes.append(_said(placemark, folder))
        try:
            shapes.append(_shape(placemark))
        except (ValueError, RecursionError, shapely.GEOSException):
            shapes.append(None)
            findings.append(_unreadable(row))
    geometry: Geometries = np.fromiter(shapes, dtype=object, count=len(shapes))
    content = Content(range(1, 1 + len(shapes)), attributes, geometry, STANDARD, tuple(findings))
    return content if is_storable(text) else cleaned(content)


def _root(text: str, source: str) -> ET.Element:
    try:
        root = ET.fromstring(text)  # noqa: S314  # expat from 2.4 on limits what entities may grow to
    except ET.ParseError as error:
        line, column = error.position
        raise GeodataError(
            "{source}, line {line}, column {column}: no XML ({reason}).",
            source=source,
            line=line,
            column=column + 1,
            reason=str(error).partition(":")[0],
        ) from error
    except ValueError as error:
        raise GeodataError("{source} is no KML.", source=source) from error
    if _tag(root) != "kml":
        raise GeodataError("{source} is no KML.", source=source)
    return root


def _text(path: Path) -> tuple[str, list[Finding]]:
    """Return the text of a file, or of the first KML in an archive, without the line that names its encoding."""
    data = path.read_bytes()
    if data.startswith(b"PK"):
        data = _unpacked(path)
    declared = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf"))
    text, findings = decoded(data, path.name)
    if declared and declared[1].lower() not in (b"utf-8", b"utf-16"):
        with suppress(LookupError, UnicodeError):  # a name that is none, or not the right one
            text, findings = data.decode(declared[1].decode()), []
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text), findings


def _unpacked(path: Path) -> bytes:
    try:
        with ZipFile(path) as archive:
            inside = [name for name in archive.namelist() if name.lower().endswith(".kml")]
            return archive.read(next(iter(sorted(inside, key=lambda name: name.lower() != "doc.kml"))))
    except (BadZipFile, StopIteration, RuntimeError, NotImplementedError) as error:
        raise GeodataError("{source} is no archive with a KML file in it.", source=path.name) from error


def _unreadable(row: int) -> Finding:
    return Finding(
        "unreadable-geometry",
        "error",
        "The coordinates of the placemark cannot be read; pairs such as 112.72,37.69 with blanks between them would be right.",
        row=row,
    )


def _tag(element: ET.Element) -> str:
    """Return what an element is called, whatever its namespace."""
    return element.tag.rpartition("}")[2]


def _placemarks(root: ET.Element) -> Iterator[tuple[ET.Element, str]]:
    """Yield the placemarks in the order of the file, each with the names of the folders around it."""
    inside = [(root, "")]
    while inside:
        element, folder = inside.pop()
        if _tag(element) == "Placemark":
            yield element, folder
            continue
        name = _word(element, "name") if _tag(element) == "Folder" else ""
        folder = "/".join(filter(None, (folder, name)))
        inside += [(child, folder) for child in reversed(element) if len(child) or _tag(child) == "Placemark"]


def _said(placemark: ET.Element, folder: str) -> Attributes:
    said: Attributes = {"name": _word(placemark, "name"), "description": _word(placemark, "description"), "folder": folder}
    for element in placemark.iter():
        if _tag(element) in ("Data", "SimpleData") and (called := element.get("name")):
            said[called] = _word(element, "value") if _tag(element) == "Data" else _content(element)
    return {name: value for name, value in said.items() if value}


def _word(element: ET.Element, tag: str) -> str:
    return next((_content(child) for child in element if _tag(child) == tag), "")


def _content(element: ET.Element) -> str:
    return "".join(element.itertext()).strip()


def _shape(placemark: ET.Element) -> shapely.Geometry | None:
    """Return the pieces of a placemark as one geometry. Raises ValueError where coordinates are none."""
    pieces = list(_pieces(placemark))
    if len(pieces) < 2:
        return pieces[0] if pieces else None
    kinds = set(shapely.get_type_id(pieces).tolist())
    united: shapely.Geometry = _UNITED.get(kinds.pop() if len(kinds) == 1 else -1, shapely.geometrycollections)(pieces)
    return united


def _pieces(element: ET.Element) -> Iterator[shapely.Geometry]:
    for child in element:
        kind = _tag(child)
        if kind == "Polygon":
            rings = {side: [_ring(ring) for ring in child.iter() if _tag(ring) == side] for side in ("outerBoundaryIs", "innerBoundaryIs")}
            yield shapely.Polygon(rings["outerBoundaryIs"][0] if rings["outerBoundaryIs"] else None, rings["innerBoundaryIs"])
        elif kind in _PIECES:
            yield _PIECES[kind](*_points(kind, child))
        elif kind in ("MultiGeometry", "MultiTrack"):
            yield from _pieces(child)


def _ring(side: ET.Element) -> list[tuple[float, float]]:
    return _positions(next(("".join(element.itertext()) for element in side.iter() if _tag(element) == "coordinates"), ""))


def _points(kind: str, element: ET.Element) -> list[list[tuple[float, float]]] | list[tuple[float, float]]:
    if kind == "Track":
        return [[_position(_content(child).split()) for child in element if _tag(child) == "coord"]]
    found = _positions(_word(element, "coordinates"))
    return found[:1] if kind == "Point" else [found]


def _positions(text: str) -> list[tuple[float, float]]:
    """Return the positions of a list `lon,lat,height lon,lat,height`; blanks beside the commas do no harm."""
    return [_position(position.split(",")) for position in re.sub(r"\s*,\s*", ",", text).split()]


def _position(numbers: list[str]) -> tuple[float, float]:
    if len(numbers) < 2:
        raise ValueError(numbers)
    return float(numbers[0]), float(numbers[1])
