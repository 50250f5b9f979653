"""The table of fields, and what of a candidacy is searched."""

from __future__ import annotations

import pytest

from ingest.records import message_id_hash
from search.documents import FIELD_ALIASES, FIELD_BY_NAME, FIELDS, mail_key, to_document
from tests.builders import make_candidacy, make_reply

HASH = message_id_hash("first@example.org")


def test_every_name_is_used_once_and_every_alias_leads_somewhere() -> None:
    names = [field.name for field in FIELDS]
    assert len(names) == len(set(names))
    assert set(FIELD_ALIASES.values()) <= set(names)
    assert not set(FIELD_ALIASES) & set(names)


def test_names_weigh_more_than_mentions() -> None:
    weights = {name: field.weight for name, field in FIELD_BY_NAME.items()}
    assert weights["candidate"] > weights["project"] > weights["subject"]
    assert weights["subject"] > weights["statement"] > weights["reply"] > 0


def test_quoted_lines_of_replies_are_not_searched() -> None:
    reply = make_reply(text="Ana wrote:\n> I would like to run\n>> deeper\n\n+1\n")
    document = to_document(make_candidacy(replies=(reply,)), "d")
    assert document.texts["reply"] == "Ana wrote:\n\n+1"


def test_every_mail_of_the_thread_leads_to_the_document() -> None:
    candidacy = make_candidacy(
        archive_urls=("https://a.example.org/archives/list/x@y.org/message/" + "A" * 32 + "/",),
        replies=(make_reply(),),
    )
    assert set(to_document(candidacy, "d").mails) == {
        candidacy.id,
        "openstack-dev/2015-september/1",
        "A" * 32,
        message_id_hash("second@example.org"),
        "openstack-dev/2015-september/2",
    }


def test_a_document_keeps_the_digest_it_was_given() -> None:
    assert to_document(make_candidacy(), "abc").digest == "abc"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("<first@example.org>", HASH),
        ("first@example.org", HASH),
        (f" <first@example.org>, ", HASH),  # noqa: F541
        (HASH, HASH),
        ("/pipermail/openstack-dev/2015-April/000123.html", "openstack-dev/2015-april/123"),
        ("https://a.org/pipermail/x/2015q2/000123.html#start", "x/2015q2/123"),
        (f"https://a.org/archives/list/x@a.org/message/{HASH.lower()}/", HASH),
        (f"https://a.org/archives/list/x@a.org/thread/{HASH}/?sort=date#{HASH}", HASH),
        ("https://a.org/pipermail/openstack-dev/2015-April/thread.html", ""),
        ("https://example.org/", ""),
        ("nova", ""),
        ("a@b@c", ""),
        ("@", ""),
        ("", ""),
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
        ("abcdefghijklmnopqrstuvwxyzabcdef", ""),
    ],
)
def test_a_pasted_mail_has_a_key(text: str, key: str) -> None:
    assert mail_key(text) == key
