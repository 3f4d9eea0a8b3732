"""Reading files: one reader for each kind, one way from any of them to a `Table` in the stored reference system."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

import numpy as np

from geodata.crs import mean_the_same, parse_crs
from geodata.findings import Finding, GeodataError
from geodata.placing import place
from geodata.readers import delimited, geojson, geopackage, kml, osm, shapefile, toml, workbook
from geodata.readers.archive import refuse_bomb
from geodata.records import Content, Table

Reader: TypeAlias = Callable[[Path, str | None], Content]
"""From a file and the name of a layer, if one was given, to what stands in it."""

READERS: dict[str, Reader] = {
    ".csv": delimited.read,
    ".et": workbook.read,
    ".geojson": geojson.read,
    ".gpkg": geopackage.read,
    ".json": geojson.read,
    ".kml": kml.read,
    ".kmz": kml.read,
    ".osm": osm.read,
    ".pbf": osm.read,
    ".shp": shapefile.read,
    ".toml": toml.read,
    ".tsv": delimited.read,
    ".txt": delimited.read,
    ".xls": workbook.read,
    ".xlsm": workbook.read,
    ".xlsx": workbook.read,
    ".zip": shapefile.read_zip,
}


@np.errstate(invalid="ignore", over="ignore")  # numbers that are none become findings
def read(path: Path | str, *, crs: str | None = None, layer: str | None = None, attribution: str = "") -> Table:
    """Return what stands in a file, in EPSG:4490.

    `crs` declares the reference system; where the file declares another, the caller is believed, with a finding.
    `layer` chooses among several. `attribution` is what a map of these records has to show.

    Raises GeodataError where the file cannot be read as a whole: unknown kind, broken, unpacking to too much, several layers
    and none named, no reference system, or one its numbers contradict. A row that cannot be placed keeps its attributes and has a finding.
    """
    path = Path(path)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise GeodataError("{source} is of a kind that cannot be read; {kinds} would be right.", source=path.name, kinds=", ".join(READERS))
    if not path.is_file():
        raise GeodataError("There is no file {source}.", source=path.name)
    try:
        refuse_bomb(path)
        content = reader(path, layer)
    except OSError as error:
        raise GeodataError("{source} cannot be opened: {reason}.", source=path.name, reason=error.strerror) from error
    return _placed(content, path.name, crs, attribution)


def _placed(content: Content, source: str, declared: str | None, attribution: str) -> Table:
    """Return a file's content in the stored system."""
    is_empty = declared is None and content.crs is None and all(shape is None for shape in content.geometry)
    if not content.is_placed or is_empty:  # columns of places that hold none need no reference system
        findings = [*content.findings, *_unplaced(declared)]
        return Table(source, None, content.rows, content.attributes, content.geometry, tuple(findings), attribution)
    label = declared or content.crs
    if label is None:
        raise GeodataError(
            "{source} does not say its reference system; tell it, for example --crs EPSG:4490 (degrees) or --crs EPSG:4547"
            " (Gauss-Krüger, central meridian 114 E).",
            source=source,
        )
    crs = parse_crs(label)
    stored, findings = place(content.geometry, crs, source=source, rows=content.rows)
    told = {finding.row for finding in content.findings if finding.code in {"unreadable-geometry", "no-feature"}}
    findings = [finding for finding in findings if finding.code != "no-geometry" or finding.row not in told]
    findings = [*content.findings, *_overruled(declared, content.crs), *findings]
    return Table(source, label, content.rows, content.attributes, stored, tuple(findings), attribution)


def _unplaced(declared: str | None) -> list[Finding]:
    """Return a finding where the caller names a reference system and the table has no places."""
    if declared is None:
        return []
    return [Finding("no-places", "warning", "No column holds places; one called wkt, or two called lon and lat, would be right.")]


def _overruled(declared: str | None, found: str | None) -> list[Finding]:
    """Return a finding where the caller and the file name different systems."""
    if declared is None or found is None:
        return []
    with suppress(GeodataError):  # whatever the file says instead of a system, the caller knows better
        if mean_the_same(parse_crs(declared), parse_crs(found)):
            return []
    values = {"declared": declared, "found": found}
    return [Finding("crs-overruled", "warning", "Read in {declared} as told, though the file itself says {found}.", values)]
