"""Thresholds of policy: figures with unit, severity and source, which a scheme may set for itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from geodata.findings import Severity

Shape: TypeAlias = Literal["value", "range", "value in range"]


@dataclass(frozen=True, slots=True)
class Measure:
    """What a threshold limits."""

    unit: str
    """In what it is measured."""
    shape: Shape
    """One value, an end or two, or a value between two ends."""
    per_level: bool = False
    """Whether it holds at one level, which the scheme names."""
    least: float = 0
    """Figures below make no sense."""
    most: float = 1e9
    """Figures above make no sense."""


MEASURES: dict[str, Measure] = {
    "cut_m2": Measure("m²", "value"),
    "cut_share": Measure("share", "value", most=1),
    "community_households": Measure("households", "range", per_level=True),
    "grid_households": Measure("households", "range", per_level=True),
    "micro_grid_households": Measure("households", "range", per_level=True),
    "units_per_parent": Measure("units", "range"),
    "households_per_member": Measure("households", "range"),
    "branch_formal_members": Measure("members", "range"),
    "branch_members": Measure("members", "range"),
    "general_branch_members": Measure("members", "range"),
    "group_members": Measure("members", "range"),
    "group_formal_members": Measure("members", "range"),
    "dwelling_m2": Measure("m²", "value in range", least=1),
    "dwelling_share": Measure("share", "value", most=1),
    "storey_m": Measure("m", "value", least=1),
    "estimated_storeys": Measure("storeys", "range"),
    "estimated_height_m": Measure("m", "range"),
    "estimated_footprint_m2": Measure("m²", "range"),
    "weight_households": Measure("weight", "value", most=100),
    "weight_floor_m2": Measure("weight", "value", most=100),
    "weight_let": Measure("weight", "value", most=100),
    "weight_care": Measure("weight", "value", most=100),
    "weight_shops": Measure("weight", "value", most=100),
    "weight_round_m": Measure("weight", "value", most=100),
    "deviation_share": Measure("share", "range", least=-1, most=10),
    "load_times": Measure("times", "range", most=100),
    "polsby_popper": Measure("share", "range", most=1),
    "unit_floor_m2": Measure("m²", "range"),
}
"""Every threshold that some rule reads."""

DEFAULTS = Path(__file__).with_name("thresholds.toml")
"""What holds where a scheme says nothing; households per level have no default."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A figure that a rule compares with."""

    key: str
    """A name of MEASURES."""
    unit: str
    """In what it is measured."""
    severity: Severity
    """What it means to miss it."""
    source: str
    """Where the figure comes from."""
    value: float | None = None
    """The figure, where it is a single one."""
    low: float | None = None
    """The least that is right; None where there is no lower end."""
    high: float | None = None
    """The most that is right; None where there is no upper end."""
    level: str | None = None
    """The level it holds at."""

    @property
    def figure(self) -> float:
        """Return the single figure of a threshold that has one."""
        if self.value is None:
            raise TypeError(self.key)
        return self.value

    def admits(self, figure: float) -> bool:
        """Say whether the figure lies between low and high, both included."""
        return (self.low is None or figure >= self.low) and (self.high is None or figure <= self.high)
