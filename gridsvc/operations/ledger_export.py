"""The ledger of grids (网格台账) as an office keeps it, from what stands in the database; `operations.ledger` reads it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from geodata.samples import SYNTHETIC
from geodata.writers import ledger as writer
from gridsvc.database.queries.four_sides import four_sides
from gridsvc.database.queries.households import household_sums
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.database.queries.ledger import Housed, housed, leaves
from gridsvc.database.queries.units import UnitRow
from gridsvc.domain.ledger.building_names import written
from gridsvc.domain.ledger.register import Register, Standing
from gridsvc.domain.paths import building_path, jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, may_anywhere
from gridsvc.domain.schemes import Level, Scheme
from gridsvc.errors import Invalid, TooLarge
from gridsvc.operations.audit import record
from gridsvc.operations.progress import report
from gridsvc.words import say


@dataclass(frozen=True, slots=True)
class LedgerRequest:
    """Whose ledger."""

    place: JurisdictionRow
    as_of: datetime | None = None
    under: str | None = None
    """The code of a unit: only what is below it."""
    most: int | None = None
    """More units than these are too many."""


def export_ledger(session: Session, actor: Actor, request: LedgerRequest, path: Path) -> int:
    """Write the ledger as a workbook and return how many rows it has; households only for those who may read them.

    A row is a leaf with its buildings in one compound; ground without buildings and remainders have none. Buildings without a name
    are counted in brackets, which a reader takes for a remark.
    """
    if path.suffix.lower() != ".xlsx":
        raise Invalid("A ledger is written as .xlsx; {file} would not be.", file=path.name)
    report(session, "Reading the rows …")
    units = leaves(session, request.place.id, request.under, request.as_of)
    if request.most is not None and len(units) > request.most:
        told = "There are more than {most:,} units; `gridsvc export ledger FILE --jurisdiction {slug}` writes them all, --under CODE fewer."
        raise TooLarge(told, most=request.most, slug=request.place.slug)
    levels = _levels(request.place.scheme)
    reads_households = may_anywhere(actor, Action.READ_HOUSEHOLDS)
    rows = list(_rows(session, request, units, levels))
    summed = ["户数", "户数(估算)"] if reads_households else []
    headers = [*(level.name_zh for level in levels), "小区", "楼栋", "四至", *summed]
    rows = [row[: len(headers)] for row in rows]
    notes = [SYNTHETIC] if request.place.synthetic else [request.place.attribution or ""]
    title = f"{request.place.name}网格台账" + (f"({SYNTHETIC})" if request.place.synthetic else "")
    writer.write(path, writer.Ledger([title], headers, rows, [level.name_zh for level in levels], summed, notes))
    if reads_households:
        record(session, actor, "ledger.export", jurisdiction_path(request.place.id), file=path.name, rows=len(rows), under=request.under)
    return len(rows)


def _levels(scheme: Scheme) -> list[Level]:
    """Return the levels that have a column: from the communities down, without any the two lowest."""
    start = next((level.number for level in scheme.levels if "社区" in level.name_zh), len(scheme.levels) - 1)
    return [level for level in scheme.levels if level.number >= start]


def _rows(
    session: Session, request: LedgerRequest, units: Sequence[tuple[UnitRow, dict[int, str]]], levels: Sequence[Level]
) -> Iterator[list[object]]:
    """Yield a row for each leaf and compound."""
    inside = housed(session, [unit.id for unit, _ in units], request.as_of)
    sides = four_sides(session, [unit for unit, _ in units], request.as_of)
    paths = {building.id: building_path(unit.path, building.id) for unit, _ in units for building in inside.get(unit.id, ())}
    sums = household_sums(session, list(paths.values()), request.as_of)
    for unit, chain in units:
        if not any(level.number in chain for level in levels):
            continue
        for compound, buildings, names in _by_compound(inside.get(unit.id, ())):
            known = [found for building in buildings if (found := sums.get(paths[building.id])) and found.known]
            figures = [sum(each.households for each in known if bool(each.estimated) == guessed) or None for guessed in (False, True)]
            bounds = say(sides[unit.id].template, "zh", **sides[unit.id].values)
            yield [*(chain.get(level.number) for level in levels), compound, names, bounds, *figures]


def _by_compound(buildings: Sequence[Housed]) -> Iterator[tuple[str | None, list[Housed], str | None]]:
    """Yield compounds, their buildings, and what to call these in a cell."""
    register = Register([Standing(each.id, each.name, each.compound, (0.0, 0.0, 0.0, 0.0)) for each in buildings])
    groups: dict[str, list[int]] = defaultdict(list)
    for place, building in enumerate(buildings):
        groups[register.compound_of(place) if building.name else building.compound or ""].append(place)
    for compound, places in groups.items():
        names = [register.name_of(place) for place in places if buildings[place].name]
        nameless = len(places) - len(names)
        cell = written(name for name in names if str(name)) + (f"(另有{nameless}栋无名)" if nameless else "")
        yield compound or None, [buildings[place] for place in places], cell or None
