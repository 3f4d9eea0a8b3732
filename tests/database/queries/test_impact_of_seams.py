"""A vertex that a move puts upon the border of a third unit is no ground that changes hands."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import LineString, Polygon, box
from sqlalchemy.orm import Session

from geodata.topology.grid import as_array
from gridsvc.database.queries.impact import impact
from gridsvc.database.queries.plan_facilities import shared_out
from gridsvc.database.queries.plans import plan, planned
from gridsvc.domain.coverage import moved_m2
from gridsvc.domain.permissions import Actor
from gridsvc.operations import plans
from gridsvc.operations.plan_asking import make
from tests import builders

SLANT = [(120.0, 30.00200003), (120.04, 30.00200174)]
"""No point between its ends lies upon it exactly, as coordinates are stored."""


def test_what_changes_hands_beside_a_slanting_border_is_told_of_the_two_units_alone(session: Session, operator: Actor) -> None:
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, {"Top": box(120.0, 30.0, 120.04, 30.004)})
    grounds = {
        "West": Polygon([(120.0, 30.0), (120.02, 30.0), (120.02, 30.00200088), SLANT[0]]),
        "East": Polygon([(120.02, 30.0), (120.04, 30.0), SLANT[1], (120.02, 30.00200088)]),
        "North": Polygon([SLANT[0], (120.02, 30.00200088), SLANT[1], (120.04, 30.004), (120.0, 30.004)]),
    }
    builders.units(session, operator, here, grounds, level=2)
    begun = plans.begin(session, operator, here, "Beside a slant")
    at = planned(session, begun)
    keys = {unit.name: key for key, unit in zip(at.keys, at.was, strict=True)}
    line = shapely.geometry.mapping(LineString([(120.01089412, 29.999), (120.01089412, 30.0021)]))
    make(session, operator, begun, {"kind": "split", "unit": keys["West"], "line": line})
    found = impact(session, operator, plan(session, operator, begun.public_id))
    flows = [flow for flow in found.moved() if flow.kind == "ground_m2"]
    assert [(flow.source, flow.target is None or flow.target > 0) for flow in flows] == [(keys["West"], False)]


def test_a_strip_narrower_than_the_step_of_coordinates_is_a_seam() -> None:
    strip, plot = Polygon([(120, 30), (120.002, 30), (120.001, 30.00000001)]), box(120, 30, 120.00001, 30.00001)
    assert moved_m2(as_array([strip])).tolist() == [0]
    assert moved_m2(as_array([shapely.union(plot, strip)])) == pytest.approx(np.array([1.1]), rel=0.1)


@pytest.mark.parametrize(("over_m", "under_m"), [({1: 0.02}, {2: 0.005}), ({1: 0.005}, {2: 0.03}), ({1: 0.06, 2: 0.06}, {3: 0.15})])
def test_centimetres_of_a_lane_go_nowhere(over_m: dict[int, float], under_m: dict[int, float]) -> None:
    assert list(shared_out("fire_lanes_m", over_m, under_m)) == []


def test_a_lane_that_changes_sides_leaves_no_centimetres_outside() -> None:
    (only,) = shared_out("fire_lanes_m", {1: 5.0}, {2: 5.03})
    assert only[1:3] == (1, 2)
