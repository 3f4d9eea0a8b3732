"""The import page in a browser: drop, look, correct, bring in; at a desk, on a phone, and without scripts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from shapely.geometry import mapping

from tests.browser.serve import MARKUP, PASSWORD
from tests.grids import draw

Visit = Callable[..., Page]
pytestmark = pytest.mark.browser
EAST_OF_ALL = {"west": 120.56, "south": 36.13, "cell_deg": 0.0004}

DROP = """([name, content]) => {
  const files = new DataTransfer();
  files.items.add(new File([content], name));
  const told = {bubbles: true, cancelable: true, dataTransfer: files};
  for (const kind of ["dragover", "drop"]) document.getElementById("drop").dispatchEvent(new DragEvent(kind, told));
}"""


def content(prefix: str, **more: Any) -> str:
    rows = [
        {"type": "Feature", "properties": {"编号": f"{prefix}-{name}", "楼号": f"{prefix}{name}号楼"} | more, "geometry": mapping(ground)}
        for name, ground in draw("A . B", **EAST_OF_ALL).items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": rows}, ensure_ascii=False)


def send(page: Page, folder: Path, name: str, text: str, noun: str = "buildings") -> None:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    page.set_input_files("[name=file]", file)
    page.locator(f"[name=noun][value={noun}]").check(force=True)
    page.click("#send button")
    expect(page.locator(".counts, .message.is-bad").first).to_be_visible(timeout=30_000)
    page.wait_for_selector("body[data-ready]")


@pytest.fixture
def clerk(visit: Visit) -> Callable[..., Page]:
    return lambda **more: visit("/exchange/longze?lang=en", signed_in="clerk", **more)


def test_a_dropped_file_is_a_chosen_one(clerk: Callable[..., Page]) -> None:
    page = clerk()
    page.evaluate(DROP, ["台账.csv", "a,b"])
    expect(page.locator("#chosen")).to_have_text("台账.csv")
    assert page.evaluate("document.querySelector('[name=file]').files.length") == 1


def test_what_is_too_large_is_said_before_it_is_sent(clerk: Callable[..., Page]) -> None:
    page = clerk()
    page.evaluate("document.getElementById('send').dataset.largestMib = '0.00001'")
    page.evaluate(DROP, ["台账.csv", "x" * 100])
    expect(page.locator("#too-large")).to_be_visible()
    expect(page.locator("#send button")).to_be_disabled()


@pytest.mark.parametrize("phone", [False, True])
def test_a_file_is_looked_at_on_the_map_and_brought_in(clerk: Callable[..., Page], tmp_path: Path, phone: bool) -> None:
    page = clerk(phone=phone)
    send(page, tmp_path, "楼栋.geojson", content("phone" if phone else "desk"))
    expect(page.locator(".proposed.is-new")).to_have_count(2)
    expect(page.locator(".commit button")).to_have_text("Bring in 2 new")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click(".commit button")
    expect(page.locator(".message.is-ok")).to_contain_text("Brought in: 2 rows.", timeout=30_000)
    page.click("text=To the map")
    page.wait_for_selector("body[data-ready]")


def test_a_finding_goes_to_its_place(clerk: Callable[..., Page], tmp_path: Path) -> None:
    page = clerk()
    rows = json.loads(content("twice"))
    rows["features"][1]["properties"]["编号"] = rows["features"][0]["properties"]["编号"]
    send(page, tmp_path, "twice.geojson", json.dumps(rows), noun="compounds")
    before = page.evaluate("map_grid.getCenter().lng")
    page.locator(".findings .go").first.click()
    expect(page.locator(".lit-place")).to_have_count(1)
    assert page.evaluate("map_grid.getCenter().lng") != before


def test_columns_are_corrected_and_looked_at_again(clerk: Callable[..., Page], tmp_path: Path) -> None:
    page = clerk()
    send(page, tmp_path, "columns.geojson", content("columns", 别名="后勤楼"))
    page.click(".columns summary")
    page.select_option("[name='column.name']", "别名")
    page.click(".look-again > button")
    expect(page.locator(".columns summary")).to_contain_text("name ← 别名", timeout=30_000)


def test_a_refusal_opens_the_field_that_it_asks_for(clerk: Callable[..., Page], tmp_path: Path) -> None:
    page = clerk()
    send(page, tmp_path, "metres.csv", '编号,wkt\n1,"POLYGON((500000 3990000,500020 3990000,500020 3990020,500000 3990000))"\n')
    expect(page.locator(".is-asked [name=crs]")).to_be_visible()
    expect(page.locator(".is-asked [name=crs]")).to_be_focused()


def test_typed_text_shows_as_typed(clerk: Callable[..., Page], tmp_path: Path) -> None:
    page = clerk()
    send(page, tmp_path, "markup.geojson", content(MARKUP, **{MARKUP: MARKUP}))
    page.locator(".proposed").first.hover()
    expect(page.locator(".leaflet-tooltip")).to_contain_text(MARKUP)
    page.click(".rows-table summary")
    expect(page.locator(".rows-table td", has_text=MARKUP).first).to_be_visible()
    assert page.locator("img[src=x]").count() == 0


def test_without_scripts_it_works_too(service: str, browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(base_url=service, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sign-in?lang=en")
    page.fill("[name=name]", "clerk")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.goto("/exchange/longze")
    file = tmp_path / "plain.geojson"
    file.write_text(content("plain"), encoding="utf-8")
    page.set_input_files("[name=file]", file)
    page.locator("[name=noun][value=buildings]").check(force=True)
    page.click("#send button")
    expect(page.locator(".counts")).to_be_visible(timeout=30_000)  # the page asks again by itself
    expect(page.locator(".commit button")).to_have_text("Bring in 2 new")
    context.close()
