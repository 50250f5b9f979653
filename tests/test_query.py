"""Reading queries: what is meant, what is written back, and what is said about the rest."""

from __future__ import annotations

import pytest

from ingest.records import Vocabulary, message_id_hash
from search.documents import FIELD_ALIASES, FIELDS
from search.query import (
    MOST_LEAVES,
    And,
    Everything,
    FieldIs,
    FieldRange,
    Fuzzy,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Span,
    Word,
    parse_query,
    render_query,
    wanted_leaves,
)

VOCABULARY = Vocabulary(
    cycles=("icehouse", "juno", "kilo", "liberty", "mitaka", "2023.1"),
    cycle_aliases={"l": "liberty", "antelope": "2023.1"},
    project_aliases={
        "quantum": "neutron",
        "nova": "nova",
        "openstack ansible": "openstack-ansible",
    },
)

A_HASH = message_id_hash("first@example.org")
PAGE = "https://lists.example.org/pipermail/openstack-dev/2015-April/061234.html"

MEANINGS: list[tuple[str, Query]] = [
    ("", Everything()),
    ("   ", Everything()),
    ("review", Word("review")),
    ("Review, bandwidth.", And((Word("Review"), Word("bandwidth")))),
    ("a AND b", And((Word("a"), Word("b")))),
    ("a OR b", Or((Word("a"), Word("b")))),
    ("a b OR c d", Or((And((Word("a"), Word("b"))), And((Word("c"), Word("d")))))),
    ("a (b OR c)", And((Word("a"), Or((Word("b"), Word("c")))))),
    ("or and not", And((Word("or"), Word("and"), Word("not")))),
    ("-a", Not(Word("a"))),
    ("NOT a", Not(Word("a"))),
    ("NOT NOT a", Word("a")),
    ("a -b", And((Word("a"), Not(Word("b"))))),
    ("-(a b)", Not(And((Word("a"), Word("b"))))),
    ("tick-tock", Word("tick-tock")),
    ("to be", And((Word("to"), Word("be")))),
    ('"a phrase"', Phrase("a phrase")),
    ("“a phrase”", Phrase("a phrase")),
    ('"a phrase"~3', Phrase("a phrase", 3)),
    ('-"a phrase"', Not(Phrase("a phrase"))),
    ("nov*", Prefix("nov")),
    ("review~", Fuzzy("review")),
    ("candidate:ana", Word("ana", "candidate")),
    ('candidate:"Ana Example"', Phrase("Ana Example", 0, "candidate")),
    ("subject:nov*", Prefix("nov", "subject")),
    ("statement:reviw~", Fuzzy("reviw", "statement")),
    ("reply:thanks", Word("thanks", "reply")),
    ("project:nova", FieldIs("project", "nova")),
    ("PROJECT:Nova", FieldIs("project", "nova")),
    ("project:quantum", FieldIs("project", "neutron")),
    ("project: nova", FieldIs("project", "nova")),
    ('project:"OpenStack Ansible"', FieldIs("project", "openstack-ansible")),
    ("project:release_management", FieldIs("project", "release-management")),
    ("project:-nova", Not(FieldIs("project", "nova"))),
    (
        "project:(nova OR quantum)",
        Or((FieldIs("project", "nova"), FieldIs("project", "neutron"))),
    ),
    ("subject:(a -b)", And((Word("a", "subject"), Not(Word("b", "subject"))))),
    ("subject:(a office:tc)", And((Word("a", "subject"), FieldIs("office", "TC")))),
    ("office:ptl", FieldIs("office", "PTL")),
    ("status:Withdrawn", FieldIs("status", "withdrawn")),
    ("outcome:not-elected", FieldIs("outcome", "not elected")),
    ('outcome:"not elected"', FieldIs("outcome", "not elected")),
    ("nick:Ana_Ex", FieldIs("nick", "ana_ex")),
    ("nick:_ana", FieldIs("nick", "_ana")),
    ("year:2015", FieldIs("year", "2015")),
    ("year:2016..2014", FieldRange("year", "2014", "2016")),
    ("cycle:L", FieldIs("cycle", "liberty")),
    ("cycle:antelope", FieldIs("cycle", "2023.1")),
    ("cycle:2023.1", FieldIs("cycle", "2023.1")),
    ("cycle:juno..liberty", FieldRange("cycle", "juno", "liberty")),
    ("cycle:liberty..juno", FieldRange("cycle", "juno", "liberty")),
    ("cycle:juno..", FieldRange("cycle", "juno", "")),
    ("cycle:..juno", FieldRange("cycle", "", "juno")),
    ("cycle:juno..nonesuch", FieldRange("cycle", "juno", "")),
    ("date:2014", FieldRange("date", "2014", "2014")),
    ("date:2014-1-5", FieldRange("date", "2014-01-05", "2014-01-05")),
    ("date:2014-01..2015-06", FieldRange("date", "2014-01", "2015-06")),
    ("date:2015..2014", FieldRange("date", "2014", "2015")),
    ("date:..2015", FieldRange("date", "", "2015")),
    ("after:2014", FieldRange("date", "2014", "")),
    ("before:2014", FieldRange("date", "", "2013-12-31")),
    ("before:2016-03", FieldRange("date", "", "2016-02-29")),
    ("is:elected", FieldIs("outcome", "elected")),
    ("is:WITHDRAWN", FieldIs("status", "withdrawn")),
    ("is:contested", FieldIs("is", "contested")),
    ("has:replies", FieldIs("has", "replies")),
    ("-is:elected", Not(FieldIs("outcome", "elected"))),
    ("<first@example.org>", FieldIs("id", A_HASH)),
    ("id:first@example.org", FieldIs("id", A_HASH)),
    ("Message-ID: <first@example.org>", FieldIs("id", A_HASH)),
    ("first@example.org", Or((FieldIs("id", A_HASH), Word("first.example.org")))),
    (A_HASH, FieldIs("id", A_HASH)),
    (f"id:{A_HASH.lower()}", FieldIs("id", A_HASH)),
    (PAGE, FieldIs("id", "openstack-dev/2015-april/61234")),
    (f"nova {PAGE}", And((Word("nova"), FieldIs("id", "openstack-dev/2015-april/61234")))),
    (f"https://lists.example.org/archives/list/a@b.org/message/{A_HASH}/", FieldIs("id", A_HASH)),
    (
        f"https://lists.example.org/hyperkitty/list/a@b.org/thread/{A_HASH}/#x",
        FieldIs("id", A_HASH),
    ),
    ("[nova]", Word("nova")),
    ("~project:nova", FieldIs("project", "nova")),
    ("http://example.org/about", Word("http://example.org/about")),
    ("nova::scheduler", Word("nova::scheduler")),
    ("10:30", Word("10:30")),
    ("foo:bar", And((Word("foo"), Word("bar")))),
    ("李明", Word("李明")),
]


