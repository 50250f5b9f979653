"""The manual's page: the query language from the table of fields, each example a link that runs."""

from __future__ import annotations

from dataclasses import dataclass

from api.links import Links
from api.page_frame import Content, Page
from search.documents import FIELD_ALIASES, FIELDS
from search.query import MOST_CHARACTERS, MOST_LEAVES

# How words are put together; the fields are read from their own table.
WAYS: tuple[tuple[str, str], ...] = (
    ("review bandwidth", "Both words, in any of their forms: `deferred` finds `defer`."),
    ("gate OR testing", "Either word. `OR` is written large."),
    ("review -bandwidth", "The first word without the second; `NOT bandwidth` does the same."),
    ("(gate OR testing) stable", "Parentheses group."),
    ('"technical debt"', "A phrase: these words side by side, as they are written."),
    ('"review process"~3', "A phrase with up to three words between."),
    ("mentor*", "Every word that begins so; three letters at least."),
    ("bandwith~", "Words that differ by one letter, for when the spelling is in doubt."),
    ("project:nova review", "A field and a word."),
    ("project:(nova OR neutron) is:contested", "Several values of a field."),
    ("cycle:juno..liberty", "A range: of cycles, years or days. Either end may be left open."),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the manual: an example, where it runs, and what it means."""

    name: str
    example: str
    href: str
    meaning: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ManualView:
    """The manual: ways to put words together, fields, limits."""

    ways: tuple[Entry, ...]
    fields: tuple[Entry, ...]
    most_characters: int
    most_parts: int
    addresses: tuple[tuple[str, str], ...]


ADDRESSES = (
    ("/api/v1/candidacies?q=review", "Search; the same parameters as this site's own searches."),
    ("/api/v1/candidacies/{id}", "One candidacy; below it `/thread`, `/similar` and `/raw`."),
    ("/api/v1/candidates", "Everybody who stood; `/api/v1/candidates/{slug}` is one person."),
    ("/api/v1/races?contested=true", "Every race; below it `/{cycle}/{office}/{project}` is one."),
    ("/api/v1/trends?q=review&q=gate", "Shares of each cycle, one line for each `q`."),
    ("/api/v1/export?q=review&format=csv", "Every match as `jsonl`, `csv` or `mbox`."),
    ("/feed.atom?q=review", "A search as an Atom feed."),
    ("/openapi.json", "All of it, for programs that read descriptions."),
)


def make_manual_page(links: Links) -> Content:
    """Lay out the manual."""
    view = ManualView(
        ways=tuple(Entry("", text, links.query(text), meaning) for text, meaning in WAYS),
        fields=tuple(
            Entry(
                field.name,
                field.example,
                links.query(field.example),
                field.description,
                tuple(alias for alias, name in FIELD_ALIASES.items() if name == field.name),
            )
            for field in FIELDS
        ),
        most_characters=MOST_CHARACTERS,
        most_parts=MOST_LEAVES,
        addresses=ADDRESSES,
    )
    page = Page(
        title="Manual",
        description="How to search: words, phrases, fields, ranges, with examples that run.",
        path="/manual",
        section="/manual",
    )
    return Content(page, "manual.html", view)
