"""No two rows of a thing hold at once, whichever comes first and however it comes."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gridsvc.domain.permissions import Actor
from tests import builders
from tests.builders import FIRST_DAY

THEN = FIRST_DAY + timedelta(10)
LATER = FIRST_DAY + timedelta(20)


@pytest.fixture
def street(session: Session, operator: Actor) -> int:
    made = "INSERT INTO street (jurisdiction_id, source, source_ref) VALUES (:id, 'x', 'x') RETURNING id"
    return int(session.execute(text(made), {"id": builders.jurisdiction(session, operator)}).scalar_one())


def hold(session: Session, street: int, since: datetime, until: datetime | None) -> None:
    version = """
    INSERT INTO street_version (street_id, valid, street_class, geom, length_m, source_digest)
    VALUES (:street, tstzrange(:since, :until), 'road', 'SRID=4490;MULTILINESTRING((120 30, 121 30))', 1, '')
    """
    session.execute(text(version), {"street": street, "since": since, "until": until})


def test_periods_that_follow_each_other_hold(session: Session, street: int) -> None:
    hold(session, street, FIRST_DAY, THEN)
    hold(session, street, THEN, None)
    assert session.scalar(text("SELECT count(*) FROM street_version WHERE street_id = :id"), {"id": street}) == 2


def test_a_current_row_does_not_begin_before_a_past_one_has_ended(session: Session, street: int) -> None:
    hold(session, street, FIRST_DAY, LATER)
    with pytest.raises(IntegrityError, match="two rows of street_version would hold at once"):
        hold(session, street, THEN, None)


def test_a_past_row_does_not_end_after_the_current_one_has_begun(session: Session, street: int) -> None:
    hold(session, street, THEN, None)
    with pytest.raises(IntegrityError, match="two rows of street_version would hold at once"):
        hold(session, street, FIRST_DAY, LATER)


def test_a_past_row_is_not_drawn_out_into_the_current_one(session: Session, street: int) -> None:
    hold(session, street, FIRST_DAY, THEN)
    hold(session, street, THEN, None)
    drawn_out = "UPDATE street_version SET valid = tstzrange(lower(valid), :later) WHERE NOT upper_inf(valid)"
    with pytest.raises(IntegrityError, match="two rows of street_version would hold at once"):
        session.execute(text(drawn_out), {"later": LATER})


def test_there_is_one_current_row(session: Session, street: int) -> None:
    hold(session, street, FIRST_DAY, None)
    with pytest.raises(IntegrityError, match="uq_street_version_current"):
        hold(session, street, THEN, None)


def test_every_table_of_periods_with_an_exclusion_of_past_rows_is_watched(owner: Session) -> None:
    parted = """
    SELECT c.relname FROM pg_constraint x JOIN pg_class c ON c.oid = x.conrelid JOIN pg_index i ON i.indexrelid = x.conindid
    WHERE x.contype = 'x' AND i.indpred IS NOT NULL
    """
    watched = "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname = :name"
    assert set(owner.scalars(text(parted))) == set(owner.scalars(text(watched), {"name": "begun_apart"}))
    assert set(owner.scalars(text(parted))) == set(owner.scalars(text(watched), {"name": "changed_apart"}))
