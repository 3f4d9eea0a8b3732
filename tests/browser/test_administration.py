"""An administrator comes in for the first time, step by step, and looks after accounts, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.browser.serve import PASSWORD

pytestmark = pytest.mark.browser
OWN = "Another-Password-5"


def fits(page: Page) -> bool:
    """Say whether nothing of the page lies beside the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("phone", [False, True])
def test_an_administrator_comes_in_and_adds_an_account(visit: Callable[..., Page], service: str, phone: bool) -> None:
    page = visit("/map/longze?lang=en", phone=phone)
    name = "security-phone" if phone else "security"
    page.goto("/sign-in?next=/system")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main .button-primary")

    expect(page.locator("h1")).to_have_text("Choose a password of your own")
    page.fill("[name=password]", OWN)
    page.fill("[name=again]", OWN)
    page.click("main .button-primary")

    expect(page.locator("h1")).to_have_text("Bind a device")
    assert fits(page)
    page.fill("[name=code]", pyotp.TOTP(page.locator(".secret").inner_text()).now())
    page.click("main .button-primary")

    expect(page.locator(".recovery-codes li")).to_have_count(10)
    page.click("text=I have kept them")
    expect(page).to_have_url(f"{service}/system/accounts")
    assert fits(page)

    page.fill("form[action='/system/accounts'][method=post] [name=name]", f"added by {name}")
    page.click("form[method=post] .button-primary:text-is('Add')")
    expect(page.locator("code")).to_have_count(1)
    page.click("text=On to its roles")
    page.select_option("[name=role]", "grid_leader")
    page.select_option("[name=place]", "longze")
    page.click(".button-primary:text-is('Give it')")
    expect(page.locator(".plain-list")).to_contain_text("Grid leader")
    assert fits(page)
