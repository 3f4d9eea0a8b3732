"""The units upon which a plan stands: from memory where this process keeps them, else asked for, few of many."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from geodata.topology import Ground
from gridsvc.database.queries.coverage import from_wkb
from gridsvc.domain.coverage import Frame
from gridsvc.domain.impact import UnitSeen


class Base(Protocol):
    """Units of today, or of the end of the edition that a plan stands upon."""

    def units(self, keys: Collection[int]) -> Iterable[UnitSeen]:
        """Return those of the units with these keys that are there."""

    def below(self, keys: Collection[int]) -> Iterable[UnitSeen]:
        """Return all units at and below these."""

    def grounds(self, keys: Collection[int]) -> dict[int, Ground]:
        """Return the ground of units, by key."""


class Kept:
    """Those of a frame."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._known = _seen.setdefault(frame, {})

    def units(self, keys: Collection[int]) -> Iterable[UnitSeen]:
        """Return those of the units with these keys that are there."""
        return (self._seen(place) for key in keys if (place := self._frame.place_of.get(key)) is not None)

    def below(self, keys: Collection[int]) -> Iterator[UnitSeen]:
        """Return all units at and below these."""
        waiting = [place for key in keys if (place := self._frame.place_of.get(key)) is not None]
        while waiting:
            place = waiting.pop()
            waiting += self._frame.children.get(place, ())
            yield self._seen(place)

    def grounds(self, keys: Collection[int]) -> dict[int, Ground]:
        """Return the ground of units, by key."""
        return {key: self._frame.units[place].ground for key in keys if (place := self._frame.place_of.get(key)) is not None}

    def _seen(self, place: int) -> UnitSeen:
        if place not in self._known:
            unit = self._frame.units[place]
            parent = None if unit.parent is None else self._frame.units[unit.parent].unit_id
            leaf = place in self._frame.index_of
            self._known[place] = UnitSeen(unit.unit_id or 0, parent, unit.level, unit.kind, unit.code, unit.name, leaf)
        return self._known[place]


_seen: WeakKeyDictionary[Frame, dict[int, UnitSeen]] = WeakKeyDictionary()
"""Units of each frame by their place, once somebody has asked for them: every move asks for all that its plan changes."""


class Asked:
    """Those that the database has."""

    def __init__(self, ask: Callable[..., list[Any]]) -> None:
        """`ask` is that of a `PlanChange`."""
        self._ask = ask

    def units(self, keys: Collection[int]) -> Iterable[UnitSeen]:
        """Return those of the units with these keys that are there."""
        return (UnitSeen(*row) for row in self._ask(UNITS.format(which="v.unit_id = ANY(:ids)"), {"ids": list(keys)}))

    def below(self, keys: Collection[int]) -> Iterable[UnitSeen]:
        """Return all units at and below these."""
        which = "v.path <@ ANY(ARRAY(SELECT u.path FROM unit_version u WHERE u.unit_id = ANY(:ids) AND upper_inf(u.valid)))"
        return (UnitSeen(*row) for row in self._ask(UNITS.format(which=which), {"ids": list(keys)}))

    def grounds(self, keys: Collection[int]) -> dict[int, Ground]:
        """Return the ground of units, by key."""
        rows = self._ask(_GROUNDS, {"ids": list(keys)})
        return {row.key: shape for row, shape in zip(rows, from_wkb([row.geom for row in rows]), strict=True)}


UNITS = """
SELECT v.unit_id AS key, v.parent_id AS parent, v.level, v.kind, v.code, v.name, v.leaf FROM unit_version v
WHERE {which} AND upper_inf(v.valid)
"""
_GROUNDS = """
SELECT v.unit_id AS key, ST_AsBinary(v.geom) AS geom FROM unit_version v WHERE v.unit_id = ANY(:ids) AND upper_inf(v.valid)
"""
