"""Moves that say which unit is which: merge, put under another, call otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import shapely
from shapely import Polygon
from sqlalchemy import text

from geodata.findings import Finding
from geodata.topology import merge as merged
from geodata.topology.check import box_of
from gridsvc.domain.codes import code_fault
from gridsvc.domain.coverage import REMAINDER, UnitState
from gridsvc.errors import Conflict, Invalid
from gridsvc.operations.plan_drawing import Drawing
from gridsvc.operations.plan_moves import Move


def merge(drawing: Drawing, keys: Sequence[int]) -> Move:
    """Unite units of one level into the first one, which keeps its name; what is below the others comes below it."""
    places = [drawing.at.place_of(key) for key in keys]
    _check_alike(drawing, places)
    first, *others = places
    told = {"others": "、".join(drawing.name(place) for place in others), "name": drawing.name(first)}
    if first in drawing.after.children():
        _merge_divided(drawing, first, others)
    else:
        drawing.take(merged(drawing.mosaic.ground, [drawing.index(place) for place in places]))
    drop_childless(drawing, others)
    return Move("{others} into {name}", told, kind="merge")


def _check_alike(drawing: Drawing, places: Sequence[int]) -> None:
    if len(set(places)) < 2:
        raise Invalid("A merge needs two different units or more; {count} were given.", count=len(set(places)))
    below, units = drawing.after.children(), drawing.after.units
    if len({units[place].level for place in places}) > 1 or len({place in below for place in places}) > 1:
        raise Invalid("Only units of one level can be merged, all with units below them or all without.")


def _merge_divided(drawing: Drawing, first: int, others: Sequence[int]) -> None:
    """Put what is below the others below the first one; what remained of them is one with what remained of it."""
    below, after = drawing.after.children(), drawing.after
    rests = [place for parent in (first, *others) for place in below[parent] if after.units[place].kind == REMAINDER]
    for place in (place for other in others for place in below[other]):
        after.describe(place, parent=first)
    if len(rests) > 1:
        drawing.take(merged(drawing.mosaic.ground, [drawing.index(place) for place in rests]))
    recode(drawing, first, [place for other in others for place in below[other]])
    for other in others:
        after.put(other, Polygon(), moved=True)
    after.unite_ancestors()
    after.moved.add(first)


def drop_childless(drawing: Drawing, places: Iterable[int]) -> None:
    """End the units above these that have nothing below them any more."""
    for place in places:
        parent = drawing.at.was[place].parent
        while parent is not None and parent not in drawing.after.children():
            drawing.after.put(parent, Polygon(), moved=True)
            gone = {"name": drawing.at.was[parent].name}
            drawing.after.findings.append(Finding("ended", "info", "{name} has no units below it any more and ends.", gone))
            parent = drawing.after.units[parent].parent
    drawing.after.unite_ancestors()


def reparent(drawing: Drawing, keys: Sequence[int], to: int) -> Move:
    """Put units under another one; their codes follow it where codes have rules, a parent left without any ends."""
    places, new = [drawing.at.place_of(key) for key in keys], drawing.at.place_of(to)
    for place in places:
        _check_under(drawing, place, new)
    parts = len(shapely.get_parts(drawing.after.units[new].ground))
    _keep_rest(drawing, new)
    for place in places:
        drawing.after.describe(place, parent=new)
    recode(drawing, new, places)
    drop_childless(drawing, places)
    drawing.after.unite_ancestors()
    ground = drawing.after.units[new].ground
    findings = []
    if len(shapely.get_parts(ground)) > parts:
        told = {"name": drawing.name(new), "parts": len(shapely.get_parts(ground))}
        findings.append(Finding("parts", "warning", "{name} then lies in {parts} parts.", told, box_of(ground)))
    told = {"names": "、".join(drawing.name(place) for place in places), "new": drawing.name(new)}
    return Move("{names} put under {new}", told, findings=findings, kind="reparent")


def _check_under(drawing: Drawing, place: int, new: int) -> None:
    unit, above = drawing.after.units[place], drawing.after.units[new]
    if unit.kind == REMAINDER:
        raise Invalid("What remains of {name} belongs to it; it cannot be put under another unit.", name=unit.name)
    if above.kind == REMAINDER:
        raise Invalid("Nothing can be put under what remains of {name}.", name=above.name)
    if unit.parent == new:
        raise Invalid("{name} is below {new} already.", name=unit.name, new=above.name)
    if above.level >= unit.level:
        raise Invalid(
            "{name} is of level {level}; it cannot be put under {new} of level {other}.",
            name=unit.name, level=unit.level, new=above.name, other=above.level,
        )  # fmt: skip


def _keep_rest(drawing: Drawing, place: int) -> None:
    """Let a leaf that gets units below it keep its own ground as what remains of it."""
    unit = drawing.after.units[place]
    if place not in drawing.after.children():
        rest = drawing.after.add(UnitState(unit.level + 1, unit.name, REMAINDER, parent=place, ground=unit.ground))
        drawing.after.moved.add(rest)


def recode(drawing: Drawing, parent: int, places: Iterable[int]) -> None:
    """Give units that came below a parent, and all below them, codes that begin with its code, where codes have rules."""
    above, units = drawing.after.units[parent], drawing.after.units
    below, parents = drawing.after.children(), {parent}
    waiting = [place for place in places if _is_foreign(drawing, units[place], above.code)]
    while waiting:
        place = waiting.pop()
        drawing.after.describe(place, code=None)
        parents.add(place)
        waiting += [child for child in below.get(place, ()) if _is_foreign(drawing, units[child], None)]
    drawing.number(parents)


def _is_foreign(drawing: Drawing, unit: UnitState, prefix: str | None) -> bool:
    """Say whether a unit has a code that follows a rule and begins with another's."""
    if unit.code is None or drawing.scheme.levels[unit.level - 1].code_digits is None:
        return False
    return prefix is None or not unit.code.startswith(prefix)


