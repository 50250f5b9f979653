"""Pages when something is missing, wrong, hostile, cached, a sample, or below a path."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from bs4 import BeautifulSoup

from ingest.records import ArchiveReport, IngestReport, MonthFault
from ingest.reports import report_to_json
from tests.builders import A_DAY, make_candidacy
from tests.page_community import make_community
from tests.page_site import FRAMED, read_page, site_of

SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with site_of(tmp_path_factory.mktemp("pages")) as client:
        yield client


def test_a_known_page_is_not_sent_again(site: httpx.Client) -> None:
    for path in FRAMED:
        first = site.get(path)
        assert "max-age" in first.headers["cache-control"]
        again = site.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b""), path
        head = site.head(path)
        assert (head.status_code, head.content) == (200, b""), path


def test_static_files_are_kept_for_ever_under_their_version(site: httpx.Client) -> None:
    sheet = read_page(site, "/").select_one("link[rel=stylesheet]")["href"]
    answer = site.get(str(sheet))
    assert "immutable" in answer.headers["cache-control"]
    assert "immutable" not in site.get("/static/hustings.css").headers["cache-control"]
    assert len(answer.content) < 30_000
    assert "//" not in re.sub(r"/\*.*?\*/", "", answer.text, flags=re.S)
    assert site.get("/static/nope.css").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/nope",
        "/candidacies/nope",
        "/candidacies/" + "x" * 3000,
        "/candidates/nobody",
        "/races/mitaka/PTL/nothing",
        "/races/mitaka/king",
        "/projects/nothing",
        "/cycles/nothing",
        "/static/..%2f..%2fsettings.py",
    ],
)
def test_what_is_not_there_is_a_page_that_helps(site: httpx.Client, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 404
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select(".empty a[href='/projects']")
    problem = site.get(path, headers={"Accept": "application/json"})
    assert problem.headers["content-type"] == "application/problem+json"


def test_a_wrong_parameter_is_named_on_a_page(site: httpx.Client) -> None:
    answer = site.get("/?page=many")
    assert answer.status_code == 400
    told = BeautifulSoup(answer.text, "html.parser").select_one("main").text
    assert told.count("page must be a whole number; 'many' was given") == 1


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/candidates?letter=abc", "letter must be one letter"),
        ("/?page=501", "page must be at most 500"),
        ("/?page=0", "page must be at least 1"),
        ("/api/v1/candidacies/short", "candidacy_id must be a candidacy's id"),
        ("/api/v1/trends", "q is required"),
        ("/api/v1/cycles?x=1", "x is unknown here; this address takes none"),
        ("/api/v1/races?contested=perhaps", "contested must be true or false; 'perhaps' was given"),
        ("/api/v1/no-such-thing", "There is nothing at this address; /openapi.json"),
        ("/no/such/page", "There is nothing at this address"),
        ("/projects/noav", "Nobody stood for a project called noav. Did you mean nova?"),
        ("/projects/quantun", "Nobody stood for a project called quantun. Did you mean neutron?"),
        ("/projects/zaqar", "Nobody stood for a project called zaqar."),
        ("/cycles/mitaca", "Nobody stood in a cycle called mitaca. Did you mean mitaka?"),
        ("/races/mitaca/PTL/nova", "Nobody is known to have stood for PTL of nova in Mitaca. Did"),
        ("/races/mitaka/ptl/noav", "Nobody is known to have stood for PTL of noav in Mitaka. Did"),
        (
            "/races/mitaka/PTL",
            "A lead is elected for each project: name one, as in mitaka/PTL/nova",
        ),
        ("/api/v1/races/mitaka/PTL/noav", "Nobody is known to have stood for PTL of noav in Mit"),
    ],
)
def test_an_error_says_what_would_be_right(site: httpx.Client, path: str, words: str) -> None:
    detail = site.get(path, headers={"Accept": "application/json"}).json()["detail"]
    assert detail.startswith(words)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_changed_and_the_answer_says_so(site: httpx.Client, method: str) -> None:
    for path in ("/", "/cycles", "/api/v1/candidacies"):
        answer = site.request(method, path, headers={"Accept": "application/json"})
        assert answer.status_code == 405
        assert "GET" in answer.headers["allow"]
        assert "nothing can be changed" in answer.json()["detail"]


def test_a_sitemap_names_every_candidacy_and_robots_names_the_sitemap(site: httpx.Client) -> None:
    def places(address: str) -> list[str]:
        tree = ET.fromstring(site.get(address).text)
        return [str(tag.text) for tag in tree.iter(f"{{{SITEMAPS}}}loc")]

    maps = places("/sitemap.xml")
    assert maps[0].endswith("/sitemaps/pages.xml")
    named = [place for one in maps for place in places(one)]
    assert len([place for place in named if "/candidacies/" in place]) == len(make_community())
    assert len(named) == len(set(named))
    for path in (
        "/candidates/ana-example", "/projects/nova", "/cycles/mitaka", "/races", "/races/kilo/TC",
    ):  # fmt: skip
        assert str(site.base_url).rstrip("/") + path in named
    assert site.get("/sitemaps/1812.xml").status_code == 404
    assert (
        f"Sitemap: {site.base_url}/sitemap.xml".replace("//s", "/s") in site.get("/robots.txt").text
    )


def test_no_page_shows_an_address(site: httpx.Client) -> None:
    for path in FRAMED:
        page = read_page(site, path)
        for tag in page.select("#why code, code, input"):
            tag.decompose()
        assert "ana@example.org" not in page.text


def make_state(sample: bool) -> str:
    report = ArchiveReport(
        archive="a-list",
        address="https://lists.example.org/pipermail/a-list/",
        started_at=A_DAY,
        finished_at=A_DAY,
        months_named=12,
        months_asked=12,
        months_fetched=11,
        months_failed=1,
        faults=(MonthFault("2015-May", "the gzip ends too soon"),),
        messages_read=1234,
        messages_kept=1200,
        messages_skipped={"no-header": 34},
    )
    return report_to_json(IngestReport(archives=(report,), sample=sample, next_due=A_DAY))


def test_a_sample_is_marked_on_every_page(tmp_path: Path) -> None:
    with site_of(tmp_path, state=make_state(sample=True)) as site:
        for path in [*FRAMED, "/nope"]:
            assert (
                "invented"
                in BeautifulSoup(site.get(path).text, "html.parser").select_one(".banner").text
            )


def test_the_archives_page_tells_what_a_sync_did(tmp_path: Path) -> None:
    with site_of(tmp_path, state=make_state(sample=False)) as site:
        assert not read_page(site, "/").select(".banner")
        text = read_page(site, "/archives").select_one("main").text
    for words in ("1,234", "34 no header", "2015-May", "the gzip ends too soon", "14 Sep 2015"):
        assert words in text


def test_an_empty_index_says_that_nothing_is_there_yet(tmp_path: Path) -> None:
    with site_of(tmp_path, []) as site:
        assert "Nothing is indexed yet" in read_page(site, "/").select_one("main").text
        for path in ("/candidates", "/races", "/projects", "/cycles", "/trends?q=a", "/archives"):
            read_page(site, path)


def test_links_stay_below_the_path_that_the_public_sees(tmp_path: Path) -> None:
    with site_of(tmp_path, base_url="https://example.org/hustings") as site:
        page = read_page(site, "/?q=review")
        inner = [str(tag["href"]) for tag in page.select("a[href^='/']")]
        assert inner
        assert all(href.startswith("/hustings/") for href in inner)
        about = read_page(site, "/manual").select_one("link[rel=canonical]")
        assert about["href"] == "https://example.org/hustings/manual"


def test_a_list_has_its_signs_on_the_side_where_its_script_begins(tmp_path: Path) -> None:
    right_to_left = make_candidacy(statement="- \u0646\u0642\u0637\u0629\n- \u062b\u0627\u0646\n")
    with site_of(tmp_path, [right_to_left]) as site:
        page = read_page(site, f"/candidacies/{right_to_left.id}")
    (listed,) = page.select(".statement ul")
    # A browser looks for the side in what has none of its own.
    assert listed["dir"] == "auto"
    assert not listed.select("[dir]")


def test_a_hostile_mail_is_shown_and_not_run(tmp_path: Path) -> None:
    text = "<script>alert(1)</script> \u202e \x00 javascript:alert(2)\n\n<b>bold</b>\udc80"
    hostile = make_candidacy(
        candidate=text,
        subject=text,
        statement=text,
        irc_nick=text,
        archive_url="javascript:alert(3)",
    )
    with site_of(tmp_path, [hostile]) as site:
        for path in (
            "/",
            f"/candidacies/{hostile.id}",
            "/races/mitaka/PTL/nova",
            "/candidates/ana-example",
        ):
            page = read_page(site, path)
            assert "<script>alert(1)" in page.select_one("main").text
            assert page.select("main script, main b, a[href^=javascript]") == []
            assert not re.search("[\u202e\x00\udc80]", page.text)
