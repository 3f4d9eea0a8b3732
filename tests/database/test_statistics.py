from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.statistics import MANY, take_statistics
from gridsvc.domain.permissions import Actor
from tests import builders


def columns_known(session: Session, table: str) -> set[str]:
    """Return the columns of which the planner has a picture; the transaction sees what it took itself."""
    return set(session.scalars(text("SELECT attname FROM pg_stats WHERE tablename = :table AND schemaname = 'public'"), {"table": table}))


@pytest.fixture
def filled(session: Session, operator: Actor) -> int:
    """Give a jurisdiction with streets that this transaction has just added."""
    here = builders.jurisdiction(session, operator)
    session.execute(
        text("INSERT INTO street (jurisdiction_id, source, source_ref) SELECT :here, 'new', n FROM generate_series(1, :many) n"),
        {"here": here, "many": MANY},
    )
    return here


def most_common(session: Session) -> list[str]:
    found = session.scalar(text("SELECT most_common_vals::text::text[] FROM pg_stats WHERE tablename = 'street' AND attname = 'source'"))
    return list(found or [])


def test_the_planner_knows_what_a_transaction_has_just_filled(session: Session, filled: int) -> None:
    take_statistics(session, MANY, "street")
    assert "new" in most_common(session)
    assert columns_known(session, "street") >= {"id", "source", "source_ref"}


def test_few_rows_are_not_worth_a_look(session: Session, filled: int) -> None:
    take_statistics(session, MANY - 1, "street")
    assert "new" not in most_common(session)


def test_geometries_are_left_out(session: Session, filled: int) -> None:
    take_statistics(session, MANY, "street_version")
    assert "geom" not in columns_known(session, "street_version")


def test_a_name_that_is_no_table_is_passed_over(session: Session, filled: int) -> None:
    take_statistics(session, MANY, "street; DROP TABLE street")
    assert session.scalar(text("SELECT count(*) FROM street")) == MANY
