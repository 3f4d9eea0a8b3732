"""How rows of any noun become versions, shown with streets, the plainest of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gridsvc.database.freshness import generation
from gridsvc.database.session import transaction
from gridsvc.database.tables import Audit, Street, StreetVersion
from gridsvc.domain.permissions import Actor
from gridsvc.domain.proposals import Proposal
from gridsvc.errors import Invalid
from gridsvc.operations.exchange import Incoming, compare, stored
from gridsvc.operations.progress import listen
from gridsvc.operations.streets import STREETS, import_streets
from tests import builders
from tests.builders import FIRST_DAY

LATER = FIRST_DAY + timedelta(days=30)
LINE = shapely.LineString([(120, 30), (120.01, 30)])


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    return builders.jurisdiction(session, operator)


def bring(session: Session, actor: Actor, here: int, *names: str, **fields: Any) -> Proposal:
    """Import a street for each name; its number is the row's."""
    rows: list[tuple[Mapping[str, Any], shapely.Geometry]] = [({"id": row, "name": name}, LINE) for row, name in enumerate(names)]
    return import_streets(session, actor, builders.file(here, rows, **fields))


def at(session: Session, instant: datetime) -> list[str | None]:
    held = select(StreetVersion.name).where(StreetVersion.valid.contains(instant)).order_by(StreetVersion.street_id)
    return list(session.scalars(held))


def test_a_row_is_new_changed_repaired_or_as_it_was(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, "a", "b", "c")
    digest = dict(
        session.execute(select(Street.source_ref, StreetVersion.source_digest).join(Street, Street.id == StreetVersion.street_id)).all()
    )
    rows = [
        Incoming(1, "0", "a", digest["0"], (), repaired=True),
        Incoming(2, "1", "b", "other", ()),
        Incoming(3, "2", "c", "other", (), repaired=True),
        Incoming(4, "3", None, "other", ()),
    ]
    outcomes = compare(session, here, "main", STREETS, rows)
    assert [(row.key, row.outcome) for row in outcomes] == [("a", "unchanged"), ("b", "changed"), ("c", "repaired"), ("3", "new")]


def test_what_was_before_stays_known(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, "a", "b")
    bring(session, operator, here, "a", "renamed", effective_at=LATER)
    assert (at(session, FIRST_DAY), at(session, LATER)) == (["a", "b"], ["a", "renamed"])


def test_rows_that_are_as_they_were_stay_untouched(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, "a", "b")
    bring(session, operator, here, "a", "renamed", effective_at=LATER)
    assert session.scalar(select(func.count()).select_from(StreetVersion)) == 3


def test_a_row_that_a_later_file_lacks_stays(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, "a", "b")
    bring(session, operator, here, "a", effective_at=LATER)
    assert at(session, LATER) == ["a", "b"]


def test_files_of_two_sources_do_not_touch_each_other(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, "a")
    assert bring(session, operator, here, "b", source="other").counts == {"new": 1}
    assert at(session, FIRST_DAY) == ["a", "b"]


def test_two_jurisdictions_may_number_alike(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, "a")
    assert bring(session, operator, builders.jurisdiction(session, operator, "there"), "b").counts == {"new": 1}


def test_a_correction_as_of_the_same_day_replaces_what_was_brought(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, "a")
    bring(session, operator, here, "corrected")
    assert at(session, FIRST_DAY) == ["corrected"]


def test_a_file_may_not_hold_from_before_the_last_one(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, "a", effective_at=LATER)
    with pytest.raises(Invalid, match="hold from 2024-01-01 on, before what was brought in for 2024-01-31; that day or a later one"):
        bring(session, operator, here, "b")


def test_a_file_without_changes_may_be_of_any_day(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, "a", effective_at=LATER)
    assert bring(session, operator, here, "a").counts == {"unchanged": 1}


def test_refused_rows_keep_the_whole_file_out(session: Session, operator: Actor, here: int) -> None:
    rows = [({"name": "a"}, LINE), ({"name": "b"}, None)]
    with pytest.raises(Invalid, match="1 rows are refused, so nothing was written"):
        import_streets(session, operator, builders.file(here, rows))
    assert at(session, FIRST_DAY) == []


def test_refused_rows_may_be_skipped(session: Session, operator: Actor, here: int) -> None:
    rows = [({"name": "a"}, LINE), ({"name": "b"}, None)]
    import_streets(session, operator, builders.file(here, rows, skip_refused=True))
    assert at(session, FIRST_DAY) == ["a"]


def test_an_import_leaves_one_trace_with_its_counts(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, "a", "b")
    bring(session, operator, here, "a", "b")
    traces = session.scalars(select(Audit.detail).where(Audit.action == "streets.import")).all()
    assert traces == [{"file": "drawn.geojson", "new": 2}]


def test_an_import_is_announced_once_it_is_committed(session: Session, operator: Actor, here: int) -> None:
    before = generation()
    with transaction(operator) as writing:
        bring(writing, operator, here, "a")
        assert generation() == before
    assert generation() == before + 1


def test_an_import_says_what_it_is_doing(session: Session, operator: Actor, here: int) -> None:
    steps: list[str] = []
    listen(session, lambda template, values: steps.append(template.format(**values)))
    bring(session, operator, here, "a", "b")
    assert steps == ["Writing 2 rows …"]


def test_a_geometry_is_written_with_its_reference_system() -> None:
    assert shapely.get_srid(shapely.from_wkb(stored([LINE])[0])) == 4490
