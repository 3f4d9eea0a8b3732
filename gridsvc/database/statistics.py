"""What the planner knows of tables that a transaction has just filled."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

MANY = 1000
"""Fewer rows than these are found quickly by any plan."""


def take_statistics(session: Session, count: int, *tables: str) -> None:
    """Have the planner look at tables that got `count` rows in this transaction; few rows are not worth it.

    Without it a file that fills empty tables is joined as if they were empty still, row by row.
    """
    if count >= MANY:
        session.execute(text("SELECT take_statistics(VARIADIC :tables)"), {"tables": list(tables)})
