"""The words of corrections: what a field is called, and its value before and after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from gridsvc import words
from gridsvc.database.queries.corrections import Waiting
from gridsvc.domain.code_tables import Code
from gridsvc.domain.corrections import PRIVATE
from gridsvc.domain.households import CARE, USES
from gridsvc.domain.masking import mask_name, mask_phone
from gridsvc.operations.corrections import unsealed
from gridsvc.sealing import unseal

FIELDS = {
    "use": "Use",
    "resident": "Lives there permanently",
    "persons": "Persons",
    "care": "Needs care",
    "away": "away for long",
    "phone": "Phone",
}
"""What each field is called."""
STATES = {"open": "waits for a decision", "accepted": "accepted", "refused": "refused", "withdrawn": "withdrawn"}


class Change(NamedTuple):
    """One field of a correction."""

    field: str
    before: str
    after: str


class CorrectionWords:
    """What to call a correction in the reader's language."""

    def __init__(self, language: str) -> None:
        self._language = language

    def say(self, template: str, **values: object) -> str:
        """Return a sentence in the reader's language."""
        return words.say(template, self._language, **values)

    def state(self, row: Waiting) -> str:
        """Return how far a correction is."""
        return self.say(STATES[row.state])

    def changes(self, row: Waiting) -> Iterator[Change]:
        """Yield each field with what is recorded now and what would be right; private values are masked."""
        for name, value in row.changes.items():
            if name in PRIVATE:
                before, after = mask_phone(unseal(row.phone_sealed)) if row.phone_sealed else "–", mask_phone(unsealed(value))
            else:
                before, after = self._value(name, row.now.get(name)), self._value(name, value)
            yield Change(self.say(FIELDS.get(name, name)), before, after)

    def about(self, row: Waiting) -> str:
        """Return which dwelling a correction is about, or who, masked."""
        if row.person_name:
            return mask_name(row.person_name)
        entrance = self.say("entrance {name}", name=row.entrance) if row.entrance else ""
        return " ".join(filter(None, (row.compound, row.building, entrance, row.room)))

    def _value(self, field: str, value: Any) -> str:  # noqa: ANN401  # whatever the field holds
        if field == "use":
            return self._named(USES, value)
        if field == "care":
            return "、".join(self._named(CARE, key) for key in value or ()) or self.say("nobody")
        if value is None:
            return self.say("not known")
        return self.say("yes" if value else "no") if isinstance(value, bool) else str(value)

    def _named(self, table: dict[str, Code], key: str) -> str:
        code = table.get(key)
        return str(key) if code is None else code.name_zh if self._language == "zh" else code.name_en
