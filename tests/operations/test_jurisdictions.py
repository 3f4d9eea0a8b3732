from __future__ import annotations

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from gridsvc.database.freshness import generation
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.database.session import transaction
from gridsvc.database.tables import Audit, Jurisdiction, Scheme
from gridsvc.domain.permissions import NOBODY, Actor, Grant, Role
from gridsvc.errors import Busy, Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from gridsvc.operations.jurisdictions import add_jurisdiction, add_scheme, lock_borders
from tests import builders
from tests.builders import PLAIN

CLERK = Actor(7, "clerk", (Grant(Role.DATA_CLERK),))


def test_a_scheme_is_kept_as_the_text_it_came_as(session: Session, operator: Actor) -> None:
    add_scheme(session, operator, PLAIN, name="plain.toml")
    assert session.scalar(select(Scheme.body).where(Scheme.key == "plain")) == PLAIN


def test_a_new_text_under_the_same_key_replaces_the_old_one(session: Session, operator: Actor) -> None:
    here = builders.jurisdiction(session, operator)
    add_scheme(session, operator, PLAIN.replace("微网格", "楼栋"), name="plain.toml")
    assert session.scalar(select(func.count()).select_from(Scheme).where(Scheme.key == "plain")) == 1
    assert scheme_of(session, here).levels[2].name_zh == "楼栋"


def test_other_processes_hear_that_a_scheme_reads_otherwise(session: Session, operator: Actor) -> None:
    before = generation()
    with transaction(operator) as writing:
        add_scheme(writing, operator, PLAIN, name="plain.toml")
    assert generation() == before + 1


def test_a_wrong_scheme_is_refused(session: Session, operator: Actor) -> None:
    with pytest.raises(Invalid):
        add_scheme(session, operator, PLAIN.replace("levels", "lvls"), name="plain.toml")


def test_other_processes_hear_of_a_new_jurisdiction(session: Session, operator: Actor) -> None:
    before = generation()
    with transaction(operator) as writing:
        add_scheme(writing, operator, PLAIN, name="plain.toml")
        add_jurisdiction(writing, operator, Jurisdiction(slug="new", name="new"), scheme_key="plain")
    assert generation() == before + 1


def test_a_jurisdiction_of_an_unknown_scheme_is_told_the_known_ones(session: Session, operator: Actor) -> None:
    add_scheme(session, operator, PLAIN, name="plain.toml")
    with pytest.raises(NotFound, match=r"There is no scheme 'plan'; there are: .*plain"):
        add_jurisdiction(session, operator, Jurisdiction(slug="here", name="here"), scheme_key="plan")


def test_two_jurisdictions_cannot_share_a_short_name(session: Session, operator: Actor) -> None:
    builders.jurisdiction(session, operator, "here")
    with pytest.raises(Conflict, match="A jurisdiction of this short name exists already"), transaction(operator) as again:
        add_jurisdiction(again, operator, Jurisdiction(slug="here", name="again"), scheme_key="plain")


@pytest.mark.parametrize("slug", ["Here", "1a", "a b", "", "a" * 42])
def test_a_short_name_must_fit_an_address(session: Session, operator: Actor, slug: str) -> None:
    with pytest.raises(Invalid, match="A short name starts with a letter"), transaction(operator) as writing:
        builders.jurisdiction(writing, operator, slug)


def test_setting_up_leaves_a_trace(session: Session, operator: Actor) -> None:
    builders.jurisdiction(session, operator, "here")
    assert session.scalars(select(Audit.action).order_by(Audit.id)).all()[-2:] == ["scheme.add", "jurisdiction.add"]


@pytest.mark.parametrize(("who", "refusal"), [(CLERK, NotAllowed), (NOBODY, NotSignedIn)])
def test_only_who_sets_up_adds_schemes_and_jurisdictions(session: Session, who: Actor, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        add_scheme(session, who, PLAIN, name="plain.toml")
    with pytest.raises(refusal):
        add_jurisdiction(session, who, Jurisdiction(slug="here", name="here"), scheme_key="plain")


def test_one_changes_the_borders_of_a_jurisdiction_at_a_time(session: Session, engine: Engine) -> None:
    with Session(engine) as somebody:
        lock_borders(somebody, 4001)
        lock_borders(somebody, 4001)
        lock_borders(session, 4002)
        with pytest.raises(Busy, match="try again in a minute"):
            lock_borders(session, 4001)
    lock_borders(session, 4001)


def test_a_writer_does_not_wait_for_others_without_end(session: Session) -> None:
    lock_borders(session, 4003)
    assert session.scalar(text("SHOW lock_timeout")) == "5s"
