"""Coverages: leaves that tile, and the one way to change their borders.

Arrays are numpy object arrays of Polygon or MultiPolygon in EPSG:4490, lon, lat, on the grid of
`round(x, 8)` degrees. A leaf is named by its index in the array.
"""

from geodata.topology.build import Built, build
from geodata.topology.carve import carve
from geodata.topology.changes import Change
from geodata.topology.check import check, check_around
from geodata.topology.edge import annex, retire
from geodata.topology.faces import NOBODY, holders
from geodata.topology.grid import Geometries, Ground, snap
from geodata.topology.merge import merge
from geodata.topology.named import named, named_error
from geodata.topology.neighbours import Borders, components, is_contiguous, neighbours
from geodata.topology.outer import outer_after
from geodata.topology.overlaps import Overlap, overlaps
from geodata.topology.rearrange import Owner, Rearranged, rearrange
from geodata.topology.shift import shift, split
from geodata.topology.simplify import BANDS, simplify
from geodata.topology.transfer import parted, redrawn, transfer
from geodata.topology.tree import Redrawn, Tree
from geodata.topology.unite import United, unite

__all__ = [
    "BANDS",
    "NOBODY",
    "Borders",
    "Built",
    "Change",
    "Geometries",
    "Ground",
    "Overlap",
    "Owner",
    "Rearranged",
    "Redrawn",
    "Tree",
    "United",
    "annex",
    "build",
    "carve",
    "check",
    "check_around",
    "components",
    "holders",
    "is_contiguous",
    "merge",
    "named",
    "named_error",
    "neighbours",
    "outer_after",
    "overlaps",
    "parted",
    "rearrange",
    "redrawn",
    "retire",
    "shift",
    "simplify",
    "snap",
    "split",
    "transfer",
    "unite",
]
