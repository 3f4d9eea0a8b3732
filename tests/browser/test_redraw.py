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


def test_after_a_step_only_what_changed_is_put_in_place_and_all_is_said_as_on_a_fresh_page(begun: Callable[..., Page]) -> None:
    page = begun("redrawn", "In place")
    page.click(".ask:last-child summary")
    page.focus("#tab-impact")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    form = tool(page, "transfer")
    press(page, page.evaluate(HOUSES)["2号楼"])
    page.focus("#tab-impact")
    form.evaluate("each => each.requestSubmit()")
    made(page, 1)
    expect(page.locator("#pane")).to_contain_text("40")
    assert page.evaluate("document.activeElement.id") == "tab-impact"
    expect(page.locator(".ask:last-child form")).to_be_visible()
    form = tool(page, "split")
    choose(page, "东格")
    form.get_by_label("Into balanced parts").check()
    make(form)
    made(page, 2)
    page.click("#undo")
    made(page, 1)
    page.click("#redo")
    made(page, 2)
    assert not [each for each in asked if "/panel" in each]
    seen = said(page)
    page.reload()
    page.wait_for_selector("body[data-ready]")
    assert said(page) == seen


def said(page: Page) -> dict[str, str]:
    """Return what the panel says on each of its tabs with everything opened, and what stands on the map."""
    found = {}
    for tab in ("impact", "units", "steps"):
        page.click(f"#tab-{tab}")
        expect(page.locator(f"#pane[data-filled={tab}]:not([aria-busy])")).to_be_visible()
        page.evaluate("document.querySelectorAll('#panel-body details').forEach(each => { each.open = true; })")
        page.evaluate("document.querySelectorAll('[data-colour] option').forEach(each => each.remove())")
        found[tab] = page.locator("#panel-body").inner_text()
    return found | {"map": " ".join(sorted(page.locator(".labels-pane .label").all_text_contents()))}


def test_drafts_are_put_together_and_what_two_have_changed_is_chosen(begun: Callable[..., Page]) -> None:
    for title, house in {"To the east": "2号楼", "To the west": "3号楼"}.items():
        give(begun("redrawn", title), house, "Ticked: 1 building, 40 households")
    page = begun("redrawn", "District")
    page.click("#tab-drafts")
    gather = page.locator("form[data-gather]")
    for title in ("To the east", "To the west"):
        gather.get_by_label(title).check()
    gather.locator(".button-primary").click()
    for name in ("东格", "西格"):
        clash = page.locator(".clash", has_text=name)
        expect(clash).to_contain_text("in “To the west”")
        clash.get_by_label("in “To the west”").check()
    expect(page.locator(".border-proposed")).to_be_visible()
    gather.locator(".button-primary").click()
    made(page, 2)
    expect(gather.locator("b", has_text="To the")).to_have_count(0)
    page.click("#tab-steps")
    expect(page.locator(".plan-steps")).to_contain_text("Draft To the east taken over")
    page.goto("/plans/redrawn?lang=en")
    page.get_by_role("link", name="To the east").click()
    page.locator(".plan-way").get_by_role("link", name="District").click()
    expect(page.locator(".topbar-where")).to_contain_text("District")


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
    rival.click("form[data-carry] .button-primary")
    expect(rival.locator("#tab-conflicts")).to_have_count(0)
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