@pytest.mark.parametrize(("text", "meaning"), MEANINGS, ids=[text for text, _ in MEANINGS])
def test_a_query_means(text: str, meaning: Query) -> None:
    assert parse_query(text, VOCABULARY).query == meaning


@pytest.mark.parametrize(("text", "meaning"), MEANINGS, ids=[text for text, _ in MEANINGS])
def test_a_query_written_back_means_the_same(text: str, meaning: Query) -> None:
    assert parse_query(render_query(meaning), VOCABULARY).query == meaning


BROKEN: list[tuple[str, Query, str, str]] = [
    ("foo:bar", And((Word("foo"), Word("bar"))), "unknown-field", "foo:"),
    ("nova project:", Word("nova"), "ignored", "project:"),
    ("nova OR", Word("nova"), "ignored", "OR"),
    ("OR nova", Word("nova"), "ignored", "OR"),
    ("nova NOT", Word("nova"), "ignored", "NOT"),
    ("(nova", Word("nova"), "unbalanced", "("),
    ("nova)", Word("nova"), "unbalanced", ")"),
    ('"nova core', Phrase("nova core"), "unbalanced", '"'),
    ("nova +++", Word("nova"), "ignored", "+++"),
    ('nova ""', Word("nova"), "ignored", ""),
    ("no*", Word("no"), "short-prefix", "no*"),
    ("*nova", Word("nova"), "limited", "*nova"),
    ("no*va", Word("no"), "limited", "no*va"),
    ("nova* *", Prefix("nova"), "ignored", "*"),
    ("nova~2", Fuzzy("nova"), "limited", "~2"),
    ("a~", Word("a"), "ignored", "~"),
    ('"a b"~99', Phrase("a b", 20), "limited", "~99"),
    ("cycle:libertty", FieldIs("cycle", "libertty"), "unknown-cycle", "libertty"),
    ("date:yesterday nova", Word("nova"), "bad-date", "yesterday"),
    ("date:2015-02-30", Everything(), "bad-date", "2015-02-30"),
    ("after:2015..2016", Everything(), "bad-date", "2015..2016"),
    ("is:happy nova", Word("nova"), "bad-value", "happy"),
    ("office:king nova", Word("nova"), "bad-value", "king"),
    ("id:nonsense nova", Word("nova"), "bad-value", "nonsense"),
    ("year:x nova", Word("nova"), "bad-value", "x"),
]


