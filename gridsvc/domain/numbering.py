"""Codes and names for units that a file brings without: serials within the unit above, never a used one again."""

from __future__ import annotations

from gridsvc.domain.coverage import REMAINDER, Coverage
from gridsvc.domain.schemes import Scheme
from geodata.findings import Finding


def number(coverage: Coverage, scheme: Scheme, taken: set[str]) -> list[Finding]:
    """Give the units without a code the next serials of their parent where the scheme's codes have serials, and a name to those without."""
    return []
