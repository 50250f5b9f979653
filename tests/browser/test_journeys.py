"""What a reader does, by keyboard alone, in a real browser."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from api.app import create_app
from api.settings import Settings
from ingest.elections import load_elections
from search import open_engine, open_writer
from tests.browser.conftest import serving
from tests.browser.visits import Visit, visiting
from tests.page_community import make_community


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_reader_gets_from_a_search_to_a_race_and_a_trend_by_keyboard_alone(
    chromium: Browser, community_address: str, script: bool, width: int, scheme: str
) -> None:
    with visiting(
        chromium,
        community_address,
        width=width,
        color_scheme=scheme,
        java_script_enabled=script,
    ) as visit:
        search(visit)
        refine(visit, width)
        open_candidacy(visit)
        fold_thread(visit)
        go_to_race(visit)
        plot_trend(visit)
        assert not visit.is_too_wide()


def search(visit: Visit) -> None:
    visit.go("/")
    visit.tab_to("#q")
    visit.write("review")
    visit.press("Enter")
    expect(visit.page.locator("#total")).to_contain_text("candidacies")
    expect(visit.page).to_have_url(re.compile("q=review"))
    expect(visit.page.locator(".hits mark").first).to_have_text(re.compile("review", re.I))
    assert not visit.is_too_wide()


def refine(visit: Visit, width: int) -> None:
    if width < 900:
        visit.tab_to(".facets > summary")
        visit.press("Enter")
    visit.follow("[data-facet=project]", "nova")
    expect(visit.page).to_have_url(re.compile("q=review&project=nova"))
    expect(visit.page.locator(".chip")).to_contain_text("nova")
    assert visit.page.locator(".hits > li").count() > 0


def open_candidacy(visit: Visit) -> None:
    visit.follow(".hits :is(h2, h3) a")
    expect(visit.page.locator("h1")).to_contain_text("PTL of nova")
    expect(visit.page.locator(".statement h3").first).to_have_text(re.compile("^Goals for"))
    expect(visit.page.locator(".statement ul > li ul > li").first).to_have_text("unit tests first")


def fold_thread(visit: Visit) -> None:
    reply = visit.page.locator("#reply-1")
    expect(reply).not_to_be_visible()
    visit.tab_to("#thread > summary")
    visit.press("Enter")
    expect(reply).to_be_visible()
    expect(reply.locator("blockquote")).not_to_be_visible()
    visit.tab_to("#reply-1 summary")
    visit.press("Enter")
    expect(reply.locator("blockquote")).to_be_visible()
    assert not visit.is_too_wide()


def go_to_race(visit: Visit) -> None:
    visit.follow("main a[href^='/races/']")
    expect(visit.page.locator("h1")).to_contain_text("Project Team Lead of nova")
    assert visit.page.locator(".stand-card .prose").count() >= 1
    assert not visit.is_too_wide()


def plot_trend(visit: Visit) -> None:
    visit.follow("header nav a", "Trends")
    visit.tab_to("#line0")
    visit.write("rolling")
    visit.tab_to("#line1")
    visit.write("deprecation")
    visit.press("Enter")
    expect(visit.page.locator("figure .plot .series")).to_have_count(2)
    expect(visit.page.locator("tbody tr")).to_have_count(10)
    assert re.search(r"q=rolling&q=deprecation", visit.page.url)


def test_arrow_keys_choose_a_suggestion(chromium: Browser, community_address: str) -> None:
    with visiting(chromium, community_address) as visit:
        visit.go("/")
        visit.press("/")
        box = visit.page.locator("#q")
        expect(box).to_be_focused()
        visit.write("chiar")
        expect(box).to_have_attribute("aria-expanded", "true")
        visit.press("ArrowDown")
        first = visit.page.locator("#suggestions [aria-selected=true]")
        expect(first).to_contain_text("Chiara Esempio")
        expect(box).to_have_attribute("aria-activedescendant", first.get_attribute("id") or "")
        visit.press("Escape")
        expect(visit.page.locator("#suggestions")).not_to_be_visible()
        visit.press("ArrowDown")
        expect(visit.page.locator("#suggestions")).to_be_visible()
        visit.press("ArrowUp")
        visit.press("ArrowDown")
        visit.press("Enter")
        expect(visit.page.locator("#total")).to_be_visible()
        expect(visit.page.locator(".hits :is(h2, h3)").first).to_have_text("Chiara Esempio")


def test_a_filter_changes_the_hits_in_place_and_keeps_the_focus(
    chromium: Browser, community_address: str
) -> None:
    with visiting(chromium, community_address) as visit:
        visit.go("/?q=review")
        before = visit.page.locator("#total").inner_text()
        visit.page.evaluate("window.same = true")
        visit.follow("[data-facet=project]", "nova")
        expect(visit.page.locator("#total")).not_to_have_text(before)
        assert visit.page.evaluate("window.same")
        expect(visit.page.locator(":focus")).to_contain_text("nova")
        expect(visit.page.locator("#spoken")).to_contain_text("candidacies")
        expect(visit.page.locator("form.search [name=project]")).to_have_value("nova")
        visit.page.go_back()
        expect(visit.page.locator("#total")).to_have_text(before)
        assert visit.page.evaluate("window.same")


def test_arrow_keys_go_from_hit_to_hit(chromium: Browser, community_address: str) -> None:
    with visiting(chromium, community_address) as visit:
        visit.go("/?q=review")
        titles = visit.page.locator(".hits :is(h2, h3) a")
        titles.nth(0).focus()
        visit.press("ArrowDown")
        expect(titles.nth(1)).to_be_focused()
        visit.press("ArrowUp")
        expect(titles.nth(0)).to_be_focused()


def test_a_link_to_a_reply_opens_the_thread(chromium: Browser, community_address: str) -> None:
    with visiting(chromium, community_address) as visit:
        visit.go("/?q=review&project=nova&sort=oldest")
        visit.page.locator(".hits :is(h2, h3) a").first.click()
        visit.page.locator(".facts a[href='#reply-1']").click()
        expect(visit.page.locator("#reply-1")).to_be_visible()


def test_a_page_without_an_index_opens_by_itself_when_there_is_one(
    chromium: Browser, tmp_path: Path
) -> None:
    vocabulary = load_elections().vocabulary()
    with (
        closing(open_engine(tmp_path / "index", vocabulary)) as engine,
        serving(create_app(engine, vocabulary, Settings())) as address,
        visiting(chromium, address) as visit,
    ):
        visit.go("/?q=review", status=503)
        expect(visit.page.locator("#waiting")).to_contain_text("opens by itself")
        with open_writer(tmp_path / "index", vocabulary) as writer:
            writer.rebuild((one, one.id) for one in make_community())
        expect(visit.page.locator("#total")).to_contain_text("candidacies", timeout=30_000)
        visit.forgive(503)


def test_the_skip_link_leads_past_the_head(chromium: Browser, community_address: str) -> None:
    with visiting(chromium, community_address, java_script_enabled=False) as visit:
        visit.go("/manual")
        visit.press("Tab")
        expect(visit.page.locator(".skip")).to_be_focused()
        visit.press("Enter")
        visit.press("Tab")
        assert visit.page.locator("main :focus").count() == 1
