"""A service of its own, a browser, and pages that report everything they should not do."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect, sync_playwright

from tests.browser.serve import PASSWORD
from tests.conftest import ROOT

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
ASSETS = ROOT / "web" / "static" / "vendor" / "leaflet" / "leaflet.js"
EXPECTED = (
    "Failed to load resource: net::ERR_FAILED",
    "Failed to load resource: the server responded with a status of 409 (CONFLICT)",
    "Failed to load resource: the server responded with a status of 412 (PRECONDITION FAILED)",
)
"""What the browser itself says of a request that a test refuses, of a step that something stands in the way of, and of one too late."""
STAYING = ("planner", "approver", "draws", "decides")
"""Who visits so often that the window stays open from test to test."""
Staying: TypeAlias = dict[tuple[str, str | bool, str], BrowserContext]
"""By service, name, and what the window is like."""
expect.set_options(timeout=15_000)  # a machine may be busy


@pytest.fixture(scope="session")
def service() -> Iterator[str]:
    """Give the address of a running service, with its own database."""
    if not ASSETS.exists():
        pytest.skip("the front-end assets have not been fetched")
    folder = Path(tempfile.mkdtemp(prefix="gridsvc-browser-"))
    folder.chmod(0o711)  # called by root, the cluster runs as another user, who has to pass
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.browser.serve", str(folder / "data"), str(port)]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log) as process:
        try:
            _wait(f"http://127.0.0.1:{port}/healthz", process, folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give a headless Chromium of this machine."""
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if path is None:
            pytest.skip("no Chromium on this machine")
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def staying(browser: Browser) -> Iterator[Staying]:
    """Keep the windows of those who come often: signed in once, with scripts and styles at hand after the first visit."""
    windows: Staying = {}
    yield windows
    for context in windows.values():
        context.close()


@pytest.fixture
def visit(service: str, browser: Browser, staying: Staying) -> Iterator[Callable[..., Page]]:
    """Give a function that opens an address of the service."""
    with visiting(service, browser, staying) as open_page:
        yield open_page


@contextmanager
def visiting(service: str, browser: Browser, staying: Staying) -> Iterator[Callable[..., Page]]:
    """Give a function that opens an address; afterwards nothing foreign was asked for, and neither console nor policy complained."""
    complaints: list[str] = []
    opened: list[BrowserContext | Page] = []

    def refuse(route: Route) -> None:
        complaints.append(f"asked {route.request.url}")
        route.abort()

    def hear(said: ConsoleMessage) -> None:
        if said.type in ("error", "warning") and said.text not in EXPECTED:
            complaints.append(said.text)

    def open_page(
        address: str, *, phone: bool = False, signed_in: bool | str = False, ready: str = "body[data-ready]", **more: object
    ) -> Page:
        sized = {"viewport": PHONE if phone else DESK, "has_touch": phone, "is_mobile": phone} | more
        name = "leader" if signed_in is True else signed_in
        window = (service, name, str(sized))
        context = staying.get(window) or browser.new_context(base_url=service, **sized)
        page = context.new_page()
        opened.append(page if name in STAYING else context)
        page.route(lambda url: not url.startswith((service, "data:")), refuse)
        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        if name and window not in staying:
            sign_in(page, name)
        if name in STAYING:
            staying[window] = context
        page.goto(address)
        page.wait_for_selector(ready)
        return page

    yield open_page
    for each in opened:
        each.close()
    assert complaints == []


def sign_in(page: Page, name: str = "leader") -> None:
    page.goto("/sign-in")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 400
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310  # an address of ours
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    pytest.fail("the service did not start:\n" + log.read_text(errors="replace")[-3000:])
