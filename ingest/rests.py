"""The rest of a mail that the archiver cut in two: which piece goes on where which mail ends.

Mailman 2 takes an unescaped `From ` line for the beginning of the next mail. What follows is filed
as a mail of nobody, dated when the archive was built and so mostly in another month. Its page still
bears the number right behind that of the page of its mail, since pages are numbered in the order in
which mails came: where both numbers are known they prove whose rest it is. Where the month of the
mail has no pages, the mails of the months are counted, which tells the number but for a few, and
the rest must be signed by its sender. Only mails that may announce a candidacy are looked at.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import accumulate

from ingest.catalogue import Catalogue
from ingest.catalogue_rows import MailRow, SkipRow
from ingest.errors import MonthError
from ingest.mbox import CUT_BY_ARCHIVER, CUT_SUBJECT
from ingest.messages import parse_message
from ingest.month_table import MonthRow
from ingest.names import clean_display_name, fold, signed_names
from ingest.pages import ask_pages
from ingest.raw_store import RawStore
from ingest.reading import known_message
from ingest.records import Message, Place, RawMessage
from ingest.sources import Source
from ingest.street import Street

# Mails are filed by what they say of their date, so the count is off by those filed elsewhere.
_AROUND = 30
_NEAR = 10

_PAGE = re.compile(r"/(\d{1,9})\.html$")
_FOOTER = re.compile(r"^_{20,}$", re.MULTILINE)
_KEPT_AS = "rests"


@dataclass(frozen=True, slots=True)
class Rest:
    """Where the rest of a mail stands, and its page."""

    place: Place
    page_url: str

    def read(self, store: RawStore) -> str:
        """Give the text of the rest; raise `MonthMissing` or `MonthBroken`."""
        return _text_of(store, self.place)


@dataclass(frozen=True, slots=True)
class _Counted:
    """The months of one archive in time, and how many mails stand before each."""

    months: Sequence[MonthRow]
    before: Sequence[int]

    def around(self, number: int) -> Iterator[tuple[MonthRow, int, int]]:
        """Give each month with mails of about that number: its first and last mail in question."""
        first = max(bisect_right(self.before, number - _AROUND) - 1, 0)
        for month, before in zip(self.months[first:], self.before[first:], strict=True):
            if before > number + _AROUND:
                return
            yield month, max(number - _AROUND - before, 0), number + _AROUND - before


def known_rests(catalogue: Catalogue) -> dict[str, Rest]:
    """Give the rests that the last sync knew, by the id of the mail that each belongs to."""
    kept = json.loads(catalogue.read(_KEPT_AS) or "{}")
    return {key: Rest(Place(**one["place"]), one["page_url"]) for key, one in kept.items()}


def keep_rests(catalogue: Catalogue, rests: Mapping[str, Rest]) -> None:
    """Remember the rests for whoever reads their mails."""
    kept = {key: asdict(one) for key, one in rests.items()}
    catalogue.write(_KEPT_AS, json.dumps(kept, sort_keys=True) if kept else "")


def find_rests(
    street: Street,
    sources: Mapping[str, Source],
    months: Mapping[int, MonthRow],
    notes: list[str],
) -> dict[str, Rest]:
    """Give the rests whose mail can be told, by its id, asking archives for pages not yet known."""
    pieces = [
        piece
        for piece in street.catalogue.mails.skips_for(CUT_BY_ARCHIVER)
        if months[piece.month_id].pages_url and not months[piece.month_id].older
    ]
    if not pieces:
        return {}
    finder = _Finder(street, sources, months, notes)
    return dict(finder.run(pieces))


class _Finder:
    def __init__(
        self,
        street: Street,
        sources: Mapping[str, Source],
        months: Mapping[int, MonthRow],
        notes: list[str],
    ) -> None:
        self._street = street
        self._sources = sources
        self._months = months
        self._notes = notes
        self._counts = street.catalogue.mails.count_pieces()

    def run(self, pieces: Sequence[SkipRow]) -> Iterator[tuple[str, Rest]]:
        for month_id in dict.fromkeys(piece.month_id for piece in pieces):
            month = self._months[month_id]
            own = [piece for piece in pieces if piece.month_id == month_id]
            try:
                yield from list(self._run_month(month, own))
            except MonthError as error:
                # A damaged month, which `check` names too: what was known of it stays.
                self._notes.append(f"{month.name}: rests not read: {error}")
                for head, rest in known_rests(self._street.catalogue).items():
                    if (rest.place.archive, rest.place.month) == (month.archive, month.name):
                        yield head, rest

    def _run_month(self, month: MonthRow, pieces: Sequence[SkipRow]) -> Iterator[tuple[str, Rest]]:
        counted = self._count(month.archive)
        for place, text, url in self._with_pages(month, pieces):
            head = self._find_head(counted, _number_of(url), text)
            if head:
                yield head, Rest(place, url)

    def _count(self, archive: str) -> _Counted:
        months = sorted(
            (one for one in self._months.values() if one.archive == archive and not one.older),
            key=lambda one: (one.start, one.id),
        )
        sizes = (self._counts.get(one.id, 0) for one in months)
        return _Counted(months, list(accumulate(sizes, initial=0))[:-1])

    def _with_pages(
        self, month: MonthRow, pieces: Sequence[SkipRow]
    ) -> Iterator[tuple[Place, str, str]]:
        """Give place, text and page of the pieces whose pages can be told."""
        places = [
            Place(month.archive, month.name, one.number, one.position, one.length) for one in pieces
        ]
        messages = [_parse(self._street.store, place, month.start) for place in places]
        found = self._ask(month, [message for message in messages if message])
        for place, message in zip(places, messages, strict=True):
            url = found.get(message.message_id, "") if message else ""
            if message and _number_of(url):
                yield place, message.text, url

    def _find_head(self, counted: _Counted, number: int, text: str) -> str:
        """Give the id of the mail whose page has the number before, or who alone may be it."""
        likely: list[MailRow] = []
        for month, first, last in counted.around(number - 1):
            rows = self._street.catalogue.mails.announcing_between(month.id, first, last)
            pages = self._pages_of(month, rows)
            for row in rows:
                if _number_of(pages.get(row.message_id, "")) == number - 1:
                    return row.message_id
            if pages:
                continue  # This month's pages say that it is none of these.
            start = counted.before[counted.months.index(month)]
            likely += [row for row in rows if abs(start + row.number - (number - 1)) <= _NEAR]
        signing = {row.message_id for row in likely if _signs(row, text)}
        return signing.pop() if len(signing) == 1 else ""

    def _pages_of(self, month: MonthRow, rows: Sequence[MailRow]) -> Mapping[str, str]:
        if not rows or not month.pages_url:
            return {}
        return self._ask(month, [known_message(row, month.archive, month.name) for row in rows])

    def _ask(self, month: MonthRow, wanted: Sequence[Message]) -> Mapping[str, str]:
        needed = {message.message_id for message in wanted}
        source = self._sources.get(month.archive)
        return ask_pages(self._street, source, month, (wanted, needed), self._notes)


def _parse(store: RawStore, place: Place, start: str) -> Message | None:
    """Read a piece as the mail of nobody that the archive takes it for."""
    data = store.read_mail(place)
    raw = RawMessage(place.archive, place.month, place.number, place.offset, place.length, data)
    message = parse_message(raw, datetime.fromisoformat(start) if start else None)
    if not isinstance(message, Message):
        return None
    # Pages name the subject that the archiver made up, and not the sender.
    return replace(message, sender="", address="", subject=CUT_SUBJECT)


def _text_of(store: RawStore, place: Place) -> str:
    message = _parse(store, place, "")
    return message.text if message else ""


def _number_of(url: str) -> int:
    match = _PAGE.search(url)
    return int(match[1]) if match else 0


def _signs(row: MailRow, text: str) -> bool:
    """Tell whether the last lines of a text bear the sender's name, or the first of his names."""
    name = clean_display_name(row.sender, row.address)
    own = {fold(name), fold(name.split(" ")[0])} - {""}
    body = _FOOTER.split(text, maxsplit=1)[0]
    return any(fold(signed) in own for signed in signed_names(body))
