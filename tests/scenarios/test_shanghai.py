"""Buildings cut at the seams of tiles: repeated ids are recognised for what they are, points are refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.readers import read
from gridsvc.domain.permissions import Actor
from gridsvc.domain.proposals import ImportFile, Proposal
from gridsvc.errors import Invalid
from gridsvc.operations.buildings import import_buildings
from tests import builders
from tests.conftest import shared_data


@pytest.fixture
def file(session: Session, operator: Actor) -> ImportFile:
    table = read(shared_data("shanghai/shanghai_buildings.geojson"))
    return ImportFile(builders.jurisdiction(session, operator), table, builders.FIRST_DAY, skip_refused=True, commit=True)


@pytest.fixture
def proposal(session: Session, operator: Actor, file: ImportFile) -> Proposal:
    return import_buildings(session, operator, file)


def test_repeated_ids_are_copies_halves_and_overlapping_halves(proposal: Proposal) -> None:
    kinds = Counter(finding.code for finding in proposal.findings if finding.code.startswith("building-"))
    assert kinds == {"building-copies": 89, "building-halves": 22, "building-overlapping": 3, "building-half-missing": 3}


def test_1450_buildings_are_stored_once_each(session: Session, proposal: Proposal) -> None:
    assert session.scalar(text("SELECT count(*) FROM building_version WHERE upper_inf(valid)")) == 1450
    assert proposal.counts["refused"] == 409
    assert sum(proposal.counts.values()) == 1450 + 409


def test_696_heights_arrive(session: Session, proposal: Proposal) -> None:
    assert session.scalar(text("SELECT count(height_m) FROM building_version")) == 696


def test_points_are_refused_with_a_sentence(session: Session, operator: Actor, file: ImportFile) -> None:
    with pytest.raises(Invalid, match="409 rows are refused, so nothing was written") as refusal:
        import_buildings(session, operator, replace(file, skip_refused=False))
    unfit = [str(finding) for finding in refusal.value.findings if finding.code == "geometry-unfit"]  # type: ignore[attr-defined]
    assert len(unfit) == 409
    assert "there is no polygon in its geometry" in unfit[0]
    assert session.scalar(text("SELECT count(*) FROM building")) == 0


def test_the_second_import_changes_nothing(session: Session, operator: Actor, file: ImportFile, proposal: Proposal) -> None:
    assert import_buildings(session, operator, file).counts == {"unchanged": 1450, "refused": 409}
    assert session.scalar(text("SELECT count(*) FROM building_version")) == 1450
