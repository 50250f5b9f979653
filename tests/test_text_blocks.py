"""A mail's plain text becomes blocks that a page can show: nothing lost, nothing executed."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.openings import opening
from api.text_blocks import (
    Block,
    Heading,
    Listing,
    Paragraph,
    Preformatted,
    Quote,
    Rule,
    read_blocks,
)
from api.text_spans import Span, check_link, neutralise, split_spans


def words(block: Block | tuple[Span, ...]) -> str:
    """Give a block's text, as a reader would hear it."""
    match block:
        case Paragraph(lines):
            return "\n".join(words(line) for line in lines)
        case Heading(_, spans):
            return words(spans)
        case Listing(numbering, numbers, items):
            signs = [sign(numbering, number) for number in numbers]
            return "\n".join(
                mark + "\n".join(map(words, item)) for mark, item in zip(signs, items, strict=True)
            )
        case Quote(blocks):
            return "\n".join(words(inner) for inner in blocks)
        case Preformatted(text):
            return text
        case Rule():
            return ""
    return "".join(span.text for span in block)


def sign(numbering: str, number: int) -> str:
    """Give what a browser writes before an item."""
    return {"": "", "1": f"{number}. ", "a": f"{chr(96 + number)}. "}[numbering]


def kinds(text: str) -> list[str]:
    return [block.kind for block in read_blocks(text)]


def test_lines_that_a_mail_program_wrapped_are_joined_and_others_are_kept() -> None:
    text = (
        "I would like to run for the lead of this project because I think that there is\n"
        "still a lot to be done, and that I can help.\n\nThanks,\nAna\n"
    )
    wrapped, signed = read_blocks(text)
    assert "there is still a lot" in words(wrapped)
    assert words(signed) == "Thanks,\nAna"


def test_a_line_so_long_that_nothing_wrapped_it_is_not_joined_to_the_next() -> None:
    (block,) = read_blocks("word " * 60 + "\nNext line\n")
    assert words(block).endswith("\nNext line")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Goals\n=====\n\nText", "Goals"),
        ("Goals\n-----\nText", "Goals"),
        ("=====\nGoals\n=====\n\nText", "Goals"),
        ("## Goals ##\n\nText", "Goals"),
        ("*Goals*\n\nText", "Goals"),
        ("== Goals ==\n\nText", "Goals"),
        ("GOALS FOR KILO\n\nText", "GOALS FOR KILO"),
        ("II. Goals for Kilo\n\nText", "II. Goals for Kilo"),
    ],
)
def test_titles_are_headings_however_they_were_marked(text: str, title: str) -> None:
    heading, rest = read_blocks(text)
    assert isinstance(heading, Heading)
    assert (heading.level, words(heading), words(rest)) == (1, title, "Text")


@pytest.mark.parametrize(
    "text",
    [
        "Hi all,\n\nText",
        "I AM SURE!\n\nText",
        "X. Ample signs so.\n\nText",
        "*Yes* and *no*\n\nText",
        "#hashtag\n\nText",
    ],
)
def test_other_lines_that_stand_alone_are_no_headings(text: str) -> None:
    assert kinds(text) == ["paragraph", "paragraph"]


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("# One\n\n#### Two\n\n## Three\n\n# Four", [1, 2, 2, 1]),
        ("One\n---\n\nTwo\n===\n\nThree\n---", [1, 1, 2]),
        ("One\n===\n\nTWO ALONE\n\nThree\n---\n\nFOUR ALONE", [1, 2, 2, 3]),
    ],
)
def test_no_title_is_two_levels_below_the_one_before(text: str, levels: list[int]) -> None:
    found = [block.level for block in read_blocks(text) if isinstance(block, Heading)]
    assert found == levels


def test_titles_in_a_quote_have_levels_of_their_own() -> None:
    (quote,) = read_blocks("> *Goals*\n>\n> Text")
    assert isinstance(quote, Quote)
    assert isinstance(quote.blocks[0], Heading)
    assert quote.blocks[0].level == 1


def test_a_list_keeps_its_items_their_continuations_and_the_lists_inside() -> None:
    (block,) = read_blocks(
        " * first is long enough that a mail program\n   had to wrap it\n\n * second\n"
        "   - inner\n   - other\n * third\n"
    )
    assert isinstance(block, Listing)
    assert [[inner.kind for inner in item] for item in block.items] == [
        ["paragraph"],
        ["paragraph", "list"],
        ["paragraph"],
    ]
    first = "first is long enough that a mail program had to wrap it"
    assert words(block) == f"{first}\nsecond\ninner\nother\nthird"


def test_a_numbered_list_begins_where_its_writer_began() -> None:
    (block,) = read_blocks("3) third\n4) fourth\n")
    assert isinstance(block, Listing)
    assert (block.numbering, block.numbers, len(block.items)) == ("1", (3, 4), 2)


def test_items_keep_the_letters_and_numbers_that_the_text_calls_them_by() -> None:
    lettered, numbered = read_blocks("b) second\nd) fourth\n1. one\n4. four\n")
    assert isinstance(lettered, Listing)
    assert isinstance(numbered, Listing)
    assert (lettered.numbering, lettered.numbers) == ("a", (2, 4))
    assert (numbered.numbering, numbered.numbers) == ("1", (1, 4))


def test_a_number_at_the_end_of_a_sentence_begins_no_list() -> None:
    text = (
        "We shipped the thing that everybody had been asking for since version\n2. It was good.\n"
    )
    assert kinds(text) == ["paragraph"]


