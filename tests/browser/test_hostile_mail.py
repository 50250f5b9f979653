"""Mail is hostile: in a real browser it neither runs, nor reaches out, nor breaks the page."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from ingest.records import Candidacy
from tests.browser.conftest import serving_candidacies
from tests.browser.visits import visiting
from tests.builders import make_candidacy, make_reply

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
ATTRIBUTE = "\"'><svg onload=alert(3)> javascript:alert(4)"


def make_hostile() -> list[Candidacy]:
    text = "\n\n".join(
        [
            SCRIPT,
            ATTRIBUTE,
            "javascript:alert(5) data:text/html,<script>alert(6)</script>",
            'https://evil.example.org/"onmouseover=alert(7) http://[broken',
            "{{ 7 * 7 }} {% include 'base.html' %}",
            "\u202egnp.exe\u202c and \x00\x07\x1b[31m nothing",
            "x" * 5000,
            "> " * 400 + "deep",
            "\n".join(" " * (3 * depth) + "- nested" for depth in range(60)),
            "|" + "-" * 3000 + "|",
            "https://example.org/" + "y" * 3000,
        ]
    )
    fields = {
        "candidate": SCRIPT + "n" * 400,
        "person": "a-b",
        "irc_nick": ATTRIBUTE,
        "subject": SCRIPT + "s" * 2000,
        "archive_url": "javascript:alert(8)",
        "status_evidence": "javascript:alert(9)",
        "statement": text,
        "replies": (
            make_reply(sender=SCRIPT, text=text, archive_url="javascript:alert(10)"),
            make_reply(message_id="b@example.org", depth=4000, text=">" * 50_000),
        ),
    }
    huge = "We need review bandwidth. " * 10 + "\n"
    return [
        make_candidacy(message_id="hostile@example.org", **fields),
        make_candidacy(message_id="huge@example.org", statement=huge * 20_000),
        make_candidacy(message_id="line@example.org", statement="word " * 1_000_000),
        replace(
            make_candidacy(message_id="bare@example.org"), candidate="", statement="", cycle=""
        ),
    ]


@pytest.fixture(scope="module")
def hostile_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hostile") / "index"
    with serving_candidacies(folder, make_hostile()) as address:
        yield address


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("number", range(4))
def test_no_mail_runs_or_breaks_its_page(
    chromium: Browser, hostile_address: str, number: int, width: int
) -> None:
    with visiting(chromium, hostile_address, width=width) as visit:
        began = time.monotonic()
        visit.go(f"/candidacies/{make_hostile()[number].id}")
        assert time.monotonic() - began < 10
        visit.page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
        assert not visit.is_too_wide()
        targets = visit.page.eval_on_selector_all("main a[href]", "all => all.map(a => a.protocol)")
        assert set(targets) <= {"http:", "https:", "mailto:"}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?q=review",
        "/candidates",
        "/candidates/a-b",
        "/races/mitaka/PTL/nova",
        "/projects/nova",
    ],
)
def test_no_mail_runs_or_breaks_a_page_that_lists_it(
    chromium: Browser, hostile_address: str, path: str
) -> None:
    with visiting(chromium, hostile_address, width=390) as visit:
        visit.go(path)
        assert not visit.is_too_wide()
        assert visit.page.locator("main").inner_text().strip()
