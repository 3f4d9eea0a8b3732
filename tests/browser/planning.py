"""What a planner does in a browser, for tests to say in words: take a tool, press on the map, send a form, look at the list."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

Visit = Callable[..., Page]
AT = """([lng, lat]) => {
  const {x, y} = map_grid.latLngToContainerPoint([lat, lng]), {left, top} = map_grid.getContainer().getBoundingClientRect();
  return [left + x, top + y];
}"""
"""Where a place of the map is in the window."""
HOUSES = """() => Object.fromEntries(
  JSON.parse(document.getElementById("view").textContent).buildings.filter(({name}) => name).map(({name, at}) => [name, at]))"""
"""Where each building stands, by name."""


COMPILED_MS = 120_000
"""How long a busy machine may take to compile, once, what divides a unit into parts."""


def begin(visit: Visit, place: str, title: str, name: str = "planner", **more: object) -> Page:
    """Begin a plan upon the borders of today and open it."""
    page = visit(f"/plans/{place}?lang=en", signed_in=name, ready="form", **more)
    page.fill(".plan-build [name=title] >> nth=0", title)
    page.click("text=Begin upon the borders of today")
    page.wait_for_selector("body[data-ready]")
    return page


def tool(page: Page, name: str) -> Locator:
    """Take a tool and return its form."""
    page.click(f"[data-tool={name}]")
    return page.locator(f"form[data-tool={name}]")


def press(page: Page, *places: tuple[float, float], twice: bool = False) -> None:
    """Press on the map; the last place twice, where asked."""
    for place in places:
        x, y = page.evaluate(AT, place)
        page.mouse.click(x, y)
    if twice:
        page.mouse.click(x, y)


def choose(page: Page, *names: str) -> None:
    """Press units in the list."""
    page.click("#tab-units")
    for name in names:
        page.locator(".unit-button", has_text=name).first.click()


def make(form: Locator, *, asked: bool = False) -> None:
    """Send a tool's form, which goes away once the step is made; of many buildings one is asked before."""
    form.locator(".button-primary").click()
    if asked:
        expect(form.page.locator("#choice")).to_be_visible(timeout=COMPILED_MS)
        expect(form.page.locator("#choice-text")).to_contain_text("change hands")
        form.page.click("#choice-yes")
    expect(form).to_be_hidden()


def made(page: Page, steps: int) -> None:
    """Wait until the plan says that it has so many steps."""
    expect(page.locator("#tab-steps small")).to_have_text(str(steps) if steps else "")


def ask(page: Page, address: str, **fields: str) -> None:
    """Send a form of the plan's way through the office."""
    form = page.locator(f"form[data-ask='{address}']")
    form.locator("xpath=..").locator("summary").click()
    for name, value in fields.items():
        form.locator(f"[name={name}]").fill(value)
    shown = form.element_handle()
    with page.expect_response("**/panel*") if address == "/pass" else page.expect_navigation():
        form.locator("button").click()
    if address == "/pass":
        shown.wait_for_element_state("hidden")
    page.wait_for_selector("body[data-ready]")


PASSES = ({}, {"document": "街办〔2026〕1号"}, {"reason": "urgent"}, {"document": "区办〔2026〕2号"})
"""What each step of the usual path asks for before the last one, which is publishing."""


def pass_all(office: Page) -> None:
    """Pass a plan at every step but the last, as an approver, by its forms."""
    for given in PASSES:
        ask(office, "/pass", **given)


def through_office(page: Page, visit: Visit, at: Callable[[], str], *, reason: str, looks: Callable[[Page], None] = lambda _: None) -> Page:
    """Lead a plan through the office by its forms, sent back once for a reason; return the approver's page once it is given its time.

    `at` gives from when on it holds, asked when all is passed; `looks` is what the approver does before he decides.
    """
    ask(page, "/submit")
    office = visit(page.url, signed_in="decides")
    looks(office)
    ask(office, "/send-back", reason=reason)
    page.reload()
    expect(page.locator(".plan-way .message")).to_contain_text(reason)
    ask(page, "/submit")
    office.reload()
    pass_all(office)
    ask(office, "/publish", at=at())
    return office


def have_passed(page: Page) -> None:
    """Pass a plan at every step but the last, as an approver, quickly."""
    page.evaluate(PASSED, list(PASSES))
    page.reload()
    page.wait_for_selector("body[data-ready]")


PASSED = """async given => {
  const {api, token} = document.getElementById("stage").dataset;
  for (const more of given) {
    const {version, step} = await (await fetch(api)).json();
    const headers = {"Content-Type": "application/json", "X-CSRFToken": token, "If-Match": `"${version}"`};
    await fetch(`${api}/pass`, {method: "POST", headers, body: JSON.stringify({step, ...more})});
  }
}"""


def ring(page: Page, around: tuple[float, float], half_px: int = 40) -> None:
    """Draw a ring around a place with a finger."""
    x, y = page.evaluate(AT, around)
    client = page.context.new_cdp_session(page)
    steps = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -0.7)]
    for at, (right, down) in enumerate(steps):
        point = {"x": x + right * half_px, "y": y + down * half_px}
        client.send("Input.dispatchTouchEvent", {"type": "touchMove" if at else "touchStart", "touchPoints": [point]})
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
