"""What a check has to say: a sentence with its place, never a bare yes or no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Box: TypeAlias = tuple[float, float, float, float]
"""West, south, east, north in degrees of EPSG:4490."""


def around(*boxes: Box | None) -> Box | None:
    """Return the box around those boxes that are known; None for none."""
    known = [box for box in boxes if box]
    if not known:
        return None
    west, south, east, north = zip(*known, strict=True)
    return min(west), min(south), max(east), max(north)


Severity: TypeAlias = Literal["error", "warning", "info"]
"""error: refused · warning: accepted, a person should look · info: done and told."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one place or row.

    The sentence is an English template with named fields; the edge that shows it translates the
    template and fills in the values.
    """

    code: str
    """What kind of finding it is, in kebab-case; stable, for programs."""
    severity: Severity
    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    where: Box | None = None
    """A box to zoom to."""
    row: int | None = None
    """The row of the source, counted from 1 as its reader sees it."""

    def __str__(self) -> str:
        """Return the sentence in English."""
        return self.template.format(**self.values)


class GeodataError(ValueError):
    """The input cannot be accepted; the sentence says what was given and what would be right."""

    def __init__(self, template: str, *, findings: tuple[Finding, ...] = (), **values: object) -> None:
        self.template = template
        self.values = values
        self.findings = findings
        super().__init__(template.format(**values))
