"""From which zoom on things are large enough to be drawn: tiles hold little more than painters show."""

from __future__ import annotations

from math import cos, radians

EQUATOR_M = 40_075_017
"""The equator of Web Mercator, 256 pixels long at zoom 0."""
SEEN_PX = 40
"""How wide units two levels down are on the screen when their borders appear."""
HELD_PX = SEEN_PX / 4
"""How wide they are when tiles begin to hold them: a tile's 256 pixels become 512 on the screen, and not all units are as wide as most."""
MAIN_STREETS = ("motorway", "trunk", "primary", "secondary")
"""The classes that are drawn at every zoom."""
MINOR_STREETS_ZOOM = 14
"""From which zoom of the screen on the others are; a tile of one zoom less is shown there."""


def pixel_m(lat: float) -> float:
    """Return how many metres a pixel of zoom 0 is long at a latitude in degrees."""
    return EQUATOR_M * cos(radians(lat)) / 256
