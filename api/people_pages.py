"""The pages of candidates: everybody by letter, and one person through the years."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass

from api.links import Links
from api.openings import opening
from api.overviews import count_by, find_chosen
from api.page_frame import Content, Page
from api.parameters import Asking
from api.search_page import Link, Pages
from api.templating import show_count, show_office
from api.timeline_rows import RowOfCandidacies, draw_timeline
from api.timelines import Timeline
from ingest.records import Candidacy, Office, Outcome, Vocabulary
from search.engine import FacetValue, SearchEngine
from search.query import Everything

MOST_FREQUENT = 60
# So many names make a page that a phone still loads at once.
PER_PAGE = 300
OTHER_LETTERS = "#"


@dataclass(frozen=True, slots=True)
class PeopleView:
    """One letter's persons, or those who stood most often where no letter is chosen."""

    letter: str
    letters: tuple[Link, ...]
    people: tuple[FacetValue, ...]
    total: int
    under_letter: int
    pages: Pages


@dataclass(frozen=True, slots=True)
class Stood:
    """One candidacy on a person's page."""

    candidacy: Candidacy
    opening: str


@dataclass(frozen=True, slots=True)
class PersonView:
    """One person: names, nicks, and every candidacy, the newest first."""

    name: str
    other_names: tuple[str, ...]
    nicks: tuple[str, ...]
    summary: str
    timeline: Timeline | None
    stood: tuple[Stood, ...]
    asking: Asking


def first_letter(name: str) -> str:
    """Give the letter that a name is listed under: its first, without accents, else `#`."""
    plain = unicodedata.normalize("NFKD", name.strip())[:1].upper()
    return plain if plain.isascii() and plain.isalpha() else OTHER_LETTERS


def make_people_page(engine: SearchEngine, letter: str, number: int, links: Links) -> Content:
    """List everybody under a letter, so many on each page of it."""
    everybody = count_by(engine, "candidate", Everything())
    letters = Counter(first_letter(person.label) for person in everybody)
    if letter:
        people = [person for person in everybody if first_letter(person.label) == letter]
        people.sort(key=lambda person: person.label.casefold())
    else:
        people = sorted(everybody, key=lambda person: (-person.count, person.label.casefold()))
        people = people[:MOST_FREQUENT]
    view = PeopleView(
        letter=letter,
        letters=tuple(
            Link(one, links.to("/candidates", [("letter", one)]), one == letter)
            for one in sorted(letters, key=lambda one: (one == OTHER_LETTERS, one))
        ),
        people=tuple(people[(number - 1) * PER_PAGE : number * PER_PAGE]),
        total=len(everybody),
        under_letter=letters[letter] if letter else 0,
        pages=_pages(letter, number, len(people), links),
    )
    page = Page(
        title=f"Candidates under {letter}" if letter else "Candidates",
        description=f"The {show_count(len(everybody), 'person', 'people')} who stood for an "
        "office of this community.",
        path="/candidates",
        section="/candidates",
        indexed=not letter,
    )
    return Content(page, "people.html", view)


def _pages(letter: str, number: int, people: int, links: Links) -> Pages:
    last = max(1, -(-people // PER_PAGE))

    def to(page: int) -> str:
        return links.to("/candidates", [("letter", letter), ("page", str(page))])

    return Pages(
        number=number,
        last=last,
        before=to(min(number - 1, last)) if number > 1 else "",
        after=to(number + 1) if number < last else "",
    )


def make_person_page(
    engine: SearchEngine, vocabulary: Vocabulary, person: str, links: Links
) -> Content | None:
    """Show one person through the years; None where nobody is called so."""
    found = find_chosen(engine, Everything(), {"candidate": (person,)})
    if not found:
        return None
    newest = found[-1]
    name = newest.candidate or "Nameless sender"
    names = tuple(dict.fromkeys(one.candidate for one in found if one.candidate != name))
    summary = _sum_up(found)
    view = PersonView(
        name=name,
        other_names=names,
        nicks=tuple(dict.fromkeys(one.irc_nick for one in reversed(found) if one.irc_nick)),
        summary=summary,
        timeline=draw_timeline("person-timeline", _rows(found, links), vocabulary, links),
        stood=tuple(Stood(one, opening(one.statement)) for one in reversed(found)),
        asking=Asking(chosen={"candidate": (person,)}),
    )
    page = Page(
        title=name,
        description=f"{name} through the years. {summary}",
        path=f"/candidates/{person}",
        section="/candidates",
        og_type="profile",
    )
    return Content(page, "person.html", view)


def _rows(found: list[Candidacy], links: Links) -> list[RowOfCandidacies]:
    """Gather candidacies by what they are for, in the order of the first of each."""
    rows: dict[str, list[Candidacy]] = {}
    for one in found:
        for label in one.projects or (one.office.value,):
            rows.setdefault(label, []).append(one)
    return [
        RowOfCandidacies(
            show_office(label) if label in set(Office) else label,
            links.query(f"office:{label}") if label in set(Office) else links.project(label),
            tuple(ones),
        )
        for label, ones in rows.items()
    ]


def _sum_up(found: list[Candidacy]) -> str:
    elected = sum(one.outcome is Outcome.ELECTED for one in found)
    years = sorted({one.posted_at.year for one in found})
    when = f"in {years[0]}" if len(years) == 1 else f"between {years[0]} and {years[-1]}"
    known = f", elected {_times(elected)} as far as is known" if elected else ""
    return f"Stood {_times(len(found))} {when}{known}."


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
