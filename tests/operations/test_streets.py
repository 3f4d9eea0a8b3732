from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsvc.database.tables import StreetVersion
from gridsvc.domain.permissions import NOBODY, Actor
from gridsvc.domain.proposals import Proposal
from gridsvc.errors import NotSignedIn
from gridsvc.operations.streets import import_streets
from tests import builders

EAST = shapely.LineString([(120, 30), (120.01, 30)])
NORTH = shapely.LineString([(120, 30), (120, 30.01)])


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    return builders.jurisdiction(session, operator)


def bring(session: Session, actor: Actor, here: int, *rows: tuple[Mapping[str, Any], shapely.Geometry], **fields: Any) -> Proposal:
    return import_streets(session, actor, builders.file(here, rows, **fields))


def stored(session: Session) -> list[StreetVersion]:
    return list(session.scalars(select(StreetVersion).order_by(StreetVersion.id)))


def test_a_street_has_name_class_and_length(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, ({"路名": "海口路", "highway": "primary"}, EAST))
    (street,) = stored(session)
    assert (street.name, street.street_class, round(street.length_m)) == ("海口路", "primary", 965)


def test_a_street_without_a_class_is_a_road(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, ({"name": "海口路"}, EAST))
    assert stored(session)[0].street_class == "road"


def test_the_same_file_again_changes_nothing(session: Session, operator: Actor, here: int) -> None:
    for outcome in ("new", "unchanged"):
        assert bring(session, operator, here, ({"id": 1}, EAST)).counts == {outcome: 1}
    assert len(stored(session)) == 1


def test_a_street_that_runs_otherwise_has_a_new_version(session: Session, operator: Actor, here: int) -> None:
    later = builders.FIRST_DAY + timedelta(days=1)
    bring(session, operator, here, ({"id": 1}, EAST))
    assert bring(session, operator, here, ({"id": 1}, NORTH), effective_at=later).counts == {"changed": 1}
    assert [version.valid.upper for version in stored(session)] == [later, None]


def test_nobody_brings_in_streets_without_a_right(session: Session, here: int) -> None:
    with pytest.raises(NotSignedIn):
        bring(session, NOBODY, here, ({"id": 1}, EAST))
