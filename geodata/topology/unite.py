"""Ancestors: the union of children."""

from __future__ import annotations

from typing import NamedTuple

from geodata.findings import Finding
from geodata.topology.grid import Geometries, Ground


class United(NamedTuple):
    """An ancestor's ground, and what had to be said about it (nothing, as a rule)."""

    ground: Ground
    findings: list[Finding]


def unite(geometries: Geometries) -> United:
    """Return the ground of the children together, normalised: equal ground is then equal byte for byte.

    Shared edges cancel exactly, so the children must be a coverage; where they are not, the slow union
    is taken and a warning says so. No children give an empty polygon.
    """
    raise NotImplementedError
