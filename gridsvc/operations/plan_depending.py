"""Which later move of a plan builds upon an earlier one: it changed one of the same units, or put something below one it made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeAlias

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from gridsvc.database.queries.plans import MoveRow, PlanRow, moves
from gridsvc.domain.permissions import Actor
from gridsvc.operations.plan_drawing import Drawing, drawing

_Said: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Touch:
    """What a move changed of its own; units above, whose ground follows that of those below, are left out."""

    serial: int
    keys: frozenset[int]
    made: frozenset[int]
    """Units that it made."""
    parents: frozenset[int]
    """Units below which it put something."""


def needed_by(session: Session, begun: Drawing, serial: int) -> int | None:
    """Return the serial of the first later move that builds upon one; None where it can be taken back for itself."""
    touches = {touch.serial: touch for touch in touched(session, begun)}
    own = touches.get(serial)
    if own is None:
        return None
    later = (touch for touch in touches.values() if touch.serial > serial)
    return next((touch.serial for touch in later if touch.keys & own.keys or touch.parents & own.made), None)


def touched(session: Session, begun: Drawing) -> Iterator[Touch]:
    """Yield what each move that counts changed of its own, in their order."""
    history = _History(begun)
    rows = session.execute(text(_ROWS), {"plan": begun.plan.id}).all()
    for serial, changed in groupby(rows, lambda row: row.serial):
        yield history.after(serial, list(changed))


def moves_since(session: Session, plan: PlanRow, version: str) -> list[MoveRow]:
    """Return the moves that count and were made since a version, the first one first; all where that version is no more.

    A version is the number of moves made and, behind a hyphen, the last that counted.
    """
    made, _, last = version.partition("-")
    seen = int(last or made) if (last or made).isdecimal() else 0
    counting = [move for move in moves(session, plan.id) if not move.undone]
    still = seen == 0 or any(move.serial == seen for move in counting)
    return [move for move in counting if not still or move.serial > seen]


def concern_the_same(session: Session, actor: Actor, plan: PlanRow, serial: int, since: Sequence[MoveRow]) -> bool:
    """Say whether a move that was just made concerns a unit that one of these concerns too; of one just undone, say so."""
    touches = {touch.serial: touch for touch in touched(session, drawing(session, actor, plan))}
    mine = touches.get(serial)
    if mine is None:
        return True
    others = [touches[move.serial] for move in since if move.serial in touches]
    return any(mine.keys & other.keys or mine.parents & other.made or mine.made & other.parents for other in others)


class _History:
    """The units of a plan while its moves are gone through."""

    def __init__(self, begun: Drawing) -> None:
        before, keys = begun.at.before, begun.at.keys
        self._said: dict[int, _Said] = {}
        for unit in before.units:
            parent = None if unit.parent is None else keys[unit.parent]
            self._said[unit.unit_id or 0] = (parent, unit.level, unit.kind, unit.code, unit.name)
        self._below = Counter({keys[parent]: len(below) for parent, below in before.children().items() if parent is not None})

    def after(self, serial: int, rows: Sequence[Row[Any]]) -> Touch:
        """Go through one move and return what it changed."""
        said = {row.unit_key: (row.parent_key, row.level, row.kind, row.code, row.name) for row in rows if not row.gone}
        before = {row.unit_key: self._said.get(row.unit_key) for row in rows}
        leaves = {key for key in before if not self._below[key]}
        for key, old in before.items():
            if old is not None:
                self._below[old[0]] -= 1
                del self._said[key]
            if key in said:
                self._below[said[key][0]] += 1
                self._said[key] = said[key]
        own = {key for key in before if key in leaves or not self._below[key] or before[key] != said.get(key)}
        parents = {now[0] for key, now in said.items() if (old := before[key]) is None or old[0] != now[0]}
        made = {key for key, old in before.items() if old is None}
        return Touch(serial, frozenset(own), frozenset(made), frozenset(parents))


_ROWS = """
SELECT m.serial, u.unit_key, u.parent_key, u.level, u.kind, u.code, u.name, u.geom IS NULL AS gone
FROM plan_unit u JOIN plan_move m ON m.id = u.move_id AND NOT m.undone WHERE u.plan_id = :plan ORDER BY m.serial, u.id
"""
