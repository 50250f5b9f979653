"""Hostile mails, synced, indexed and served: nothing in any answer runs or leads astray."""

from __future__ import annotations

import csv
import io
import json
import mailbox
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from bs4 import BeautifulSoup

from api.front import SECURITY_HEADERS
from tests.every_answer import addresses_of
from tests.hostile_site import serving_data, sync_mails, write_answer, write_mail

MARKUP = "\"><img src=x onerror=alert(1)>'<script>alert(2)</script><svg/onload=alert(3)>"
BIDI = "\u202eevil\u2066\u200f"
LINKS = (
    "javascript:alert(4) data:text/html;base64,PHNjcmlwdD4= vbscript:x jAvAsCrIpT:alert(5) "
    "[x](javascript:alert(6)) <a href=javascript:alert(7)>x</a> file:///etc/passwd "
    'https://good.example.org/"onmouseover="alert(8) //evil.example.org/x '
    "https://good.example.org@evil.example.org/ ftp://evil.example.org/"
)
SPLIT = "=?utf-8?b?W25vdmFdIFBUTCBjYW5kaWRhY3kNClgtRXZpbDogMQ0KDQo8c2NyaXB0Pg==?="  # CR LF inside
PART = (
    'Content-Type: multipart/mixed; boundary="b"',
    "MIME-Version: 1.0",
)
PARTS = (
    "--b\nContent-Type: text/plain; charset=utf-8\n\nI would like to announce my candidacy for the "
    "nova PTL position for the Mitaka cycle.\n\nhttps://good.example.org/ok\n\n--b\n"
    'Content-Type: text/html; name="../../../etc/<script>alert(9)</script>.html"\n'
    'Content-Disposition: attachment; filename="../../x%0d%0aX-Evil: 1.html"\n\n'
    "<script>alert(10)</script><p onclick=alert(11)>promise</p>\n--b--\n"
)
MAILS = [
    write_mail(1, name="Ana Example", more="Plain.\n\nFrom ana@example.org  Mon Sep 14 12:00 2015"),
    write_mail(2, name=f"Mal {MARKUP}", subject=f"[nova] PTL candidacy {MARKUP}", more=MARKUP),
    write_mail(3, name="=cmd|' /C calc'!A0", more=f'=HYPERLINK("http://evil")\n{LINKS}'),
    write_mail(4, name=f"Mia {BIDI} Example", more=f"{BIDI}\x00\x08\x0c\x1b[31m \ufffe\uffff"),
    write_mail(5, name="Max Example", subject=SPLIT, more="\x0b]]><x/>&bogus; <!-- <![CDATA["),
    write_mail(6, name="Meg Example", subject=f"[nova][{MARKUP}] PTL candidacy", more="IRC: <b>x"),
    write_mail(7, name="Moe Example", text=PARTS, fields=PART),
    write_mail(
        8, name="=?utf-8?q?Mel=0D=0ASet-Cookie:_a=3Db?=", message_id='"><script>/../..%2f\\8@x'
    ),
    write_mail(9, name="May Example", more="IRC nick: '><script>alert(12)</script>\nIRC: `rm-rf`"),
    write_answer(20, 1, f"{MARKUP}\n{LINKS}\n> {MARKUP}\n{BIDI}", name=f"Ben {MARKUP}"),
]
# The local archive has no pages, and nobody stands for the committee.
NOT_THERE = {
    "/pipermail/sample-dev/2015-September/000001.html",
    "/races/mitaka/TC",
    "/api/v1/races/mitaka/TC",
}
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, httpx.Response]]:
    """Ask everything that can be asked, once."""
    data = tmp_path_factory.mktemp("hostile") / "sample"
    report = sync_mails(data, MAILS)
    assert report.candidacies == 9
    with serving_data(data) as client:
        hits = client.get("/api/v1/candidacies?per_page=100").json()["hits"]
        app = client.app  # type: ignore[attr-defined]
        yield {address: client.get(address) for address in addresses_of(app, hits)}


def pages(answers: dict[str, httpx.Response]) -> dict[str, httpx.Response]:
    kinds = {name: one.headers.get("content-type", "") for name, one in answers.items()}
    return {name: answers[name] for name, kind in kinds.items() if kind.startswith("text/html")}


