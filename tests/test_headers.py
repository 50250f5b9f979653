"""What single header fields say, however they were written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.headers import (
    decode_field,
    decode_words,
    parse_message_id,
    parse_references,
    parse_sender,
)

WORDS = [
    ("=?utf-8?q?S=C3=B8ren?=", "Søren"),
    ("=?UTF-8?Q?S=c3=b8ren_E?=", "Søren E"),
    ("=?utf-8?b?U8O4cmVu?=", "Søren"),
    ("=?utf-8?B?U8O4cmV?=", "Søre"),
    ("=?iso-8859-1?q?J=FCrgen?=", "Jürgen"),
    ("=?utf-8*en?q?S=C3=B8ren?=", "Søren"),
    ("=?utf-8?q?S=C3?= =?utf-8?q?=B8ren?=", "Søren"),
    ("=?utf-8?b?562U5aSN?= =?utf-8?b?Og==?= now", "答复: now"),
    ("a =?utf-8?q?b?= c =?utf-8?q?d?=", "a b c d"),
    ('"=?utf-8?q?S=C3=B8ren?= Example"', '"Søren Example"'),
    ("=?utf-8?q?with blanks?=", "with blanks"),
    ("=?utf-8?q?J=FCrgen?=", "Jürgen"),
    ("=?x-unknown?q?S=C3=B8ren?=", "Søren"),
    ("=?gb2312?b?tPC4tA==?=", "答复"),
    ("=?utf-8?q?unfinished", "=?utf-8?q?unfinished"),
    ("1 =? 2", "1 =? 2"),
]


@pytest.mark.parametrize(("written", "meant"), WORDS)
def test_encoded_words_are_read_in_every_variant(written: str, meant: str) -> None:
    assert decode_words(written)[0] == meant


def test_only_what_was_broken_is_marked() -> None:
    assert decode_words("=?utf-8?q?S=C3=B8ren?=")[1] == ""
    assert decode_words("=?utf-8?q?J=FCrgen?=")[1] == "encoded-word-broken"
    assert decode_words("=?utf-8?b?U8O4c?=")[1] == "encoded-word-broken"


def test_a_folded_field_becomes_one_line() -> None:
    assert decode_field(b"[sample-dev]\n [nova]\n\tPTL candidacy") == (
        "[sample-dev] [nova] PTL candidacy",
        "",
    )


SENDERS = [
    ("ana at example.org (Ana Example)", ("Ana Example", "ana@example.org")),
    ("ana at example.org (Ana (she) Example)", ("Ana (she) Example", "ana@example.org")),
    ("ana at example.org (ana at example.org)", ("", "ana@example.org")),
    ("ana at example.org ()", ("", "ana@example.org")),
    ("Ana Example <Ana@Example.ORG>", ("Ana Example", "ana@example.org")),
    ('"Example, Ana" <ana@example.org>', ("Example, Ana", "ana@example.org")),
    ('"Ana \\"A\\" Example" <ana@example.org>', ('Ana "A" Example', "ana@example.org")),
    ("<ana@example.org>", ("", "ana@example.org")),
    ("ana@example.org", ("", "ana@example.org")),
    ("Ana Example ana@example.org", ("Ana Example", "ana@example.org")),
    ("ana@example.org (Ana Example)", ("Ana Example", "ana@example.org")),
    ("=?utf-8?q?S=C3=B8ren?= <soren@example.org>", ("Søren", "soren@example.org")),
    ("soren at example.org (=?utf-8?q?S=C3=B8ren?=)", ("Søren", "soren@example.org")),
    ("Ana Example", ("Ana Example", "")),
    ("", ("", "")),
]


@pytest.mark.parametrize(("field", "sender"), SENDERS)
def test_sender_and_address_are_told_apart(field: str, sender: tuple[str, str]) -> None:
    assert parse_sender(field) == sender


IDS = [
    ("<a@example.org>", "a@example.org", ""),
    ("<a%b@example.org>", "a%b@example.org", ""),
    ("<a b@example.org>", "ab@example.org", "message-id-malformed"),
    ("<a@example.org> (added by postmaster@example.org)", "a@example.org", "message-id-malformed"),
    ("a@example.org", "a@example.org", "message-id-malformed"),
    ("<<a@example.org>>", "a@example.org", "message-id-malformed"),
    ("\n <a@example.org>", "a@example.org", ""),
    ("", "", "message-id-missing"),
    ("<>", "", "message-id-missing"),
    ("<mailman.1.2.3.sample-dev@lists.example.org>", "", "message-id-made-up"),
    (
        "<mailman.1.2.3.other-list@lists.example.org>",
        "mailman.1.2.3.other-list@lists.example.org",
        "",
    ),
]


@pytest.mark.parametrize(("field", "message_id", "repair"), IDS)
def test_a_message_id_is_what_stands_in_the_brackets(
    field: str, message_id: str, repair: str
) -> None:
    assert parse_message_id(field, "sample-dev") == (message_id, repair)


REFERENCES = [
    ("<a@b> <c@d>", "<c@d>", ("a@b", "c@d")),
    ("<a@b>\n <c@d>", "", ("a@b", "c@d")),
    ("<a@b><c@d>", "<e@f>", ("a@b", "c@d", "e@f")),
    ("", "<a@b>", ("a@b",)),
    ("", 'Your message of "Mon, 14 Sep 2015 12:00:00 +0000"', ()),
    ("", "<a@b> from Ana on Monday", ("a@b",)),
    ("<a@b>", 'Message from Ana <ana@example.org> of "today" <x@y>', ("a@b",)),
    ("<a@b> <a@b>", "", ("a@b",)),
    ("<a b@c>", "", ("ab@c",)),
    ("a@b c@d", "", ("a@b", "c@d")),
    ("as ana@example.org said", "", ()),
    ("<a@b> <c@d", "", ("a@b",)),
]


@pytest.mark.parametrize(("references", "in_reply_to", "ids"), REFERENCES)
def test_use_references_when_in_reply_to_is_broken(
    references: str, in_reply_to: str, ids: tuple[str, ...]
) -> None:
    assert parse_references(references, in_reply_to) == ids


def test_references_without_end_keep_the_first_and_the_last() -> None:
    field = " ".join(f"<{number}@b>" for number in range(3000))
    ids = parse_references(field, "")
    assert (len(ids), ids[0], ids[-1]) == (1000, "0@b", "2999@b")


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet='=?utf-8bqQ_<>@ ()"\\a\n\x00é', max_size=80))
def test_no_field_is_too_strange(text: str) -> None:
    decode_words(text)
    parse_sender(text)
    parse_references(text, text)
    assert " " not in parse_message_id(text, "sample-dev")[0]
