from __future__ import annotations

import json

import pytest
import shapely
from sqlalchemy.orm import Session

from geodata.topology import BANDS
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.database.queries.units import UnitRow, ancestors, children, findings, geojson, root, start, summaries, unit
from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import NOBODY, Actor
from gridsvc.words import say
from tests import builders
from tests.builders import FIRST_DAY
from tests.database.queries.conftest import BEFORE
from tests.grids import draw


def top(session: Session, place: JurisdictionRow) -> UnitRow:
    found = root(session, place.id)
    assert found is not None
    return found


def test_the_root_is_the_top_unit(session: Session, place: JurisdictionRow) -> None:
    assert (top(session, place).name, top(session, place).leaf, top(session, place).parent_public_id) == ("here", False, None)


def test_there_is_no_root_before_the_first_edition(session: Session, place: JurisdictionRow) -> None:
    assert root(session, place.id, BEFORE) is None


def test_children_come_with_the_remainder_last(session: Session, place: JurisdictionRow) -> None:
    assert [(child.name, child.kind) for child in children(session, top(session, place))] == [
        ("A", "unit"),
        ("B", "unit"),
        ("here", "remainder"),
    ]


def test_children_are_those_of_the_day(session: Session, place: JurisdictionRow) -> None:
    assert [child.name for child in children(session, top(session, place), FIRST_DAY)] == ["A", "here"]


def test_children_without_a_code_stand_as_people_count(session: Session, operator: Actor) -> None:
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, {"top": draw("T T T")["T"]}, level=1)
    builders.units(session, operator, here, draw("三网格 一网格 二网格"), level=2)
    found = root(session, here)
    assert found is not None
    assert [child.name for child in children(session, found)] == ["一网格", "二网格", "三网格"]


def test_looking_starts_where_ground_is_first_divided(session: Session, place: JurisdictionRow) -> None:
    found = start(session, place.id)
    assert found is not None
    assert found.name == "here"


def test_a_unit_is_found_by_its_id_at_its_time(session: Session, place: JurisdictionRow) -> None:
    b = children(session, top(session, place))[1]
    assert unit(session, b.public_id) == b
    assert unit(session, b.public_id, FIRST_DAY) is None


def test_ancestors_lead_from_the_top_to_the_unit(session: Session, place: JurisdictionRow) -> None:
    a = children(session, top(session, place))[0]
    assert [above.name for above in ancestors(session, a)] == ["here", "A"]


@pytest.mark.parametrize("as_of", [None, FIRST_DAY])
def test_the_figures_of_children_add_up_to_their_parents(session: Session, place: JurisdictionRow, as_of: object) -> None:
    at = FIRST_DAY if as_of else None
    whole = top(session, place)
    below = children(session, whole, at)
    figures = summaries(session, [whole, *below], at)
    total = figures.pop(whole.id)
    assert total.area_m2 == pytest.approx(sum(figure.area_m2 for figure in figures.values()))
    assert (total.buildings, total.households) == (
        sum(figure.buildings for figure in figures.values()),
        sum(figure.households or 0 for figure in figures.values()),
    )


def test_a_summary_counts_units_buildings_and_households(session: Session, place: JurisdictionRow) -> None:
    whole = top(session, place)
    figure = summaries(session, [whole])[whole.id]
    assert (figure.units_by_level, figure.buildings, figure.households, figure.estimated) == ({2: 2}, 3, 67, False)


def test_who_may_not_read_households_gets_none(session: Session, place: JurisdictionRow) -> None:
    whole = top(session, place)
    set_actor(session, NOBODY)
    assert summaries(session, [whole])[whole.id].households is None


def test_a_sum_says_of_how_many_buildings_it_is(session: Session, place: JurisdictionRow) -> None:
    whole = top(session, place)
    assert summaries(session, [whole])[whole.id].buildings_known == 2


def test_unknown_is_not_nought(session: Session, place: JurisdictionRow) -> None:
    remainder = children(session, top(session, place))[-1]
    figure = summaries(session, [remainder])[remainder.id]
    assert (figure.buildings_known, figure.households, figure.shops) == (0, None, None)


def test_hidden_is_not_unknown(session: Session, place: JurisdictionRow) -> None:
    whole = top(session, place)
    set_actor(session, NOBODY)
    assert summaries(session, [whole])[whole.id].buildings_known is None


def test_ground_comes_with_eight_decimals_and_no_crs(session: Session, place: JurisdictionRow) -> None:
    whole = top(session, place)
    said = geojson(session, [whole])[whole.id]
    assert "crs" not in json.loads(said)
    assert shapely.from_geojson(said).bounds == pytest.approx((120.0, 30.0, 120.004, 30.001))


@pytest.mark.parametrize("zoom", [0, *BANDS, 22])
def test_ground_is_there_for_every_zoom(session: Session, place: JurisdictionRow, zoom: int) -> None:
    whole = top(session, place)
    assert set(geojson(session, [whole], zoom=zoom)) == {whole.id}


def test_what_needs_somebody_is_found_where_it_is(session: Session, place: JurisdictionRow) -> None:
    told = [(finding.code, say(finding.template, "en", **finding.values)) for finding in findings(session, top(session, place))]
    assert told == [
        ("building-cut", "A border cuts 642 m² off the building 10号楼; it belongs to B."),
        ("compound-unnamed", "A compound here has no name; please give one."),
        ("building-unplaced", "The building far stands in no unit."),
    ]


def test_a_unit_below_is_not_told_what_concerns_others(session: Session, place: JurisdictionRow) -> None:
    assert findings(session, children(session, top(session, place))[0]) == []