def test_quotes_nest_and_long_ones_are_folded() -> None:
    short, paragraph, long = read_blocks("> a\n>> b\n\nno\n\n> 1\n> 2\n> 3\n> 4\n")
    assert isinstance(short, Quote)
    assert isinstance(long, Quote)
    assert [block.kind for block in short.blocks] == ["paragraph", "quote"]
    assert (short.folded, long.folded, words(paragraph)) == (False, True, "no")


def test_indented_text_keeps_its_columns() -> None:
    (block,) = read_blocks("    for job in gate:\n        run(job)\n")
    assert block == Preformatted("for job in gate:\n    run(job)")


def test_what_the_archive_says_of_a_piece_kept_elsewhere_is_no_part_of_a_sentence() -> None:
    text = (
        "Is that so?\n-------------- next part --------------\n"
        "A non-text attachment was scrubbed...\nName: signature.asc\n"
        "URL: <https://lists.example.org/attachments/1/a.sig>\n"
        "-------------- next part --------------\nIt goes on here."
    )
    said, apart, rule, rest = read_blocks(text)
    assert (words(said), words(rest)) == ("Is that so?", "It goes on here.")
    assert isinstance(apart, Paragraph)
    assert apart.kind == "apart"
    assert words(apart).startswith("A non-text attachment was scrubbed... Name: signature.asc URL:")
    assert Span(*["https://lists.example.org/attachments/1/a.sig"] * 2) in apart.lines[0]
    assert isinstance(rule, Rule)


def test_footnotes_stand_on_lines_of_their_own() -> None:
    (block,) = read_blocks("[1] https://example.org/one\n[2] https://example.org/two\n")
    assert isinstance(block, Paragraph)
    assert len(block.lines) == 2


@pytest.mark.parametrize(
    ("line", "target"),
    [
        ("see https://example.org/a_(b) now", "https://example.org/a_(b)"),
        ("(https://example.org/a).", "https://example.org/a"),
        ("<http://example.org>", "http://example.org"),
        ("mailto:ana@example.org, please", "mailto:ana@example.org"),
        ("HTTPS://EXAMPLE.ORG/A", "HTTPS://EXAMPLE.ORG/A"),
    ],
)
def test_web_addresses_become_links(line: str, target: str) -> None:
    spans = split_spans(line)
    assert [span.href for span in spans if span.href] == [target]
    assert "".join(span.text for span in spans) == line


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org/x",
        "http://",
        "http://[broken",
        "https://bank.example@evil.example/",
        "http://example.org/\u202egnp.exe",
        "https://example.org/" + "x" * 3000,
        "mailto:ana at example.org",
        " https://example.org",
    ],
)
def test_no_other_address_becomes_a_link(address: str) -> None:
    assert check_link(address) == ""


def test_characters_that_are_felt_and_not_seen_are_taken_away() -> None:
    assert neutralise("a\x00b\x1b[31mc\u202ed\u2066e\ufefff\udc80g\U000e0041h") == "ab[31mcdefgh"
    assert (
        neutralise("Zoë, 王, \u05d0\u200f, 👩\u200d💻\ttab")
        == "Zoë, 王, \u05d0\u200f, 👩\u200d💻\ttab"
    )


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=" ab\n>-*=1.#[]()_~\t\x00", max_size=400))
def test_no_letter_of_any_text_is_lost(text: str) -> None:
    shown = "".join(words(block) for block in read_blocks(text))
    assert [c for c in shown if c in "ab"] == [c for c in text if c in "ab"]


@pytest.mark.parametrize(
    "text",
    [
        ">" * 100_000,
        "> " * 50_000 + "x",
        "\n".join(" " * (2 * depth) + "- x" for depth in range(500)),
        "- x\n" * 30_000,
        "\n" * 100_000,
        "a" * 100_000,
        "http://" * 20_000,
        "https://example.org/" + ")" * 90_000,
        "[" * 100_000,
        "-" * 100_000,
        "x\n---\n" * 20_000,
        "* " * 50_000,
    ],
    ids=range(12),
)
def test_hostile_text_costs_no_more_than_other_text(text: str) -> None:
    began = time.process_time()
    read_blocks(text)
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    ("statement", "begins"),
    [
        ("Hi all,\n\nI run for PTL.", "I run for PTL."),
        ("Hello everyone!\nI run.", "I run."),
        ("Goals\n-----\n * one\n", "Goals one"),
        ("", ""),
        ("Hi all,", ""),
    ],
)
def test_an_opening_leaves_the_greeting_out(statement: str, begins: str) -> None:
    assert opening(statement) == begins


def test_a_sentence_that_two_programs_wrapped_is_one_line() -> None:
    text = (
        "I started contributing in 2012, and I am currently\n"
        "employed to work on the project with a focus on long-term concerns of all.\n"
        "What I promise:\nthe gate\n"
    )
    [paragraph] = read_blocks(text)
    assert isinstance(paragraph, Paragraph)
    lines = ["".join(span.text for span in line) for line in paragraph.lines]
    assert lines[0].startswith("I started contributing in 2012, and I am currently employed")
    assert lines[-1] == "the gate"


def test_a_label_keeps_its_line_however_long_the_one_above_is() -> None:
    text = f"Review history: https://example.org/{'x' * 50}\nCommit history: there\nNick: ana\n"
    [paragraph] = read_blocks(text)
    assert isinstance(paragraph, Paragraph)
    assert len(paragraph.lines) == 3


def test_an_opening_is_cut_between_words() -> None:
    assert opening("word " * 100, 23) == "word word word word\u00a0…"
