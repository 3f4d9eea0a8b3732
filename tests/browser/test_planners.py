"""Planners at work in a browser, from the first line to the edition and back: in Longze, in Huating, and in a city."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import cache

import pytest
from playwright.sync_api import Browser, Page, expect

from geodata.samples.longze_plan import PLAN
from gridsvc.domain.instants import SHANGHAI
from tests.browser.conftest import ASSETS, Staying, visiting
from tests.browser.planning import AT, HOUSES, Visit, ask, begin, choose, made, make, press, through_office, tool
from tests.browser.serve_copies import CITY
from tests.browser.test_scenarios import PATIENCE_S, answers, free_ports
from tests.conftest import ROOT
from tests.presets import COPIED, Presets

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def copies(presets: Presets, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Give the address of the copy of each place."""
    if not ASSETS.exists():
        pytest.skip("the front-end assets have not been fetched")
    for place in COPIED:
        presets.copy(place)
    log, ports = tmp_path_factory.mktemp("copies") / "log", dict(zip(COPIED, free_ports(len(COPIED)), strict=True))
    asked = [f"{place}={port}" for place, port in ports.items()]
    with log.open("wb") as file:
        process = subprocess.Popen([sys.executable, "-m", "tests.browser.serve_copies", *asked], cwd=ROOT, stdout=file, stderr=file)
    addresses = {place: f"http://127.0.0.1:{port}" for place, port in ports.items()}
    end = time.monotonic() + PATIENCE_S
    try:
        while not all(answers(address) for address in addresses.values()):
            assert process.poll() is None, log.read_text(errors="replace")[-3000:]
            assert time.monotonic() < end
            time.sleep(0.2)
        yield addresses | {CITY.slug: addresses["longze"]}
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def at(copies: dict[str, str], browser: Browser, staying: Staying) -> Iterator[Callable[[str], Visit]]:
    """Give a function that gives the function that opens addresses of a place."""
    with ExitStack() as stack:
        yield cache(lambda place: stack.enter_context(visiting(copies[place], browser, staying)))


def test_longze_gets_three_grids_from_a_day_on_and_has_two_again(at: Callable[[str], Visit]) -> None:
    visit = at("longze")
    page = begin(visit, "longze", "Three grids", "draws")
    transfer_in_longze(page)
    divide_in_longze(page)
    say_at(page, MARKUP, SPLIT[1])
    office = through_office(page, visit, lambda: FIRST_DAY, reason="Say why", looks=reads_what_is_said)
    expect(office.locator(".tag-state.is-published")).to_be_visible()
    compare_and_undo(office, "山海社区", "网格", since=3, before=2)


FIRST_DAY = "2026-10-01T00:00"
SPLIT = ((120.52985, 36.1098), (120.5306, 36.1102), (120.53149, 36.1101))
"""Through the second grid, from its neighbour to the street."""
BULGE = PLAN.lonlat([(-5, -14), (18, -8), (18, 8), (-5, 16)]).tolist()
"""From the border between the grids to the east, over the green, and back to it."""
MARKUP = "<img src=x onerror=alert(1)>"


def transfer_in_longze(page: Page) -> None:
    """Give a house to the first grid; undo it and do it again."""
    form = tool(page, "transfer")
    press(page, page.evaluate(HOUSES)["6号楼"])
    expect(form.locator("[data-told]")).to_have_text("Ticked: 1 building, 96 households")
    make(form)
    expect(page.locator(".plan-building.is-moved")).to_have_count(1)
    expect(page.locator(".impact-table")).to_contain_text("534")
    expect(page.locator(".pane .message").first).to_contain_text("534")
    page.keyboard.press("Control+z")
    expect(page.locator(".plan-building.is-moved")).to_have_count(0)
    page.keyboard.press("Control+Shift+z")
    expect(page.locator(".plan-building.is-moved")).to_have_count(1)


def divide_in_longze(page: Page) -> None:
    """Draw a border anew and divide the second grid by a line; compare, take the last step back, and undo that."""
    form = tool(page, "shift")
    press(page, *BULGE, twice=True)
    expect(form).to_be_hidden()
    made(page, 2)
    form = tool(page, "split")
    choose(page, "二网格")
    press(page, *SPLIT, twice=True)
    expect(form).to_be_hidden()
    expect(page.locator(".unit-button")).to_have_count(4)  # with what remains of the community
    expect(page.locator(".border-new").first).to_be_visible()
    page.locator("[data-colour]").select_option("households")
    expect(page.locator("path.shade-4")).to_have_count(1)
    page.click("#compare")
    expect(page.locator("#compare-badge")).to_have_text("As it is today")
    expect(page.locator(".border-new").first).to_have_attribute("d", "M0 0")
    expect(page.locator("#redraw-legend")).to_be_hidden()
    page.click("#compare")
    page.click("#tab-steps")
    page.locator("[data-take-back]").first.click()
    expect(page.locator(".plan-steps .is-undone")).to_have_count(1)
    page.click("#undo")
    made(page, 3)


