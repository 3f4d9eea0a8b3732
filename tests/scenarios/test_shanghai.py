"""What was cut at the seams of tiles: repeated ids are recognised for what they are and joined; points of nothing are refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.readers import read
from gridsvc.database.queries.coverage import from_wkb
from gridsvc.domain.permissions import Actor
from gridsvc.domain.proposals import ImportFile, Proposal
from gridsvc.errors import Invalid
from gridsvc.operations.barriers import import_barriers
from gridsvc.operations.buildings import import_buildings
from gridsvc.operations.streets import import_streets
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
    kinds = Counter(finding.code for finding in proposal.findings if finding.severity != "error")
    assert kinds == {"rows-copies": 89, "rows-halves": 22, "rows-overlapping": 3, "half-missing": 3, "rows-beside": 342}


def test_1450_buildings_are_stored_once_each(session: Session, proposal: Proposal) -> None:
    assert session.scalar(text("SELECT count(*) FROM building_version WHERE upper_inf(valid)")) == 1450
    assert proposal.counts["refused"] == 67
    assert sum(proposal.counts.values()) == 1450 + 67


def test_696_heights_arrive(session: Session, proposal: Proposal) -> None:
    assert session.scalar(text("SELECT count(height_m) FROM building_version")) == 696


def test_points_of_no_other_row_are_refused_with_a_sentence(session: Session, operator: Actor, file: ImportFile) -> None:
    with pytest.raises(Invalid, match="67 rows are refused, so nothing was written") as refusal:
        import_buildings(session, operator, replace(file, skip_refused=False))
    unfit = [str(finding) for finding in refusal.value.findings if finding.code == "geometry-unfit"]  # type: ignore[attr-defined]
    assert len(unfit) == 67
    assert "there is no polygon in its geometry" in unfit[0]
    assert session.scalar(text("SELECT count(*) FROM building")) == 0


def test_the_second_import_changes_nothing(session: Session, operator: Actor, file: ImportFile, proposal: Proposal) -> None:
    assert import_buildings(session, operator, file).counts == {"unchanged": 1450, "refused": 67}
    assert session.scalar(text("SELECT count(*) FROM building_version")) == 1450


def test_streets_cut_at_seams_lose_nothing(session: Session, operator: Actor) -> None:
    table = read(shared_data("shanghai/shanghai_roads.geojson"))
    here = builders.jurisdiction(session, operator)
    assert import_streets(session, operator, ImportFile(here, table, builders.FIRST_DAY, commit=True)).counts.keys() == {"new", "repaired"}
    assert session.scalar(text("SELECT count(*) FROM street_version")) == 1094
    whole = shapely.union_all(from_wkb(list(session.scalars(text("SELECT ST_AsBinary(geom) FROM street_version")))))
    assert shapely.difference(shapely.union_all(table.geometry), shapely.buffer(whole, 1e-8)).length == 0


def test_waters_cut_at_seams_keep_all_their_ground(session: Session, operator: Actor) -> None:
    table = read(shared_data("shanghai/shanghai_water.geojson"))
    here = builders.jurisdiction(session, operator)
    proposal = import_barriers(session, operator, ImportFile(here, table, builders.FIRST_DAY, skip_refused=True, commit=True))
    whole = shapely.union_all(from_wkb(list(session.scalars(text("SELECT ST_AsBinary(geom) FROM barrier_version")))))
    given = [shape for shape in table.geometry if shape.geom_type != "Point"]
    assert proposal.counts["refused"] == 2  # names of waters that the file does not draw
    assert shapely.area(whole) == pytest.approx(shapely.area(shapely.union_all([shape for shape in given if shape.area])))
    assert shapely.difference(shapely.union_all(given), shapely.buffer(whole, 1e-6)).length == 0  # an outline runs 0.1 m beside
