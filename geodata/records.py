"""Records read from a file, whatever its kind: rows, what they say, where they are, and what was odd about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from geodata.findings import Finding

Attributes: TypeAlias = dict[str, object]
"""What a row says, by column: text stays text, so that the leading zeros of codes survive."""

Geometries: TypeAlias = NDArray[np.object_]
"""Shapely geometries; None where a row has none."""


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """What stands in a file, in the file's own reference system."""

    rows: Sequence[int]
    attributes: Sequence[Attributes]
    geometry: Geometries
    crs: str | None = None
    """The reference system the file declares."""
    findings: tuple[Finding, ...] = ()
    is_placed: bool = True
    """False for a plain table, which has no geometry and needs no reference system."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A file's rows in the stored reference system."""

    source: str
    """The name of the file."""
    crs: str | None
    """The reference system the file was read in; None for a plain table."""
    rows: Sequence[int]
    """Where each record stands in the file, counted from 1 as a reader of the file counts: a CSV's header is row 1."""
    attributes: Sequence[Attributes]
    geometry: Geometries
    """EPSG:4490, longitude and latitude, two-dimensional, snapped; None where absent or refused, with a finding of that row."""
    findings: tuple[Finding, ...] = ()
    attribution: str = ""
    """Whom a map that shows these records has to name."""

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.rows)
