"""What may be corrected about a household or a person, and how a form says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gridsvc.domain.cells import Unread, phone_of
from gridsvc.domain.households import CARE, USES
from gridsvc.errors import Invalid

MOST_PERSONS = 30
"""More people than this live in no dwelling; a number beyond it is a slip of the finger."""


def read(noun: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a noun that a form or a request gives, each as it is stored.

    Raises Invalid for a field that is none of its noun's, or a value that cannot be right.
    """
    fields = FIELDS.get(noun)
    if fields is None:
        raise Invalid("{noun!r} is nothing that is corrected here; {known} would be right.", noun=noun, known=", ".join(FIELDS))
    if strange := next((name for name in given if name not in fields), None):
        raise Invalid("{field!r} is no field that is corrected here; {known} would be right.", field=strange, known=", ".join(fields))
    return {name: fields[name](value) for name, value in given.items()}


def _use(value: Any) -> str:  # noqa: ANN401  # whatever a form or JSON gives
    if not isinstance(value, str) or value not in USES:
        known = "、".join(code.name_zh for code in USES.values())
        raise Invalid("{given!r} is no use of a dwelling; {known} would be right.", given=value, known=known)
    return value


def _resident(value: Any) -> bool | None:  # noqa: ANN401  # the same
    known = {"yes": True, "no": False, "": None, "unknown": None, True: True, False: False, None: None}
    if not isinstance(value, str | bool | None) or value not in known:
        raise Invalid("{given!r} does not say whether somebody lives there permanently; yes, no or unknown would be right.", given=value)
    return known[value]


def _persons(value: Any) -> int | None:  # noqa: ANN401  # the same
    if value in ("", None):
        return None
    if not str(value).isdecimal() or int(value) > MOST_PERSONS:
        raise Invalid("{given!r} persons cannot be; a whole number up to {most} would be right.", given=value, most=MOST_PERSONS)
    return int(value)


def _care(value: Any) -> list[str]:  # noqa: ANN401  # the same
    keys = value if isinstance(value, list | tuple) else [value] if value else []
    if strange := [key for key in keys if not isinstance(key, str) or key not in CARE]:
        raise Invalid("{given!r} is no known need of care; {known} would be right.", given=strange[0], known=", ".join(CARE))
    return sorted(set(keys))


def _phone(value: Any) -> str:  # noqa: ANN401  # the same
    try:
        phone = phone_of(value)
    except Unread:
        phone = None
    if phone is None:
        raise Invalid("{given!r} is no phone number; 13800001234 or 0532-55550001 would be right.", given=value)
    return phone


FIELDS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "household": {"use": _use, "resident": _resident, "persons": _persons, "care": _care, "away": lambda value: value in (True, "yes")},
    "person": {"phone": _phone},
}
"""By noun: the fields that may be corrected, and what reads each."""
PRIVATE = frozenset({"phone"})
"""Fields that are kept sealed."""
