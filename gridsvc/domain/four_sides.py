"""四至: what bounds a unit in the four directions, as a sentence, and what a ledger says of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["line", "unit", "compound", "undivided", "edge"]

DIRECTIONS = ("east", "south", "west", "north")
"""In the order in which offices name them."""


@dataclass(frozen=True, slots=True)
class Side:
    """What bounds a unit on one side."""

    kind: Kind
    """A street, river or railway; a neighbour; ground that is not divided; or the edge of the jurisdiction."""
    name: str | None = None

    @property
    def template(self) -> str:
        """Return what to say of it."""
        return "{name}" if self.name else _NAMELESS[self.kind]

    @property
    def values(self) -> Mapping[str, str]:
        """Return what stands in its template."""
        return {"name": self.name} if self.name else {}


_NAMELESS = {"undivided": "undivided ground", "edge": "the edge of the jurisdiction"}


@dataclass(frozen=True)
class FourSides:
    """What bounds a unit."""

    east: Side
    south: Side
    west: Side
    north: Side

    template = "east to {east}, south to {south}, west to {west}, north to {north}"
    """The sentence, for words.say: 东至海尔路,南至辽阳东路,西至劲松七路,北至银川东路."""

    @property
    def values(self) -> Mapping[str, Side]:
        """Return what stands in the sentence."""
        return {name: getattr(self, name) for name in DIRECTIONS}


_SAID = re.compile(r"(?P<direction>[东南西北])(?:面|边|侧)?(?:至|到|临|邻|起|:)(?P<name>.+?)(?:为界)?")
_OF_SIGN = dict(zip("东南西北", DIRECTIONS, strict=True))


def said_sides(text: str) -> dict[str, str]:
    """Return what a ledger's 四至 says by direction, as far as it can be told apart: 东至海尔路,南至…."""
    items = re.split(r"[,;。\s]+", unicodedata.normalize("NFKC", text))
    found = [said for item in items if (said := _SAID.fullmatch(item))]
    return {_OF_SIGN[said["direction"]]: said["name"] for said in found}
