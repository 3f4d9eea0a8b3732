"""New units on the ground of old ones: children under a drawn unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from shapely import STRtree

from geodata.topology.grid import Geometries
from geodata.topology.rearrange import Rearranged

NOISE_M = 0.5


def carve(  # noqa: PLR0913 - a question with defaults: which ground, what outside, how exact
    leaves: Geometries,
    polygons: Geometries,
    keys: Sequence[str],
    *,
    parents: NDArray[np.int64] | None = None,
    keep: Literal["parent", "child"] | None = None,
    noise_m: float = NOISE_M,
    tree: STRtree | None = None,
) -> Rearranged:
    """Let new polygons take their ground from the leaves below; what remains of a leaf is its remainder.

    Polygon i becomes the unit `len(leaves) + i` of the result; a leaf that is covered completely is in `emptied`.
    `polygons` should be a coverage (`build`); ground that two still claim goes to the smaller. `keys` name them in sentences.
    `parents[i]` is the leaf below polygon i; without it any leaf is. Where a polygon reaches further than `noise_m` outside its parent:
    keep="parent" clips it, keep="child" grows (ground of nobody is added, other leaves give theirs), None clips it too but
    each finding is an error: the caller asks first. Findings name the polygon and the m² outside.
    Borders within `noise_m` of the leaves' own are laid upon them, and strips narrower than that or under 1 m² go to the neighbour
    with the longest border: no slivers.
    """
    raise NotImplementedError
