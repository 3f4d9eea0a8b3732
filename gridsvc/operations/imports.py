"""An import from a file on the disk: the same for the command line, the page and the jobs behind it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from geodata.readers import read
from geodata.records import Table
from gridsvc.domain.columns import match_columns
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, may, require
from gridsvc.domain.proposals import ImportFile, Proposal
from gridsvc.operations import column_choices
from gridsvc.operations.aliases import import_aliases
from gridsvc.operations.appointment_rows import import_appointments
from gridsvc.operations.barriers import import_barriers
from gridsvc.operations.buildings import import_buildings
from gridsvc.operations.compounds import import_compounds
from gridsvc.operations.contract_import import import_contracts
from gridsvc.operations.dwellings import import_households
from gridsvc.operations.figures import import_figures
from gridsvc.operations.fire_lanes import import_fire_lanes
from gridsvc.operations.gates import import_gates
from gridsvc.operations.organisations import import_organisations
from gridsvc.operations.parking import import_parking_lots, import_parking_spaces
from gridsvc.operations.people import import_people
from gridsvc.operations.returning import returned
from gridsvc.operations.stations import import_stations
from gridsvc.operations.streets import import_streets
from gridsvc.operations.units import import_units

IMPORTERS: dict[str, Callable[..., Proposal]] = {
    "units": import_units,
    "compounds": import_compounds,
    "buildings": import_buildings,
    "streets": import_streets,
    "barriers": import_barriers,
    "stations": import_stations,
    "gates": import_gates,
    "parking_lots": import_parking_lots,
    "parking_spaces": import_parking_spaces,
    "fire_lanes": import_fire_lanes,
    "households": import_households,
    "contracts": import_contracts,
    "figures": import_figures,
    "aliases": import_aliases,
    "organisations": import_organisations,
    "people": import_people,
    "appointments": import_appointments,
}
"""What brings in each noun."""
OF_PEOPLE = frozenset({"organisations", "people", "appointments", "households", "contracts"})
"""Those that ask for rights of their own, part by part perhaps."""


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What somebody asks to bring in, before the file is read."""

    noun: str
    """A key of IMPORTERS."""
    path: Path
    jurisdiction_id: int
    crs: str | None = None
    layer: str | None = None
    attribution: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Field -> header, where the guess would be wrong; an empty header leaves the field out."""
    source: str = "main"
    effective_at: datetime | None = None
    """None is now."""
    skip_refused: bool = False
    commit: bool = False
    terms: Mapping[str, Any] = field(default_factory=dict)
    """What the importer of this noun takes besides: level, keep and accept_loss of units."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import would do, or did, and the file that it read."""

    proposal: Proposal
    table: Table
    remembered: Mapping[str, str]
    """Field -> header, where the choice of the last time replaced the guess; an empty header left the field out."""


@contextmanager
def _keeping_all() -> Iterator[None]:
    """Let no garbage be looked for: the rows of a large file are millions of objects that stay, looked through again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_keeping_all()
def run(session: Session, actor: Actor, request: ImportRequest) -> Imported:
    """Read the file and say what it would do; do it where `request.commit` says so, and keep its columns for the next file.

    Raises GeodataError for a file that cannot be read as a whole, and whatever the importer of the noun raises.
    """
    table = read(request.path, crs=request.crs, layer=request.layer, attribution=request.attribution)
    remembered = _remembered(session, request, table)
    file = ImportFile(
        jurisdiction_id=request.jurisdiction_id,
        table=table,
        effective_at=request.effective_at or datetime.now(UTC),
        columns={**remembered, **request.columns},
        source=request.source,
        skip_refused=request.skip_refused,
        commit=request.commit,
    )
    proposal = _brought(session, actor, file, request)
    if request.commit and may(actor, Action.IMPORT, jurisdiction_path(request.jurisdiction_id)):
        left_out = {name: "" for name, header in file.columns.items() if not header}
        column_choices.keep(session, request.jurisdiction_id, request.source, request.noun, {**proposal.columns, **left_out})
    return Imported(proposal, table, remembered)


def _brought(session: Session, actor: Actor, file: ImportFile, request: ImportRequest) -> Proposal:
    """Set the rows aside that come back as they stand, and let the importer of the noun see to the others."""
    back = returned(session, file, request.noun)
    if not back.columns:
        return IMPORTERS[request.noun](session, actor, file, **request.terms)
    if len(back.file.table) == 0:
        if request.noun not in OF_PEOPLE:
            require(actor, Action.IMPORT, jurisdiction_path(file.jurisdiction_id))
        return Proposal(request.noun, back.columns, back.unchanged, back.file.table.findings)
    proposal = IMPORTERS[request.noun](session, actor, back.file, **request.terms)
    return replace(proposal, columns=back.columns, rows=sorted([*proposal.rows, *back.unchanged], key=lambda row: row.row))


def headers_of(table: Table) -> list[str]:
    """Return the columns of a file, in its order."""
    return list(dict.fromkeys(header for attributes in table.attributes[:100] for header in attributes))


def _remembered(session: Session, request: ImportRequest, table: Table) -> dict[str, str]:
    """Return the choices of the last time that fit this file, differ from the guess and are not overruled now."""
    headers = headers_of(table)
    guess = match_columns(request.noun, headers)
    last = column_choices.last(session, request.jurisdiction_id, request.source, request.noun)
    return {
        name: header
        for name, header in last.items()
        if name not in request.columns and header in ("", *headers) and header != guess.get(name, "")
    }
