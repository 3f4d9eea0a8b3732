"""Which building an address means: by compound and name, by number, by what was learned; else it waits on the review list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from sqlalchemy.orm import Session

from geodata.findings import Box, Finding
from gridsvc.database.queries.dwellings import addressed_buildings, aliases
from gridsvc.domain.addresses import Places, parse, spelled
from gridsvc.domain.ledger.register import Register, Standing


@dataclass(frozen=True, slots=True)
class Located:
    """What an address means."""

    buildings: tuple[int, ...]
    """Ids of those that may be meant: one where it is clear."""
    entrance: str = ""
    room: str = ""

    @property
    def building(self) -> int | None:
        """Return the building that is meant; None where that is not clear."""
        return self.buildings[0] if len(self.buildings) == 1 else None


class AddressBook:
    """The buildings of a jurisdiction as addresses name them."""

    def __init__(self, session: Session, jurisdiction_id: int) -> None:
        rows = addressed_buildings(session, jurisdiction_id)
        self._ids = [row.id for row in rows]
        self._by_ref = {row.ref: row.id for row in rows}
        self.paths: dict[int, str] = {row.id: row.path for row in rows}
        """Where each building stands: the path of its leaf, or of the jurisdiction, and its own label."""
        self._place = {row.id: at for at, row in enumerate(rows)}
        learned = {spelling: self._place[building] for spelling, building in aliases(session, jurisdiction_id).items()}
        standing = [Standing(row.id, row.name, row.compound, (row.box[0], row.box[1], row.box[2], row.box[3])) for row in rows]
        self._places = Places(Register(standing), learned)

    def located(self, address: str, compound: str = "") -> Located:
        """Return what an address means; `compound` is what stands in a column of its own."""
        found = parse(address)
        if found is None:
            return Located(self._found(spelled(address), compound))
        return Located(self._found(found.stem, compound), found.entrance, found.room)

    def numbered(self, word: str, compound: str = "") -> tuple[int, ...]:
        """Return the buildings that a cell means: by its number in the source, else by name."""
        by_number = self._by_ref.get(word)
        return self._found(spelled(word), compound) if by_number is None else (by_number,)

    def told(self, buildings: Iterable[int]) -> str:
        """Return what to call some buildings: 龙泽书苑1-3号楼."""
        return self._places.register.told(self._place[number] for number in buildings)

    @cache  # noqa: B019  # a book lives as long as one import
    def name_of(self, building: int) -> str:
        """Return what to call a building: 龙泽书苑3号楼."""
        return self.told([building])

    def box(self, buildings: Iterable[int]) -> Box | None:
        """Return the box around some buildings."""
        return self._places.register.box([self._place[number] for number in buildings])

    def finding(self, row: int, address: str, buildings: tuple[int, ...]) -> Finding:
        """Return what is wrong with an address that means none of the buildings, or several."""
        values: dict[str, object] = {"row": row, "address": address}
        if buildings:
            several = "Row {row}: {address} may be any of {names}; name the compound, or say which on the review list."
            return Finding("address-ambiguous", "error", several, {**values, "names": self.told(buildings)}, self.box(buildings), row)
        none = "Row {row}: {address} is no building here; 龙泽书苑3号楼2单元501 would be right, or say which it is on the review list."
        return Finding("address-unknown", "error", none, values, None, row)

    def _found(self, stem: str, compound: str) -> tuple[int, ...]:
        return tuple(self._ids[at] for at in self._places.find(stem, compound))