def rename(drawing: Drawing, key: int, name: str | None, code: str | None) -> Move:
    """Call a unit otherwise, give it another code, or both; the codes below it follow."""
    place = drawing.at.place_of(key)
    unit = drawing.after.units[place]
    name, code = (unit.name if name is None else name.strip()), (unit.code if code is None else code.strip())
    if not name:
        raise Invalid("A unit needs a name.")
    if (name, code) == (unit.name, unit.code):
        raise Invalid("{name} is called so already.", name=unit.name)
    told = {"old": unit.name, "new": name, "code": code}
    if code != unit.code:
        _change_code(drawing, place, code or "")
    drawing.after.describe(place, name=name)
    template = "{old} is called {new}" if code == unit.code else "{old} gets the code {code}"
    if code != unit.code and name != unit.name:
        template = "{old} is called {new} and gets the code {code}"
    return Move(template, told, kind="rename")


def _change_code(drawing: Drawing, place: int, code: str) -> None:
    unit = drawing.after.units[place]
    above = None if unit.parent is None else drawing.after.units[unit.parent].code
    digits = drawing.scheme.code_length(drawing.scheme.levels[unit.level - 1])
    if unit.kind == REMAINDER:
        raise Invalid("What remains of {name} has no code.", name=unit.name)
    if digits is not None and (fault := code_fault(code, digits=digits, parent=above or "")):
        raise Invalid(fault.template, findings=[fault], **dict(fault.values))
    below, waiting, renamed = drawing.after.children(), [place], {}
    while waiting:
        here = waiting.pop()
        own = drawing.after.units[here].code
        if own is not None and (here == place or (unit.code and own.startswith(unit.code))):
            renamed[here] = code + own.removeprefix(unit.code or own)
        waiting += below.get(here, [])
    renamed[place] = code
    _check_free(drawing, renamed)
    for here, now in renamed.items():
        drawing.after.describe(here, code=now)


def _check_free(drawing: Drawing, renamed: dict[int, str]) -> None:
    """Raise Conflict where a code belongs or belonged to another unit."""
    asked = "SELECT code, unit_id FROM unit_code WHERE jurisdiction_id = :id AND code = ANY(:codes)"
    rows = drawing.session.execute(text(asked), {"id": drawing.plan.jurisdiction_id, "codes": list(renamed.values())})
    owner = {row.code: row.unit_id for row in rows}
    used = {unit.code: place for place, unit in enumerate(drawing.after.units) if unit.code and not unit.gone}
    for place, code in renamed.items():
        if (
            owner.get(code, drawing.after.units[place].unit_id) != drawing.after.units[place].unit_id
            or used.get(code, place) not in renamed
        ):
            raise Conflict("The code {code} was given to another unit before; a code is never given twice.", code=code)
