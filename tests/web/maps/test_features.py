from __future__ import annotations

import json

import numpy as np
import pytest
import shapely

from tests.grids import draw
from web.maps.features import Shape, drawn, label_points, script_json


@pytest.mark.parametrize("typed", ["</script><script>alert(1)</script>", "<!--", "a & b", "\u2028", "名字"])
def test_json_in_a_script_reads_back_as_typed_and_holds_nothing_that_ends_the_script(typed: str) -> None:
    text = script_json({"name": typed})
    assert json.loads(text) == {"name": typed}
    assert not set(text) & set("<>&\u2028\u2029")


def test_a_label_stands_on_the_largest_part_of_its_unit() -> None:
    ground = np.array([draw("A . . B B", "A . . B B", "A . A B B")["A"]], dtype=object)
    largest = max(shapely.get_parts(ground[0]), key=shapely.area)
    assert shapely.contains_xy(largest, *label_points(ground)[0])


def test_a_label_of_a_bent_unit_stands_inside_it() -> None:
    ground = np.array([draw("A A A", "A . .", "A . .", "A A A")["A"]], dtype=object)
    assert shapely.contains_xy(ground[0], *label_points(ground)[0])


def test_the_veil_covers_everything_but_the_unit_shown() -> None:
    own = draw("A A")["A"]
    made = drawn([], np.empty(0, dtype=object), shapely.to_geojson(own))
    veil = shapely.from_geojson(json.dumps(json.loads(made.veil)["features"][0]["geometry"]))
    assert shapely.area(shapely.intersection(veil, own)) == 0
    assert shapely.contains_xy(veil, 0, 0)


def test_ground_that_no_child_covers_is_drawn_under_the_others() -> None:
    cells = draw("A B")
    shapes = [Shape(key, key, "", tint, shapely.to_geojson(cells[key])) for key, tint in (("A", "1"), ("B", "rest"))]
    made = drawn(shapes, np.array(list(cells.values()), dtype=object), shapely.to_geojson(shapely.union(*cells.values())))
    assert [feature["properties"]["key"] for feature in json.loads(made.units)["features"]] == ["B", "A"]
