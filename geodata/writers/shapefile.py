"""Shapefiles in a zip archive: names of at most ten ASCII characters, and a companion that says what dBASE cannot.

The archive holds `<name>.shp`, `.shx`, `.dbf`, `.prj`, `.cpg` (UTF-8) and `<name>.columns.json`, an object in UTF-8 with

- `columns`: {short name in the .dbf: full name}, in the order of the columns. A column without an entry is called as it is;
- `values`: {short name: {number of the record, counted from 1, as text: [what the .dbf says, what is meant]}}, the values that the
  .dbf cuts, rounds or cannot tell apart: text of more than 254 bytes or with blanks at its end, empty text (dBASE has but one
  emptiness, and it reads as null), long integers, decimals beyond its fixed point, truth values. The types are JSON's. What is
  meant holds only while the .dbf still says the same (as this package reads it): a cell that somebody changed wins;
- `notes`: [sentence], whom a map has to name and whether the data are made up.

Each of them may be absent. A Shapefile holds one kind of geometry: where there are several, each has its own in the archive, called
`<name>_points`, `<name>_lines` and `<name>_areas`, with a companion each; records without geometry are in the first of them.
"""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, count
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import orjson
import pyogrio
import shapely

from geodata.findings import GeodataError
from geodata.readers import shapefile
from geodata.records import Attributes, Geometries
from geodata.writers.layers import Layer
from geodata.writers.typed import raw

_LETTERS = 10
"""What dBASE allows the name of a column."""
_KINDS = {0: "Point", 1: "LineString", 2: "Polygon"}
_CALLED = {0: "points", 1: "lines", 2: "areas"}
"""Kinds of geometry by their dimension."""


def write(path: Path, layer: Layer) -> None:
    """Write an archive of one Shapefile, or one for each kind of geometry.

    Raises GeodataError for a collection of several kinds in one record.
    """
    with tempfile.TemporaryDirectory(prefix=".", dir=path.parent) as folder:
        for kind, part in _parts(layer):
            _write_part(Path(folder), kind, part)
        with ZipFile(path, "w", ZIP_DEFLATED) as archive:
            for file in sorted(Path(folder).iterdir()):
                archive.write(file, file.name)


def _parts(layer: Layer) -> Iterator[tuple[int, Layer]]:
    """Return the layer by kinds of geometry, each with its dimension."""
    kinds = shapely.get_dimensions(layer.geometry)
    several = np.flatnonzero(shapely.get_type_id(layer.geometry) == shapely.GeometryType.GEOMETRYCOLLECTION).tolist()
    if several:
        raise GeodataError("Row {row} draws several kinds of geometry at once; GeoPackage would hold that.", row=several[0] + 1)
    there = sorted({kind for kind in kinds.tolist() if kind >= 0}) or [2]
    for place, kind in enumerate(there):
        chosen = np.flatnonzero((kinds == kind) | ((kinds < 0) & (place == 0))).tolist()
        name = layer.name if len(there) == 1 else f"{layer.name}_{_CALLED[kind]}"
        yield kind, replace(layer, name=name, attributes=[layer.attributes[at] for at in chosen], geometry=layer.geometry[chosen])


def _write_part(folder: Path, kind: int, layer: Layer) -> None:
    file = folder / f"{layer.name}.shp"
    short = _short(layer.columns)
    geometry, geometry_type = _alike(layer.geometry, kind)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # what it cuts goes into the companion
        pyogrio.raw.write(str(file), **raw(replace(layer, geometry=geometry), short, geometry_type), driver="ESRI Shapefile")
        stands = shapefile.read(file, None).attributes
    values = {name: _lost(name, full, stands, layer.attributes) for name, full in zip(short, layer.columns, strict=True)}
    about = {
        "columns": dict(zip(short, layer.columns, strict=True)),
        "values": {name: lost for name, lost in values.items() if lost},
        "notes": list(layer.notes),
    }
    file.with_suffix(".columns.json").write_bytes(orjson.dumps(about, option=orjson.OPT_INDENT_2))


def _alike(geometry: Geometries, kind: int) -> tuple[Geometries, str]:
    """Return geometries as one Shapefile holds them: where some are of several points, all are."""
    if kind or not (shapely.get_type_id(geometry) == shapely.GeometryType.MULTIPOINT).any():
        return geometry, _KINDS[kind]
    alike = geometry.copy()
    single = shapely.get_type_id(geometry) == shapely.GeometryType.POINT
    alike[single] = [shapely.MultiPoint([point]) for point in geometry[single]]
    return alike, "MultiPoint"


def _lost(name: str, full: str, stands: Sequence[Attributes], said: Sequence[Attributes]) -> dict[str, list[object]]:
    """Return, by the number of the record, what the .dbf says and what is meant, where they differ."""
    pairs = ((at[name], meant[full]) for at, meant in zip(stands, said, strict=True))
    return {str(row): [at, meant] for row, (at, meant) in enumerate(pairs, start=1) if at != meant or type(at) is not type(meant)}


def _short(columns: Sequence[str]) -> list[str]:
    """Return ten letters of ASCII at most for each column, each once."""
    names: list[str] = []
    for place, column in enumerate(columns, start=1):
        plain = re.sub(r"[^0-9a-z]+", "_", column.lower()).strip("_") if column.isascii() else ""
        first = plain[:_LETTERS] or f"column{place}"
        names.append(next(name for name in chain([first], _numbered(first)) if name not in names))
    return names


def _numbered(name: str) -> Iterator[str]:
    return (f"{name[: _LETTERS - len(f'_{number}')]}_{number}" for number in count(2))
