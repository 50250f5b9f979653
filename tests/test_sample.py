"""The sample archive: in Pipermail's form, pulled over HTTP, and every candidacy found in it."""

from __future__ import annotations

import gzip
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from bench.make_sample import make_sample
from ingest.catalogue import Catalogue
from ingest.pipeline import sync
from ingest.raw_store import RawStore
from ingest.records import Candidacy, IngestReport
from ingest.sample import SAMPLE_LIST, sample_site, serve_sample
from ingest.sources import open_source
from ingest.web import WebClient
from ingest.web_answers import WebSettings

TRUTH_FILE = Path(__file__).parent / "data" / "sample_truth.json"
TRUTH: list[dict[str, Any]] = json.loads(TRUTH_FILE.read_text(encoding="utf-8"))
WANTED = {mail["page"]: mail for mail in TRUTH if mail["is"] == "candidacy"}
ARCHIVE = sample_site() / "pipermail" / SAMPLE_LIST


def page_of(archive_url: str) -> str:
    return "/".join(archive_url.split("/")[-2:])


def squeeze(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def pulled(tmp_path_factory: pytest.TempPathFactory) -> tuple[IngestReport, dict[str, Candidacy]]:
    """Pull the sample as any archive is pulled; give the report, and the candidacies by page."""
    store = RawStore(tmp_path_factory.mktemp("sample"))
    web = WebClient(WebSettings(pause=0))
    try:
        with serve_sample() as address:
            report = sync(store, [open_source(address, web)])
    finally:
        web.close()
    with Catalogue(store.catalogue_path, writing=False) as catalogue:
        table = catalogue.candidacies
        found = [candidacy for candidacy, _ in table.read(table.digests())]
    return report, {page_of(candidacy.archive_url): candidacy for candidacy in found}


def test_the_sample_is_large_enough_to_try_everything_on() -> None:
    cycles = {mail["cycle"] for mail in WANTED.values()}
    assert len(WANTED) >= 44
    assert len(cycles) >= 6
    assert {mail["office"] for mail in WANTED.values()} == {"PTL", "TC"}
    assert {mail["status"] for mail in WANTED.values()} == {"announced", "confirmed", "withdrawn"}
    assert {mail["outcome"] for mail in WANTED.values()} >= {"elected", "not elected", "unknown"}
    assert {mail["is"] for mail in TRUTH} >= {
        "announcement",
        "campaign",
        "candidacy_duplicate",
        "digest",
        "forward",
        "non_candidacy",
        "official",
        "reply",
    }


def test_all_candidacies_of_the_sample_are_found_and_nothing_else(
    pulled: tuple[IngestReport, dict[str, Candidacy]],
) -> None:
    _, found = pulled
    assert set(found) == set(WANTED)


@pytest.mark.parametrize("page", WANTED)
def test_a_candidacy_of_the_sample_has_the_right_fields(
    pulled: tuple[IngestReport, dict[str, Candidacy]], page: str
) -> None:
    candidacy, wanted = pulled[1][page], WANTED[page]
    fields = {
        "candidate": candidacy.candidate,
        "office": candidacy.office.value,
        "projects": list(candidacy.projects),
        "cycle": candidacy.cycle,
        "nick": candidacy.irc_nick,
        "status": candidacy.status.value,
        # What becomes of somebody who withdrew is not for a results mail to say.
        "outcome": candidacy.outcome.value if wanted["outcome"] else None,
        "statement": squeeze(candidacy.statement),
    }
    expected = {name: wanted[name] for name in fields}
    expected["statement"] = squeeze(expected["statement"])
    expected["outcome"] = expected["outcome"] or None
    assert fields == expected


def test_every_reply_of_the_sample_is_in_the_thread_of_its_candidacy(
    pulled: tuple[IngestReport, dict[str, Candidacy]],
) -> None:
    _, found = pulled
    candidacies = {mail["message_id"]: mail["page"] for mail in WANTED.values()}
    for mail in TRUTH:
        if mail.get("answers") in candidacies and mail["is"] != "candidacy":
            thread = found[candidacies[mail["answers"]]].replies
            assert mail["message_id"] in [reply.message_id for reply in thread], mail["page"]


def test_the_counts_of_the_sample_add_up(
    pulled: tuple[IngestReport, dict[str, Candidacy]],
) -> None:
    report, found = pulled
    (archive,) = report.archives
    assert not report.failed
    assert archive.months_fetched == archive.months_named == len(list(ARCHIVE.glob("*.txt*")))
    skipped = sum(archive.messages_skipped.values())
    assert archive.messages_read == archive.messages_kept + archive.messages_duplicate + skipped
    # One mail was delivered twice, and the archiver cut one in two.
    assert archive.messages_duplicate == 1
    assert archive.messages_skipped == {"cut-by-archiver": 1}
    assert archive.messages_read == len(TRUTH) + 1
    assert report.candidacies == report.candidacies_new == len(found)


def test_the_sample_is_what_its_source_mails_make(tmp_path: Path) -> None:
    site, truth = tmp_path / "site", tmp_path / "truth.json"
    make_sample(site, truth)
    fresh = {path.relative_to(site): path.read_bytes() for path in files_of(site)}
    kept = {path.relative_to(sample_site()): path.read_bytes() for path in files_of(sample_site())}
    # Another zlib may pack otherwise; what is inside must be the same.
    assert {name: unpacked(data) for name, data in fresh.items()} == {
        name: unpacked(data) for name, data in kept.items()
    }
    assert truth.read_bytes() == TRUTH_FILE.read_bytes()


def files_of(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def unpacked(data: bytes) -> bytes:
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


class LinkReader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attrs if name == "href" and value]


def test_no_link_of_the_sample_leads_nowhere() -> None:
    dead = []
    for page in ARCHIVE.rglob("*.html"):
        for link in LinkReader(page.read_text(encoding="utf-8")).links:
            target = link.partition("#")[0]
            if target and not re.match(r"https?:|mailto:", target):
                dead += [] if (page.parent / target).is_file() else [f"{page.name}: {link}"]
    assert dead == []


def test_the_sample_names_nobody_and_no_host_of_the_real_world() -> None:
    reserved = re.compile(r"(?:^|\.)(?:example\.(?:org|com|net)|does\.not\.exist\.com)$")
    for path in files_of(ARCHIVE):
        text = unpacked(path.read_bytes()).decode("utf-8", "replace")
        hosts = re.findall(r"https?://([\w.-]+)|[\w.+-] at ([\w-]+\.[\w.-]+[a-z])", text)
        named = {host for pair in hosts for host in pair if host} - {"www.w3.org"}
        assert [host for host in named if not reserved.search(host)] == [], path


def test_the_sample_is_small() -> None:
    assert sum(path.stat().st_size for path in files_of(sample_site())) < 750_000


def test_the_sample_is_served_with_validators() -> None:
    with serve_sample() as address, urllib.request.urlopen(address, timeout=5) as answer:
        assert f"{SAMPLE_LIST.capitalize()} Archives" in answer.read().decode()
        request = urllib.request.Request(
            address + "index.html", headers={"If-Modified-Since": answer.headers["Last-Modified"]}
        )
        with pytest.raises(urllib.error.HTTPError) as unchanged:
            urllib.request.urlopen(request, timeout=5)
        unchanged.value.close()
    assert unchanged.value.code == 304


def test_the_sample_is_served_for_as_long_as_it_is_wanted() -> None:
    with serve_sample() as address:
        pass
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address, timeout=5)