def say_at(page: Page, text: str, place: tuple[float, float]) -> None:
    """Say something about a place of the map."""
    page.click("#tab-comments")
    page.fill("[data-say] textarea", text)
    page.click("[data-place]")
    press(page, place)
    expect(page.locator("[data-placed]")).to_have_text("A place on the map is chosen.")
    page.click("[data-say] .button-primary")
    expect(page.locator(".said p")).to_contain_text(text)
    expect(page.locator(".said-mark")).to_have_count(1)


def reads_what_is_said(office: Page) -> None:
    """Press the mark on the map and read in the list what is said there."""
    expect(office.locator(".said-mark")).to_have_text("1")
    office.locator(".said-mark").click()
    expect(office.locator(".said .is-lit")).to_contain_text(MARKUP)


def compare_and_undo(page: Page, unit: str, rows: str, *, since: int, before: int) -> None:
    """Look at a unit's rows since a published plan and before it; undo its edition, and look again."""
    plan, place = page.url, page.url.split("/")[4]
    page.click(".way-edition a >> nth=0")
    expect(page.locator(".history")).to_be_visible()
    shown = page.locator("#rows .row", has_text=rows)
    page.wait_for_selector("body[data-ready]")
    page.fill("#search-text", unit)
    page.locator("#search-hits li", has_text=unit).first.click()
    expect(shown).to_have_count(before)
    page.click("#timeline summary")
    page.locator("#timeline-slider").press("ArrowRight")
    expect(shown).to_have_count(since)
    page.goto(plan)
    page.locator(".ask", has=page.locator("[data-undo]")).locator("summary").click()
    with page.expect_navigation():
        page.click("[data-undo] button")
    expect(page.locator(".way-edition + .message")).to_be_visible()
    to_unit(page, place, unit)
    expect(shown).to_have_count(before)


def to_unit(page: Page, place: str, name: str) -> None:
    """Open the map of a place at a unit."""
    found = page.evaluate("async at => (await (await fetch(at)).json())[0].unit", f"/map/{place}/search?q={name}")
    page.goto(f"/map/{place}?unit={found}")
    page.wait_for_selector("body[data-ready]")


def test_huating_takes_rural_communities_under_the_street_and_gives_them_back(at: Callable[[str], Visit]) -> None:
    visit = at("huating")
    page = begin(visit, "huating", "Rural communities", "draws")
    form = tool(page, "reparent")
    choose(page, "裕民社区", "庞磨社区")
    form.locator("[name=to]").select_option(label="西大街社区")
    make(form)
    made(page, 1)
    page.click(".units-ways .segments a >> text=First-level grids")
    page.click("#rows a >> text=凤仪社区")
    expect(page.locator("#unit-name")).to_have_text("凤仪社区")
    order_in_huating(page)
    lock_in_huating(page)
    page.click("#undo")
    made(page, 3)
    page.click("#redo")
    made(page, 4)
    page.click("#compare")
    expect(page.locator(".unit-button", has_text="凤仪东片")).to_be_visible()
    page.click("#compare")

    page.click("#tab-impact")
    expect(page.locator(".papers a")).to_have_count(4)
    for name, begins in {"comparison.pdf": b"%PDF", "impact.xlsx": b"PK\x03\x04"}.items():
        with page.expect_download() as taken:
            page.click(f".papers a[href$='{name}']")
        assert taken.value.path().read_bytes().startswith(begins)

    ask(page, "/submit")
    ask(page, "/withdraw")
    expect(page.locator(".tag-state.is-draft")).to_be_visible()
    office = through_office(page, visit, lambda: FIRST_DAY, reason="Ask the villages")
    compare_and_undo(office, "西大街社区", "裕民社区", since=1, before=0)


