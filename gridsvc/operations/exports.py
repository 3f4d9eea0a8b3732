"""Carrying things away as a file: the words that people use, whom to name, and the trail of what is protected."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.orm import Session

from geodata.records import Attributes
from geodata.samples import SYNTHETIC
from geodata.writers import Layer, write
from gridsvc.database.queries.export_nouns import EXPORTS, Column
from gridsvc.database.queries.exports import Exported, Wanted, exported
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, may_anywhere
from gridsvc.errors import TooLarge
from gridsvc.operations.audit import record
from gridsvc.operations.progress import report

OSM = "© OpenStreetMap contributors (ODbL)"
"""Whom a map of OpenStreetMap's data has to name (openstreetmap.org/copyright)."""

HOUSEHOLDS = ("households", "households_estimated")
"""Figures of a place, which not everybody may read."""

FOR_PEOPLE = {".csv", ".xlsx"}
"""Files that people read: their headers and words are Chinese unless somebody asks for keys."""


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What somebody asks to carry away."""

    place: JurisdictionRow
    wanted: Wanted
    english: bool = False
    """Whether files for people have keys instead of Chinese words, as the others always do."""
    most: int | None = None
    """More rows than these are too many."""
    reason: str | None = None
    """Why private values are written in full where the actor may see them so; without one they are masked."""


def export(session: Session, actor: Actor, request: ExportRequest, path: Path) -> int:
    """Write a file as the end of its name says, whole or not at all, and return how many rows it has.

    The columns and rows are those that the actor may read; carrying protected ones away leaves a trace.

    Raises GeodataError where the file cannot be written, TooLarge, and what `exported` raises.
    """
    place, wanted = request.place, request.wanted
    report(session, "Reading the rows …")
    found = exported(session, place, wanted, None if request.most is None else request.most + 1)
    if request.most is not None and len(found.rows) > request.most:
        raise TooLarge(
            "There are more than {most:,} rows; `gridsvc export {noun} FILE --jurisdiction {slug}` writes them all, --under CODE fewer.",
            most=request.most,
            noun=wanted.noun,
            slug=place.slug,
        )
    found, clear = _masked(found, request.reason)
    figures = _figures(session, actor, request, found)
    report(session, "Writing {count} rows …", count=len(found.rows))
    write(path, _layer(request, found, figures, in_words=path.suffix.lower() in FOR_PEOPLE and not request.english))
    if EXPORTS[wanted.noun].action or any(column.action for column in found.columns.values()) or (figures and HOUSEHOLDS[0] in figures[0]):
        told = {"file": path.name, "rows": len(found.rows), "under": wanted.under}
        told |= {"reason": request.reason, "in_full": clear} if request.reason else {}
        record(session, actor, f"{wanted.noun}.export", jurisdiction_path(place.id), **told)
    return len(found.rows)


def _masked(found: Exported, reason: str | None) -> tuple[Exported, int]:
    """Return what may be written of private values, and of how many rows all of it."""
    masks = {name: column.masked for name, column in found.columns.items() if column.masked}
    if not masks:
        return found, 0
    in_full = [bool(reason and reason.strip()) and clear for clear in found.clear]
    rows = [
        row if whole else row | {name: None if row[name] is None else mask(str(row[name])) for name, mask in masks.items()}
        for row, whole in zip(found.rows, in_full, strict=True)
    ]
    return replace(found, rows=rows), sum(in_full)


def _figures(session: Session, actor: Actor, request: ExportRequest, found: Exported) -> list[Attributes]:
    """Return what is computed of each row besides, without the columns that are of no use to the reader."""
    export, wanted = EXPORTS[request.wanted.noun], request.wanted
    if export.figures is None or not found.ids:
        return [{} for _ in found.ids]
    hidden = () if may_anywhere(actor, Action.READ_HOUSEHOLDS) else HOUSEHOLDS
    said = export.figures(session, found.ids, wanted.as_of, "en" if request.english else "zh")
    return [{name: value for name, value in row.items() if name not in hidden} for row in said]


def _layer(request: ExportRequest, found: Exported, figures: list[Attributes], *, in_words: bool) -> Layer:
    place, titles = request.place, EXPORTS[request.wanted.noun].titles
    columns = {name: column.title for name, column in found.columns.items()} | {name: titles[name] for name in (figures or [{}])[0]}
    rows = [row | said for row, said in zip(found.rows, figures, strict=True)]
    name, notes = f"{place.slug.replace('-', '_')}_{request.wanted.noun}", _notes(place, found)
    if not in_words:
        return Layer(name, list(columns), rows, found.geometry, notes, ("lon", "lat"))
    said = [{columns[key]: _word(place, found.columns.get(key), value) for key, value in row.items()} for row in rows]
    return Layer(name, list(columns.values()), said, found.geometry, notes)


def _word(place: JurisdictionRow, column: Column | None, value: object) -> object:
    return value if value is None or column is None or column.words is None else column.words(place, value)


def _notes(place: JurisdictionRow, found: Exported) -> list[str]:
    """Return what has to be said of the data: that they are made up, whom the jurisdiction names, whom the sources of the rows."""
    said = [SYNTHETIC] if place.synthetic else []
    if place.attribution and place.attribution not in said:
        said.append(place.attribution)
    if any(source.lower().startswith("osm") for source in set(found.sources) if source) and "openstreetmap" not in " ".join(said).lower():
        said.append(OSM)
    return said
