from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations
from typing import Any

import numpy as np
import pytest
import shapely

from geodata.findings import Finding
from geodata.measure import length_m
from geodata.records import Table
from gridsvc.domain.proposals import ImportFile
from gridsvc.operations.features import Features, Wanted, features
from gridsvc.words import say
from tests import builders
from tests.grids import draw

GROUND, ELSEWHERE = draw("A B").values()
LINE = shapely.LineString([(120, 30), (120.001, 30.001)])
ONWARD = shapely.LineString([(120.001, 30.001), (120.002, 30.001)])
BOWTIE = shapely.Polygon([(120, 30), (120.001, 30.001), (120.001, 30), (120, 30.001)])


def read(*rows: tuple[Mapping[str, Any], shapely.Geometry | None], noun: str = "compounds", kind: Wanted | None = None) -> Features:
    return features(builders.file(1, rows), noun, kind or ("line" if noun == "streets" else "polygon"))


def sentences(found: Features, language: str = "en") -> list[str]:
    return [say(finding.template, language, **finding.values) for finding in found.findings]


def test_a_row_goes_by_what_its_source_calls_it() -> None:
    assert [feature.ref for feature in read(({"编号": 17, "name": "a"}, GROUND)).accepted] == ["17"]


def test_without_such_a_column_the_same_row_is_found_again_by_what_it_says() -> None:
    first, again, other = (read((row, GROUND)).accepted[0].ref for row in ({"name": "a"}, {"name": "a"}, {"name": "b"}))
    assert first == again != other


@pytest.mark.parametrize(
    ("noun", "geometry", "told"),
    [
        ("compounds", shapely.Point(120, 30), "there is no polygon in its geometry (POINT); draw one"),
        ("compounds", None, "there is no polygon in its geometry (null); draw one"),
        ("streets", GROUND, "there is no line in its geometry (POLYGON); draw one"),
    ],
)
def test_a_row_without_the_right_geometry_is_refused_with_a_remedy(noun: str, geometry: shapely.Geometry | None, told: str) -> None:
    found = read(({"name": "a"}, geometry), noun=noun)
    assert [(row.key, row.outcome) for row in found.refused] == [("a", "refused")]
    assert told in sentences(found)[0]


def test_a_refusal_is_told_in_chinese() -> None:
    assert sentences(read(({"name": "甲"}, LINE)), "zh") == ["第 1 行（甲）：图形（LINESTRING）中没有面；请绘制面，或去掉该行。"]


def test_a_ring_that_crosses_itself_is_mended_and_told() -> None:
    found = read(({"name": "a"}, BOWTIE))
    assert found.accepted[0].repaired
    assert sentences(found) == ["Row 1 (a): the ring crossed itself or held stray lines and was mended."]


def test_the_same_row_twice_counts_once() -> None:
    found = read(({"id": 1}, GROUND), ({"id": 1}, GROUND))
    assert (len(found.accepted), len(found.refused)) == (1, 0)
    assert sentences(found) == ["Rows 1, 2 are copies of one row (1) and count once."]


def test_parts_of_one_area_are_joined() -> None:
    [whole] = read(({"id": 1, "name": "a"}, GROUND), ({"id": 1}, ELSEWHERE)).accepted
    assert whole.geometry.equals(shapely.union(GROUND, ELSEWHERE))
    assert (whole.text["name"], whole.repaired) == ("a", True)


def test_parts_of_one_line_are_joined_where_they_meet() -> None:
    [whole] = read(({"id": 1}, LINE), ({"id": 1}, ONWARD), noun="streets").accepted
    assert len(whole.geometry.geoms) == 1
    assert whole.size == pytest.approx(length_m(np.array([LINE, ONWARD], dtype=object)).sum())


def test_the_same_parts_in_another_order_are_the_same_thing() -> None:
    one, other = (read(*rows, noun="streets").accepted[0] for rows in permutations([({"id": 1}, LINE), ({"id": 1}, ONWARD)]))
    assert one.digest == other.digest


def test_an_outline_beside_its_area_adds_nothing() -> None:
    found = read(({"id": 1}, GROUND.boundary), ({"id": 1, "name": "a"}, GROUND), noun="barriers", kind="line or polygon")
    assert [feature.geometry.geom_type for feature in found.accepted] == ["MultiPolygon"]
    assert sentences(found) == ["Rows 1, 2 are one thing (1): one of them has its shape, the others its outline or a point of it."]


def test_the_label_of_an_area_is_no_loss() -> None:
    found = read(({"id": 1}, GROUND), ({"id": 1, "name": "a"}, GROUND.centroid))
    assert (len(found.accepted), found.refused) == (1, [])
    assert sentences(found) == ["Row 2 (a): its geometry (POINT) adds nothing; another row of 1 has the shape."]


def test_one_id_for_two_things_refuses_the_second() -> None:
    found = read(({"id": 1, "name": "a"}, GROUND), ({"id": 1, "name": "b"}, ELSEWHERE))
    assert [(row.row, row.outcome) for row in found.refused] == [(2, "refused")]
    assert sentences(found) == ["Row 2: 1 is also row 1 and says something else; give each its own number."]


def test_one_id_at_two_points_refuses_the_second() -> None:
    found = read(({"id": 1}, shapely.Point(120, 30)), ({"id": 1}, shapely.Point(120, 31)), noun="stations", kind="point")
    assert [row.row for row in found.refused] == [2]


def test_rows_of_one_building_are_one_whatever_they_say() -> None:
    [whole] = read(({"id": 1, "name": "a"}, GROUND), ({"id": 1, "name": "b"}, ELSEWHERE), noun="buildings").accepted
    assert (whole.text["name"], len(whole.geometry.geoms)) == ("a", 1)


def test_a_column_that_only_later_rows_have_is_seen() -> None:
    assert read(({}, GROUND), ({"name": "b"}, ELSEWHERE)).accepted[1].text == {"name": "b"}


def test_what_the_reader_found_is_passed_on() -> None:
    geometry = np.array([GROUND], dtype=object)
    found = Table("a.csv", "EPSG:4490", [2], [{"name": "a"}], geometry, (Finding("odd", "warning", "It is odd."),))
    assert sentences(features(ImportFile(1, found, builders.FIRST_DAY), "compounds", "polygon")) == ["It is odd."]
