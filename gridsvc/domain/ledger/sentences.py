"""What is said about the rows of a ledger that do not fit the buildings that stand."""

from __future__ import annotations

from collections.abc import Sequence

from geodata.findings import Box, Finding
from gridsvc.domain.ledger.building_names import BuildingName, written
from gridsvc.domain.ledger.rows import LedgerRow


def unmatched(row: LedgerRow, building: str, stand: Sequence[BuildingName], where: Box | None) -> Finding:
    """Tell that no building of this name stands, and which ones do."""
    compound = "、".join(row.compounds)
    given = {"row": row.row, "unit": row.unit, "building": building, "compound": compound}
    if not stand:
        return Finding("ledger-unmatched", "error", "Row {row} ({unit}): no building is called {building}.", given, where, row.row)
    template = "Row {row} ({unit}): {compound} has no {building}; it has {stand}."
    return Finding("ledger-unmatched", "error", template, given | {"stand": written(stand)}, where, row.row)


def ambiguous(row: LedgerRow, building: str, count: int, where: Box | None) -> Finding:
    """Tell that several buildings are called so."""
    template = "Row {row} ({unit}): {count} buildings are called {building}; say the compound. None was taken."
    given = {"row": row.row, "unit": row.unit, "building": building, "count": count}
    return Finding("ledger-ambiguous", "error", template, given, where, row.row)


def outside(row: LedgerRow, building: str, where: Box | None) -> Finding:
    """Tell that a claimed building stands elsewhere."""
    template = "Row {row} ({unit}): {building} stands outside the ground of {above}; it was not taken."
    given = {"row": row.row, "unit": row.unit, "building": building, "above": row.chain[0][1]}
    return Finding("ledger-outside", "error", template, given, where, row.row)


def called_otherwise(row: LedgerRow, compound: str, name: str, where: Box | None) -> Finding:
    """Tell that the map has another name for a compound."""
    template = "Row {row}: the ledger says {compound}, the map {name}; they were taken for the same."
    return Finding("ledger-compound-renamed", "info", template, {"row": row.row, "compound": compound, "name": name}, where, row.row)


def misspelt(row: LedgerRow, compound: str, name: str, where: Box | None) -> Finding:
    """Tell that a compound was taken for one of a similar name."""
    template = "Row {row}: there is no compound {compound}; {name}, the only one like it, was taken for it. Please correct the ledger."
    return Finding("ledger-compound-misspelt", "warning", template, {"row": row.row, "compound": compound, "name": name}, where, row.row)


def unknown_compound(row: LedgerRow, compound: str, alike: Sequence[str], where: Box | None) -> Finding:
    """Tell that a compound is not known, and which ones it may be."""
    given = {"row": row.row, "compound": compound}
    if not alike:
        template = "Row {row}: there is no compound {compound}, and none like it."
        return Finding("ledger-compound-unknown", "error", template, given, None, row.row)
    template = "Row {row}: there is no compound {compound}; none was taken. Like it: {alike}."
    return Finding("ledger-compound-unknown", "error", template, given | {"alike": "、".join(alike)}, where, row.row)


def claimed_twice(kept: LedgerRow, other: LedgerRow, building: str, where: Box) -> Finding:
    """Tell that rows of two units claim a building."""
    template = (
        "Row {row} ({unit}) and row {first} ({keeper}) both claim {building}; it stays with row {first} until one of them is corrected."
    )
    given = {"row": other.row, "unit": other.unit, "first": kept.row, "keeper": kept.unit, "building": building}
    return Finding("ledger-claimed-twice", "error", template, given, where, other.row)


def repeated(kept: LedgerRow, other: LedgerRow, building: str, where: Box) -> Finding:
    """Tell that a unit claims a building in two rows."""
    template = "Row {row} names {building} again, which row {first} gives to the same {unit}."
    given = {"row": other.row, "unit": other.unit, "first": kept.row, "building": building}
    return Finding("ledger-repeated", "info", template, given, where, other.row)


