"""How far it is to a site: along the sides of triangles, or straight, and never through a wall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra
from shapely import STRtree

from geodata.districting.mesh import OPEN, Mesh, once
from geodata.topology.grid import Flags, Floats, Geometries, Integers, as_array

_ROUND_M = 1e6
"""Longer than any way round a wall."""
_LEAST_GAIN_M = 1e-6
_LEAST_M = 0.05
"""A border keeps this far from the corners between which it runs, or half way."""


@dataclass(frozen=True, slots=True)
class Ways:
    """A mesh with its sites by label, flat, and the walls."""

    mesh: Mesh
    sites: Geometries
    walls: Geometries

    def settled(self) -> Integers:
        """Return a label for each node: open ones get the nearest site that reaches them, in one piece with it."""
        label, pairs = self.mesh.label, self._open_sides()
        filled = self._spread(label, pairs)
        if (filled != label).any():
            filled = self._nearer(filled, pairs)
            filled[_cut_off(filled, pairs, label != OPEN)] = OPEN
            filled = self._spread(filled, pairs)
        return filled

    def midway(self, pairs: Integers, label: Integers) -> Floats:
        """Return on the side between each pair of nodes, of different labels, the point from where both sites are equally far."""
        share = np.full(len(pairs), 0.5)
        weighed = np.flatnonzero((self.mesh.label[pairs] == OPEN).any(axis=1) & (label[pairs] != OPEN).all(axis=1))
        nodes, sites = pairs[weighed], label[pairs[weighed]]
        lead_m = [self._distance_m(nodes[:, end], sites[:, 1]) - self._distance_m(nodes[:, end], sites[:, 0]) for end in (0, 1)]
        share[weighed] = np.clip(lead_m[0] / np.maximum(lead_m[0] - lead_m[1], 1e-9), 0, 1)
        start, end = self.mesh.points[pairs[:, 0]], self.mesh.points[pairs[:, 1]]
        least = np.minimum(_LEAST_M / np.maximum(np.hypot(*(end - start).T), 1e-9), 0.5)
        points: Floats = start + np.clip(share, least, 1 - least)[:, None] * (end - start)
        return points

    def _open_sides(self) -> Integers:
        """Return the sides of triangles with an open end, as pairs of nodes."""
        corners, following = self.mesh.corners, np.roll(self.mesh.corners, -1, axis=1)
        is_open = self.mesh.label == OPEN
        some = is_open[corners] | is_open[following]
        return once(np.stack([corners[some], following[some]], axis=1))[0]

    def _spread(self, label: Integers, pairs: Integers) -> Integers:
        """Return the labels with that of the nearest labelled node, along the sides, for the open ones."""
        sources = np.unique(pairs[label[pairs] != OPEN])
        if not len(sources):
            return label
        ends = self.mesh.points[pairs]
        length_m = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
        if len(self.walls):
            length_m += _longer(as_array(shapely.linestrings(ends)), self.walls)
        graph = coo_array((length_m, tuple(pairs.T)), shape=(len(label), len(label))).tocsr()
        nearest = dijkstra(graph, directed=False, indices=sources, min_only=True, return_predecessors=True)[2]
        return np.where((label == OPEN) & (nearest >= 0), label[np.maximum(nearest, 0)], label)

    def _nearer(self, label: Integers, pairs: Integers) -> Integers:
        """Return the labels after open nodes took those of neighbours whose sites are nearer, straight ahead."""
        one, other = np.concatenate([pairs, pairs[:, ::-1]]).T
        label, is_open, changed = label.copy(), self.mesh.label == OPEN, np.ones(len(label), bool)
        while changed.any():  # every change brings a node nearer to its site, so this ends
            asked = is_open[one] & changed[other] & (label[one] != label[other]) & (label[other] != OPEN)
            node, offered = one[asked], label[other[asked]]
            length_m = self._distance_m(node, offered)
            better = np.flatnonzero(length_m < self._distance_m(node, label[node]) - _LEAST_GAIN_M)
            order = better[np.argsort(-length_m[better], kind="stable")]  # the nearest is written last
            label[node[order]] = offered[order]
            changed = np.zeros(len(label), bool)
            changed[node[order]] = True
        return label

    def _distance_m(self, node: Integers, label: Integers) -> Floats:
        points, sites = as_array(shapely.points(self.mesh.points[node])), self.sites[label]
        distance_m: Floats = shapely.distance(points, sites)
        return distance_m + _longer(as_array(shapely.shortest_line(points, sites)), self.walls) if len(self.walls) else distance_m


def _cut_off(label: Integers, pairs: Integers, on_site: Flags) -> Flags:
    """Say which nodes no nodes of their label join to a site."""
    alike = pairs[label[pairs[:, 0]] == label[pairs[:, 1]]]
    graph = coo_array((np.ones(len(alike)), tuple(alike.T)), shape=(len(label), len(label)))
    piece = connected_components(graph, directed=False)[1]
    off: Flags = ~np.isin(piece, piece[on_site])
    return off


def _longer(lines: Geometries, walls: Geometries) -> Floats:
    """Return how much longer the way is along lines that meet a wall."""
    longer_m = np.zeros(len(lines))
    longer_m[STRtree(lines).query(walls, predicate="intersects")[1]] = _ROUND_M
    return longer_m
