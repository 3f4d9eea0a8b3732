"""The published list of area codes: what is wrong with a row of it, and with a unit that differs from it."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from geodata.findings import Finding
from gridsvc.domain.codes import AREA_DIGITS, code_fault
from gridsvc.domain.proposals import Proposal
from gridsvc.domain.unit_rows import UnitRow

STREET, COMMUNITY = 4, 5
"""Levels of the list, counted from the province; those above need no parent in it, since published files begin with counties."""
DIGITS = dict(enumerate(AREA_DIGITS, start=1))
"""How long the codes of a level are."""

_ENDINGS = (
    "社区居民委员会",
    "居民委员会",
    "村民委员会",
    "社区居委会",
    "居委会",
    "村委会",
    "街道办事处",
    "办事处",
    "社区",
    "街道",
    "村",
    "镇",
    "乡",
)
"""What a name may end in without being another one, the longest first."""


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A row of a list that is refused."""

    row: int
    code: str
    name: str
    fault: str
    """form, name, repeated or parent."""


@dataclass(frozen=True, slots=True)
class CodesProposal(Proposal):
    """What a list of codes would do; so many rows are counted, not kept."""

    counted: Mapping[str, int] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """Return the number of rows by outcome."""
        return {outcome: count for outcome, count in self.counted.items() if count}

    @property
    def changes_nothing(self) -> bool:
        """Say whether every row is as it was or refused."""
        return not (self.counted.get("new") or self.counted.get("changed"))


def refusal(refused: ListedRow, known: Collection[str]) -> Finding:
    """Return the sentence for a row of a list; `known` holds those of its beginnings that are in the list."""
    row, code = refused.row, refused.code
    if refused.fault == "form":
        digits = min(AREA_DIGITS, key=lambda digits: (abs(digits - len(code)), -digits)) if code else DIGITS[COMMUNITY]
        above = max((code[:end] for end in AREA_DIGITS if end < digits and code[:end] in known), key=len, default="")
        fault = code_fault(code, digits=digits, parent=above if len(above) + 3 == digits else "")
        return Finding("code-refused", "error", "Row {row}: {fault}", {"row": row, "fault": fault or code}, row=row)
    if refused.fault == "name":
        return Finding("code-refused", "error", "Row {row}: {code} has no name.", {"row": row, "code": code}, row=row)
    if refused.fault == "repeated":
        given = {"row": row, "code": code, "name": refused.name}
        return Finding(
            "code-refused", "error", "Row {row}: {code} stands further up with another name than {name}; an area has one.", given, row=row
        )
    parent = code[: DIGITS[STREET] if len(code) == DIGITS[COMMUNITY] else DIGITS[STREET - 1]]
    return Finding(
        "code-refused",
        "error",
        "Row {row}: {parent}, the code above {code} ({name}), is not in the list; bring in the list of that level first, or mend the code.",
        {"row": row, "parent": parent, "code": code, "name": refused.name},
        row=row,
    )


def same_name(one: str, other: str) -> bool:
    """Say whether two names mean one area: 山海社区 is 山海社区居民委员会."""
    return one == other or _bare(one) == _bare(other)


def _bare(name: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", name).split())
    while (ending := next((ending for ending in _ENDINGS if plain.endswith(ending) and plain != ending), None)) is not None:
        plain = plain.removesuffix(ending)
    return plain


def official(rows: Sequence[UnitRow]) -> list[UnitRow]:
    """Return the units whose code could stand in the list."""
    return [row for row in rows if row.code is not None and len(row.code) in AREA_DIGITS]


def unlike(row: UnitRow, listed: str | None) -> Finding | None:
    """Return what is odd about a unit beside the list, which has `listed` for its code: a finding, or None where they agree."""
    given = {"row": row.row, "label": row.label, "code": row.code, "listed": listed}
    if listed is None:
        return Finding(
            "code-not-listed",
            "warning",
            "Row {row} ({label}): the published list has no code {code} in its county; look whether it is right.",
            given,
            row=row.row,
        )
    if row.name is None or same_name(row.name, listed):
        return None
    return Finding("name-differs", "warning", "Row {row} ({label}): the published list calls {code} {listed}.", given, row=row.row)
