"""HyperKitty, the archive of Mailman 3: months as exports, mails' pages by the hash of their id.

An export is made anew for each request: it has no validators and no length, so a month is compared
by its digest, and a cut shows only at the end of the gzip. Mails of 1970 exist, and make the list
name every month since; so an empty month is followed by a look at larger ranges.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from urllib.parse import quote, unquote, urlsplit

from ingest.charsets import decode_bytes
from ingest.errors import ArchiveUnreachable, MonthBroken, NotAnArchive, PageMissing, WebError
from ingest.export_boundaries import number_boundaries
from ingest.month_files import Validators, write_month
from ingest.own_links import find_list, is_plain
from ingest.part_text import fetch_part_text
from ingest.records import ArchiveKind, ArchiveMonth, Message, Part
from ingest.tags import Tag, read_tokens
from ingest.web import WebClient
from ingest.web_answers import Answer, Page
from ingest.web_months import fetch_web_month

_MONTH_LINK = re.compile(r"(\d{4})/(\d{1,2})/")
_EMPTY = hashlib.sha256(b"").hexdigest()
# The newest month has no end, so that mails dated in the future are had as well.
_NO_END = "9999-01-01"
# Months that are asked about at once after an empty one: a year, then more and more.
_RANGES = (12, 48, 192, 768)


class HyperKittySource:
    """One list in a HyperKitty, wherever that is mounted."""

    kind = ArchiveKind.HYPERKITTY

    def __init__(self, address: str, web: WebClient, name: str = "") -> None:
        self.address = find_list(address)
        self._list = unquote(urlsplit(self.address).path).rstrip("/").rsplit("/", 1)[-1]
        self.name = name or re.sub(r"[^\w.+@-]+", "-", self._list).strip(".-")
        self._web = web
        self._base = self.address
        self._lock = Lock()
        self._empty: list[tuple[int, int]] = []
        self._last = 0

    def list_months(self) -> list[ArchiveMonth]:
        """Name every month from the list's first mail to its newest, empty ones among them."""
        page = self._get_overview()
        found = find_list(page.address)
        if found:
            self._base = found
        numbers = list(self._find_months(decode_bytes(page.body, "utf-8")[0]))
        if not found or (not numbers and b"hyperkitty" not in page.body.lower()):
            raise NotAnArchive(
                f"{self.address} shows no list's archive (perhaps it wants a login): "
                "look at it in a browser",
                address=self.address,
            )
        if not numbers:
            return []
        self._last = max(numbers)
        return [self._make_month(number) for number in range(min(numbers), self._last + 1)]

    def fetch_month(
        self, month: ArchiveMonth, known: Validators | None, into: Path
    ) -> Validators | None:
        """Write a month's export; one that lies in a range known to be empty is not asked for."""
        number = _number(month)
        if self._is_empty(number):
            return write_month((), into, known)
        written = fetch_web_month(self._web, month.url, month.name, known, into, number_boundaries)
        digest = written.digest if written else known.digest if known else ""
        if digest == _EMPTY and number < self._last:
            self._note_empty(number, is_first_time=known is None)
        return written

    def find_pages(self, month: ArchiveMonth, wanted: Sequence[Message]) -> dict[str, str]:
        """Give every message's page, which its Message-ID alone tells."""
        return {one.message_id: f"{self._base}message/{one.id}/" for one in wanted}

    def fetch_part(self, part: Part) -> str:
        """Give the text of a mail's attachment."""
        below = self._find_below(part.url)
        if not re.match(r"message/\w+/attachment/", below):
            raise MonthBroken(f"{part.url[:200]} is no part of {self.address}", month=part.url)
        return fetch_part_text(self._web, self._base + quote(below), part)

    def _get_overview(self) -> Page:
        try:
            return self._web.get_page(self.address)
        except PageMissing as error:
            raise NotAnArchive(
                f"{self.address} is not there (404): check the name of the list",
                address=self.address,
            ) from error
        except WebError as error:
            raise ArchiveUnreachable(str(error), address=self.address) from error

    def _make_month(self, number: int) -> ArchiveMonth:
        year, month = divmod(number, 12)
        name = f"{year:04d}-{month + 1:02d}"
        last = number == self._last
        return ArchiveMonth(
            archive=self.name,
            name=name,
            url=self._export(name, number, None if last else number + 1),
            start=datetime(year, month + 1, 1, tzinfo=UTC),
        )

    def _export(self, name: str, first: int, end: int | None) -> str:
        """Make the address of the mails from one month's first day to another's, that excluded."""
        until = _NO_END if end is None else _first_day(end)
        file = quote(f"{self._list}-{name}.mbox.gz", safe="@")
        return f"{self._base}export/{file}?start={_first_day(first)}&end={until}"

    def _is_empty(self, number: int) -> bool:
        with self._lock:
            return any(first <= number < end for first, end in self._empty)

    def _note_empty(self, number: int, is_first_time: bool) -> None:
        """Look ahead from an empty month, but not from a lone one that is asked for once again."""
        with self._lock:
            is_lone = not any(end == number for _, end in self._empty)
            self._empty.append((number, number + 1))
        if is_first_time or not is_lone:
            self._look_ahead(number + 1)

    def _look_ahead(self, first: int) -> None:
        """Ask about larger and larger ranges behind an empty month, until one has a mail."""
        for months in _RANGES:
            end = min(first + months, self._last)
            if end <= first or self._has_mail(first, end):
                return
            with self._lock:
                self._empty.append((first, end))

    def _find_months(self, source: str) -> Iterator[int]:
        """Give the months that the list's page links to, counted from the year 0."""
        for token in read_tokens(source):
            if isinstance(token, Tag) and token.name == "a" and not token.closing:
                below = self._find_below(token.attributes().get("href", ""))
                match = _MONTH_LINK.fullmatch(below)
                if match and 1 <= int(match[2]) <= 12 and int(match[1]) > 0:
                    yield int(match[1]) * 12 + int(match[2]) - 1

    def _find_below(self, link: str) -> str:
        """Give what of a link lies below this list, under whichever prefix the site calls itself.

        A site that is mounted twice writes all its links with one prefix.
        """
        try:
            path = unquote(urlsplit(link).path)
        except ValueError:
            return ""
        _, found, below = path.partition(f"/list/{self._list}/")
        return below if found and is_plain(below) else ""

    def _has_mail(self, first: int, end: int) -> bool:
        def read(answer: Answer) -> bool:
            return any(answer.unpacked)

        try:
            return self._web.fetch(self._export("range", first, end), read)
        except WebError:
            # Only a short cut: the months themselves will be asked for and say what is wrong.
            return True


def _number(month: ArchiveMonth) -> int:
    return month.start.year * 12 + month.start.month - 1 if month.start else -1


def _first_day(number: int) -> str:
    year, month = divmod(number, 12)
    return f"{year:04d}-{month + 1:02d}-01"
