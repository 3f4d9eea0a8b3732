"""Which building each row of a ledger claims, and what does not fit: nobody's, claimed twice, misspelt, elsewhere."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from geodata.findings import Finding
from gridsvc.domain.ledger import sentences as say
from gridsvc.domain.ledger.building_names import BuildingName
from gridsvc.domain.ledger.register import Register, compound_key
from gridsvc.domain.ledger.rows import Chain, LedgerRow


@dataclass(frozen=True, slots=True)
class Claim:
    """A row that claims a building, whole or some entrances of it."""

    row: LedgerRow
    building: int
    """Its place in the register."""
    name: BuildingName | None = None
    """What the row calls it; None where it claims all or the rest."""

    @property
    def entrances(self) -> frozenset[str]:
        """Return the entrances that are claimed; none for the whole building."""
        return frozenset(self.name.entrances if self.name else ())


@dataclass(slots=True)
class Matched:
    """Which unit each building goes to."""

    unit_of: dict[int, Chain] = field(default_factory=dict)
    """By place in the register; buildings that nobody claims are not in it."""
    findings: list[Finding] = field(default_factory=list)


def match(rows: Sequence[LedgerRow], register: Register, area_of: dict[Chain, int] | None = None) -> Matched:
    """Match the rows with the buildings that stand.

    `area_of` gives the area of units that stand already (communities): a building elsewhere is not given to a row below such
    a unit. Of several rows that claim one building whole the first keeps it; of rows that claim entrances, the unit with most.
    A compound that is not known by its name is the one that it resembles only if no other does, all that the row names stands
    there, and no other row claims any of it.
    """
    matching = _Matching(register, area_of or {})
    for row in rows:
        matching.claim(row)
    for row in matching.misspelt:
        matching.claim_misspelt(row)
    for row in rows:
        if row.claimed.every == "rest":
            matching.claim_rest(row)
    return matching.settled()


class _Matching:
    """The claims as they are found."""

    def __init__(self, register: Register, area_of: dict[Chain, int]) -> None:
        self.register, self.area_of = register, area_of
        self.claims: dict[int, list[Claim]] = defaultdict(list)
        self.misspelt: list[LedgerRow] = []
        self.findings: list[Finding] = []

    def claim(self, row: LedgerRow) -> None:
        """Claim what a row names, if its compounds are known."""
        keys = [compound_key(compound) for compound in row.compounds]
        known = [key for key in keys if self.register.buildings(key)]
        if len(known) < len(keys):
            self.misspelt.append(row)
            return
        for compound, key in zip(row.compounds, keys, strict=True):
            if compound_key(self.register.names[key]) != key:
                self.findings.append(
                    say.called_otherwise(row, compound, self.register.names[key], self.register.box(self.register.buildings(key)))
                )
        self._take(row, keys)

    def claim_misspelt(self, row: LedgerRow) -> None:
        """Claim what a row means whose compound is not known, where only one can be meant; else say which ones are alike."""
        keys: list[str] = []
        for compound in row.compounds:
            key = compound_key(compound)
            if self.register.buildings(key):
                keys.append(key)
                continue
            alike = self.register.alike(key)
            names = [self.register.names[other] for other in alike]
            if len(alike) == 1 and self._is_free(row, alike[0]):
                self.findings.append(say.misspelt(row, compound, names[0], self.register.box(self.register.buildings(alike[0]))))
                keys.append(alike[0])
            else:
                self.findings.append(
                    say.unknown_compound(
                        row, compound, names, self.register.box(p for other in alike for p in self.register.buildings(other))
                    )
                )
        if keys:
            self._take(row, keys)

    def _is_free(self, row: LedgerRow, compound: str) -> bool:
        """Say whether all that a row names stands in a compound and no row of another unit claims any of it."""
        found = [self.register.find([compound], name) for name in row.claimed.named]
        places = [place for each in found for place in each] if row.claimed.named else self.register.buildings(compound)
        return all(found) and all(claim.row.chain == row.chain for place in places for claim in self.claims[place])

    def claim_rest(self, row: LedgerRow) -> None:
        """Claim the buildings of the row's compounds that no row claims."""
        for key in map(compound_key, row.compounds):
            for place in self.register.buildings(key):
                if not self.claims[place]:
                    self._add(Claim(row, place))

    def _take(self, row: LedgerRow, keys: Sequence[str]) -> None:
        excepted = {place for name in row.claimed.excepted for place in self._meant(row, keys, name)}
        if row.claimed.every == "all":
            for key in keys:
                for place in self.register.buildings(key):
                    if place not in excepted:
                        self._add(Claim(row, place))
        for name in row.claimed.named:
            for place in self._meant(row, keys, name):
                self._add(Claim(row, place, name))

    def _meant(self, row: LedgerRow, keys: Sequence[str], name: BuildingName) -> list[int]:
        """Return the buildings that a name means: one, or several parts of the same name in one compound; else say why none."""
        found = self.register.find(keys, name)
        here = self._area(row)
        inside = [place for place in found if here is None or self.register.standing[place].within == here]
        if found and not inside:
            self.findings.append(say.outside(row, str(name.whole), self.register.box(found)))
        elif not found:
            stand = [other for key in keys for other in self.register.names_in(key)]
            self.findings.append(
                say.unmatched(row, str(name.whole), stand, self.register.box([p for key in keys for p in self.register.buildings(key)]))
            )
        elif len({self.register.standing[place].compound for place in inside}) > 1 or (len(inside) > 1 and not keys):
            self.findings.append(say.ambiguous(row, str(name.whole), len(inside), self.register.box(inside)))
            return []
        return inside

    def _add(self, claim: Claim) -> None:
        here = self._area(claim.row)
        building = self.register.standing[claim.building]
        if here is not None and building.within != here:
            self.findings.append(say.outside(claim.row, building.name or "", building.where))
        else:
            self.claims[claim.building].append(claim)

    def _area(self, row: LedgerRow) -> int | None:
        """Return the area of the lowest unit above the row that stands already."""
        ends = range(len(row.chain), 0, -1)
        return next((self.area_of[row.chain[:end]] for end in ends if row.chain[:end] in self.area_of), None)

    def settled(self) -> Matched:
        """Return which unit gets each building, every conflict named with its rows."""
        matched = Matched(findings=self.findings)
        for place in sorted(self.claims):
            claims = self.claims[place]
            if claims:
                matched.unit_of[place] = self._settle(place, claims)
        return matched

    def _settle(self, place: int, claims: Sequence[Claim]) -> Chain:
        whole = [claim for claim in claims if not claim.entrances]
        units = dict.fromkeys(claim.row.chain for claim in claims)
        building = self.register.standing[place]
        label = self.register.told([place])
        if whole and len(claims) > 1:
            same = len(units) == 1
            kept = whole[0]
            for other in claims:
                if other is not kept:
                    self.findings.append((say.repeated if same else say.claimed_twice)(kept.row, other.row, label, building.where))
            return kept.row.chain
        if len(units) == 1:
            return claims[0].row.chain
        entrances = Counter({chain: len(frozenset().union(*(c.entrances for c in claims if c.row.chain == chain))) for chain in units})
        most = max(units, key=lambda chain: entrances[chain])
        winner = next(claim.row for claim in claims if claim.row.chain == most)
        for other in claims:
            if other.row.chain != most:
                self.findings.append(say.in_parts(winner, other.row, label, building.where))
        return most
