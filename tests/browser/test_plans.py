"""A plan in a browser: opened from the map, corrected on the map, undone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


@pytest.fixture
def plan(visit: Visit) -> Callable[..., Page]:
    def opened(**more: object) -> Page:
        page = visit("/map/planned?lang=en", signed_in="planner", **more)
        page.goto("/plans/planned")
        page.click(".card-list a")
        page.wait_for_selector("body[data-ready]")
        return page

    return opened


def into(page: Page, unit: str) -> None:
    page.click(f".row:has-text('{unit}')")
    expect(page.locator("#unit-name")).to_have_text(unit)


def give_away(page: Page, house: str) -> None:
    page.locator(".row", has_text=house).locator("input").check()
    page.click("text=Give it the ticked buildings")
    page.wait_for_selector("body[data-ready]")


def test_the_map_leads_to_its_plans(visit: Visit) -> None:
    page = visit("/map/planned?lang=en", signed_in="planner")
    page.click(".topbar >> text=Plans")
    expect(page.locator(".card-list a")).to_contain_text("晨光方案")


def test_a_building_pressed_on_the_map_is_ticked_and_counted(plan: Callable[..., Page]) -> None:
    page = plan()
    into(page, "西片")
    expect(page.locator(".plan-building")).to_have_count(2)
    page.locator(".plan-building").first.click()
    expect(page.locator(".plan-building.is-ticked")).to_have_count(1)
    expect(page.locator("#ticked")).to_have_text("Ticked: 1 buildings, 40 households")
    assert page.locator("[name=building]:checked").count() == 1


def test_a_building_goes_to_the_neighbour_and_comes_back(plan: Callable[..., Page]) -> None:
    page = plan()
    into(page, "西片")
    give_away(page, "2号楼")
    expect(page.locator(".plan-building")).to_have_count(1)
    page.click("text=Undo")
    page.wait_for_selector("body[data-ready]")
    expect(page.locator(".plan-building")).to_have_count(2)


def test_a_phone_shows_all_of_a_plan_in_its_width(plan: Callable[..., Page]) -> None:
    page = plan(phone=True)
    into(page, "东片")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".plan-move button").first.bounding_box()["height"] >= 44
