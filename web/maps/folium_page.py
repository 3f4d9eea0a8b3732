"""The Folium map of a view, as the parts of a page under a strict content-security policy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import folium
from branca.element import Element, Figure

from web.maps.base_maps import LARGEST_ZOOM, BaseMap
from web.maps.elements import OwnGround, Shapes, ShiftedTiles, Tiles, named

folium.Map.default_js = [("leaflet", "/static/vendor/leaflet/leaflet.js")]
folium.Map.default_css = [("leaflet_css", "/static/vendor/leaflet/leaflet.css"), ("map_css", "/static/css/map.css")]

CHINA = (35.0, 105.0)
"""Latitude and longitude, as Folium needs them, of a map that shows nothing yet."""

NONCE = "nonce-of-this-answer"
"""Stands where each answer puts its own."""


class Parts(NamedTuple):
    """Pieces of HTML, each script and style with the nonce of the page."""

    head: str
    body: str
    script: str


def parts(base_maps: Mapping[str, BaseMap], nonce: str) -> Parts:
    """Return the map over these base maps; the shapes of a view stand in the page as JSON with the id `shapes`.

    Nothing that people typed goes through Folium: branca compiles every script as a template, so that a unit named
    `{{ 7 * 7 }}` would be evaluated on the server. The same input gives the same text.
    """
    return Parts(*(part.replace(NONCE, nonce) for part in _rendered(tuple(base_maps.items()))))


@lru_cache(maxsize=8)
def _rendered(base_maps: tuple[tuple[str, BaseMap], ...]) -> Parts:
    """Folium takes longer than the rest of a page, and nothing of what it writes belongs to one reader or unit."""
    page = named(
        folium.Map(
            location=CHINA,
            tiles=None,
            zoom_control=False,
            zoom_start=4,
            min_zoom=3,
            max_zoom=LARGEST_ZOOM,
            zoom_snap=0.25,
            wheel_px_per_zoom_level=120,
            attribution_control=False,
        ),
        "grid",
    )
    for name, base in base_maps:
        if base.urls:
            (ShiftedTiles if base.shifted else Tiles)(name, base).add_to(page)
    OwnGround().add_to(page)
    for kind, drawn_from in (("veil", "veil"), ("unit", "units"), ("halo", "outline"), ("outline", "outline")):
        Shapes(kind, drawn_from, interactive=kind == "unit").add_to(page)
    return _parts_of(page.get_root())


def _parts_of(figure: Element) -> Parts:
    """Return what Figure.render would wrap a page of its own around."""
    if not isinstance(figure, Figure):
        raise TypeError(figure)
    for child in list(figure._children.values()):
        child.render()
    script = f"<script>{figure.script.render()}</script>"
    return Parts(_with_nonce(figure.header.render()), figure.html.render(), _with_nonce(script))


def _with_nonce(markup: str) -> str:
    """Folium writes bare tags and a viewport that forbids enlarging; nothing that people typed stands in a header."""
    return re.sub(r"<meta[^>]*>", "", markup).replace("<script", f'<script nonce="{NONCE}"').replace("<style", f'<style nonce="{NONCE}"')
