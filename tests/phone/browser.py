"""A phone in a real browser: Debian's chromium, touched through playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Locator,
    Page,
    expect,
    sync_playwright,
)

from tests.poll import PATIENCE

SIZES = {"usual": (390, 844), "small": (320, 568)}
_CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


def chromium() -> str:
    """The program; skips without one, unless it has to be there."""
    found = next((each for each in _CHROMIUM if shutil.which(each)), "")
    if not found and not os.environ.get("ORCH_TEST_REQUIRE_CHROMIUM"):
        pytest.skip("there is no chromium here")
    assert found, "chromium is required and not installed"
    return found


@contextmanager
def browsing() -> Iterator[Browser]:
    """Its processes end with it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Screen:
    """One phone with the page open. Whatever its console complains about fails the test."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def need(self, title: str) -> Locator:
        return self.page.locator("article.need", has_text=title)

    def go(self, fragment: str) -> None:
        self.page.evaluate("(to) => { location.hash = to }", fragment)

    def live(self) -> None:
        expect(self.page.locator("#status")).to_have_text("Live")

    def wider_than_the_screen(self) -> int:
        """Pixels by which the page is too wide."""
        width: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return width


@contextmanager
def screen(browser: Browser, size: str = "usual", scheme: str = "light") -> Iterator[Screen]:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
        color_scheme="dark" if scheme == "dark" else "light",
        user_agent="Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
    )
    context.set_default_timeout(PATIENCE * 1000)
    expect.set_options(timeout=PATIENCE * 1000)
    page = context.new_page()
    shown = Screen(context, page)

    def dismiss(dialog: Dialog) -> None:
        shown.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def said(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            shown.complaints.append(message.text)

    page.on("pageerror", lambda error: shown.complaints.append(str(error)))
    page.on("dialog", dismiss)
    page.on("console", said)
    page.add_init_script(
        "addEventListener('securitypolicyviolation', (e) => console.error('Content Security Policy: '"
        " + e.violatedDirective + ' ' + e.blockedURI))"
    )
    try:
        yield shown
        assert not shown.complaints
    finally:
        context.close()
