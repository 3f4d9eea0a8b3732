"""The rows of a ledger: which unit of which level each is about, and which buildings it claims for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from geodata.findings import Finding
from geodata.records import Table
from gridsvc.domain.columns import match_columns, number_of, text_of
from gridsvc.domain.ledger.building_names import Claimed, read_buildings
from gridsvc.domain.ledger.numerals import plain
from gridsvc.domain.schemes import Level, Scheme
from gridsvc.errors import Invalid

Chain = tuple[tuple[int, str], ...]
"""Levels with the names of their units, from the top down: ((3, 山海社区), (4, 一网格))."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One row: a unit, and buildings of a compound."""

    row: int
    chain: Chain
    """The unit that the row is about, last, and those above it that the ledger names."""
    compounds: tuple[str, ...]
    """As written; several in one cell stand together."""
    claimed: Claimed
    sides: str | None = None
    """Its 四至, as written."""
    code: str | None = None
    households: int | None = None

    @property
    def unit(self) -> str:
        """Return the name of the unit."""
        return self.chain[-1][1]


@dataclass(slots=True)
class Ledger:
    """A ledger as read."""

    columns: dict[str, str]
    """Field or key of a level -> header."""
    levels: tuple[Level, ...]
    """Those that it has a column for, from the top down."""
    rows: list[LedgerRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def units(self) -> dict[Chain, list[LedgerRow]]:
        """Return the rows by unit, parents before what is below them, in the ledger's order."""
        found: dict[Chain, list[LedgerRow]] = {}
        for row in self.rows:
            for end in range(1, len(row.chain) + 1):
                found.setdefault(row.chain[:end], [])
            found[row.chain].append(row)
        return found


_LEVEL_LIKE = re.compile("街道|社区|村|片区|.{0,2}网格")
_SUMS = re.compile("合计|总计|小计|共计|总和|TOTAL|SUM")


def read_ledger(table: Table, scheme: Scheme, chosen: Mapping[str, str] | None = None) -> Ledger:
    """Read a ledger; `chosen` (field or key of a level -> header) wins over the guess. Every row that is left out has a finding.

    A blank unit in a row that names buildings is that of the row above, as in a sheet with merged cells.
    Raises Invalid where no column names a unit or none names buildings.
    """
    headers = list(dict.fromkeys(header for attributes in table.attributes[:100] for header in attributes))
    keys = {level.key for level in scheme.levels}
    columns = match_columns("ledger", headers, {name: header for name, header in (chosen or {}).items() if name not in keys})
    levels = _level_columns(scheme, headers, columns, chosen or {})
    _check(columns, levels, scheme)
    read = Ledger(columns | {level.key: header for level, header in levels.items()}, tuple(levels), findings=list(table.findings))
    read.findings += [
        _no_level(header) for header in headers if _LEVEL_LIKE.fullmatch(_word(header)) and header not in read.columns.values()
    ]
    above: dict[int, str] = {}
    for number, attributes in zip(table.rows, table.attributes, strict=True):
        text = {name: text_of(attributes.get(header)) for name, header in columns.items()}
        units = {level.number: text_of(attributes.get(header)) for level, header in levels.items()}
        _read_row(read, number, text, units, above)
    return read


def _read_row(read: Ledger, number: int, text: Mapping[str, str | None], units: dict[int, str | None], above: dict[int, str]) -> None:
    said = [*(name for name in units.values() if name), *(value for value in text.values() if value)]
    if not said or _SUMS.search(plain(said[0]).replace(" ", "")):
        return
    if not text.get("compound") and not text.get("buildings"):
        read.findings.append(_without_buildings(number, said[0]))
        return
    filled = _filled(units, above)
    if not filled:
        read.findings.append(_without_unit(number))
        return
    above.clear()
    above.update(filled)
    claimed = read_buildings(text.get("buildings") or "全部")
    for item in claimed.unread:
        read.findings.append(_not_understood(number, item))
    households = number_of(text.get("households"))
    row = LedgerRow(
        number,
        tuple(sorted(filled.items())),
        _compounds(text.get("compound")),
        claimed,
        text.get("sides"),
        text.get("code"),
        None if households is None else round(households),
    )
    read.rows.append(row)


def _filled(units: dict[int, str | None], above: Mapping[int, str]) -> dict[int, str]:
    """Return the units of a row by level; blank ones above or beside a merged cell are those of the row above."""
    given = [level for level, name in units.items() if name]
    first = min(given, default=None)
    filled: dict[int, str] = {}
    for level, name in sorted(units.items()):
        if name:
            filled[level] = name
        elif level in above and (first is None or level < first):
            filled[level] = above[level]
    return filled


def _compounds(text: str | None) -> tuple[str, ...]:
    return tuple(filter(None, re.split(r"[、,;/|\n]|\s{2,}", text or "")))


def _level_columns(scheme: Scheme, headers: Sequence[str], columns: Mapping[str, str], chosen: Mapping[str, str]) -> dict[Level, str]:
    """Return for each level of the scheme that a column names, its header, from the top down."""
    taken = {header for name, header in columns.items() if name not in ("compound", "code")}
    plainly = {_word(header): header for header in reversed(headers) if header not in taken}
    found: dict[Level, str] = {}
    for level in scheme.levels:
        header = chosen.get(level.key) or next((plainly[word] for word in _words(level) if word in plainly), None)
        if header is not None and header not in found.values():
            found[level] = header
    return found


def _words(level: Level) -> Iterable[str]:
    """Return what a column for a level may be called, the likeliest first: for 小区(网格) also 网格, then 小区."""
    outer, _, inner = plain(level.name_zh).removesuffix(")").partition("(")
    return [plain(level.name_zh), *filter(None, [inner, outer]), level.key.upper(), level.name_en.upper()]


def _word(header: str) -> str:
    return re.sub("^所属|名称$|名$", "", plain(header).replace(" ", ""))


def _check(columns: Mapping[str, str], levels: Mapping[Level, str], scheme: Scheme) -> None:
    if not levels:
        names = "、".join(level.name_zh for level in scheme.levels)
        raise Invalid("No column of the ledger names a unit; one called like a level of the scheme would be right: {levels}.", levels=names)
    if "buildings" not in columns and "compound" not in columns:
        raise Invalid("No column of the ledger names buildings; one called 楼栋, and 小区 for their compound, would be right.")


def _not_understood(row: int, item: str) -> Finding:
    template = "Row {row}: {item!r} was not understood; 1-6号楼, 8号楼 or 3号楼1-2单元 would be."
    return Finding("ledger-unread", "error", template, {"row": row, "item": item}, None, row)


def _without_buildings(row: int, label: str) -> Finding:
    template = "Row {row} ({label}) names neither a compound nor buildings and was left out."
    return Finding("ledger-row-empty", "warning", template, {"row": row, "label": label}, None, row)


def _no_level(header: str) -> Finding:
    template = "The column {header} names no level of the scheme and was left out."
    return Finding("ledger-column-no-level", "warning", template, {"header": header})


def _without_unit(row: int) -> Finding:
    return Finding("ledger-row-no-unit", "error", "Row {row} names no unit; its buildings belong to nobody.", {"row": row}, None, row)
