"""What a path is called."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

_NAMES = text("""
SELECT 'j' AS kind, id, name FROM jurisdiction WHERE id = ANY (:jurisdictions)
UNION ALL SELECT '', unit_id, name FROM unit_version WHERE unit_id = ANY (:units) AND upper_inf(valid)
UNION ALL SELECT 'b_', building_id, name FROM building_version WHERE building_id = ANY (:buildings) AND upper_inf(valid)
""")


def names(session: Session, paths: Iterable[str]) -> dict[str, str]:
    """Return what people call each of these places: its jurisdiction and itself, as they are today; what is gone stays a path."""
    ends = {path: _ends(path.split(".")) for path in paths if path}
    asked = {kind: [number for found in ends.values() for each, number in found if each == kind] for kind in ("j", "", "b_")}
    rows = session.execute(_NAMES, {"jurisdictions": asked["j"], "units": asked[""], "buildings": asked["b_"]})
    known = {(kind, number): name for kind, number, name in rows if name}
    return {path: " / ".join(known[end] for end in found) if all(end in known for end in found) else path for path, found in ends.items()}


def _ends(labels: list[str]) -> list[tuple[str, int]]:
    """Return kind and number of the first label of a path, which is the jurisdiction's, and of its last."""
    *_, last = labels
    kind = "b_" if last.startswith("b_") else ""
    return [("j", int(labels[0][1:], 36)), *([(kind, int(last.removeprefix(kind), 36))] if len(labels) > 1 else [])]
