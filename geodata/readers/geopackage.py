"""GeoPackage."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from geodata.findings import GeodataError
from geodata.readers.gdal import Layer, read_layer
from geodata.readers.text import cleaned
from geodata.records import Content


def read(path: Path, layer: str | None) -> Content:
    """Return one layer of a GeoPackage.

    Raises GeodataError where several could be meant and none is named, or GDAL cannot read it.
    """
    with path.open("rb") as file:
        if file.read(15) != b"SQLite format 3":
            raise GeodataError("{source} is no GeoPackage.", source=path.name)
    read = read_layer(str(path), layer, path.name)
    whole = _texts_with_nul(path, read)
    if not whole:
        return read.content
    attributes = [{**said, **whole.get(fid, {})} for fid, said in zip(read.fids.tolist(), read.content.attributes, strict=True)]
    return cleaned(replace(read.content, attributes=attributes))


def _texts_with_nul(path: Path, layer: Layer) -> Mapping[int, dict[str, object]]:
    """Return, by record and column, the texts that have a NUL in them: GDAL ends a text there and says nothing."""
    columns = [_quoted(name) for name in layer.content.attributes[0]] if layer.content.attributes else []
    if not columns:
        return {}
    bare = [f"CAST({name} AS BLOB)" for name in columns]
    having = " OR ".join(f"(typeof({name}) = 'text' AND instr({blob}, x'00'))" for name, blob in zip(columns, bare, strict=True))
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            database.text_factory = lambda text: text.decode("utf-8", "replace")
            found = database.execute(f"SELECT rowid, {', '.join(columns)} FROM {_quoted(layer.name)} WHERE {having}").fetchall()
    except sqlite3.Error:  # a view has no numbers of its own; what GDAL says then holds
        return {}
    names = list(layer.content.attributes[0])
    return {fid: {name: said for name, said in zip(names, row, strict=True) if isinstance(said, str)} for fid, *row in found}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
