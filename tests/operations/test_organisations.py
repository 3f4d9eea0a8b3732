"""Organisations from files: their ground, the one above, what cannot be read."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.permissions import Actor
from gridsvc.domain.proposals import Proposal
from gridsvc.errors import NotAllowed
from gridsvc.operations.imports import IMPORTERS
from tests import builders
from tests.grids import draw

GROUND = draw("W E")


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    place = builders.jurisdiction(session, operator)
    builders.units(session, operator, place, {"east": GROUND["E"], "west": GROUND["W"]}, level=2)
    return place


def bring(session: Session, actor: Actor, here: int, *rows: dict[str, Any], **fields: Any) -> Proposal:
    return IMPORTERS["organisations"](session, actor, builders.file(here, [(row, None) for row in rows], **fields))


def ground(session: Session) -> list[tuple[str, str, bool]]:
    stored = """
    SELECT o.source_ref, u.name, g.leads FROM organisation_ground g JOIN organisation o ON o.id = g.organisation_id
    JOIN unit_version u ON u.unit_id = g.unit_id AND upper_inf(u.valid) WHERE upper_inf(g.valid) ORDER BY 1, 2
    """
    return [tuple(row) for row in session.execute(text(stored))]


BRANCH = {"编号": "b", "组织名称": "一支部", "组织类别": "小区党支部", "组建方式": "联建", "网格": "west、east"}


def test_a_joint_branch_leads_where_it_is_named_first(session: Session, operator: Actor, here: int) -> None:
    assert bring(session, operator, here, BRANCH).counts == {"new": 1}
    assert ground(session) == [("b", "east", False), ("b", "west", True)]


def test_the_same_file_changes_nothing(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, BRANCH)
    assert bring(session, operator, here, BRANCH).counts == {"unchanged": 1}


def test_ground_that_is_no_longer_named_is_left_and_kept_as_history(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, BRANCH)
    bring(session, operator, here, BRANCH | {"网格": "east"})
    assert ground(session) == [("b", "east", True)]
    assert session.scalar(text("SELECT count(*) FROM organisation_ground")) == 3


def test_the_one_above_may_stand_further_down_in_the_file(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, BRANCH | {"上级组织": "党委"}, {"组织名称": "党委", "组织类别": "社区党委"})
    above = "SELECT p.source_ref FROM organisation_version v JOIN organisation p ON p.id = v.parent_id"
    assert session.scalars(text(above)).all() == ["党委"]


@pytest.mark.parametrize(
    ("row", "code", "outcome"),
    [
        ({"编号": "x"}, "name-missing", "refused"),
        (BRANCH | {"网格": "north"}, "ground-unknown", "refused"),
        (BRANCH | {"上级组织": "无"}, "organisation-unknown", "new"),
        (BRANCH | {"组织类别": "茶馆"}, "code-unknown", "new"),
        (BRANCH | {"合同起": "明天"}, "day-unread", "new"),
    ],
)
def test_what_cannot_be_read_is_told_by_row(
    session: Session, operator: Actor, here: int, row: dict[str, Any], code: str, outcome: str
) -> None:
    proposal = bring(session, operator, here, row, skip_refused=True)
    assert ([each.code for each in proposal.findings], proposal.counts) == ([code], {outcome: 1})


def test_whoever_may_not_change_people_brings_in_no_organisation(session: Session, here: int) -> None:
    with pytest.raises(NotAllowed):
        bring(session, Actor(1, "somebody"), here, BRANCH)
