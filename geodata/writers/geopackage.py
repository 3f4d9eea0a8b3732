"""GeoPackage: one layer of records, every column of one type."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pyogrio

from geodata.writers.layers import Layer
from geodata.writers.typed import geometry_type, raw


def write(path: Path, layer: Layer) -> None:
    """Write a layer; the notes stand in its description.

    A column of mixed types is text. Raises GeodataError where two columns differ in capitals only.
    """
    names = {name.casefold() for name in layer.columns}
    pyogrio.raw.write(
        str(path),
        **raw(layer, layer.columns, geometry_type(layer.geometry)),
        driver="GPKG",
        layer=layer.name,
        FID=_free("fid", names),
        GEOMETRY_NAME=_free("geom", names),
        DESCRIPTION=" ".join(layer.notes),
    )


def _free(name: str, taken: set[str]) -> str:
    """Return a name for a column of the format's own that no column of the records has."""
    return next(free for free in chain([name], (f"{name}_{number}" for number in range(len(taken) + 1))) if free not in taken)
