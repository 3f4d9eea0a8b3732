"""What a planner meets on the page of a plan, in a browser: lines, lost and stale steps, a newer edition, fingers, small screens."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tests.browser import planning
from tests.browser.planning import HOUSES, Visit, ask, choose, have_passed, made, make, press, ring, tool

pytestmark = pytest.mark.browser
TABLET = {"width": 820, "height": 1180}


@pytest.fixture
def begun(visit: Visit) -> Callable[..., Page]:
    """Give a function that begins a plan at a place and opens it."""
    return partial(planning.begin, visit)


def test_the_map_leads_to_its_plans(visit: Visit) -> None:
    page = visit("/map/planned?lang=en", signed_in="planner")
    page.click(".topbar >> text=Plans")
    expect(page.locator(".card-list a").last).to_contain_text("晨光方案")


def test_a_line_is_warned_of_kept_and_refused_with_a_sentence(begun: Callable[..., Page]) -> None:
    page = begun("longze", "Lines")
    form = tool(page, "shift")
    press(page, (120.5301, 36.1108), (120.5299, 36.1096), (120.5295, 36.1100), (120.5305, 36.1103))
    expect(form.locator("[data-told]")).to_have_text("The line crosses itself; take the last point back.")
    form.locator("[data-back]").click()
    page.reload()
    page.wait_for_selector("body[data-ready]")
    page.click("text=Go on drawing")
    expect(form.locator("[data-told]")).to_contain_text("3 points")
    page.keyboard.press("Escape")
    expect(form).to_be_hidden()


def test_a_lost_step_can_be_sent_again_and_a_stale_one_is_asked_about(begun: Callable[..., Page], visit: Visit) -> None:
    page = begun("redrawn", "Two at once")
    other = visit(f"{page.url}?lang=en", signed_in="planner")
    page.route("**/moves", lambda route: route.abort())
    form = tool(page, "rename")
    choose(page, "西格")
    form.locator("[name=name]").fill("Left")
    form.locator(".button-primary").click()
    expect(page.locator("#toast")).to_contain_text("nothing is lost")
    page.unroute("**/moves")
    page.locator("#toast button").click()
    made(page, 1)

    form = tool(other, "rename")
    choose(other, "东格")
    form.locator("[name=name]").fill("Right")
    expect(other.locator("#choice")).to_be_hidden()
    form.locator(".button-primary").click()
    expect(other.locator("#choice-text li")).to_contain_text("Left")
    other.click("#choice-yes")
    made(other, 2)
    expect(other.locator(".unit-button", has_text="Right")).to_be_visible()


def test_a_plan_goes_through_the_office_and_what_it_meets_is_chosen(begun: Callable[..., Page], visit: Visit) -> None:
    rival = begun("redrawn", "Uneven loads")
    give(rival, "3号楼", "Ticked: 1 building, 40 households")
    page = begun("redrawn", "Even loads")
    give(page, "2号楼", "Ticked: 1 building, 40 households")
    ask(page, "/submit")
    office = visit(f"{page.url}?lang=en", signed_in="approver")
    have_passed(office)
    expect(office.locator("form[data-ask='/publish']")).to_contain_text("1 buildings with 40 households")
    ask(office, "/publish")
    expect(office.locator(".tag-state")).to_have_text("published")
    published = office.url
    office.goto("/map/redrawn")
    office.wait_for_selector("body[data-ready]")
    expect(office.locator(".row", has_text="东格")).to_contain_text("3 buildings")

    rival.reload()
    rival.click("[data-open-tab]")
    for name in ("东格", "西格"):
        clash = rival.locator(".clash", has_text=name)
        expect(clash).to_contain_text("in this plan")
        clash.get_by_label("in this plan").check()
    expect(rival.locator(".border-proposed")).to_be_visible()
    with rival.expect_navigation():
        rival.click("form[data-carry] .button-primary")
    made(rival, 1)
    form = tool(rival, "merge")
    choose(rival, "东格", "西格")
    make(form)
    made(rival, 2)
    ask(rival, "/submit")
    office.goto(rival.url)
    have_passed(office)
    ask(office, "/publish")

    merged = office.url
    office.goto(published)
    undo(office)
    expect(office.locator("[data-in-the-way]")).to_contain_text("stand in the way")
    expect(office.locator("[data-in-the-way] .link").first).to_have_text("Go there")
    office.goto(merged)
    with office.expect_navigation():
        undo(office)
    expect(office.locator(".way-edition + .message")).to_contain_text("undid it")


def undo(page: Page) -> None:
    """Ask for the edition to be undone that a plan became."""
    page.locator(".ask", has=page.locator("[data-undo]")).locator("summary").click()
    page.click("[data-undo] button")


def give(page: Page, house: str, told: str) -> None:
    """Transfer a house to the other unit."""
    form = tool(page, "transfer")
    press(page, page.evaluate(HOUSES)[house])
    expect(form.locator("[data-told]")).to_have_text(told)
    make(form)
    made(page, 1)


def test_a_finger_draws_a_ring_on_a_tablet(begun: Callable[..., Page]) -> None:
    page = begun("redrawn", "Ring", viewport=TABLET, has_touch=True)
    form = tool(page, "transfer")
    form.get_by_label("Draw a ring").check()
    ring(page, page.evaluate(HOUSES)["3号楼"])
    expect(form.locator("[data-told]")).to_have_text("Ticked: 1 building, 40 households")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_phone_has_all_within_reach(begun: Callable[..., Page]) -> None:
    page = begun("redrawn", "Phone", phone=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for tab in ("impact", "units", "steps", "proposals", "comments"):
        page.click(f"#tab-{tab}")
        expect(page.locator("#pane")).not_to_have_attribute("aria-busy", "true")
        assert page.evaluate(SMALL) == []
    form = tool(page, "shift")
    expect(form).to_be_visible()
    assert page.evaluate(SMALL) == []


SMALL = """() => [...document.querySelectorAll("button, summary, select, a.button, .segmented span, .field input")]
  .filter(each => each.checkVisibility({visibilityProperty: true}))
  .filter(each => !each.closest(".layers, .topbar-tools, .leaflet-control, .sheet-grip"))
  .map(each => [each.id || each.className || each.textContent, each.offsetHeight]).filter(([, height]) => height < 44)"""
"""What a thumb would miss: less than 44 pixels high. The grip of the sheet aside, whose heights the bar below gives too."""
