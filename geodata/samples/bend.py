"""From the plan of a town to the ground: bent as grown towns are, turned, and laid upon longitude and latitude."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyproj

from geodata.samples.plan import Floats

WAVES = ((0.10, 3300.0), (0.05, 1250.0), (0.02, 470.0))
"""How steep and how long the waves are that bend a town's streets; together they turn a street by 10 degrees at most."""


@dataclass(frozen=True, slots=True)
class Bend:
    """Where a plan lies on the ground, in EPSG:4490."""

    lon: float
    lat: float
    turned_deg: float = 0.0
    """How far the plan's up is turned clockwise from north."""
    seed: int = 0

    def lonlat(self, places: Floats) -> Floats:
        """Return longitude and latitude, 8 decimals, of places on the plan in metres; both of shape (n, 2)."""
        return self._placed(self._bent(places))

    def footprints(self, middles: Floats, outlines: Floats) -> Floats:
        """Return outlines whose right angles stay: moved and turned with their middles, not bent.

        `middles` has the shape (n, 2), `outlines` (n, corners, 2) in metres from the middle; the answer has that of outlines.
        """
        here, ahead = self._bent(middles), self._bent(middles + [5.0, 0.0])
        cosine, sine = ((ahead - here) / np.hypot(*(ahead - here).T)[:, None]).T
        turned = np.stack([cosine, sine, -sine, cosine], axis=1).reshape(-1, 2, 2)
        return self._placed((np.einsum("nci,nij->ncj", outlines, turned) + here[:, None]).reshape(-1, 2)).reshape(outlines.shape)

    def _bent(self, places: Floats) -> Floats:
        phases = np.random.default_rng(self.seed).uniform(0, 2 * np.pi, (len(WAVES), 2))
        right, up = places.T
        bent = np.array(places, dtype=np.float64)
        for (steep, long_m), (across, along) in zip(WAVES, phases, strict=True):
            turn = 2 * np.pi / long_m
            bent[:, 0] += steep / turn * np.sin(turn * up + across)
            bent[:, 1] += steep / turn * np.sin(turn * right + along)
        return bent

    def _placed(self, metres: Floats) -> Floats:
        turn = np.radians(self.turned_deg)
        east, north = (metres @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])).T
        there = pyproj.Proj(proj="tmerc", lat_0=self.lat, lon_0=self.lon, ellps="GRS80")
        return np.round(np.column_stack(there(east, north, inverse=True)), 8)
