"""What one mail says, whatever was done to it on its way."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import charsets, dates, headers, mbox, messages, mime
from ingest.messages import find_parts, parse_message
from ingest.records import Message, Part, RawMessage, SkippedMessage
from tests.mails import FOLDER, parse_file, parse_one

SEPTEMBER = datetime(2015, 9, 1, tzinfo=UTC)
HEAD = "From ana@example.org Mon Sep 14 12:00:00 2015\n"


def raw(text: str | bytes) -> RawMessage:
    data = text.encode() if isinstance(text, str) else text
    return RawMessage("sample-dev", "2015-September", 0, 0, len(data), data)


def parse(text: str | bytes, month_start: datetime | None = SEPTEMBER) -> Message:
    message = parse_message(raw(text), month_start)
    assert isinstance(message, Message)
    return message


def test_a_mail_of_pipermail_is_read_whole() -> None:
    first, second = parse_file("two-mails.txt", SEPTEMBER)
    assert first.message_id == "first@example.org"
    assert (first.sender, first.address) == ("Ana Example", "ana@example.org")
    assert first.subject == "[sample-dev] [nova] PTL candidacy"
    assert first.posted_at == datetime(2015, 9, 14, 12, tzinfo=UTC)
    assert first.claimed_date == "Mon, 14 Sep 2015 14:00:00 +0200"
    assert first.text == "Hi all,\n\nI would like to run for Nova PTL.\n\nAna\n\n"
    assert (first.references, second.references) == ((), ("first@example.org",))
    assert first.repairs == second.repairs == ()


def test_line_ends_of_windows_change_nothing_but_the_place() -> None:
    plain = parse_file("two-mails.txt", SEPTEMBER)
    windows = parse_file("crlf.txt", SEPTEMBER)
    for one, other in zip(plain, windows, strict=True):
        for name in (field.name for field in fields(Message) if field.name != "place"):
            assert getattr(one, name) == getattr(other, name)


# file, what the text must hold, repairs
TEXTS = [
    ("from-line-in-text.txt", "From the start of the cycle", ()),
    ("whole-mail-in-text.txt", "Subject: [sample-dev] Reviews\nMessage-ID: <reviews at", ()),
    ("nul-bytes.txt", "I would like to run.\n", ("nul-bytes",)),
    ("latin1-text.txt", "ich würde gern kandidieren. Schöne Grüße", ("charset-missing",)),
    ("two-charsets.txt", "Grüße in UTF-8.", ("charset-missing",)),
    ("two-charsets.txt", "Grüße in Latin-1.", ("charset-missing",)),
    ("archive-of-1999.txt", "From what I know there are none.", ("message-id-missing",)),
    ("hyperkitty-export.mbox", "\nFrom the start I would review", ("from-line-escaped",)),
    ("hyperkitty-export.mbox", "run for Cinder PTL", ("html-only",)),
    ("escaped-from-lines.mbox", "\nFrom the start I would", ("from-line-escaped",)),
    ("escaped-from-lines.mbox", "\n>From my side all is well", ("from-line-escaped",)),
    ("flowed.mbox", "I would like to run for Nova PTL.\n", ()),
    ("flowed.mbox", "> quoted and soft\n> hard\n", ()),
    ("flowed.mbox", "indented, stuffed\n-- \nAna\n", ()),
    ("flowed-delsp.mbox", "I would like to run for Nova PTL. 我想竞选。\n", ()),
    ("quoted-printable.mbox", "Grüße, Ana – und Ben\n", ()),
    ("base64-unknown-charset.mbox", "Grüße, Ana\n", ("charset-unknown",)),
    ("charset-lies.mbox", "Grüße, Ana\n", ("charset-wrong",)),
    ("alternative.mbox", "The plain text.", ()),
    ("alternative-empty-plain.mbox", "The HTML text.", ("html-only",)),
    ("html-only.mbox", "I would like to run.", ("html-only",)),
    ("pgp-mime.mbox", "Signed text.", ()),
    ("smime.mbox", "Signed text.", ()),
    ("forwarded-mail.mbox", "Subject: Grüße\n", ()),
    ("forwarded-mail.mbox", "The forwarded text.", ()),
    ("digest.mbox", "First of the digest.", ()),
    ("digest.mbox", "Second of the digest.", ()),
    ("boundary-missing.mbox", "but there is a text.", ("mime-broken",)),
    ("headers-doubled.mbox", "Text.", ("header-doubled",)),
]


@pytest.mark.parametrize(("name", "text", "repairs"), TEXTS)
def test_no_text_is_lost(name: str, text: str, repairs: tuple[str, ...]) -> None:
    holding = [message for message in parse_file(name) if text in message.text]
    assert [message.repairs for message in holding] == [repairs]


def test_of_alternatives_one_is_read_and_the_other_named() -> None:
    message = parse_one("alternative.mbox")
    assert "HTML" not in message.text
    assert message.parts == (Part(url="", kind="html"),)


def test_signatures_are_named_and_not_read() -> None:
    assert parse_one("pgp-mime.mbox").parts == (Part("", "other", "signature.asc"),)
    assert "MIIB" not in parse_one("smime.mbox").text


def test_what_the_scrubber_put_elsewhere_is_named_by_its_notes() -> None:
    folder = "http://lists.example.org/pipermail/sample-dev/attachments/20150914"
    message = parse_one("scrubbed-parts.txt")
    assert message.parts == (
        Part(f"{folder}/c199b3b1/attachment.html", "html"),
        Part(f"{folder}/d8fd5b20/attachment.sig", "other", "signature.asc"),
        Part(f"{folder}/f90cc3fc/attachment.txt", "text"),
        Part(f"{folder}/aaaaaaaa/attachment.mht", "other"),
    )
    assert "An HTML attachment was scrubbed..." in message.text


def test_a_note_in_quoted_lines_is_another_mails() -> None:
    note = "> An HTML attachment was scrubbed...\n> URL: <http://lists.example.org/a.html>\n"
    assert find_parts(note) == ()


@pytest.mark.parametrize(
    ("name", "posted_at", "repair"),
    [
        ("date-in-2038.txt", datetime(2015, 9, 14, 12, tzinfo=UTC), "date-absurd"),
        ("zone-of-nowhere.txt", datetime(2002, 10, 18, 12, tzinfo=UTC), "date-zone-absurd"),
    ],
)
def test_an_absurd_date_is_mended_and_marked(name: str, posted_at: datetime, repair: str) -> None:
    message = parse_one(name)
    assert (message.posted_at, message.repairs) == (posted_at, (repair,))


def test_a_date_of_1970_is_never_replaced_by_today() -> None:
    message = parse_one("date-of-1970.txt", datetime(1970, 1, 1, tzinfo=UTC))
    assert (message.posted_at.year, message.repairs) == (1970, ("date-absurd",))


def test_headers_are_unfolded_and_decoded() -> None:
    message = parse_one("folded-and-encoded-headers.txt")
    assert message.sender == "Søren Example"
    assert message.subject == "[sample-dev] 答复: PTL candidacy"


def test_raw_bytes_in_headers_are_read_and_marked() -> None:
    message = parse_one("eight-bit-headers.txt")
    assert message.sender == "Jürgen Example"
    assert message.subject == "[sample-dev] Kandidatur für Nova"
    assert message.repairs == ("header-eight-bit",)


def test_a_mail_without_sender_is_marked() -> None:
    assert parse("From x  Mon Sep 14 12:00:00 2015\nSubject: a\n\ntext\n").address == ""


def test_an_id_that_the_archiver_made_up_is_the_same_after_the_next_build() -> None:
    once, again = parse_one("id-made-up.txt"), parse_one("id-made-up-again.txt")
    assert once.message_id == again.message_id
    assert once.message_id.endswith("@made-up.invalid")
    assert once.repairs == ("message-id-made-up",)


def test_mails_without_id_get_different_ids_and_keep_them() -> None:
    first, second = parse_file("archive-of-1999.txt")
    assert first.message_id != second.message_id
    assert [m.message_id for m in parse_file("archive-of-1999.txt")] == [
        first.message_id,
        second.message_id,
    ]


def test_a_stable_id_does_not_hang_on_what_a_build_changes() -> None:
    text = "Hi a at b.c\n-------------- next part --------------\nURL: <http://x/1>\n"
    other = "Hi  a@b.c\n\n-------------- next part --------------\nURL: <http://x/2>\n"
    one = messages.make_stable_id("a@b.c", "date", "subject", text)
    assert one == messages.make_stable_id("a@b.c", "date", "subject", other)
    assert one != messages.make_stable_id("a@b.c", "date", "subject", "Hello a@b.c\n")


def test_the_first_of_doubled_headers_counts() -> None:
    message = parse_one("headers-doubled.mbox")
    assert (message.message_id, message.posted_at.year) == ("one@example.org", 2015)


def test_bytes_without_any_header_are_skipped_with_their_first_words() -> None:
    skipped = parse_message(raw((FOLDER / "no-header.mbox").read_bytes()), None)
    assert isinstance(skipped, SkippedMessage)
    assert (skipped.reason, skipped.detail[:20]) == ("no-header", "From ana@example.org")


def test_an_empty_mail_is_a_mail() -> None:
    assert parse(f"{HEAD}Subject: [sample-dev] empty\n\n").text == ""


def test_a_header_of_endless_lines_is_read_up_to_a_bound() -> None:
    message = parse(HEAD + "Subject: long\n" + "X-A: b\n" * 5000 + "\ntext\n")
    assert message.subject == "long"
    assert "header-too-long" in message.repairs


def test_mime_that_is_nested_without_end_is_read_up_to_a_bound() -> None:
    deep = "".join(
        f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n" for level in range(150)
    )
    message = parse(HEAD + "Subject: deep\n" + deep + "Content-Type: text/plain\n\ntext\n")
    assert "mime-too-deep" in message.repairs
    many = deep.replace("b1", "c1") * 3
    assert "mime-too-deep" in parse(HEAD + "Subject: deep\n" + many).repairs


LINES = st.sampled_from(
    [
        "From: ana at example.org (Ana Example)",
        "From: =?utf-8?b?w4RuYQ?= <ana@example.org>",
        "Date: Mon, 14 Sep 2015 12:00:00 +0000",
        "Date: Mon, 99 Foo 2015 99:99:99 +50579034",
        "Subject: =?gb2312?q?=B4=F0=B8?= =?x?b?!!?=",
        "Message-ID: <a b@c> (comment)",
        "References: <a@b> <c@d>",
        'In-Reply-To: Your message of "today"',
        "Content-Type: multipart/mixed; boundary=b",
        "Content-Type: text/plain; charset=utf-16; format=flowed",
        "Content-Type: text/html; charset*=''x",
        "Content-Transfer-Encoding: base64",
        "Content-Transfer-Encoding: x-uuencode",
        "--b",
        "--b--",
        "",
        " folded",
        ">From here",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(LINES.map(str.encode), st.binary(max_size=20)), max_size=20))
def test_any_bytes_come_out_as_a_message_or_a_skip(lines: list[bytes]) -> None:
    data = HEAD.encode() + b"\n".join(lines)
    message = parse_message(raw(data), SEPTEMBER)
    if isinstance(message, Message):
        assert message.message_id
        assert message.message_id == "".join(message.message_id.split())
        assert message.posted_at.tzinfo is UTC
        assert "\x00" not in message.text + message.subject + message.sender
        assert "\n" not in message.subject + message.sender


def named_troubles() -> set[str]:
    """Every reason and repair that the code can name."""
    modules = (mbox, messages, headers, dates, charsets, mime)
    return {
        value
        for module in modules
        for name, value in vars(module).items()
        if name.isupper() and not name.startswith("_") and isinstance(value, str)
        if re.fullmatch(r"[a-z-]+", value)
    }


def test_every_repair_skip_and_file_is_in_the_catalogue_of_bad_mail() -> None:
    catalogue = (FOLDER.parents[2] / "docs" / "mail-in-the-wild.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `([a-z-]+)` \|", catalogue, re.MULTILINE))
    assert named_troubles() - listed == set()
    files = set(re.findall(r"[a-z0-9-]+\.(?:txt|mbox)(?=[, ])", catalogue))
    assert files == {path.name for path in FOLDER.iterdir()}
