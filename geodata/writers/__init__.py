"""Writing files: one writer for each kind, one way from records to a file that is there whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from geodata.findings import GeodataError
from geodata.writers import delimited, geojson, geopackage, shapefile, sheets
from geodata.writers.layers import Layer, plain

__all__ = ["WRITERS", "Layer", "Writer", "write"]

Writer: TypeAlias = Callable[[Path, Layer], None]
"""Writes records to a file that is not there yet."""

WRITERS: dict[str, Writer] = {
    ".csv": delimited.write,
    ".geojson": geojson.write,
    ".gpkg": geopackage.write,
    ".xlsx": sheets.write,
    ".zip": shapefile.write,
}


def write(path: Path | str, layer: Layer) -> None:
    """Write records as the end of the file's name says; a file that was there is replaced once the new one is whole.

    Raises GeodataError for a kind that cannot be written, a folder that is not there or not open to writing, and what a kind
    cannot hold.
    """
    path = Path(path)
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise GeodataError("{file} is of a kind that cannot be written; {kinds} would be right.", file=path.name, kinds=", ".join(WRITERS))
    try:
        with tempfile.TemporaryDirectory(prefix=".", dir=path.parent) as folder:
            unfinished = Path(folder, path.name)
            writer(unfinished, plain(layer))
            unfinished.replace(path)
    except OSError as error:
        raise GeodataError("{file} cannot be written: {reason}.", file=path.name, reason=error.strerror) from error
