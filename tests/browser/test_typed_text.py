from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.serve import MARKUP, TEMPLATE

Visit = Callable[..., Page]
pytestmark = pytest.mark.browser

IN_UNIT = """key => {
  const box = shapes_unit.getLayers().find(each => each.feature.properties.key === key).getElement().getBoundingClientRect();
  return [box.x + 20, box.y + 20];
}"""
ON_SCREEN = """([lat, lon]) => {
  const point = map_grid.latLngToContainerPoint([lat, lon]), box = map_grid.getContainer().getBoundingClientRect();
  return [point.x + box.x, point.y + box.y];
}"""


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit("/map/hostile?lang=en")


@pytest.mark.parametrize("name", [MARKUP, TEMPLATE])
def test_a_name_shows_as_typed_in_list_and_label(page: Page, name: str) -> None:
    expect(page.locator(".row b", has_text=name)).to_have_count(1)
    expect(page.locator(".label b", has_text=name)).to_have_count(1)


def test_a_name_shows_as_typed_in_title_breadcrumb_layer_control_and_attribution(page: Page) -> None:
    page.locator(".row", has_text=MARKUP).click()
    expect(page.locator("#unit-name")).to_have_text(MARKUP)
    expect(page).to_have_title(MARKUP)
    expect(page.locator("[data-title=outline]")).to_have_text(f"Border of {MARKUP}")
    expect(page.locator(".crumbs a").first).to_have_text(MARKUP)
    expect(page.locator(".leaflet-control-attribution")).to_contain_text(MARKUP)


def test_a_name_shows_as_typed_in_a_tooltip(page: Page) -> None:
    page.locator(".row", has_text=MARKUP).hover()
    key = page.locator(".row", has_text=MARKUP).get_attribute("data-key")
    page.wait_for_timeout(400)
    place = page.evaluate(IN_UNIT, key)
    page.mouse.move(*place)
    expect(page.locator(".leaflet-tooltip")).to_contain_text(MARKUP)


def test_a_name_shows_as_typed_in_a_popup(page: Page) -> None:
    page.locator(".row", has_text="第三街道").click()
    expect(page.locator("#unit-name")).to_have_text("第三街道")
    page.wait_for_timeout(600)
    place = page.evaluate(ON_SCREEN, [30.0012, 120.0005])
    page.mouse.click(*place)
    expect(page.locator(".leaflet-popup")).to_contain_text(MARKUP)


def test_a_name_shows_as_typed_in_search(page: Page) -> None:
    page.fill("#search-text", "onerror")
    expect(page.locator("#search-hits b").first).to_have_text(MARKUP)


def test_no_element_was_made_of_typed_text(page: Page) -> None:
    page.locator(".row", has_text=MARKUP).click()
    expect(page.locator("#unit-name")).to_have_text(MARKUP)
    assert page.locator("img[src=x]").count() == 0
