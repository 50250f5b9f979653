"""A visit: one browser page that remembers what went wrong, and a reader without a mouse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page


class Visit:
    """One page of a browser, driven by keys alone."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        page.on("request", self._watch)

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _watch(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.strangers.append(request.url)

    def go(self, path: str, status: int = 200) -> None:
        """Open a page; the browser itself complains of one that is not found, and only it may."""
        answer = self.page.goto(self.address + path)
        assert answer is not None
        assert answer.status == status
        if status >= 400:
            self.forgive(status)

    def forgive(self, status: int) -> None:
        """Forget that the browser complained of answers with a status that was to be expected."""
        self.complaints = [one for one in self.complaints if f"a status of {status}" not in one]

    def tab_to(self, selector: str, words: str = "") -> None:
        """Press Tab until something that fits has the focus; it must be in sight then."""
        for _ in range(150):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(
                """([selector, words]) => {
                    const at = document.activeElement;
                    return at.matches(selector) && at.textContent.includes(words);
                }""",
                [selector, words],
            ):
                return
        raise AssertionError(f"no Tab leads to {selector} {words!r} on {self.page.url}")

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def follow(self, selector: str, words: str = "") -> None:
        """Tab to a link and take it."""
        self.tab_to(selector, words)
        before = self.page.url
        self.press("Enter")
        self.page.wait_for_url(lambda url: url != before)
        self.page.wait_for_load_state()

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)

    def is_too_wide(self) -> bool:
        """Whether the page has to be pushed sideways."""
        wide: bool = self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        return wide


@contextmanager
def visiting(browser: Browser, address: str, **context: Any) -> Iterator[Visit]:
    """Open a page in a context of its own; at the end nothing may have gone wrong."""
    width = context.pop("width", 1440)
    opened = browser.new_context(viewport={"width": width, "height": 900}, **context)
    opened.set_default_timeout(10_000)
    try:
        visit = Visit(opened.new_page(), address)
        yield visit
        assert visit.complaints == []
        assert visit.strangers == []
    finally:
        opened.close()
