"""TOML: a list of tables, each a row; what stands above the lists holds for every row."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from geodata.findings import GeodataError
from geodata.records import Content


def read(path: Path, layer: str | None) -> Content:
    """Return the rows of a list of tables, counted from 1; `layer` names it where there are several.

    Raises GeodataError for text that is no TOML and for a list that is not there.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise GeodataError("{source} is not TOML: {reason}.", source=path.name, reason=str(error)) from error
    lists = {name: value for name, value in data.items() if isinstance(value, list) and all(isinstance(row, dict) for row in value)}
    name = layer or next(iter(lists), "")
    if name not in lists or (layer is None and len(lists) > 1):
        raise GeodataError(
            "{source} has the lists of tables {layers}; one of them has to be named as the layer.",
            source=path.name,
            layers=", ".join(lists) or "-",
        )
    common = {key: value for key, value in data.items() if not isinstance(value, (list, dict))}
    rows: list[dict[str, Any]] = [common | row for row in lists[name]]
    return Content(range(1, len(rows) + 1), rows, np.full(len(rows), None, dtype=object), is_placed=False)
