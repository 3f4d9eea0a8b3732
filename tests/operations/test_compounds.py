from __future__ import annotations

import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsvc.database.tables import BuildingVersion, CompoundVersion
from gridsvc.domain.permissions import NOBODY, Actor
from gridsvc.domain.proposals import Proposal
from gridsvc.errors import NotSignedIn
from gridsvc.operations.compounds import import_compounds
from gridsvc.words import say
from tests import builders
from tests.grids import CELL_DEG, draw

Named = tuple[str | None, shapely.Geometry]


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    return builders.jurisdiction(session, operator)


def bring(session: Session, actor: Actor, here: int, *outlines: Named, commit: bool = True) -> Proposal:
    rows = [({"id": row, "name": name}, outline) for row, (name, outline) in enumerate(outlines)]
    return import_compounds(session, actor, builders.file(here, rows, commit=commit))


def told(proposal: Proposal) -> list[str]:
    return [say(finding.template, "en", **finding.values) for finding in proposal.findings]


def compound_of(session: Session, building: str) -> str | None:
    """Return the name of the compound that a building is related to."""
    related = select(CompoundVersion.name).join(BuildingVersion, BuildingVersion.compound_id == CompoundVersion.compound_id)
    return session.scalar(related.where(BuildingVersion.name == building))


def test_an_outline_is_kept_with_its_ground(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, ("龙泽书苑", draw("A")["A"]))
    (compound,) = session.scalars(select(CompoundVersion))
    assert (compound.name, compound.area_m2) == ("龙泽书苑", pytest.approx(10_696, abs=1))


def test_a_compound_without_a_name_is_accepted_and_asked_for(session: Session, operator: Actor, here: int) -> None:
    proposal = bring(session, operator, here, (None, draw("A")["A"]))
    assert proposal.counts == {"new": 1}
    assert told(proposal) == ["Row 1: the compound has no name; please give one."]


def test_compounds_of_one_name_stay_apart(session: Session, operator: Actor, here: int) -> None:
    grounds = draw("A B")
    proposal = bring(session, operator, here, ("花园", grounds["A"]), ("花园", grounds["B"]))
    assert proposal.counts == {"new": 2}
    assert told(proposal) == [f"Row {row}: 2 compounds are called 花园; they stay apart." for row in (1, 2)]


def test_overlapping_compounds_are_named_in_pairs_and_kept(session: Session, operator: Actor, here: int) -> None:
    proposal = bring(session, operator, here, ("甲", draw("A A .")["A"]), ("乙", draw(". B B")["B"]))
    assert proposal.counts == {"new": 2}
    assert [(set(finding.values.values()) & {"甲", "乙"}, finding.row) for finding in proposal.findings] == [({"甲", "乙"}, None)]


def test_compounds_side_by_side_are_nothing_to_talk_about(session: Session, operator: Actor, here: int) -> None:
    grounds = draw("A B")
    assert told(bring(session, operator, here, ("甲", grounds["A"]), ("乙", grounds["B"]))) == []


def test_buildings_find_the_compound_they_stand_in(session: Session, operator: Actor, here: int) -> None:
    builders.buildings(session, operator, here, draw("I . O"))
    bring(session, operator, here, ("甲", draw("A A .")["A"]))
    assert (compound_of(session, "I"), compound_of(session, "O")) == ("甲", None)


def test_of_two_compounds_around_a_building_the_smaller_holds_it(session: Session, operator: Actor, here: int) -> None:
    builders.buildings(session, operator, here, draw("I . ."))
    bring(session, operator, here, ("大", draw("A A A")["A"]), ("小", draw("A A .")["A"]))
    assert compound_of(session, "I") == "小"


def test_a_building_mostly_outside_belongs_to_no_compound(session: Session, operator: Actor, here: int) -> None:
    half = draw("A", cell_deg=CELL_DEG * 0.4)["A"]
    builders.buildings(session, operator, here, draw("I ."))
    bring(session, operator, here, ("甲", half))
    assert compound_of(session, "I") is None


def test_without_commit_nothing_is_written(session: Session, operator: Actor, here: int) -> None:
    assert bring(session, operator, here, ("甲", draw("A")["A"]), commit=False).counts == {"new": 1}
    assert session.scalars(select(CompoundVersion)).all() == []


def test_nobody_brings_in_compounds_without_a_right(session: Session, here: int) -> None:
    with pytest.raises(NotSignedIn):
        bring(session, NOBODY, here, ("甲", draw("A")["A"]))
