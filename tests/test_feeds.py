"""Atom feeds as feed readers read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import feedparser
import httpx
import pytest

from api.feeds import FeedHead, write_feed
from api.payloads import write_time
from tests.api_site import (
    ANA,
    ANA_AGAIN,
    CAM,
    DEE,
    EVERYBODY,
    make_app,
    make_index,
    serving,
)  # fmt: skip
from tests.builders import A_DAY, make_reply

ATOM = "{http://www.w3.org/2005/Atom}"
HEAD = FeedHead("?q=x", "x", "http://here/feed.atom?q=x", "http://here/?q=x", "http://here")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("data")
    make_index(folder)
    with serving(make_app(folder)) as client:
        yield client


def read_feed(site: httpx.Client, path: str) -> Any:
    response = site.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(response.content)
    assert not feed.bozo
    assert feed.version == "atom10"
    return feed


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/feed.atom", [ANA_AGAIN, DEE, CAM, ANA]),
        ("/feed.atom?q=gate", [CAM]),
        ("/feed.atom?project=nova&cycle=mitaka&sort=oldest", [CAM, ANA]),
        ("/projects/nova/feed.atom", [ANA_AGAIN, CAM, ANA]),
        ("/projects/no-such/feed.atom", []),
        ("/candidates/ana-example/feed.atom", [ANA_AGAIN, ANA]),
        ("/cycles/mitaka/feed.atom", [DEE, CAM, ANA]),
        ("/cycles/Mitaka/feed.atom", [DEE, CAM, ANA]),
    ],
)
def test_a_feed_gives_what_matches_newest_first(
    site: httpx.Client, path: str, found: list[Any]
) -> None:
    feed = read_feed(site, path)
    assert [entry.id for entry in feed.entries] == [f"urn:hustings:candidacy:{c.id}" for c in found]


def test_a_feed_leads_to_its_page_and_itself(site: httpx.Client) -> None:
    feed = read_feed(site, "/feed.atom?q=gate")
    base = str(site.base_url).rstrip("/")
    links = {link.rel: link.href for link in feed.feed.links}
    assert links == {"self": f"{base}/feed.atom?q=gate", "alternate": f"{base}/?q=gate"}
    assert feed.entries[0].link == f"{base}/candidacies/{CAM.id}"
    assert site.get(feed.entries[0].link).status_code == 200


def test_a_reply_does_not_bring_an_entry_up_again(site: httpx.Client) -> None:
    assert max(reply.posted_at for reply in ANA.replies) > ANA.posted_at
    feed = read_feed(site, "/feed.atom")
    entries = {entry.id.rpartition(":")[2]: entry for entry in feed.entries}
    assert entries[ANA.id].published == write_time(ANA.posted_at)
    assert entries[ANA.id].updated == write_time(ANA.posted_at)
    assert feed.feed.updated == max(entry.updated for entry in feed.entries)


@pytest.mark.parametrize("field", ["status_evidence", "outcome_evidence"])
@pytest.mark.parametrize("named", ["yes@example.org", "https://lists.example.org/yes.html"])
def test_a_reply_that_confirms_or_settles_a_candidacy_updates_its_entry(
    tmp_path: Path, field: str, named: str
) -> None:
    talk = make_reply(message_id="talk@example.org", posted_at=A_DAY + timedelta(days=9))
    word = make_reply(
        message_id="yes@example.org",
        archive_url="https://lists.example.org/yes.html",
        posted_at=A_DAY + timedelta(days=2),
    )
    make_index(tmp_path, [replace(ANA, replies=(word, talk), **{field: named})])
    with serving(make_app(tmp_path)) as client:
        entry = read_feed(client, "/feed.atom").entries[0]
    assert entry.updated == write_time(word.posted_at)


def test_a_feed_has_what_the_standard_asks_for(site: httpx.Client) -> None:
    tree = ElementTree.fromstring(site.get("/feed.atom").content)
    entries = tree.findall(f"{ATOM}entry")
    assert len(entries) == len(EVERYBODY)
    for one in (tree, *entries):
        for name in ("id", "title", "updated"):
            assert len(one.findall(f"{ATOM}{name}")) == 1
        assert one.findtext(f"{ATOM}id", "").startswith("urn:")
        for name in ("updated", "published"):
            for moment in one.findall(f"{ATOM}{name}"):
                assert datetime.fromisoformat(moment.text or "").tzinfo
        alternates = [link.get("type") for link in one.findall(f"{ATOM}link[@rel='alternate']")]
        assert alternates == ["text/html"]
        for link in one.findall(f"{ATOM}link"):
            assert (link.get("href") or "").startswith("http")
    # A feed needs no author of its own where each entry has one.
    assert all(entry.findtext(f"{ATOM}author/{ATOM}name") for entry in entries)
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)


def test_a_feed_keeps_its_id_wherever_it_is_served(site: httpx.Client) -> None:
    one, same = (
        read_feed(site, "/feed.atom?q=gate"),
        read_feed(site, "/feed.atom?q=gate&sort=oldest"),
    )
    other = read_feed(site, "/feed.atom?q=nova")
    assert one.feed.id == same.feed.id
    assert one.feed.id != other.feed.id


def test_hostile_text_stays_text(site: httpx.Client) -> None:
    raw = site.get("/feed.atom").text
    assert "<script>" not in raw
    assert not set(raw) & {"\x00", "\x1b"}
    entry = next(e for e in read_feed(site, "/feed.atom").entries if DEE.id in e.id)
    assert entry.author == DEE.candidate
    assert entry.content[0].type == "text/plain"
    assert "<script>alert(1)</script>" in entry.content[0].value


def test_every_field_may_hold_what_xml_cannot() -> None:
    evil = "a\x00\x08\x1b\ud800\ufffe</title><x>&amp;]]>\r\nX-Evil: 1"
    hostile = replace(
        ANA, candidate=evil, subject=evil, statement=evil, cycle=evil, projects=(evil,),
        archive_url="javascript:alert(1)",
    )  # fmt: skip
    feed = write_feed(replace(HEAD, title=evil, asked=evil), [hostile])
    tree = ElementTree.fromstring(feed)
    assert not [one for one in tree.iter() if one.tag.endswith("}x")]
    assert b"javascript:" not in feed


def test_an_empty_feed_is_valid() -> None:
    feed = feedparser.parse(write_feed(HEAD, []))
    assert not feed.bozo
    assert feed.entries == []
    assert feed.feed.updated


def test_a_public_address_is_used_where_one_is_set(tmp_path_factory: Any) -> None:
    folder = tmp_path_factory.mktemp("data")
    make_index(folder)
    with serving(make_app(folder, base_url="https://example.org/hustings/")) as client:
        feed = read_feed(client, "/feed.atom")
    assert feed.entries[0].link.startswith("https://example.org/hustings/candidacies/")
