"""Longze and Qingshui as a holder of each tier sees them, at a desk and on a phone: map, counts, and what is absent."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ASSETS, DESK, PHONE, sign_in
from tests.conftest import ROOT

pytestmark = pytest.mark.browser

PATIENCE_S = 900
"""A busy machine takes long to load two places."""
TIERS = {
    "street": ("沙子口街道", ["875户"]),
    "leader": ("山海社区", ["875户", "2网格"]),
    "grid1": ("龙泽书苑一网格", ["438户", "5楼栋"]),
    "worker": ("龙泽书苑一网格", ["438户"]),
    "head": ("1号楼", ["96户"]),
    "qingshui-tier-1": ("我的网格", []),
    "qingshui-tier-2": ("我的网格", []),
    "qingshui-tier-3": ("我的网格", []),
    "qingshui-tier-4": ("1号楼", []),
}
"""Account -> ground that it lands on, and some of what the cards say."""
CARDS = """() => [...document.querySelectorAll('.cards > div')].map(each =>
  each.querySelector('dd').textContent.trim() + each.querySelector('dt').textContent.trim())"""
SIDEWAYS = "() => document.documentElement.scrollWidth > window.innerWidth"
OWN = "() => fetch('/api/v1/me/area').then(answer => answer.json())"
TOLD = "async id => (await (await fetch(`/api/v1/units/${id}/summary`)).json()).households"
PEOPLE = "async id => (await (await fetch(`/api/v1/units/${id}/people`)).json()).total"


@pytest.fixture(scope="module")
def places() -> Iterator[tuple[str, dict[str, str]]]:
    """Give the address of a service with both places, and the tokens of its one-time links by account."""
    if not ASSETS.exists():
        pytest.skip("the front-end assets have not been fetched")
    folder = Path(tempfile.mkdtemp(prefix="gridsvc-scenarios-"))
    folder.chmod(0o711)  # called by root, the cluster runs as another user, who has to pass
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "tests.browser.serve_scenarios", str(folder / "data"), str(port)]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log) as process:
        try:
            end = time.monotonic() + PATIENCE_S
            while not _answers(address):
                assert process.poll() is None, (folder / "log").read_text(errors="replace")[-3000:]
                assert time.monotonic() < end
                time.sleep(0.5)
            yield address, json.loads((folder / "links.json").read_text())
        finally:
            process.terminate()
            process.wait(30)
            shutil.rmtree(folder, ignore_errors=True)


def _answers(address: str) -> bool:
    with suppress(OSError):
        urllib.request.urlopen(f"{address}/healthz", timeout=2).close()  # noqa: S310  # an address of ours
        return True
    return False


@pytest.fixture
def opened(browser: Browser, places: tuple[str, dict[str, str]]) -> Iterator[Callable[[bool], Page]]:
    contexts = []

    def open_page(phone: bool) -> Page:
        screen = PHONE if phone else DESK
        contexts.append(browser.new_context(viewport=screen, has_touch=phone, is_mobile=phone, base_url=places[0]))
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("name", TIERS)
def test_a_holder_of_each_tier_lands_on_the_own_ground_with_its_counts(
    opened: Callable[[bool], Page], places: tuple[str, dict[str, str]], name: str, phone: bool
) -> None:
    ground, counts = TIERS[name]
    page = opened(phone)
    if phone:
        sign_in(page, name)
        page.goto("/")
    else:
        page.goto(f"/enter/{places[1][name]}")
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#unit-name")).to_have_text(ground)
    assert [card for card in counts if card not in page.evaluate(CARDS)] == []
    assert page.locator("path.outline").count() >= 1
    assert not page.evaluate(SIDEWAYS)


def test_a_county_leader_sees_the_contracted_compounds_and_nothing_of_the_others(opened: Callable[[bool], Page]) -> None:
    page = opened(False)
    sign_in(page, "qingshui-tier-1")
    led = [place["id"] for place in page.evaluate(OWN)["leads"]]
    assert len(led) in (3, 4)
    assert all(page.evaluate(TOLD, each) for each in led)
    found = page.evaluate("() => fetch('/api/v1/units?jurisdiction=qingshui&level=4').then(answer => answer.json())")
    others = [unit["id"] for unit in found["items"] if unit["id"] not in led][:5]
    assert [page.evaluate(TOLD, each) for each in others] == [None] * 5
    assert page.evaluate(PEOPLE, others[0]) == 0


def test_a_link_lets_in_once(opened: Callable[[bool], Page], places: tuple[str, dict[str, str]]) -> None:
    first, second = opened(False), opened(False)
    assert first.goto(f"/enter/{places[1]['inspector']}").status == 200  # type: ignore[union-attr]  # a page answers
    answer = second.goto(f"/enter/{places[1]['inspector']}")
    assert answer is not None
    assert answer.status == 404
    expect(second.locator("body")).to_contain_text("已被使用")


@pytest.mark.parametrize("name", ["system", "security", "audit"])
def test_an_administrator_comes_in_by_link_and_reads_no_residents(
    opened: Callable[[bool], Page], places: tuple[str, dict[str, str]], name: str
) -> None:
    page = opened(False)
    page.goto(f"/enter/{places[1][name]}")
    page.goto("/map/longze")
    page.wait_for_selector("body[data-ready]")
    expect(page.locator(".cards")).not_to_contain_text("875")
