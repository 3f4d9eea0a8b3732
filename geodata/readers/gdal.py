"""What GDAL reads into layers of records."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from geodata.findings import Finding, GeodataError
from geodata.records import Attributes, Content, Geometries

_EXACT_BELOW = 2**53
"""From here on a float no longer tells neighbouring integers apart."""


class Layer(NamedTuple):
    """A layer as GDAL reads it."""

    name: str
    fids: NDArray[np.int64]
    """What the file numbers the records by."""
    content: Content


def read_layer(address: str, layer: str | None, source: str, **options: str) -> Layer:
    """Return one layer of what GDAL finds at an address: the one named, or the only one. `options` are those of GDAL's driver.

    Text is text, integers and decimals are numbers, dates are ISO 8601 text, a missing value is None.
    Raises GeodataError where several could be meant and none is named, or GDAL cannot read it.
    """
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            name = _chosen(pyogrio.list_layers(address), layer, source)
            about, fids, wkb, columns = pyogrio.raw.read(
                address, layer=name, force_2d=True, return_fids=True, datetime_as_string=True, **options
            )
            attributes = _attributes(about, columns, partial(_exact, address, name, options)) or [{} for _ in fids]
        except (DataSourceError, DataLayerError, FeatureError, FieldError, GeometryError, UnicodeDecodeError) as error:
            raise GeodataError("{source} cannot be read: {reason}.", source=source, reason=str(error).replace(address, source)) from error
    said = [str(one.message).replace(address, source) for one in told]
    findings = [Finding("odd-file", "warning", "About this file, the library that reads it says: {said}", {"said": one}) for one in said]
    rows = range(1, 1 + len(fids))
    if wkb is None:
        return Layer(name, fids, Content(rows, attributes, np.full(len(rows), None), findings=tuple(findings), is_placed=False))
    geometry, broken = _geometry(wkb, rows)
    return Layer(name, fids, Content(rows, attributes, geometry, _declared(about["crs"]), (*findings, *broken)))


def _chosen(layers: NDArray[np.object_], layer: str | None, source: str) -> str:
    """Return the layer to read: as named; else the only one with geometry; else the only one."""
    names = [str(name) for name, _ in layers]
    drawn = [str(name) for name, kind in layers if kind is not None] or names
    listed = ", ".join(names)
    if layer is not None and layer not in names:
        raise GeodataError("{source} has no layer {layer!r}; it has {layers}.", source=source, layer=layer, layers=listed)
    if layer is None and len(drawn) != 1:
        raise GeodataError("{source} has {count} layers; name one of them: {layers}.", source=source, count=len(drawn), layers=listed)
    return layer or drawn[0]


def _declared(crs: str | None) -> str | None:
    """Return the reference system of a layer; GeoPackage has two entries that mean none."""
    return None if crs is None or "Undefined" in crs else crs


def _attributes(about: dict[str, Any], columns: Sequence[NDArray[Any]], exact: Callable[[str], list[object]]) -> list[Attributes]:
    """Return what the rows say, nothing where there are no columns; integers that came as floats since some are missing are integers."""
    names, values = [str(name) for name in about["fields"]], []
    for name, column, kind, detail in zip(names, columns, about["ogr_types"], about["ogr_subtypes"], strict=True):
        was_integer = column.dtype.kind == "f" and kind.startswith("OFTInteger")
        if was_integer and bool(np.any(np.abs(column) >= _EXACT_BELOW)):
            values.append(exact(name))
        else:
            values.append(_values(column, (bool if detail == "OFSTBoolean" else int) if was_integer else float))
    return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def _exact(address: str, layer: str, options: Mapping[str, str], column: str) -> list[object]:
    """Return the integers of a column to the last digit, by way of text."""
    quoted = [name.replace("\\", "\\\\").replace('"', '\\"') for name in (column, layer)]
    sql = 'SELECT CAST("{}" AS character(20)) AS digits FROM "{}"'.format(*quoted)
    (digits,) = pyogrio.raw.read(address, sql=sql, sql_dialect="OGRSQL", read_geometry=False, **options)[3]
    return [None if said is None else int(said) for said in digits]


def _values(column: NDArray[Any], plain: type) -> list[object]:
    """Return a column as Python values; floats go back to the type they stand for, NaN is missing."""
    if column.dtype.kind == "O":
        return [value.tolist() if isinstance(value, np.ndarray) else value for value in column]
    if column.dtype.kind != "f":
        return list(column.tolist())
    missing = np.isnan(column).tolist()
    return [None if gone else plain(value) for gone, value in zip(missing, column.tolist(), strict=True)]


def _geometry(wkb: NDArray[np.object_], rows: Sequence[int]) -> tuple[Geometries, list[Finding]]:
    geometry = shapely.from_wkb(wkb, on_invalid="ignore")
    broken = [at for at in np.flatnonzero(shapely.is_missing(geometry)).tolist() if wkb[at] is not None]
    return geometry, [Finding("unreadable-geometry", "error", "The geometry of the row cannot be read.", row=rows[at]) for at in broken]
