"""Aliases in from files: a spelling that ledgers use, and the compound or building that somebody says it means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geodata.findings import Finding
from gridsvc.database.queries import ledger as stored
from gridsvc.database.tables import Alias, Compound, CompoundVersion
from gridsvc.domain.columns import match_columns, text_of
from gridsvc.domain.ledger.building_names import one_name
from gridsvc.domain.ledger.register import Register, Standing, compound_key
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.domain.proposals import ImportFile, Proposal, RowOutcome
from gridsvc.errors import Invalid
from gridsvc.operations.audit import record

NOWHERE = (0.0, 0.0, 0.0, 0.0)


class Meant(NamedTuple):
    """What a row says."""

    compound: str
    spelling: str
    compound_id: int | None
    building_id: int | None


def import_aliases(session: Session, actor: Actor, file: ImportFile) -> Proposal:
    """Say what the file would teach, and keep it where `file.commit` says so; a spelling means what was said of it last."""
    path = jurisdiction_path(file.jurisdiction_id)
    require(actor, Action.IMPORT, path)
    headers = list(dict.fromkeys(header for attributes in file.table.attributes for header in attributes))
    columns = match_columns("aliases", headers, file.columns)
    proposal = Proposal("aliases", columns, rows := [], findings := list(file.table.findings))
    known, places = _known(session, file.jurisdiction_id), _Places(session, file.jurisdiction_id)
    for row, attributes in zip(file.table.rows, file.table.attributes, strict=True):
        given = {name: text_of(attributes.get(header)) for name, header in columns.items()}
        try:
            meant = places.meant(given)
        except Invalid as error:
            findings.append(Finding("alias-refused", "error", "Row {row}: {reason}", {"row": row, "reason": error}, None, row))
            rows.append(RowOutcome(row, given.get("spelling") or "", "refused"))
            continue
        last = known.get(meant[:2])
        rows.append(RowOutcome(row, given["spelling"] or "", "new" if last is None else "unchanged" if last == meant else "changed"))
        known[meant[:2]] = meant
    if file.commit:
        proposal.check_refused(skip=file.skip_refused)
        if not proposal.changes_nothing:
            _keep(session, file.jurisdiction_id, list(known.values()))
            record(session, actor, "aliases.import", path, file=file.table.source, **proposal.counts)
    return proposal


class _Places:
    """The compounds and buildings of a jurisdiction, under all their names."""

    def __init__(self, session: Session, jurisdiction_id: int) -> None:
        names = (
            select(CompoundVersion.name, func.min(CompoundVersion.compound_id))
            .join(Compound, Compound.id == CompoundVersion.compound_id)
            .where(Compound.jurisdiction_id == jurisdiction_id, func.upper_inf(CompoundVersion.valid), CompoundVersion.name.is_not(None))
            .group_by(CompoundVersion.name)
        )
        self.compounds = {compound_key(name or ""): compound_id for name, compound_id in session.execute(names)}
        rows = stored.buildings(session, jurisdiction_id)
        self.register = Register([Standing(row.id, row.name, row.compound, NOWHERE) for row in rows])

    def meant(self, given: Mapping[str, str | None]) -> Meant:
        """Return what a row means; raise Invalid where that is not exactly one compound or building."""
        spelling, compound, building = (given.get(name) for name in ("spelling", "compound", "building"))
        if not spelling or not (compound or building):
            raise Invalid("a spelling is needed, and the compound or building that it means.")
        key = compound_key(compound or "")
        if building is None:
            return Meant("", compound_key(spelling), self._compound(compound or "", key), None)
        found = self.register.find([key] if key else [], one_name(building))
        if len(found) != 1:
            told = "{count} buildings are called {building} there; exactly one would be right."
            raise Invalid(told, count=len(found), building=f"{compound or ''}{building}")
        return Meant(key, str(one_name(spelling)), None, self.register.standing[found[0]].id)

    def _compound(self, name: str, key: str) -> int:
        if key not in self.compounds:
            alike = [self.register.names[other] for other in self.register.alike(key)]
            raise Invalid("there is no compound {compound}. Like it: {alike}.", compound=name, alike="、".join(alike) or "-")
        return self.compounds[key]


def _known(session: Session, jurisdiction_id: int) -> dict[tuple[str, ...], Meant]:
    rows = session.execute(
        select(Alias.compound, Alias.spelling, Alias.compound_id, Alias.building_id).where(Alias.jurisdiction_id == jurisdiction_id)
    )
    return {(row[0], row[1]): Meant(*row) for row in rows}


def _keep(session: Session, jurisdiction_id: int, meant: list[Meant]) -> None:
    added = insert(Alias).values([{"jurisdiction_id": jurisdiction_id, **each._asdict()} for each in meant])
    fresh = {"compound_id": added.excluded.compound_id, "building_id": added.excluded.building_id, "learned_at": func.now()}
    changed = func.row(Alias.compound_id, Alias.building_id).is_distinct_from(
        func.row(added.excluded.compound_id, added.excluded.building_id)
    )
    keys = ["jurisdiction_id", "compound", "spelling"]
    session.execute(added.on_conflict_do_update(index_elements=keys, set_=fresh, where=changed))