def in_parts(winner: LedgerRow, other: LedgerRow, building: str, where: Box) -> Finding:
    """Tell that two units claim entrances of one building, and which one has more."""
    template = (
        "Row {row} ({unit}) and row {first} ({keeper}) each claim entrances of {building}; ground is drawn around whole buildings, "
        "and it goes to {keeper}, which has more of them."
    )
    given = {"row": other.row, "unit": other.unit, "first": winner.row, "keeper": winner.unit, "building": building}
    return Finding("ledger-entrances", "warning", template, given, where, other.row)


def unclaimed(buildings: str, count: int, where: Box | None) -> Finding:
    """Tell that no row claims some buildings of the area."""
    template = "No row claims {buildings} ({count}); their ground stays undivided."
    return Finding("ledger-unclaimed", "warning", template, {"buildings": buildings, "count": count}, where)


def unclaimed_nameless(count: int, where: Box | None) -> Finding:
    """Tell that no row claims buildings whose names are not known."""
    template = "No row claims {count} buildings without a name; their ground stays undivided."
    return Finding("ledger-unclaimed", "warning", template, {"count": count}, where)


def no_building(row: LedgerRow) -> Finding:
    """Tell that a unit gets no ground."""
    template = "Row {row}: no building of {unit} was found, so it has no ground and is left out."
    return Finding("ledger-unit-empty", "error", template, {"row": row.row, "unit": row.unit}, None, row.row)


def without_lower(row: LedgerRow) -> Finding:
    """Tell that a row claims buildings for a unit that other rows divide."""
    template = "Row {row}: other rows divide {unit}, and this one does not say which part is meant; its ground stays undivided."
    return Finding("ledger-row-too-high", "warning", template, {"row": row.row, "unit": row.unit}, None, row.row)


def unit_alike(row: LedgerRow, name: str, known: str) -> Finding:
    """Tell that a unit was taken for one of a similar name."""
    template = "Row {row}: there is no {name}; {known}, the only one like it, was taken for it. Please correct the ledger."
    return Finding("ledger-unit-misspelt", "warning", template, {"row": row.row, "name": name, "known": known}, None, row.row)


def in_pieces(row: LedgerRow, pieces: Sequence[str], streets: Sequence[str], where: Box | None) -> Finding:
    """Tell that the buildings of a unit do not stand together, and which streets lie between."""
    given = {"row": row.row, "unit": row.unit, "count": len(pieces), "pieces": "; ".join(pieces)}
    if not streets:
        template = "Row {row}: {unit} lies in {count} pieces: {pieces}."
        return Finding("ledger-not-contiguous", "warning", template, given, where, row.row)
    template = "Row {row}: {unit} lies in {count} pieces: {pieces}. Between them: {streets}."
    return Finding("ledger-not-contiguous", "warning", template, given | {"streets": "、".join(streets)}, where, row.row)


def across_street(row: LedgerRow, sides: tuple[str, str], street: str, where: Box | None) -> Finding:
    """Tell that a street runs through a unit."""
    template = "Row {row}: {street} runs through {unit}, between {one} and {other}."
    given = {"row": row.row, "unit": row.unit, "street": street, "one": sides[0], "other": sides[1]}
    return Finding("ledger-split-by-street", "warning", template, given, where, row.row)


def sides_kept(row: LedgerRow, sides: str, where: Box | None) -> Finding:
    """Keep what the ledger says of a unit's borders."""
    template = "Row {row}: the ledger bounds {unit} so: {sides}."
    return Finding("ledger-sides", "info", template, {"row": row.row, "unit": row.unit, "sides": sides}, where, row.row)


_SIDES = {
    "east": "Row {row}: the ledger bounds {unit} by {said} in the east; nothing of that name is within 100 m of it there.",
    "south": "Row {row}: the ledger bounds {unit} by {said} in the south; nothing of that name is within 100 m of it there.",
    "west": "Row {row}: the ledger bounds {unit} by {said} in the west; nothing of that name is within 100 m of it there.",
    "north": "Row {row}: the ledger bounds {unit} by {said} in the north; nothing of that name is within 100 m of it there.",
}


def side_far(row: LedgerRow, direction: str, said: str, where: Box | None) -> Finding:
    """Tell that the ledger's border on one side is not near the one that is drawn."""
    given = {"row": row.row, "unit": row.unit, "said": said}
    return Finding("ledger-side-far", "warning", _SIDES[direction], given, where, row.row)
