"""Which rows hold: now, or at an instant."""

from __future__ import annotations

from datetime import datetime


def holds(alias: str, as_of: datetime | None) -> str:
    """Return the condition that a row of this alias is current, or valid at :as_of; the first has the partial indexes."""
    return f"upper_inf({alias}.valid)" if as_of is None else f"{alias}.valid @> cast(:as_of AS timestamptz)"
