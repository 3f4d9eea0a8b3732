"""One row of a thing at a time: what the tables of versions and places have in common."""

from __future__ import annotations

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from gridsvc.database.tables.units import CURRENT

PAST = text("NOT upper_inf(valid)")


def one_at_a_time(table: str, *columns: str) -> tuple[ExcludeConstraint, Index, Index]:
    """Return what keeps the periods of a thing, which these columns name, apart; and what finds its rows.

    A thing has one current row, its past ones exclude each other, and sql/25_periods.sql keeps the current one clear of them. An
    exclusion of all rows would say as much, at a price: nothing in the import of a city took longer.
    """
    return (
        ExcludeConstraint(
            *((column, "=") for column in columns),
            ("valid", "&&"),
            name=f"ex_{table}_one_at_a_time",
            where=PAST,
            deferrable=True,
            initially="DEFERRED",
        ),
        # Usage: the thing as it is now; one at a time.
        Index(f"uq_{table}_current", *columns, unique=True, postgresql_where=CURRENT),
        # Usage: the thing as it was at an instant.
        Index(f"ix_{table}_thing", columns[0]),
    )