def order_in_huating(page: Page) -> None:
    """Merge two grids, divide one into three, give one another name and code."""
    form = tool(page, "merge")
    choose(page, "凤仪第2网格甲片", "凤仪第2网格乙片")
    make(form, asked=True)
    made(page, 2)
    form = tool(page, "split")
    choose(page, "凤仪第1网格甲片")
    form.get_by_label("Into balanced parts").check()
    form.locator("[name=parts]").fill("3")
    make(form, asked=True)
    made(page, 3)
    form = tool(page, "rename")
    choose(page, "凤仪第1网格乙片")
    form.locator("[name=name]").fill("凤仪东片")
    form.locator("[name=code]").fill("6208810010040191")
    make(form)
    made(page, 4)
    expect(page.locator(".unit-button", has_text="凤仪东片")).to_have_count(1)


def lock_in_huating(page: Page) -> None:
    """Lock a grid, which then is not merged."""
    form = tool(page, "lock")
    choose(page, "凤仪第1网格丙片")
    expect(page.locator(".labels-pane .label", has_text="凤仪第1网格丙片")).to_contain_text("locked")
    form.locator("[data-cancel]").click()
    form = tool(page, "merge")
    choose(page, "凤仪第1网格丙片", "凤仪第1网格丁片")
    form.locator(".button-primary").click()
    expect(page.locator("#toast")).to_contain_text("locked")
    page.keyboard.press("Escape")


def test_a_city_is_redrawn_from_an_instant_to_come_and_as_it_was_again(at: Callable[[str], Visit]) -> None:
    visit = at(CITY.slug)
    page = begin(visit, CITY.slug, "Micro-grids", "draws")
    page.click("#tab-units")
    page.click(".units-ways .segments a >> nth=0")
    page.click("#rows a >> text=永达网格")
    expect(page.locator("#unit-name")).to_have_text("永达网格")
    page.reload()
    page.wait_for_selector("body[data-ready]")
    redraw_city(page)
    page.click("#compare")
    expect(page.locator(".labels-pane .label", has_text="4号微网格").first).to_be_attached()
    page.click("#compare")

    office = through_office(page, visit, soon, reason="Too many at once")
    end = time.monotonic() + PATIENCE_S
    while office.evaluate(STATE) != "published":
        assert time.monotonic() < end
        time.sleep(0.2)
    office.reload()
    expect(office.locator(".tag-state.is-published")).to_be_visible()
    compare_and_undo(office, "永达网格", "4号微网格", since=1, before=2)  # 14, and before it 4


def soon() -> str:
    """Return an instant to come, as a form takes it."""
    return (datetime.now(SHANGHAI) + timedelta(seconds=4)).strftime("%Y-%m-%dT%H:%M:%S")


def redraw_city(page: Page) -> None:
    """Give houses to another micro-grid by a ring, merge two, divide one, put one under another grid and back."""
    form = tool(page, "transfer")
    form.get_by_label("Draw a ring").check()
    lasso(page, page.evaluate(AT_HOME, "13号微网格"))
    expect(form.locator("[data-told]")).to_contain_text("Ticked: 2 buildings, 7 households")
    form.locator("[name=to]").select_option(label="14号微网格")
    make(form)
    made(page, 1)
    expect(page.locator(".plan-building.is-moved")).to_have_count(2)
    form = tool(page, "merge")
    choose(page, "3号微网格", "4号微网格")
    make(form, asked=True)
    made(page, 2)
    form = tool(page, "split")
    choose(page, "2号微网格")
    form.get_by_label("Into balanced parts").check()
    make(form, asked=True)
    made(page, 3)
    form = tool(page, "reparent")
    choose(page, "17号微网格")
    form.locator("[name=to]").select_option(label="华源网格")
    make(form)
    expect(page.locator(".unit-button", has_text="17号微网格")).to_have_count(0)
    page.click("#undo")
    expect(page.locator(".unit-button", has_text="17号微网格")).to_have_count(1)
    made(page, 3)


AT_HOME = """name => {
  const [{buildings}, {units}] = ["view", "shapes"].map(id => JSON.parse(document.getElementById(id).textContent));
  const {key} = units.features.find(({properties}) => properties.name === name).properties;
  return buildings.filter(({unit}) => unit === key).sort((one, other) => one.at[0] - other.at[0])[0].at;
}"""
"""The westernmost building of a unit."""
STATE = "async () => (await (await fetch(document.getElementById('stage').dataset.api)).json()).state"


def lasso(page: Page, around: tuple[float, float], half_px: int = 8) -> None:
    """Draw a ring around a place with the mouse."""
    x, y = page.evaluate(AT, around)
    page.mouse.move(x - half_px, y - half_px)
    page.mouse.down()
    for right, down in ((1, -1), (1, 1), (-1, 1), (-1, -0.7)):
        page.mouse.move(x + right * half_px, y + down * half_px)
    page.mouse.up()
