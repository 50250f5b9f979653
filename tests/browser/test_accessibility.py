"""No page may hinder a reader: axe-core finds nothing, on paper or in the dark, wide or narrow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from ingest.records import IngestReport
from ingest.reports import report_to_json
from tests.browser.conftest import TOOLS, serving_candidacies
from tests.browser.visits import Visit, visiting
from tests.page_community import make_community

PAGES = {
    "greeting": "/",
    "search": "/?q=review&project=nova",
    "notices": "/?q=review+colour:red+cycle:nonsense",
    "nothing": "/?q=xyzzyx",
    "beyond": "/?q=review&page=90",
    "candidacy": f"/candidacies/{make_community()[5].id}",
    "candidates": "/candidates",
    "letter": "/candidates?letter=A",
    "candidate": "/candidates/ana-example",
    "races": "/races",
    "race": "/races/mitaka/PTL/nova",
    "committee": "/races/kilo/TC",
    "projects": "/projects",
    "project": "/projects/nova",
    "cycles": "/cycles",
    "cycle": "/cycles/mitaka",
    "trends": "/trends",
    "lines": "/trends?q=review&q=gate&q=rolling&q=stable&q=deprecation&q=time",
    "manual": "/manual",
    "archives": "/archives",
    "not-there": "/candidacies/NONE",
    "wrong": "/?page=many",
}
STATUS = {"/candidacies/NONE": 404, "/?page=many": 400}
SAMPLE = report_to_json(IngestReport(archives=(), sample=True))
LOOKS = [("light", 1440), ("dark", 390)]


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_axe_finds_nothing_on(
    chromium: Browser, community_address: str, path: str, scheme: str, width: int
) -> None:
    with visiting(
        chromium, community_address, width=width, color_scheme=scheme, bypass_csp=True
    ) as visit:
        visit.go(path, STATUS.get(path, 200))
        assert examine(visit) == []


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
@pytest.mark.parametrize("path", ["/", "/archives", "/races", "/candidates"])
@pytest.mark.parametrize("state", ["nothing", "sample"])
def test_axe_finds_nothing_before_the_first_sync_and_on_the_sample(
    chromium: Browser, tmp_path: Path, state: str, path: str, scheme: str, width: int
) -> None:
    shown, report = ([], "") if state == "nothing" else (make_community()[:5], SAMPLE)
    with (
        serving_candidacies(tmp_path / "index", shown, report) as address,
        visiting(chromium, address, width=width, color_scheme=scheme, bypass_csp=True) as visit,
    ):
        visit.go(path)
        assert visit.page.locator(".banner").count() == (state == "sample")
        assert examine(visit) == []


def examine(visit: Visit) -> list[str]:
    """Let axe-core read a page, what is folded away as well; give all that it finds."""
    visit.page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    assert not visit.is_too_wide()
    visit.page.add_script_tag(path=TOOLS / "node_modules/axe-core/axe.min.js")
    found = visit.page.evaluate("axe.run()")
    return [describe(one) for one in found["violations"]]


def describe(violation: dict[str, Any]) -> str:
    places = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
    return f"{violation['impact']}: {violation['id']}: {places}"


def test_axe_is_awake(chromium: Browser, community_address: str) -> None:
    with visiting(chromium, community_address, bypass_csp=True) as visit:
        visit.go("/manual")
        visit.page.evaluate("document.querySelector('#q').labels[0].remove()")
        visit.page.evaluate("document.querySelector('#q').removeAttribute('placeholder')")
        visit.page.add_script_tag(path=TOOLS / "node_modules/axe-core/axe.min.js")
        found = visit.page.evaluate("axe.run()")
        assert "label" in [one["id"] for one in found["violations"]]
