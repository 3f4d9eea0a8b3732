"""What an import would do, row by row, before it does it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.findings import Finding
from geodata.records import Table
from gridsvc.errors import Invalid

Keep: TypeAlias = Literal["parent", "child"] | None
"""Whose border holds where a unit reaches outside the one above it; None: nobody has said."""
Outcome: TypeAlias = Literal["new", "changed", "repaired", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class ImportFile:
    """What somebody asks to bring in."""

    jurisdiction_id: int
    table: Table
    effective_at: datetime
    """From when on what the file says holds."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Field -> header, where the guess would be wrong."""
    source: str = "main"
    """Whose numbering the file follows: a row replaces what the same number of the same source brought before; others stay."""
    skip_refused: bool = False
    """Bring in the other rows although some are refused."""
    commit: bool = False
    known: Mapping[int, int] = field(default_factory=dict)
    """Row -> id of the thing that it is, where the row says so itself."""


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What would become of one row."""

    row: int
    key: str
    """The code or name that the row goes by."""
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an import would do; nothing is written until it is committed."""

    noun: str
    columns: Mapping[str, str]
    """Field -> header, as guessed or chosen."""
    rows: Sequence[RowOutcome]
    findings: Sequence[Finding] = field(default_factory=tuple)

    @property
    def counts(self) -> dict[str, int]:
        """Return the number of rows by outcome."""
        return dict(Counter(row.outcome for row in self.rows))

    def check_refused(self, *, skip: bool) -> None:
        """Raise Invalid where rows are refused and nobody said to bring in the others without them."""
        refused = self.counts.get("refused", 0)
        if refused and not skip:
            raise Invalid(
                "{refused} rows are refused, so nothing was written; mend them, or repeat with --skip-refused to bring in the others.",
                refused=refused,
                findings=self.findings,
            )

    @property
    def changes_nothing(self) -> bool:
        """Say whether every row is as it was or refused."""
        return all(row.outcome in ("unchanged", "refused") for row in self.rows)


def shape_keys(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return bytes for each geometry, equal for equal shapes however their rings begin; None for None."""
    return np.asarray(shapely.to_wkb(shapely.normalize(geometries)), dtype=object)


def row_digest(shape_key: bytes | None, *attributes: object) -> str:
    """Return what tells whether a row is the same as the last time: a digest of its shape and attributes."""
    digest = hashlib.sha256(shape_key or b"")
    digest.update(repr(attributes).encode())
    return digest.hexdigest()[:32]
