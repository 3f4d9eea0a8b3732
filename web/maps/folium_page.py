"""The Folium map of a view, as the parts of a page under a strict content-security policy."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import NamedTuple

import folium
from branca.element import Figure

from geodata.findings import Box
from web.maps.base_maps import LARGEST_ZOOM, BaseMap
from web.maps.elements import OwnGround, Shapes, ShiftedTiles, Tiles, named
from web.maps.features import Drawn

folium.Map.default_js = [("leaflet", "/static/vendor/leaflet/leaflet.js")]
folium.Map.default_css = [("leaflet_css", "/static/vendor/leaflet/leaflet.css"), ("map_css", "/static/css/map.css")]

WHERE_NOTHING_IS: Box = (97.0, 22.0, 123.0, 44.0)
"""What an empty map shows."""


class Parts(NamedTuple):
    """Pieces of HTML, each script and style with the nonce of the page."""

    head: str
    body: str
    script: str


class Ground(NamedTuple):
    """What lies under the units."""

    base_maps: Mapping[str, BaseMap]
    """Those on offer."""
    first: str
    """The one shown first."""
    attribution: str
    """Typed text: whose data streets, buildings and borders are."""
    query: str
    """What the addresses of tiles end with: `?...` or nothing."""


def parts(drawn: Drawn, bounds: Box | None, ground: Ground, nonce: str) -> Parts:
    """Return the map of these shapes on this ground; the same input gives the same text."""
    figure = _map(drawn, bounds or WHERE_NOTHING_IS, ground).get_root()
    if not isinstance(figure, Figure):
        raise TypeError(figure)
    for child in list(figure._children.values()):  # Figure.render would wrap a page of its own around them
        child.render()
    return Parts(
        head=_with_nonce(figure.header.render(), nonce),
        body=figure.html.render(),
        script=f'<script nonce="{nonce}">{figure.script.render()}</script>',
    )


def _map(drawn: Drawn, bounds: Box, ground: Ground) -> folium.Map:
    west, south, east, north = bounds
    page = named(
        folium.Map(
            location=[(south + north) / 2, (west + east) / 2],
            tiles=None,
            zoom_control=False,
            zoom_start=_zoom(bounds),
            min_zoom=3,
            max_zoom=LARGEST_ZOOM,
            zoom_snap=0.25,
            wheel_px_per_zoom_level=120,
            attribution_control=False,
        ),
        "grid",
    )
    for name, base in ground.base_maps.items():
        if base.urls:
            (ShiftedTiles if base.shifted else Tiles)(name, base, show=name == ground.first).add_to(page)
    OwnGround(html.escape(ground.attribution), ground.query).add_to(page)
    Shapes("veil", drawn.veil).add_to(page)
    Shapes("unit", drawn.units, interactive=True).add_to(page)
    Shapes("halo", drawn.outline).add_to(page)
    Shapes("outline", drawn.outline).add_to(page)
    return page


def _zoom(bounds: Box) -> int:
    """Return a zoom at which the box fills a screen of about 1,000 pixels; the script fits it exactly."""
    span_deg = max(bounds[2] - bounds[0], (bounds[3] - bounds[1]) * 1.2, 1e-4)
    return max(3, min(LARGEST_ZOOM - 1, int(360 * 4 / span_deg).bit_length() - 1))


def _with_nonce(markup: str, nonce: str) -> str:
    """Folium writes bare tags and a viewport that forbids enlarging; nothing that people typed stands in a header."""
    return re.sub(r"<meta[^>]*>", "", markup).replace("<script", f'<script nonce="{nonce}"').replace("<style", f'<style nonce="{nonce}"')
