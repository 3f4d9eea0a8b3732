"""Parts that every made-up town has: compounds of dwellings, schools, markets, parks."""

from __future__ import annotations

import numpy as np

from geodata.samples.parts import Part, Post

CELL_M2 = {"slabs": 2150.0, "towers": 3000.0, "houses": 700.0}
"""Ground that a building has in its row, by form, yard included."""
STREETS = 1.38
"""How much more a part needs for half of the streets around it, and for shops along them."""


def estate_m2(form: str, buildings: int) -> float:
    """Return the ground that a compound of so many buildings asks for, half of the streets around it included."""
    return CELL_M2[form] * buildings * STREETS + 3200.0


def form_of(random: np.random.Generator, households: int, buildings: int) -> str:
    """Return what stands in a compound: towers where buildings hold many, else slabs."""
    return "towers" if households / buildings > TOWERS_FROM and random.random() < 0.8 else "slabs"  # a few high slabs


TOWERS_FROM = 55
"""Households of a building from which on it is likely a tower."""


def civic(name: str, form: str, *posts: Post) -> Part:
    """Return ground with public buildings, or without any: a school, a market, a park."""
    ground_m2, buildings = CIVIC[form]
    return Part(name, form=form, ground_m2=ground_m2, buildings=buildings, lanes=0, posts=posts)


CIVIC = {
    "school": (15_000.0, 3),
    "market": (9_000.0, 2),
    "offices": (8_000.0, 2),
    "hospital": (11_000.0, 3),
    "works": (26_000.0, 6),
    "park": (17_000.0, 0),
    "centre": (9_000.0, 1),
}
"""Ground and buildings of what is neither dwelling nor unit."""


def river(name: str, ground_m2: float, bridges: int = 4) -> Part:
    """Return a river across the town, with bridges."""
    return Part(name, rows=1, parts=tuple(Part(name, ground_m2=ground_m2 / (bridges + 1), form="river") for _ in range(bridges + 1)))


def open_land(name: str, ground_m2: float) -> Part:
    """Return ground that nothing stands on: a hill, fields."""
    return Part(name, ground_m2=ground_m2)
