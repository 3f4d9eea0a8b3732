"""What an import would do, row by row, before it does it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import shapely

from geodata.findings import Finding

Outcome: TypeAlias = Literal["new", "changed", "repaired", "unchanged", "refused"]


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

    @property
    def changes_nothing(self) -> bool:
        """Say whether every row is as it was or refused."""
        return all(row.outcome in ("unchanged", "refused") for row in self.rows)


def row_digest(geometry: shapely.Geometry | None, *attributes: Any) -> str:
    """Return what tells whether a row is the same as the last time: a digest of its geometry and attributes."""
    digest = hashlib.sha256(b"" if geometry is None else shapely.to_wkb(shapely.normalize(geometry)))
    digest.update(repr(attributes).encode())
    return digest.hexdigest()[:32]
