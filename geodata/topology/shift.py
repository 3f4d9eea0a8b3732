"""What a drawn line means: a new border between two leaves, or through one."""

from __future__ import annotations

from shapely import LineString, STRtree

from geodata.topology.grid import Geometries
from geodata.topology.rearrange import Rearranged


def shift(leaves: Geometries, a: int, b: int, line: LineString, *, tree: STRtree | None = None) -> Rearranged:
    """Redraw the border between two leaves along a line.

    If the line alone divides their common ground, its two sides go to them so that most ground stays where it is. Else the pieces that
    the line cuts off change hands: each leaf keeps its largest piece, and what is left without connection to it goes
    to the neighbour with the longest border. Ends up to 3 m short of a border are lengthened, points within 0.1 m of a vertex are laid upon it.
    Errors: GeodataError for a line that crosses itself, closes, changes nothing, or leaves a part under 1 m².
    """
    raise NotImplementedError


def split(leaves: Geometries, index: int, line: LineString, *, tree: STRtree | None = None) -> Rearranged:
    """Divide a leaf along a line; the larger side keeps the index, the other is the new unit `len(leaves)`.

    Ends and errors as in `shift`; a side of several parts gets a warning.
    """
    raise NotImplementedError
