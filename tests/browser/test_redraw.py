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
    for place in places:
        x, y = page.evaluate(AT, place)
        page.mouse.click(x, y)
    if twice:
        page.mouse.click(x, y)


def press_house(page: Page, name: str) -> None:
    press(page, page.evaluate(HOUSES)[name])


def test_the_map_leads_to_its_plans(visit: Visit) -> None:
    page = visit("/map/planned?lang=en", signed_in="planner")
    page.click(".topbar >> text=Plans")
    expect(page.locator(".card-list a").last).to_contain_text("晨光方案")


def make(form: Locator) -> None:
    form.locator(".button-primary").click()
    expect(form).to_be_hidden()


def rows(page: Page) -> list[str]:
    page.click("#tab-units")
    return page.locator(".unit-button").all_inner_texts()


def test_two_grids_become_three(begun: Callable[..., Page]) -> None:
    page = begun("Three grids", "longze")
    houses = page.evaluate(HOUSES)
    form = tool(page, "transfer")
    press(page, houses["6号楼"])
    expect(form.locator("[data-told]")).to_have_text("Ticked: 1 buildings, 96 households")
    make(form)
    expect(page.locator(".plan-building.is-moved")).to_have_count(1)
    expect(page.locator(".impact-table")).to_contain_text("534")
    expect(page.locator(".pane .message").first).to_contain_text("534")

    page.keyboard.press("Control+z")
    expect(page.locator(".plan-building.is-moved")).to_have_count(0)
    page.keyboard.press("Control+Shift+z")
    expect(page.locator(".plan-building.is-moved")).to_have_count(1)

    assert len(rows(page)) == 3  # with what remains of the community
    form = tool(page, "split")
    page.locator(".unit-button", has_text="二网格").click()
    press(page, (120.52985, 36.1098), (120.5306, 36.1102), (120.53149, 36.1101), twice=True)
    expect(form).to_be_hidden()
    expect(page.locator(".unit-button")).to_have_count(4)
    expect(page.locator(".border-new").first).to_be_visible()

    page.locator("[data-colour]").select_option("households")
    expect(page.locator("path.shade-4")).to_have_count(1)
    page.click("#compare")
    expect(page.locator("#compare-badge")).to_have_text("As it is today")
    expect(page.locator(".border-new").first).to_have_attribute("d", "M0 0")
    page.click("#compare")

    page.click("#tab-steps")
    page.locator("[data-take-back]").first.click()
    expect(page.locator(".plan-steps .is-undone")).to_have_count(1)
    expect(page.locator(".plan-building.is-moved")).to_have_count(1)


def test_a_line_is_warned_of_kept_and_refused_with_a_sentence(begun: Callable[..., Page]) -> None:
    page = begun("Lines", "longze")
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
    page = begun("Two at once", "redrawn")
    other = visit(f"{page.url}?lang=en", signed_in="planner")
    page.route("**/moves", lambda route: route.abort())
    form = tool(page, "rename")
    page.click("#tab-units")
    page.locator(".unit-button", has_text="西格").click()
    form.locator("[name=name]").fill("Left")
    form.locator(".button-primary").click()
    expect(page.locator("#toast")).to_contain_text("nothing is lost")
    page.unroute("**/moves")
    page.locator("#toast button").click()
    expect(page.locator("#tab-steps small")).to_have_text("1")

    form = tool(other, "rename")
    other.click("#tab-units")
    other.locator(".unit-button", has_text="东格").click()
    form.locator("[name=name]").fill("Right")
    form.locator(".button-primary").click()
    expect(other.locator("#choice-yes")).to_have_text("Do it again upon the newest state")
    expect(form.locator("[name=name]")).to_have_value("Right")


def test_a_plan_goes_through_the_office_and_holds(begun: Callable[..., Page], visit: Visit) -> None:
    page = begun("Even loads", "redrawn")
    form = tool(page, "transfer")
    press_house(page, "2号楼")
    make(form)
    expect(page.locator("#tab-steps small")).to_have_text("1")
    ask(page, "/submit")
    office = visit(f"{page.url}?lang=en", signed_in="approver")
    ask(office, "/send-back", reason="Say why")
    page.reload()
    expect(page.locator(".plan-way .message")).to_contain_text("Say why")
    ask(page, "/submit")
    office.reload()
    for given in ({}, {"document": "街办〔2026〕1号"}, {"reason": "urgent"}, {"document": "区办〔2026〕2号"}):
        ask(office, "/pass", **given)
    expect(office.locator("form[data-ask='/publish']")).to_contain_text("1 buildings with 40 households")
    ask(office, "/publish")
    expect(office.locator(".tag-state")).to_have_text("published")
    office.goto("/map/redrawn")
    office.wait_for_selector("body[data-ready]")
    expect(office.locator(".row", has_text="东格")).to_contain_text("3 buildings")


def ask(page: Page, address: str, **fields: str) -> None:
    form = page.locator(f"form[data-ask='{address}']")
    form.locator("xpath=..").locator("summary").click()
    for name, value in fields.items():
        form.locator(f"[name={name}]").fill(value)
    with page.expect_navigation():
        form.locator("button").click()
    page.wait_for_selector("body[data-ready]")


def test_a_finger_draws_a_ring_on_a_tablet(begun: Callable[..., Page]) -> None:
    page = begun("Ring", "redrawn", viewport=TABLET, has_touch=True)
    form = tool(page, "transfer")
    form.get_by_label("Draw a ring").check()
    ring(page, page.evaluate(HOUSES)["3号楼"])
    expect(form.locator("[data-told]")).to_contain_text("Ticked: 1 buildings")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def ring(page: Page, around: tuple[float, float]) -> None:
    x, y = page.evaluate(AT, around)
    client = page.context.new_cdp_session(page)
    steps = [(-40, -40), (40, -40), (40, 40), (-40, 40), (-40, -30)]
    for at, (dx, dy) in enumerate(steps):
        kind = "touchMove" if at else "touchStart"
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x + dx, "y": y + dy}]})
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_phone_has_all_tools_within_reach(begun: Callable[..., Page]) -> None:
    page = begun("Phone", "redrawn", phone=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    heights = "all => all.map(each => each.offsetHeight)"
    assert min(page.locator(".redraw-tools button, .plan-top button:not([hidden])").evaluate_all(heights)) >= 44
    form = tool(page, "shift")
    expect(form).to_be_visible()
    assert min(form.locator("button").evaluate_all(heights)) >= 44
