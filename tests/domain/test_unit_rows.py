from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import shapely

from gridsvc.domain.schemes import Scheme, parse_scheme
from gridsvc.domain.unit_rows import UnitRows, unit_rows
from gridsvc.errors import Invalid
from gridsvc.words import say
from tests import builders
from tests.domain.test_numbering import CODED, COMMUNITY
from tests.grids import draw

GROUND = draw("A")["A"]
BOWTIE = shapely.Polygon([(120, 30), (120.001, 30.001), (120.001, 30), (120, 30.001)])


def read(
    *rows: Mapping[str, Any], scheme: str = builders.PLAIN, ground: shapely.Geometry | None = GROUND, level: str | None = None
) -> UnitRows:
    return unit_rows(builders.file(1, [(row, ground) for row in rows]), _parsed(scheme), level)


def _parsed(scheme: str) -> Scheme:
    return parse_scheme(scheme, name="drawn.toml")


def reasons(found: UnitRows) -> Sequence[str]:
    return [say(finding.template, "en", **finding.values) for finding in found.findings]


def test_a_row_says_level_code_name_parent_and_kind() -> None:
    row = read({"name": "一网格", "编码": 7, "层级": "网格", "上级": "区", "类型": "一般网格"}).rows[0]
    assert (row.level.key, row.code, row.name, row.parent, row.kind) == ("grid", "7", "一网格", "区", "unit")


def test_the_level_given_for_the_file_holds_for_rows_that_name_none() -> None:
    found = read({"name": "a", "level": None}, {"name": "b", "level": 3}, level="grid")
    assert [row.level.key for row in found.rows] == ["grid", "micro"]


def test_a_row_without_level_is_told_the_levels() -> None:
    found = read({"name": "a"})
    assert reasons(found) == ["Row 1 (a): Nothing says its level; add a column for it, or --level with one of 区、网格、微网格."]
    assert [outcome.outcome for outcome in found.outcomes.values()] == ["refused"]


@pytest.mark.parametrize("ground", [None, shapely.Point(120, 30), shapely.LineString([(120, 30), (121, 30)]), shapely.Polygon()])
def test_a_row_without_ground_is_refused(ground: shapely.Geometry | None) -> None:
    assert reasons(read({"name": "a", "level": 1}, ground=ground)) == ["Row 1 (a): It has no ground; draw a polygon, or leave the row out."]


def test_a_ring_that_crosses_itself_is_mended_and_marked() -> None:
    row = read({"name": "a", "level": 1}, ground=BOWTIE).rows[0]
    assert row.repaired
    assert shapely.is_valid(row.ground)


def test_an_unknown_level_is_answered_in_the_schemes_words() -> None:
    assert "its levels are 区、网格、微网格" in reasons(read({"name": "a", "level": "省"}))[0]


def test_an_unknown_kind_is_answered_with_the_known_ones() -> None:
    assert "'村' is not a kind of unit" in reasons(read({"name": "a", "level": 1, "kind": "村"}))[0]


def test_an_official_code_cannot_be_made_up() -> None:
    found = read({"name": "社区", "level": 1}, scheme=CODED)
    assert reasons(found) == ["Row 1 (社区): It has no code; 社区 has an official one of 12 digits."]


def test_a_grid_may_come_without_its_code() -> None:
    assert read({"name": "grid", "level": "grid"}, scheme=CODED).rows[0].code is None


def test_a_code_that_breaks_the_rule_is_refused_with_what_would_be_right() -> None:
    assert "has 14 digits, 15 would be right" in reasons(read({"code": COMMUNITY + "01", "level": "grid"}, scheme=CODED))[0]


def test_a_code_given_twice_is_refused_the_second_time() -> None:
    found = read({"code": "1", "level": 1, "name": "a"}, {"code": "1", "level": 1, "name": "b"})
    assert [row.name for row in found.rows] == ["a"]
    assert reasons(found) == ["Row 2 (b): The code 1 is also that of row 1; each unit has its own."]


def test_a_row_without_name_is_called_by_its_code_and_without_that_by_its_number() -> None:
    found = read({"code": "1", "level": 1}, {"code": None, "level": 1})
    assert [row.label for row in found.rows] == ["1", "#2"]


def test_the_reason_for_a_refusal_is_in_the_readers_language() -> None:
    finding = read({"name": "a"}).findings[0]
    assert say(finding.template, "zh", **finding.values).startswith("第 1 行（a）：未说明层级")


def test_a_finding_zooms_to_its_row() -> None:
    assert read({"name": "a"}).findings[0].where == GROUND.bounds


def test_a_chosen_column_that_is_not_there_stops_the_file() -> None:
    with pytest.raises(Invalid, match="The file has no column 'Nam'; it has name"):
        unit_rows(builders.file(1, [({"name": "a"}, GROUND)], columns={"name": "Nam"}), _parsed(builders.PLAIN), None)
