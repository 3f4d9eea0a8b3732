"""2,112 residential areas become compounds: overlaps named, namesakes kept apart, the nameless asked for."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.readers import read
from gridsvc.domain.permissions import Actor
from gridsvc.domain.proposals import ImportFile, Proposal
from gridsvc.operations.compounds import import_compounds
from tests import builders
from tests.conftest import shared_data


@pytest.fixture
def file(session: Session, operator: Actor) -> ImportFile:
    table = read(shared_data("hangzhou_residential.gpkg"))
    return ImportFile(builders.jurisdiction(session, operator), table, builders.FIRST_DAY, commit=True)


@pytest.fixture
def proposal(session: Session, operator: Actor, file: ImportFile) -> Proposal:
    return import_compounds(session, operator, replace(file, commit=False))


def test_all_are_accepted(proposal: Proposal) -> None:
    assert len(proposal.rows) == 2112
    assert set(proposal.counts) <= {"new", "repaired"}


def test_47_overlapping_pairs_are_named(proposal: Proposal) -> None:
    assert sum(finding.code in {"overlap", "nested", "same"} for finding in proposal.findings) == 47


def test_706_nameless_ones_are_asked_for(proposal: Proposal) -> None:
    assert sum(finding.code == "compound-unnamed" for finding in proposal.findings) == 706


def test_30_namesakes_stay_apart(session: Session, operator: Actor, file: ImportFile) -> None:
    proposal = import_compounds(session, operator, file)
    told = Counter(finding.values["name"] for finding in proposal.findings if finding.code == "compound-name-repeated")
    stored = "SELECT name, count(*) FROM compound_version WHERE name IS NOT NULL GROUP BY name HAVING count(*) > 1"
    assert sum(told.values()) - len(told) == 30
    assert told == {name: count for name, count in session.execute(text(stored))}  # noqa: C416  # rows are no pairs


def test_1406_keep_their_names_and_the_second_import_changes_nothing(session: Session, operator: Actor, file: ImportFile) -> None:
    import_compounds(session, operator, file)
    again = import_compounds(session, operator, file)
    assert session.scalar(text("SELECT count(name) FROM compound_version")) == 1406
    assert again.counts == {"unchanged": 2112}
    assert session.scalar(text("SELECT count(*) FROM compound_version")) == 2112