@pytest.mark.parametrize(("text", "meaning", "code", "words"), BROKEN, ids=[b[0] for b in BROKEN])
def test_a_broken_query_is_read_and_says_what_was_left_out(
    text: str, meaning: Query, code: str, words: str
) -> None:
    parsed = parse_query(text, VOCABULARY)
    assert parsed.query == meaning
    assert (code, words) in [(notice.code, notice.words) for notice in parsed.notices]


@pytest.mark.parametrize("text", [text for text, _ in MEANINGS if "foo:" not in text])
def test_a_good_query_is_not_remarked_upon(text: str) -> None:
    notices = parse_query(text, VOCABULARY).notices
    assert notices == () or text == "cycle:juno..nonesuch"


def test_an_unknown_cycle_is_answered_with_the_nearest() -> None:
    (notice,) = parse_query("cycle:libertty", VOCABULARY).notices
    assert "liberty" in notice.message


def test_leaves_know_where_they_stood() -> None:
    leaves = list(wanted_leaves(parse_query('nova  project:x "a b"~2', VOCABULARY).query))
    assert [leaf.at for leaf in leaves] == [Span(0, 4), Span(14, 15), Span(16, 23)]


def test_what_is_left_out_is_no_wanted_leaf() -> None:
    leaves = list(wanted_leaves(parse_query("a -b (c OR -d)", VOCABULARY).query))
    assert leaves == [Word("a"), Word("c")]


def test_a_query_of_a_thousand_terms_is_cut_and_says_so() -> None:
    parsed = parse_query(" ".join("ab"[i % 2] for i in range(100)), VOCABULARY)
    assert len(list(wanted_leaves(parsed.query))) == MOST_LEAVES
    assert [notice.code for notice in parsed.notices] == ["limited"]


def test_a_long_query_is_cut_at_a_word_and_names_the_rest() -> None:
    parsed = parse_query("nova " + '"' + "x" * 295 + '" zebra', VOCABULARY)
    assert parsed.query == Word("nova")
    (notice,) = parsed.notices
    assert notice.code == "limited"
    assert notice.words.startswith('"xxx')


def test_a_long_pasted_address_is_no_long_query() -> None:
    long_id = "x" * 400 + "@example.org"
    assert parse_query(f"<{long_id}>", VOCABULARY).query == FieldIs("id", message_id_hash(long_id))
    page = "https://lists.example.org/" + "a/" * 300 + "openstack-dev/2015-April/000001.html"
    assert parse_query(page, VOCABULARY).query == FieldIs("id", "openstack-dev/2015-april/1")


def test_parentheses_nest_only_so_deep() -> None:
    parsed = parse_query("(" * 100 + "nova" + ")" * 100, VOCABULARY)
    assert parsed.query == Word("nova")
    assert "limited" in [notice.code for notice in parsed.notices]


def test_without_a_table_of_cycles_any_name_is_one() -> None:
    assert parse_query("cycle:zebra", Vocabulary()).query == FieldIs("cycle", "zebra")


def test_every_field_and_alias_is_read() -> None:
    for name in [*(field.name for field in FIELDS), *FIELD_ALIASES]:
        codes = [notice.code for notice in parse_query(f"{name}:2015-01", VOCABULARY).notices]
        assert "unknown-field" not in codes


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_example_of_the_table_is_a_good_query(field: object) -> None:
    example = getattr(field, "example")  # noqa: B009
    parsed = parse_query(example, VOCABULARY)
    assert parsed.notices == ()
    assert parsed.query != Everything()


def test_a_field_name_typed_twice_is_no_fuzzy_value() -> None:
    query = parse_query("project:project:~", VOCABULARY).query
    assert parse_query(render_query(query), VOCABULARY).query == query


@pytest.mark.parametrize("end", ["nonsense", "2931.1"])
def test_a_range_of_cycles_with_an_unknown_end_says_that_it_was_left_open(end: str) -> None:
    parsed = parse_query(f"cycle:juno..{end}", VOCABULARY)
    assert parsed.query == FieldRange("cycle", "juno", "")
    codes = [notice.code for notice in parsed.notices if notice.words == end]
    assert codes == ["unknown-cycle", "bad-value"]
