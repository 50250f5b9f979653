"""A statement is the candidate's words, all of them, and nobody else's."""

# ruff: noqa: E501 - tables of cases, one a line

from __future__ import annotations

import time

import pytest

from ingest.statements import clean_statement, join_flowed

BODY = "Hi all,\n\nI would like to run for Nova PTL.\n\n * more reviews\n * fewer specs\n\nThanks,\nAna"
FOOTER = (
    "__________________________________________________________________________\n"
    "OpenStack Development Mailing List (not for usage questions)\n"
    "Unsubscribe: OpenStack-dev-request at lists.example.org?subject:unsubscribe\n"
    "http://lists.example.org/cgi-bin/mailman/listinfo/openstack-dev\n"
)

AROUND = [
    ("nothing", BODY),
    ("list footer", f"{BODY}\n\n{FOOTER}"),
    ("list footer of two lines", f"{BODY}\n_______________________________________________\nOpenStack-dev mailing list\nOpenStack-dev@lists.example.org\n"),
    ("list footer before a signature", f"{BODY}\n\n{FOOTER}\n-- \nAna Example\n"),
    ("signature", f"{BODY}\n\n-- \nAna Example\nEngineer, Example Corp\nIRC: anax\n"),
    ("signature without the blank", f"{BODY}\n\n--\nAna Example\n"),
    ("signature and footer", f"{BODY}\n\n-- \nAna Example\n\n{FOOTER}"),
    ("note on an HTML part", f"{BODY}\n-------------- next part --------------\nAn HTML attachment was scrubbed...\nURL: <http://lists.example.org/pipermail/x/attachments/20150914/aa/attachment.html>\n"),
    ("note on a signature file", f"{BODY}\n-------------- next part --------------\nA non-text attachment was scrubbed...\nName: signature.asc\nType: application/pgp-signature\nSize: 801 bytes\nDesc: OpenPGP digital signature\nURL: <http://lists.example.org/a.pgp>\n"),
    ("footer as a part of its own", f"{BODY}\n-------------- next part --------------\n{FOOTER}"),
    ("note first, text in the part", f"An HTML attachment was scrubbed...\nURL: <http://lists.example.org/a.html>\n\n{BODY}"),
    ("clear-signed", f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\n{BODY}\n\n- -- \nAna Example\n-----BEGIN PGP SIGNATURE-----\nVersion: GnuPG v1\n\nabc/def=\n-----END PGP SIGNATURE-----\n"),
    ("sent as a reply to the call", f"{BODY}\n\nOn 09/11/2015 08:00 AM, An Official wrote:\n> Nominations are open.\n>\n> Send yours.\n"),
    ("quoted call first", f"On 09/11/2015 08:00 AM, An Official wrote:\n> Nominations are open.\n\n{BODY}"),
    ("review link below", f"{BODY}\n\nCandidacy submitted here: https://review.openstack.org/#/c/123456/\n"),
    ("review link above", f"[election review] https://review.opendev.org/c/openstack/election/+/123456\n\n{BODY}"),
    ("review link broken over two lines", f"{BODY}\n\nMy candidacy is under review here:\nhttps://review.openstack.org/#/c/123456/\n"),
    ("bare review link", f"{BODY}\n\nhttps://review.opendev.org/c/openstack/election/+/123456\n"),
    ("Windows line ends", BODY.replace("\n", "\r\n")),
    ("invisible signs", "\ufeff" + BODY.replace("Nova", "No\u200bva") + "\x00"),
    ("hard blanks", BODY.replace("Hi all", "Hi\u00a0all")),
    ("many blank lines", BODY.replace("\n\n", "\n\n\n\n\n")),
    ("a phone's line", f"{BODY}\n\nSent from my iPhone\n"),
    ("a phone's line and a footer", f"{BODY}\n\nSent from my Samsung Galaxy smartphone.\n{FOOTER}"),
    ("a program's line", f"{BODY}\n\nGet Outlook for Android<https://example.org/x>\n"),
    ("a phone's line in German", f"{BODY}\n\nGesendet von meinem iPad\n"),
    ("gerrit's line above", f"Change-Id: I155ba8e2c5e40ee4eccd873fff68af6b18832e49\n\n{BODY}\n"),
    ("gerrit's lines below", f"{BODY}\n\nChange-Id: I155ba8e2c5e40ee4eccd873fff68af6b18832e49\nSigned-off-by: Ana Example <ana at example.org>\n"),
    ("a company's notice", f"{BODY}\n\nThis e-mail and any attachments are confidential and intended solely for the addressee. If you\nare not the intended recipient, please delete it.\n"),
    ("a notice below a signature", f"{BODY}\n\n-- \nAna Example\nExample Ltd\n\nThis message is intended only for the recipient. Any unauthorised use is prohibited, and we\naccept no responsibility for viruses in it or in its attachments. {'Registered in Example. ' * 20}\n"),
    ("Launchpad's footer", f"{BODY}\n\n_______________________________________________\nMailing list: https://launchpad.net/~x\nPost to     : x@lists.launchpad.net\nUnsubscribe : https://launchpad.net/~x\nMore help   : https://help.launchpad.net/ListHelp\n"),
]  # fmt: skip


@pytest.mark.parametrize(("trouble", "text"), AROUND, ids=lambda v: str(v)[:40])
def test_what_surrounds_a_statement_is_taken_away(trouble: str, text: str) -> None:
    assert clean_statement(text) == BODY


KEPT = [
    ("footnotes below a rule of dashes", "Text [1].\n\n--\n[1] https://example.org/one\n[2] https://example.org/two"),
    ("a rule of underscores without a list", "Above\n____________________________\n\nBelow is more of it."),
    ("headings underlined", "What I did\n==========\n\nReviews.\n\nWhat I want\n-----------\n\nMore."),
    ("numbered list", "1. one\n2. two\n   more of two\n3. three"),
    ("review links as footnotes", "I wrote this [1].\n\n[1] https://review.openstack.org/#/c/123456/"),
    ("a mailing list in prose", "The mailing list is where we should talk.\nPlease subscribe."),
    ("a mail about confidential mail", "I'd open our security list.\n\nEach message there is confidential until we disclose it."),
    ("sent from elsewhere", "I want to see patches\nsent from everywhere"),
    ("sign-offs in prose", "We ask for\nSigned-off-by: lines in every commit, and I would not."),
    ("a name with wrote", "As Ben wrote:\n\nReviews matter.\n\nI agree with that."),
    ("long text after a dash line", "One\n--\n" + "word " * 80 + "end"),
    ("an address", "Write to ana at example.org or find me on IRC."),
    ("a quotation in prose", 'He said: "more reviews".\n\nI say: fewer specs.'),
]  # fmt: skip


@pytest.mark.parametrize(("trouble", "text"), KEPT, ids=lambda v: str(v)[:40])
def test_nothing_is_cut_from_a_statement(trouble: str, text: str) -> None:
    assert clean_statement(text) == text


def test_an_escaped_from_line_is_put_right() -> None:
    assert (
        clean_statement("Hi\n\n>From the start I knew.\n\nAna")
        == "Hi\n\nFrom the start I knew.\n\nAna"
    )


def test_soft_line_ends_are_joined_and_lists_kept() -> None:
    soft = "I have been here since the very first cycle and I would "
    lines = [soft, "like to go on.", "", soft, "like more time.", " * one", " * two"]
    assert join_flowed(lines) == [
        f"{soft}like to go on.",
        "",
        f"{soft}like more time.",
        " * one",
        " * two",
    ]


def test_a_single_blank_at_a_line_end_joins_nothing() -> None:
    lines = [
        "This line is longer than forty signs and ends in a blank ",
        "and so this stays",
        "",
        "More.",
    ]
    assert join_flowed(lines) == lines


@pytest.mark.parametrize("text", ["", "\n\n\n", "-- \nAna", FOOTER, "> quoted\n> only"])
def test_a_mail_without_own_words_has_no_statement(text: str) -> None:
    assert clean_statement(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "a" * 5_000_000,
        "_" * 30 + "\n" + "x\n" * 300_000,
        "--\n" * 100_000,
        "https://review.openstack.org/" * 50_000,
    ],
)
def test_huge_text_costs_little(text: str) -> None:  # fmt: skip
    start = time.process_time()
    clean_statement(text)
    assert time.process_time() - start < 4
