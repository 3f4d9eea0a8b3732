"""What a made-up town is to consist of, before it has any shape: units, compounds, and ground that is neither."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Post:
    """A station that stands in a building of a part."""

    name: str
    kind: str
    floor_area_m2: int
    premises: str | None = None
    hours: str = "周一至周五 08:30-18:00"
    services: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of wanted ground, divided into parts or built upon."""

    name: str
    code: str | None = None
    level: str | None = None
    """The scheme's word for its level; None for ground that is no unit: a bank of the river, a park, a school."""
    kind: str | None = None
    """The word for its kind where it is not its level's first."""
    parts: tuple[Part, ...] = ()
    rows: int = 0
    """In how many rows from south to north its parts lie; 0: sliced where it is longest, those of a compound in as many as suit."""
    ground_m2: float = 0.0
    """Of a part that is not divided."""
    form: str = ""
    """What stands on an undivided part: slabs, towers, houses, school, market, offices; nothing where empty."""
    buildings: int = 0
    households: int = 0
    is_compound: bool = False
    lanes: int | None = None
    """How many lanes run between its rows of buildings at most; None: one between any two."""

    spaces: int = 0
    """Parking spaces; those that the yards cannot hold lie in garages below."""
    fire_lanes: int = 0
    posts: tuple[Post, ...] = ()

    @property
    def whole_m2(self) -> float:
        """Return the ground that it and all its parts ask for."""
        return self.ground_m2 + sum(part.whole_m2 for part in self.parts)

    def below(self) -> Iterator[Part]:
        """Yield the part and all below it, each before its own parts."""
        yield self
        for part in self.parts:
            yield from part.below()


def coded(part: Part, digits: Mapping[str, int]) -> Part:
    """Return the part with a code for every unit below it: its parent's and its serial in so many digits, by level.

    Units that have a code keep it; ground that is no unit passes its parent's on.
    """
    return _coded(part, part.code or "", digits, {})


def _coded(part: Part, above: str, digits: Mapping[str, int], serials: dict[str, int]) -> Part:
    code = part.code
    if part.level and code is None:
        serials[above] = serials.get(above, 0) + 1
        code = f"{above}{serials[above]:0{digits[part.level]}}"
    return replace(part, code=code, parts=tuple(_coded(below, code or above, digits, serials) for below in part.parts))


def shared(total: int, weights: Sequence[float]) -> list[int]:
    """Return whole numbers in proportion to weights that add up to the total exactly."""
    ends = np.round(np.cumsum(weights) / np.sum(weights) * total).astype(int)
    return [int(each) for each in np.diff(ends, prepend=0)]


def uneven(random: np.random.Generator, count: int, spread: float = 0.3) -> list[float]:
    """Return weights around 1, none further away than the spread."""
    return [float(each) for each in random.uniform(1 - spread, 1 + spread, count)]
