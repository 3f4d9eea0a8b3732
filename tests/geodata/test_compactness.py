"""How compact ground is."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geodata.compactness import cut_m, polsby_popper, reock
from geodata.topology.grid import as_array
from tests.grids import draw


def disc() -> shapely.Polygon:
    """Return a circle of about 1 km on the ground at 30° north."""
    turn = np.linspace(0, 2 * np.pi, 400)
    return shapely.Polygon(np.column_stack([120 + 0.005 * np.cos(turn) / np.cos(np.radians(30)), 30 + 0.005 * np.sin(turn)]))


def test_a_circle_is_as_compact_as_can_be() -> None:
    ground = as_array([disc()])
    assert (polsby_popper(ground)[0], reock(ground)[0]) == pytest.approx((1, 1), abs=0.01)


def test_a_strip_is_less_compact_than_a_square() -> None:
    grounds = as_array(draw("S L L L L", cell_deg=0.001).values())
    strip, square = polsby_popper(grounds)
    assert square == pytest.approx(np.pi / 4, abs=0.01)
    assert strip < 0.75 * square


def test_only_border_with_others_is_cut() -> None:
    grounds = draw("A B", "A B")
    whole = shapely.union_all(list(grounds.values()))
    assert cut_m(as_array(grounds.values()), whole) == pytest.approx([221.7, 221.7], abs=0.1)
