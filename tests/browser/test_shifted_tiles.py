from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page

from geodata.shifted import gcj02, unshifted

Visit = Callable[..., Page]
pytestmark = pytest.mark.browser

PLACES = [(116.404, 39.915), (121.5272106, 31.1774276), (113.912316, 22.543847), (87.6, 43.8), (-0.1, 51.5)]
LOAD = """() => new Promise(done => {
  const script = document.createElement('script');
  script.src = '/static/js/shifted_tiles.js';
  script.onload = () => done(true);
  document.head.append(script);
})"""
OFF_BY = """([lat, lng, trueLat, trueLng, zoom]) => {
  map_grid.setView([trueLat, trueLng], zoom, {animate: false});
  const layer = shiftedTiles('data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=', {maxZoom: 20}).addTo(map_grid);
  const drawn = map_grid.project([lat, lng], zoom), coords = drawn.divideBy(256).floor();
  coords.z = zoom;
  const shown = layer._getTilePos(coords).add(drawn.subtract(coords.multiplyBy(256))).add(layer._level.origin);
  const asked = Boolean(layer._tiles[`${coords.x}:${coords.y}:${zoom}`]);
  layer.remove();
  return [shown.distanceTo(map_grid.project([trueLat, trueLng], zoom)), asked];
}"""


@pytest.fixture
def page(visit: Visit) -> Page:
    page = visit("/map/longze")
    page.evaluate(LOAD)
    return page


@pytest.mark.parametrize("place", PLACES)
def test_the_browser_shifts_as_the_server_does(page: Page, place: tuple[float, float]) -> None:
    there = page.evaluate("place => toGcj02(...place)", place)
    back = page.evaluate("place => fromGcj02(...place)", place)
    np.testing.assert_allclose(there, gcj02(*place), atol=1e-9)
    np.testing.assert_allclose(back, unshifted(gcj02, *place), atol=1e-7)


@pytest.mark.parametrize("zoom", [10, 14, 17, 19])
@pytest.mark.parametrize("place", PLACES[:3])
def test_a_place_drawn_shifted_is_shown_where_it_truly_lies(page: Page, place: tuple[float, float], zoom: int) -> None:
    lng, lat = (float(value) for value in gcj02(*place))
    off_px, asked = page.evaluate(OFF_BY, [lat, lng, place[1], place[0], zoom])
    assert asked
    assert off_px < 2.5
