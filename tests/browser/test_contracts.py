"""Contracts in a browser: a proposal is asked for, looked at on the map and in the table, and committed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_my_area import SIDEWAYS

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
FAR = 'td:nth-of-type(4):not(:text-is("0"))'
"""The distance of who looks after somebody outside the own building: to them a line leads."""
MAPPED = "() => document.querySelector('.shares-map').getBoundingClientRect().width >= 0.8 * document.querySelector('.sheet').clientWidth"


def figure(page: Page, word: str) -> str:
    return page.locator(".shares-sums div", has=page.get_by_text(word, exact=True)).locator("dd").inner_text()


def test_a_clerk_asks_for_a_proposal_looks_at_it_at_a_desk_and_on_a_phone_and_commits_it(visit: Visit) -> None:
    page = visit("/map/street?lang=en", signed_in="community-clerk")
    page.click(".topbar >> text=Contracts with members")
    covered = int(figure(page, "with a member"))
    page.fill("[name=low]", "3")
    page.fill("[name=high]", "5")
    page.click("main .button-primary")
    page.click("text=To the proposal", timeout=60_000)
    page.wait_for_selector("body[data-ready]")
    address = page.url
    expect(page.locator("table.shares tbody tr").first).to_be_visible()
    members = page.locator("table.shares tbody tr").count()
    expect(page.locator(".share-home")).to_have_count(members)
    assert page.locator("path.share-house").count() >= 2
    page.locator(f"table.shares tbody tr:has({FAR})").first.hover()
    expect(page.locator("path.share-line.is-lit").first).to_be_attached()
    assert page.evaluate(MAPPED)

    phone = visit(address, signed_in="community-clerk", phone=True)
    assert phone.evaluate(MAPPED)
    assert not phone.evaluate(SIDEWAYS)

    page.click("text=Commit: these contracts hold from now on")
    assert int(figure(page, "with a member")) > covered
    expect(page.locator(".plain-list .state").first).to_have_text("committed")
