"""Columns of one type each, as GDAL takes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.crs import STORED
from geodata.findings import GeodataError
from geodata.records import Geometries
from geodata.writers.layers import Layer

_EXACT_BELOW = 2**53
"""From here on GDAL's readers, which take a column with missing integers for floats, lose digits."""


class Column(NamedTuple):
    """Values of one type, and where they are missing."""

    values: NDArray[Any]
    missing: NDArray[np.bool_] | None


def typed(values: Sequence[object]) -> Column:
    """Return a column as the narrowest type that holds all its values: truth values, integers, floats, else text."""
    missing = np.array([value is None for value in values], dtype=np.bool_)
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return _numbers(values, missing, np.dtype(np.bool_))
    if kinds == {int} and not (missing.any() and any(abs(value) >= _EXACT_BELOW for value in values if isinstance(value, int))):
        return _numbers(values, missing, np.dtype(np.int64))
    if kinds == {float}:
        return _numbers(values, missing, np.dtype(np.float64))
    return Column(_objects(None if value is None else _text(value) for value in values), None)


def _numbers(values: Sequence[object], missing: NDArray[np.bool_], kind: np.dtype[Any]) -> Column:
    return Column(np.array([0 if value is None else value for value in values], dtype=kind), missing)


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else repr(value)


def _objects(values: Iterable[object]) -> NDArray[np.object_]:
    return np.fromiter(values, dtype=np.object_)


def raw(layer: Layer, names: Sequence[str], geometry_type: str) -> dict[str, Any]:
    """Return the arguments of pyogrio.raw.write that hold a layer; `names` are those of the file's columns.

    Raises GeodataError where two names differ in capitals only, which these formats take for one.
    """
    seen: dict[str, str] = {}
    for name in names:
        first = seen.setdefault(name.casefold(), name)
        if first is not name:
            raise GeodataError("Columns {first!r} and {name!r} would be one in such a file; rename one of them.", first=first, name=name)
    columns = [typed(layer.column(name)) for name in layer.columns]
    return {
        "geometry": _objects(shapely.to_wkb(layer.geometry, flavor="iso")),
        "field_data": [column.values for column in columns],
        "field_mask": [column.missing for column in columns],
        "fields": np.array(names, dtype=object),
        "geometry_type": geometry_type,
        "crs": f"EPSG:{STORED}",
        "encoding": "UTF-8",
    }


def geometry_type(geometry: Geometries) -> str:
    """Return the one type of all geometries in GDAL's words, `Unknown` where there are several."""
    kinds = {kind for kind in shapely.get_type_id(geometry).tolist() if kind >= 0}
    return _NAMES.get(kinds.pop(), "Unknown") if len(kinds) == 1 else "Unknown"


_NAMES = {0: "Point", 1: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString", 6: "MultiPolygon", 7: "GeometryCollection"}
