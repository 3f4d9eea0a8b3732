"""Measures of units: how compact, how full and how laborious each is, by name and version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import getdoc
from typing import TypeAlias

import numpy as np
import shapely

from geodata import compactness
from geodata.measure import Floats, area_m2
from geodata.topology import Geometries
from gridsvc.domain.permissions import Action


@dataclass(frozen=True, slots=True)
class Stock:
    """Units to be measured, all arrays of one length."""

    grounds: Geometries
    whole: shapely.Geometry
    """The ground of all together with what is around them, whose edge cuts nothing."""
    amounts: Mapping[str, Floats]
    """By key of AMOUNTS."""
    has_residents: Floats
    """1 where limits on households apply, 0 for exclusive grids."""
    mean: Mapping[str, float]
    """By key of AMOUNTS: of a unit with residents in all the plan's ground."""
    weights: Mapping[str, float]
    """By key of AMOUNTS, as the scheme has them: what counts how much for a load."""


AMOUNTS = ("households", "floor_m2", "let", "care", "shops", "round_m")
"""What is summed up from buildings."""

Compute: TypeAlias = Callable[[Stock], Floats]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of units; a stored value counts while the version is the same."""

    name_zh: str
    name_en: str
    unit: str
    """What it is told in; empty for a ratio."""
    version: int
    compute: Compute
    digits: int = 0
    action: Action | None = Action.READ_HOUSEHOLDS
    """Who may read it; None where whoever reads the plan may."""

    @property
    def source(self) -> str:
        """Return what it says and where it comes from."""
        return getdoc(self.compute) or ""


def ground_m2(stock: Stock) -> Floats:
    """Ground in m² on the ellipsoid of CGCS2000 (GB/T 22021-2008)."""
    return area_m2(stock.grounds)


def polsby_popper(stock: Stock) -> Floats:
    """4π times the ground by the square of its border, 1 for a circle (Polsby and Popper 1991)."""
    return compactness.polsby_popper(stock.grounds)


def reock(stock: Stock) -> Floats:
    """The ground by that of the smallest circle around it, 1 for a circle (Reock 1961)."""
    return compactness.reock(stock.grounds)


def cut_m(stock: Stock) -> Floats:
    """Border shared with other units, in m; what the edge of the jurisdiction adds is nobody's choice (DeFord, Duchin and Solomon 2021)."""
    return compactness.cut_m(stock.grounds, stock.whole)


def deviation(stock: Stock) -> Floats:
    """Households by the mean of the units with residents on the plan's ground, less 1 (balance of load, CJ/T 213-2005 chapter 4)."""
    mean = stock.mean["households"]
    share = stock.amounts["households"] / mean - 1 if mean else np.zeros(len(stock.grounds))
    return np.where(stock.has_residents > 0, share, np.nan)


def load(stock: Stock) -> Floats:
    """Mean of households, lettings, households in care, shops and the round, each by its own mean and weighted as the scheme says."""
    counted = {key: weight for key, weight in stock.weights.items() if weight > 0 and stock.mean[key] > 0}
    total = sum(counted.values())
    each = [weight * stock.amounts[key] / stock.mean[key] for key, weight in counted.items()]
    return np.sum(each, axis=0) / total if total else np.zeros(len(stock.grounds))


def _amount(key: str, says: str) -> Compute:
    def compute(stock: Stock) -> Floats:
        return stock.amounts[key]

    compute.__doc__ = says
    return compute


_ROUND = "Minimum spanning tree of the buildings: no round is shorter, one at most twice as long exists (Held and Karp 1970)."
MEASURES: dict[str, Measure] = {
    "ground_m2": Measure("面积", "ground", "m²", 1, ground_m2, action=None),
    "polsby_popper": Measure("紧凑度", "compactness", "", 1, polsby_popper, 3, None),
    "reock": Measure("外接圆紧凑度", "compactness by circle", "", 1, reock, 3, None),
    "cut_m": Measure("内部界线长", "inner border", "m", 1, cut_m, action=None),
    "households": Measure("户数", "households", "", 1, _amount("households", "Households as counted, else as the scheme expects them.")),
    "deviation": Measure("户数偏差", "deviation of households", "", 1, deviation, 3),
    "floor_m2": Measure("建筑面积", "floor area", "m²", 1, _amount("floor_m2", "Footprints times storeys, one if unknown."), action=None),
    "let": Measure("出租住房", "dwellings let", "", 1, _amount("let", "Dwellings that are let.")),
    "care": Measure("关怀住户", "households in care", "", 1, _amount("care", "Households with somebody old, alone, sick or disabled.")),
    "shops": Measure("商铺", "shops", "", 1, _amount("shops", "Shops as counted with the buildings.")),
    "round_m": Measure("巡访路程", "length of a round", "m", 1, _amount("round_m", _ROUND), action=None),
    "load": Measure("综合负荷", "load", "", 1, load, 3),
}
"""Every measure, in the order of tables; a later one joins by an entry."""
