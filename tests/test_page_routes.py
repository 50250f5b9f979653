"""The pages for people, over real HTTP and a real index."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from bs4 import BeautifulSoup

from api.manual_page import WAYS
from api.people_pages import PER_PAGE
from api.search_page import EXAMPLES
from api.trend_page import EXAMPLES as TREND_EXAMPLES
from ingest.elections import load_elections
from ingest.records import Status, message_id_hash
from search.documents import FIELDS
from search.query import parse_query
from tests.builders import make_candidacy
from tests.page_community import make_community
from tests.page_site import FRAMED, ONE, read_page, site_of


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with site_of(tmp_path_factory.mktemp("pages")) as client:
        yield client


@pytest.mark.parametrize("path", FRAMED)
def test_a_page_has_what_search_engines_and_previews_use(site: httpx.Client, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.title
    assert page.title.text.strip().endswith("Hustings")
    assert len(page.select("h1")) == 1
    assert page.select_one("meta[property='og:title']")["content"]
    canonical = page.select_one("link[rel=canonical]")
    assert canonical or page.select_one("meta[name=robots][content=noindex]")
    if canonical:
        assert canonical["href"].startswith("http")
        assert page.select_one("meta[name=description]")["content"]


@pytest.mark.parametrize("path", FRAMED)
def test_a_page_is_small_and_has_no_script_or_style_inside(site: httpx.Client, path: str) -> None:
    answer = site.get(path)
    page = BeautifulSoup(answer.text, "html.parser")
    for statement in page.select(".prose"):
        statement.decompose()
    assert len(str(page).encode()) < 60_000
    assert [tag for tag in page.select("script") if not tag.get("src")] == []
    assert page.select("style") == []
    assert [
        tag
        for tag in page.find_all(True)
        if any(a == "style" or a.startswith("on") for a in tag.attrs)
    ] == []
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy


def test_every_link_on_every_page_leads_somewhere(site: httpx.Client) -> None:
    seen: dict[str, str] = {}
    for path in FRAMED:
        for tag in read_page(site, path).select("[href]"):
            parts = urlsplit(str(tag["href"]))
            own = not parts.netloc or str(site.base_url).startswith(f"http://{parts.netloc}")
            # One search of each kind is enough.
            kind = parts.path if parts.path != "/" else f"/?{re.sub('=[^&]*', '', parts.query)}"
            if own and parts.path:
                seen.setdefault(kind, parts._replace(scheme="", netloc="", fragment="").geturl())
    assert len(seen) > 100
    broken = {path: site.get(path).status_code for path in seen.values()}
    assert {path: status for path, status in broken.items() if status != 200} == {}


def test_a_search_shows_marked_excerpts_and_the_facets(site: httpx.Client) -> None:
    page = read_page(site, "/?q=review+bandwidth")
    assert page.select_one(".hits mark").text.lower() in ("review", "bandwidth")
    titles = [tag.text for tag in page.select(".facet h2")]
    assert titles[:2] == ["Project", "Cycle"]
    assert page.select_one("[data-facet=project]")["href"].startswith(
        "/?q=review+bandwidth&project="
    )


def test_a_filter_is_added_and_removed_by_a_link(site: httpx.Client) -> None:
    page = read_page(site, "/?q=review")
    nova = next(tag for tag in page.select("[data-facet=project]") if "nova" in tag.text)
    filtered = read_page(site, nova["href"])
    chip = filtered.select_one(".chip")
    assert "nova" in chip.text
    assert chip["href"] == "/?q=review"
    assert filtered.select_one("form.search input[name=project]")["value"] == "nova"
    other = next(tag for tag in filtered.select("[data-facet=project]") if "neutron" in tag.text)
    assert other["href"] == "/?q=review&project=nova&project=neutron"


def test_what_was_ignored_of_a_query_is_named(site: httpx.Client) -> None:
    page = read_page(site, "/?q=review+cycle:nonsense")
    assert "nonsense" in page.select_one(".notices").text


def test_what_is_said_about_a_query_is_said_once(site: httpx.Client) -> None:
    page = read_page(site, "/?q=review+colour:red+cycle:nonsense")
    for notice, words in zip(page.select(".notices li"), ("colour:", "nonsense"), strict=True):
        assert notice.text.count(words) == 1


def test_a_misspelt_query_is_put_right(site: httpx.Client) -> None:
    page = read_page(site, "/?q=bandwitdh")
    assert "Nothing found" in page.select_one("h1").text
    assert next(tag["href"] for tag in page.select(".empty a")) == "/?q=bandwidth"


def test_pages_of_results_lead_on_and_back(site: httpx.Client) -> None:
    first = read_page(site, "/?q=review")
    second = read_page(site, first.select_one(".pager [rel=next]")["href"])
    assert "Page 2 of" in second.select_one(".pager").text
    assert second.select_one(".pager [rel=prev]")["href"] == "/?q=review"
    beyond = read_page(site, "/?q=review&page=400")
    assert beyond.select_one(".empty a")["href"].startswith("/?q=review&page=")


def test_a_candidacy_shows_its_statement_as_it_was_written(site: httpx.Client) -> None:
    page = read_page(site, f"/candidacies/{ONE.id}")
    statement = page.select_one(".statement")
    assert [tag.text for tag in statement.select("h3")][1] == "What I have done"
    assert statement.select_one("ul ul li").text.strip() == "unit tests first"
    assert statement.select_one("pre").text.startswith("for job in gate:\n    job")
    link = statement.select_one("a[href='https://review.example.org/12345']")
    assert {"nofollow", "noopener"} <= set(link["rel"])


def test_a_candidacy_says_how_it_ended_before_the_statement_and_the_facts_after(
    site: httpx.Client,
) -> None:
    page = read_page(site, f"/candidacies/{ONE.id}")
    parts = page.select("h1, .standing, .statement, .facts")
    assert [tag.name for tag in parts] == ["h1", "p", "article", "dl"]
    assert page.select_one(".standing .outcome").text == str(ONE.outcome)


def test_other_candidacies_of_a_person_are_told_apart_by_their_links(site: httpx.Client) -> None:
    page = read_page(site, f"/candidacies/{ONE.id}")
    others = next(tag for tag in page.select(".two section") if "Other candidacies" in tag.text)
    names = [link.text for link in others.select("a.name")]
    assert len(names) > 1
    assert len(set(names)) == len(names)
    assert all(name.startswith(("PTL of", "TC")) for name in names)


def test_a_candidacy_tells_facts_thread_rivals_and_reasons(site: httpx.Client) -> None:
    page = read_page(site, f"/candidacies/{ONE.id}")
    facts = {
        name.text: value.text.strip()
        for name, value in zip(page.select(".facts dt"), page.select(".facts dd"), strict=True)
    }
    assert facts["IRC nick"] == ONE.irc_nick
    assert facts["Status"].startswith("confirmed")
    assert page.select_one(".facts a[href='#reply-1']")
    assert page.select_one(f".facts a[href='{ONE.archive_url}']")
    assert not page.select_one("#thread").has_attr("open")
    assert page.select_one("#reply-1 details.quoted blockquote")
    assert "subject-names-candidacy" in page.select_one("#why").text
    titles = [tag.text for tag in page.select(".two h2")]
    assert titles[0].startswith("Also in this race")
    assert any(title.startswith("Other candidacies of") for title in titles)
    assert "About the same things" in titles


def test_the_mail_that_settled_a_candidacy_is_linked_where_its_address_can_be_told(
    tmp_path: Path,
) -> None:
    settled = replace(
        ONE,
        archive_url=f"https://lists.example.org/archives/list/dev@x.org/message/{ONE.id}/",
        outcome_evidence="results@example.org",
    )
    with site_of(tmp_path, [settled]) as site:
        facts = read_page(site, f"/candidacies/{ONE.id}").select_one(".facts")
    address = message_id_hash("results@example.org")
    assert facts.select_one(f"a[href$='/archives/list/dev@x.org/message/{address}/']")


def test_a_mail_whose_address_cannot_be_told_is_named(site: httpx.Client) -> None:
    page = read_page(site, f"/candidacies/{ONE.id}")
    assert page.select_one(".facts a[href='#why']").text == "according to another mail"
    assert "results@example.org" in page.select_one("#why").text


def test_a_race_can_be_searched_and_taken_along(site: httpx.Client) -> None:
    page = read_page(site, "/races/mitaka/PTL/nova")
    search = page.select_one(".shapes a")["href"]
    stood = [c for c in make_community() if c.race == "mitaka/PTL/nova"]
    assert len(read_page(site, search).select(".hits > li")) == len(stood)
    download = page.select_one(".shapes a[download]")["href"]
    assert len(list(csv.DictReader(io.StringIO(site.get(download).text, newline="")))) == len(stood)


def test_a_race_puts_the_elected_first(site: httpx.Client) -> None:
    page = read_page(site, "/races/M/ptl/compute")
    assert "Project Team Lead of nova, Mitaka" in page.select_one("h1").text
    cards = page.select(".stand-card")
    assert "won" in cards[0]["class"]
    assert len(cards) == len([c for c in make_community() if c.race == "mitaka/PTL/nova"])


def test_a_cycle_lists_the_committee_apart_from_the_races_of_projects(site: httpx.Client) -> None:
    page = read_page(site, "/cycles/kilo")
    titles = [tag.text for tag in page.select("main h2")]
    assert titles == ["Technical Committee", "Contested"]
    stood = [one for one in make_community() if one.cycle == "kilo"]
    assert len(page.select("main a.name")) == len(stood)
    assert {tag["href"] for tag in page.select("main a[href^='/races/']")} == {
        f"/races/{one.race}" for one in stood
    }


def test_a_letter_with_very_many_names_has_pages(tmp_path: Path) -> None:
    number = PER_PAGE + 2
    many = [
        make_candidacy(message_id=f"{n}@example.org", candidate=f"Ada {n:04}", person=f"ada-{n}")
        for n in range(number)
    ]
    found: list[str] = []
    with site_of(tmp_path, many) as site:
        address = "/candidates?letter=A"
        while address:
            page = read_page(site, address)
            assert len(str(page).encode()) < 60_000
            assert f"{number} of them" in page.select_one(".lead").text
            found += [link.text for link in page.select(".register a")]
            onward = page.select_one(".pager a[rel=next]")
            address = onward["href"] if onward else ""
        beyond = read_page(site, "/candidates?letter=A&page=900").select_one(".empty a")["href"]
        assert read_page(site, beyond).select(".register a")
    assert found == [f"Ada {n:04}" for n in range(number)]


def test_a_candidate_has_a_timeline_with_a_row_for_each_thing_stood_for(
    site: httpx.Client,
) -> None:
    page = read_page(site, "/candidates/ana-example")
    stood = [one for one in make_community() if one.person == "ana-example"]
    assert len(page.select("svg .stand")) == len(stood)
    assert {tag.text for tag in page.select("svg .row text")} == {
        "nova", "openstack-ansible", "Technical Committee",
    }  # fmt: skip
    links = {tag["href"] for tag in page.select("svg .row a[href]")}
    assert {f"/candidacies/{one.id}" for one in stood} <= links


def test_the_bar_of_a_chosen_cycle_stands_out(site: httpx.Client) -> None:
    page = read_page(site, "/?q=review&cycle=mitaka")
    assert [tag["aria-label"].split(":")[0] for tag in page.select("svg .chosen")] == ["Mitaka"]


def test_a_project_has_a_timeline_with_a_box_for_each_candidacy(site: httpx.Client) -> None:
    page = read_page(site, "/projects/nova")
    stood = [one for one in make_community() if one.projects == ("nova",)]
    assert len(page.select("svg .stand")) == len(stood)
    assert len(page.select("svg .stand.withdrawn")) == sum(
        one.status is Status.WITHDRAWN for one in stood
    )
    assert len(page.select("table .plain li")) == len(stood)


@pytest.mark.parametrize(
    "path", ["/?q=review", "/cycles", "/races", "/projects/nova", "/trends?q=a&q=b"]
)
def test_a_plot_has_a_title_and_a_table_beside_it(site: httpx.Client, path: str) -> None:
    page = read_page(site, path)
    plot = page.select_one("svg.plot")
    named = plot["aria-labelledby"].split()[0]
    assert page.find(id=named).text
    assert page.select("tbody tr")


def test_trends_are_a_table_and_a_download_too(site: httpx.Client) -> None:
    page = read_page(site, "/trends?q=rolling&q=&q=gate")
    assert len(page.select("figure .series path:first-child")) >= 2
    download = next(tag for tag in page.select("a[download]"))
    rows = list(csv.DictReader(io.StringIO(site.get(str(download["href"])).text)))
    assert {row["query"] for row in rows} == {"rolling", "gate"}
    assert all(0 <= float(row["share"]) <= 1 for row in rows)


@pytest.mark.parametrize(
    "text",
    [*EXAMPLES, *(text for text, _ in WAYS), *(field.example for field in FIELDS)]
    + [text for line in TREND_EXAMPLES for text in line],
)
def test_every_example_is_read_without_complaint(text: str) -> None:
    assert parse_query(text, load_elections().vocabulary()).notices == ()


def test_the_manual_lists_every_field(site: httpx.Client) -> None:
    page = read_page(site, "/manual")
    assert [page.find(id=f"field-{field.name}") is not None for field in FIELDS]
