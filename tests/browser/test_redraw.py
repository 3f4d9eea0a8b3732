"""A planner at work in a browser: borders drawn, buildings transferred, units split, undone; then the way through the office."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
TABLET = {"width": 820, "height": 1180}
AT = """([lng, lat]) => {
  const {x, y} = map_grid.latLngToContainerPoint([lat, lng]), {left, top} = map_grid.getContainer().getBoundingClientRect();
  return [left + x, top + y];
}"""
"""Where a place of the map is in the window."""
HOUSES = """() => Object.fromEntries(
  JSON.parse(document.getElementById("view").textContent).buildings.filter(({name}) => name).map(({name, at}) => [name, at]))"""


@pytest.fixture
def begun(visit: Visit) -> Callable[..., Page]:
    """Give a function that begins a plan and opens it; without `place` of the four houses in a row."""

    def opened(title: str, place: str = "planned", **more: object) -> Page:
        page = visit(f"/map/{place}?lang=en", signed_in="planner", **more)
        page.goto(f"/plans/{place}")
        page.fill(".plan-build [name=title] >> nth=0", title)
        page.click("text=Begin upon the borders of today")
        page.wait_for_selector("body[data-ready]")
        return page

    return opened


def tool(page: Page, name: str) -> Locator:
    page.click(f"[data-tool={name}]")
    return page.locator(f"form[data-tool={name}]")


def press(page: Page, *places: tuple[float, float], twice: bool = False) -> None:
    for lng, lat in places:
        x, y = page.evaluate(AT, [lng, lat])
        page.mouse.click(x, y)
        page.wait_for_timeout(450)  # two presses at one place end a line
    if twice:
        page.mouse.dblclick(x, y)


def press_house(page: Page, name: str) -> None:
    press(page, page.evaluate(HOUSES)[name])


def test_the_map_leads_to_its_plans(visit: Visit) -> None:
    page = visit("/map/planned?lang=en", signed_in="planner")
    page.click(".topbar >> text=Plans")
    expect(page.locator(".card-list a").last).to_contain_text("晨光方案")
