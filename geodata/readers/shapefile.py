"""Shapefiles, alone or with their companions in a zip archive."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile, ZipFile

from geodata.findings import GeodataError
from geodata.readers.geopackage import read_layer
from geodata.records import Content


def read(path: Path, _layer: str | None) -> Content:
    """Return the records of a Shapefile, whose companions (.shx, .dbf, .prj) lie beside it.

    Raises GeodataError where it is broken or a needed companion is missing.
    """
    with path.open("rb") as file:
        if file.read(4) != (9994).to_bytes(4, "big"):
            raise GeodataError("{source} is no Shapefile.", source=path.name)
    return read_layer(str(path), None, path.name)


def read_zip(path: Path, layer: str | None) -> Content:
    """Return the records of one Shapefile in a zip archive: the one whose path there, without `.shp`, is `layer`, or the only one.

    Raises GeodataError where there is none, several could be meant, or it is broken.
    """
    try:
        with ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.startswith("__MACOSX/")]  # a Mac's notes about each file
            inside = {name[:-4]: name for name in names if name.lower().endswith(".shp")}
    except BadZipFile as error:
        raise GeodataError("{source} is no zip archive.", source=path.name) from error
    if layer is None and len(inside) == 1:
        (layer,) = inside
    if layer not in inside:
        raise GeodataError(
            "{source} holds {count} Shapefiles ({layers}); name one of them.", source=path.name, count=len(inside), layers=", ".join(inside)
        )
    return read_layer(f"/vsizip/{{{path.resolve()}}}/{inside[layer]}", None, path.name)