def test_every_address_answers_whatever_mails_hold(answers: dict[str, httpx.Response]) -> None:
    failed = {name: one.status_code for name, one in answers.items() if one.status_code >= 400}
    assert set(failed) <= NOT_THERE
    assert len(answers) > 150


def test_every_answer_bears_the_security_headers(answers: dict[str, httpx.Response]) -> None:
    for name, answer in answers.items():
        for header, value in SECURITY_HEADERS.items():
            assert answer.headers[header] == value, name
        assert not {"x-evil", "set-cookie"} & set(answer.headers), name
        assert "unsafe" not in answer.headers["content-security-policy"]


def test_no_page_has_an_element_or_attribute_of_a_mails(
    answers: dict[str, httpx.Response],
) -> None:
    assert len(pages(answers)) > 40
    for name, answer in pages(answers).items():
        page = BeautifulSoup(answer.text, "html.parser")
        assert page.select("main img, main script, iframe, object, embed, base, style, x") == [], (
            name
        )
        for element in page.find_all(True):
            assert not [key for key in element.attrs if key.startswith("on")], (name, element)
            assert "style" not in element.attrs or element["style"] == "", (name, element)
        scripts = page.select("script")
        assert all(
            str(one.get("src", "")).startswith("/static/") and not one.text for one in scripts
        )


def test_no_link_has_a_scheme_that_was_not_checked(answers: dict[str, httpx.Response]) -> None:
    for name, answer in pages(answers).items():
        for element in BeautifulSoup(answer.text, "html.parser").select("[href],[src],[action]"):
            for key in ("href", "src", "action"):
                address = str(element.get(key, ""))
                assert urlsplit(address).scheme in ("", "http", "https", "mailto"), (name, address)
                assert not address.startswith("//"), (name, address)
                assert urlsplit(address).hostname != "evil.example.org", (name, address)


def test_no_page_turns_its_text_around(answers: dict[str, httpx.Response]) -> None:
    for name, answer in pages(answers).items():
        assert FORBIDDEN.search(answer.text) is None, name


def test_json_is_json_and_nothing_else(answers: dict[str, httpx.Response]) -> None:
    kinds = 0
    for name, answer in answers.items():
        if "json" not in answer.headers.get("content-type", ""):
            continue
        kinds += 1
        lines = answer.text.splitlines() if "jsonl" in name else [answer.text]
        assert all(json.loads(line) is not None for line in lines), name
    assert kinds > 50


def test_feeds_are_xml_without_a_mails_elements(answers: dict[str, httpx.Response]) -> None:
    feeds = {name: one for name, one in answers.items() if "feed.atom" in name}
    assert len(feeds) > 10
    for name, answer in feeds.items():
        tree = ET.fromstring(answer.content)
        assert {one.tag.partition("}")[0] for one in tree.iter()} == {
            "{http://www.w3.org/2005/Atom"
        }
        for link in tree.iter("{http://www.w3.org/2005/Atom}link"):
            assert urlsplit(link.get("href", "")).scheme in ("http", "https"), name


def test_no_cell_of_a_table_is_a_formula(answers: dict[str, httpx.Response]) -> None:
    tables = [one for name, one in answers.items() if "csv" in name and "json" not in name]
    assert len(tables) > 5
    for answer in tables:
        rows = list(csv.reader(io.StringIO(answer.text, newline="")))
        assert len({len(row) for row in rows}) == 1
        assert not [cell for row in rows for cell in row if cell.strip()[:1] in set("=+@|%") - {""}]


def test_an_exported_mbox_has_as_many_mails_as_were_found(
    answers: dict[str, httpx.Response], tmp_path: Path
) -> None:
    path = tmp_path / "export.mbox"
    path.write_bytes(answers["/api/v1/export?q=&format=mbox"].content)
    with closing(mailbox.mbox(path)) as box:
        assert len(box) == 9
        assert not [mail for mail in box if mail["X-Evil"]]


def test_a_raw_mail_is_a_download_that_no_browser_shows(
    answers: dict[str, httpx.Response],
) -> None:
    raw = [one for name, one in answers.items() if name.endswith("/raw")]
    assert len(raw) == 9
    for answer in raw:
        assert answer.headers["content-type"].startswith("message/rfc822")
        assert answer.headers["x-content-type-options"] == "nosniff"
