"""No address leaves the program as it is, by whatever way it would."""

from __future__ import annotations

import base64
import quopri
import time
from email import message_from_bytes
from email.header import Header, decode_header, make_header
from pathlib import Path

import pytest

from api.mail_privacy import obscure_mail
from api.privacy import obscure, obscure_candidacy, obscure_facet, obscure_pieces
from ingest.records import Reason
from search.engine import Facet, FacetValue
from tests.api_site import ANA, make_app, make_index, serving
from tests.builders import make_candidacy

# Message-IDs look like addresses; they are how a mail is found, and stay.
MESSAGE_IDS = (
    "first@example.org", "second@example.org", "cam@example.org", "again@example.org",
    "dee@example.org",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("write to ana@example.org.", "write to ana at example.org."),
        ("<ana+b.c-d@mail.example.org>", "<ana+b.c-d at mail.example.org>"),
        ("mailto:ana@localhost", "mailto:ana at localhost"),
        ('"ana example"@example.org', '"ana example" at example.org'),
        ("ana@[127.0.0.1]", "ana at [127.0.0.1]"),
        ("änä@exämple.org", "änä at exämple.org"),
        ("ana\uff20example.org", "ana at example.org"),
        ("a@b@c", "a at b at c"),
        ("I am @ana, see https://example.org/@ana", "I am @ana, see https://example.org/@ana"),
        ("5 @ 3", "5 @ 3"),
        (
            "https://l.example.org/archives/list/dev@l.example.org/thread/X/ ana@b.org",
            "https://l.example.org/archives/list/dev%40l.example.org/thread/X/ ana at b.org",
        ),
        ("", ""),
    ],
)
def test_an_address_is_written_so_that_people_can_read_it(text: str, shown: str) -> None:
    assert obscure(text) == shown


def test_a_wide_at_sign_is_one_in_facets_and_reasons_too() -> None:
    wide = make_candidacy(reasons=(Reason("rule", 1.0, "ana\uff20example.org"),))
    assert obscure_candidacy(wide).reasons[0].seen == "ana at example.org"
    facet = Facet("candidate", (FacetValue("a", "ana\uff20example.org", 1),))
    assert obscure_facet(facet).values[0].label == "ana at example.org"


def test_an_address_cut_by_an_excerpt_is_obscured_too() -> None:
    assert obscure_pieces(("ask ana@", "example", ".org")) == ("ask ana at ", "example", ".org")
    assert obscure_pieces(("ask ", "ana", "@example.org")) == ("ask ", "ana", " at example.org")
    assert obscure_pieces(("no address", "here", "")) == ("no address", "here", "")


@pytest.mark.parametrize(
    "text", ["a" * 400_000, "a@" * 200_000, "https://" * 50_000, "@" * 400_000]
)
def test_a_hostile_text_takes_no_longer_than_its_length(text: str) -> None:
    began = time.process_time()
    obscure(text)
    obscure_mail(text.encode())
    assert time.process_time() - began < 2


def test_headers_are_obscured_except_those_by_which_mails_are_found() -> None:
    raw = (
        b"From: Ana <ana@example.org>\r\nTo: dev@lists.example.org,\r\n b@example.org\r\n"
        b"Message-ID: <1@example.org>\r\nReferences: <0@example.org>\r\n <9@example.org>\r\n\r\n"
        b"ben@example.org\xff\r\n"
    )
    assert obscure_mail(raw) == (
        b"From: Ana <ana at example.org>\r\nTo: dev at lists.example.org,\r\n b at example.org\r\n"
        b"Message-ID: <1@example.org>\r\nReferences: <0@example.org>\r\n <9@example.org>\r\n\r\n"
        b"ben at example.org\xff\r\n"
    )


def test_an_address_hidden_in_an_encoded_word_is_obscured() -> None:
    word = Header("änä@example.org", "utf-8").encode().encode()
    shown = obscure_mail(b"From: " + word + b"\n\ntext\n")
    text = str(message_from_bytes(shown)["From"])
    assert str(make_header(decode_header(text))) == "änä at example.org"


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_an_address_hidden_by_a_transfer_encoding_is_obscured(encoding: str) -> None:
    text = b"write to ana@example.org, or ben=\n@example.org \xc3\xa4\n"
    body = base64.encodebytes(text) if encoding == "base64" else quopri.encodestring(text)
    head = f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n"
    shown = message_from_bytes(obscure_mail(head.encode() + body)).get_payload(decode=True)
    assert isinstance(shown, bytes)
    assert b"ana at example.org" in shown
    assert b"ana@" not in shown
    assert "ä".encode() in shown


def test_a_mail_of_several_parts_stays_one() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=a@b\n\n--a@b\n"
        b"Content-Type: text/plain\n\nana@example.org\n--a@b\n"
        b"Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n"
        b"YW5hQGI=\n--a@b--\n"
    )
    message = message_from_bytes(obscure_mail(raw))
    first, second = message.get_payload()
    assert first.get_payload().strip() == "ana at example.org"
    assert second.get_payload(decode=True) == b"ana@b"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        b"\x00\xff@\xff",
        b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n" * 3000,
        b"Content-Type: multipart/mixed; boundary=\n\nana@example.org",
        b"Content-Transfer-Encoding: base64\n\n%%%",
        b"Content-Transfer-Encoding: base64\nContent-Type: text/plain; charset=utf-16\n\n/v8AYQ==",
        b"Content-Type: text/plain; charset=no-such\nContent-Transfer-Encoding: base64\n\nYUBi",
        b"X: =?utf-8?b?////?= =?no-such?q?=40?=\n\n",
    ],
)
def test_a_broken_mail_is_shown_all_the_same(raw: bytes) -> None:
    assert b"ana@example.org" not in obscure_mail(raw)


WAYS = (
    "/api/v1/candidacies", "/api/v1/candidacies?q=example.org", "/api/v1/candidacies/{id}",
    "/api/v1/candidacies/{id}/thread", "/api/v1/candidacies/{id}/raw",
    "/api/v1/candidacies/{id}/similar", "/api/v1/candidates", "/api/v1/candidates/ana-example",
    "/api/v1/races/mitaka/PTL/nova", "/api/v1/suggest?q=ana", "/api/v1/export?format=jsonl",
    "/api/v1/export?format=csv", "/api/v1/export?format=mbox", "/feed.atom", "/", "/?q=example.org",
    "/candidacies/{id}", "/candidates/ana-example", "/races/mitaka/PTL/nova",
)  # fmt: skip


def addresses_in(text: str) -> list[str]:
    for known in MESSAGE_IDS:
        text = text.replace(f"<{known}>", "").replace(f'"{known}"', "").replace(f",{known},", ",")
    return [word for word in text.split() if "ana@" in word or "ben@" in word or "cam@" in word]


@pytest.mark.parametrize("way", WAYS)
def test_no_answer_holds_an_address(tmp_path: Path, way: str) -> None:
    make_index(tmp_path)
    with serving(make_app(tmp_path)) as client:
        response = client.get(way.format(id=ANA.id))
    assert response.status_code == 200
    assert addresses_in(response.text) == []


def test_one_setting_shows_addresses(tmp_path: Path) -> None:
    make_index(tmp_path)
    with serving(make_app(tmp_path, show_addresses=True)) as client:
        assert "write to ana@example.org" in client.get("/api/v1/candidacies").text
