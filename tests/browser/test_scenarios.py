"""Each made-up place as a holder of each tier sees it, at a desk and on a phone: map, counts, and what is absent."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page, expect

from geodata.samples.scenarios import SCENARIOS
from gridsvc.cli.demo import examples
from tests.browser.conftest import ASSETS, DESK, PHONE
from tests.browser.test_my_area import CARDS, INSIDE, SIDEWAYS
from tests.conftest import ROOT
from tests.presets import Presets
from tests.scenarios.loading import opened

pytestmark = pytest.mark.browser

PATIENCE_S = 900
"""How long a busy machine may take to serve five places."""
HOLDERS = [(slug, name, each.post) for slug, place in SCENARIOS.items() for name, each in examples(place).items() if each.post]
"""Place, account and post: the demo has one of each tier."""
TOLD = """async id => [(await (await fetch(`/api/v1/units/${id}/summary`)).json()).households,
  (await (await fetch(`/api/v1/units/${id}/people`)).json()).total ?? 0]"""
OWN = """
WITH held AS (
  SELECT path, bool_or(a.role IS NOT NULL) AS carries FROM appointment a, unnest(a.paths) AS path
  WHERE upper_inf(a.valid) AND a.state = 'held' AND a.person_id = (
    SELECT person_id FROM appointment WHERE jurisdiction_id = :id AND post = :post AND upper_inf(valid) ORDER BY id LIMIT 1)
  GROUP BY path
), led AS (SELECT path, carries FROM held WHERE carries OR NOT EXISTS (SELECT FROM held WHERE carries)
), own AS (SELECT path, carries FROM led WHERE NOT EXISTS (SELECT FROM led wider WHERE led.path <@ wider.path AND led.path <> wider.path))
"""
"""The ground of the first who holds a post; ground that carries a right before that of a post without one."""
NAMES = f"""{OWN} SELECT array_agg(coalesce(
  (SELECT v.name FROM unit_version v WHERE v.path = own.path AND upper_inf(v.valid)),
  (SELECT v.name FROM building b JOIN building_version v ON v.building_id = b.id AND upper_inf(v.valid)
   WHERE b.jurisdiction_id = :id AND building_path(b.id) = own.path))) FROM own"""
HOUSEHOLDS = f"""{OWN} SELECT to_char(sum(h.households), 'FM999,999') FROM building_households h
  WHERE upper_inf(h.valid) AND h.path <@ ANY (SELECT path FROM own WHERE carries)"""
BESIDE = f"""{OWN} SELECT coalesce(array_agg(u.public_id), '{{}}') FROM (
  SELECT u.public_id FROM unit_version v JOIN unit u ON u.id = v.unit_id
  WHERE v.jurisdiction_id = :id AND upper_inf(v.valid) AND v.kind <> 'remainder'
    AND NOT EXISTS (SELECT FROM own WHERE v.path <@ own.path OR own.path <@ v.path) ORDER BY v.level DESC, v.id LIMIT 2) u"""
"""Some of the smallest units that are somebody else's."""

Links = dict[str, str]
"""Account -> token of its one-time link."""


@pytest.fixture(scope="module")
def served(presets: Presets, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[str, Links]]]:
    """Give the address of each place, and the links of its accounts."""
    if not ASSETS.exists():
        pytest.skip("the front-end assets have not been fetched")
    for slug in SCENARIOS:
        presets[slug]  # loaded here, where its progress can be waited for
    folder, ports = tmp_path_factory.mktemp("links"), dict(zip(SCENARIOS, free_ports(len(SCENARIOS)), strict=True))
    asked = [f"{slug}={port}" for slug, port in ports.items()]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.serve_scenarios", folder, *asked], cwd=ROOT, stdout=log, stderr=log
        )
    addresses = {slug: f"http://127.0.0.1:{port}" for slug, port in ports.items()}
    end = time.monotonic() + PATIENCE_S
    try:
        while not all(answers(address) for address in addresses.values()):
            assert process.poll() is None, (folder / "log").read_text(errors="replace")[-3000:]
            assert time.monotonic() < end
            time.sleep(0.2)
        yield {slug: (address, json.loads((folder / slug).read_text())) for slug, address in addresses.items()}
    finally:
        process.terminate()
        process.wait(30)


def free_ports(count: int) -> list[int]:
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in taken]
    for each in taken:
        each.close()
    return ports


def answers(address: str) -> bool:
    with suppress(OSError):
        urllib.request.urlopen(f"{address}/healthz", timeout=2).close()  # noqa: S310  # an address of ours
        return True
    return False


@pytest.fixture(scope="module")
def screen(browser: Browser) -> Iterator[Page]:
    """Give one page for all tests, which has the scripts and styles of each place at hand after its first visit."""
    context = browser.new_context(viewport=DESK)
    yield context.new_page()
    context.close()


@pytest.fixture
def enter(screen: Page, served: dict[str, tuple[str, Links]]) -> Callable[[str, str], Page]:
    """Give a function that opens a place at a desk by the link of an account."""

    def open_page(slug: str, name: str) -> Page:
        address, links = served[slug]
        screen.context.clear_cookies()
        screen.set_viewport_size(DESK)
        answer = screen.goto(f"{address}/enter/{links.pop(name)}")
        assert answer is not None
        assert answer.ok
        return screen

    return open_page


@pytest.mark.parametrize(("slug", "name", "post"), HOLDERS)
def test_a_holder_of_each_tier_lands_on_the_own_ground_with_its_counts_and_is_told_nothing_of_others(
    enter: Callable[[str, str], Page], presets: Presets, slug: str, name: str, post: str
) -> None:
    with opened(presets, slug) as place:
        names, households, beside = (place.count(each, post=post) for each in (NAMES, HOUSEHOLDS, BESIDE))
    page = enter(slug, name)
    for width in (DESK, PHONE):
        if width == PHONE:
            page.set_viewport_size(width)
            page.reload()
        page.wait_for_selector("body[data-ready]")
        expect(page.locator("#unit-name")).to_have_text(names[0] if len(names) == 1 else "我的网格")
        assert f"{households or '无权查看'}户" in page.evaluate(CARDS)
        assert page.evaluate(INSIDE)
        assert not page.evaluate(SIDEWAYS)
    assert [page.evaluate(TOLD, str(each)) for each in beside] == [[None, 0]] * len(beside)


def test_a_link_lets_in_once(enter: Callable[[str, str], Page], served: dict[str, tuple[str, Links]], browser: Browser) -> None:
    address, links = served["longze"]
    token = links["inspector"]
    enter("longze", "inspector")
    second = browser.new_page(base_url=address)
    answer = second.goto(f"/enter/{token}")
    assert answer is not None
    assert answer.status == 404
    expect(second.locator("body")).to_contain_text("已被使用")
    second.close()


@pytest.mark.parametrize("name", ["system", "security", "audit"])
def test_an_administrator_lands_on_the_own_page_and_reads_no_residents(enter: Callable[[str, str], Page], name: str) -> None:
    page = enter("longze", name)
    assert "/system/" in page.url
    page.goto(urljoin(page.url, "/map/longze"))
    page.wait_for_selector("body[data-ready]")
    expect(page.locator(".cards")).not_to_contain_text("875")
