"""Pipermail, the archive of Mailman 2: its months, their text, the pages and parts of its mails.

Asks the server and says whose fault it is when something is not there. What the pages say is read
in `pipermail_pages.py`; which page is whose mail is decided in `page_matching.py`.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from ingest.charsets import decode_bytes
from ingest.errors import (
    ArchiveUnreachable,
    MonthBroken,
    MonthMissing,
    NotAnArchive,
    PageMissing,
    WebError,
)
from ingest.month_files import Validators
from ingest.own_links import find_below, find_list
from ingest.page_matching import match_pages
from ingest.part_text import fetch_part_text
from ingest.pipermail_pages import (
    MessagePage,
    Volume,
    read_index,
    read_message_page,
    read_month_page,
)
from ingest.records import ArchiveKind, ArchiveMonth, Message, Part
from ingest.web import WebClient
from ingest.web_answers import Page
from ingest.web_months import fetch_web_month

_A_PAGE = re.compile(r"(/[^/]*\.html?|/[^/]*\.txt(\.gz)?)$", re.IGNORECASE)


class PipermailSource:
    """One list's Pipermail archive at the address of its index."""

    kind = ArchiveKind.PIPERMAIL

    def __init__(self, address: str, web: WebClient, name: str = "") -> None:
        self.address = _folder(address)
        folder = unquote(urlsplit(self.address).path).strip("/").rsplit("/", 1)[-1]
        self.name = name or re.sub(r"[^\w.+@-]+", "-", folder).strip(".-") or "archive"
        self._web = web
        self._base = self.address
        self._volumes: dict[str, Volume] = {}

    def list_months(self) -> list[ArchiveMonth]:
        """Name the months of the index page, oldest first."""
        page = self._get_index()
        if find_list(page.address):
            raise NotAnArchive(
                f"{self.address} has moved to {find_list(page.address)}: give that address",
                address=self.address,
            )
        self._base = _folder(page.address)
        volumes = read_index(_text(page), self._base)
        if volumes is None:
            raise NotAnArchive(
                f"{self.address} is no Pipermail index: give the page that lists the months, "
                "such as https://lists.example.org/pipermail/LIST/",
                address=self.address,
            )
        self._volumes = {volume.name: volume for volume in volumes}
        return [self._make_month(volume) for volume in volumes]

    def fetch_month(
        self, month: ArchiveMonth, known: Validators | None, into: Path
    ) -> Validators | None:
        """Write a month's text, from `.txt` where `.txt.gz` is gone, and the other way round."""
        addresses = [month.url, _sibling(month.url)]
        try:
            return fetch_web_month(self._web, addresses[0], month.name, known, into)
        except MonthMissing:
            with contextlib.suppress(MonthMissing):
                return fetch_web_month(self._web, addresses[1], month.name, known, into)
            raise

    def find_pages(self, month: ArchiveMonth, wanted: Sequence[Message]) -> dict[str, str]:
        """Give the pages of messages; one request for the month, and one for each doubtful page."""
        if not wanted:
            return {}
        volume = self._volumes.get(month.name)
        if not month.pages_url:
            raise MonthMissing(f"{month.name} has no pages", month=month.name)
        listing = volume.list_page if volume and volume.list_page else "date.html"
        entries = read_month_page(_text(self._get_page(month, listing)))

        def look(page: str) -> MessagePage | None:
            try:
                return read_message_page(_text(self._get_page(month, page)))
            except MonthMissing:
                return None

        pages = match_pages(entries, wanted, look)
        return {message_id: month.pages_url + page for message_id, page in pages.items()}

    def fetch_part(self, part: Part) -> str:
        """Give the text of a scrubbed part, from this archive whatever host its note names."""
        below = find_below(self._base, part.url)
        if not below.startswith("attachments/"):
            raise MonthBroken(f"{part.url[:200]} is no part of {self.address}", month=part.url)
        return fetch_part_text(self._web, self._base + below, part)

    def _get_index(self) -> Page:
        try:
            return self._web.get_page(self.address)
        except PageMissing as error:
            raise NotAnArchive(
                f"{self.address} is not there (404): check the address of the archive",
                address=self.address,
            ) from error
        except WebError as error:
            raise ArchiveUnreachable(str(error), address=self.address) from error

    def _get_page(self, month: ArchiveMonth, name: str) -> Page:
        try:
            return self._web.get_page(month.pages_url + name)
        except PageMissing as error:
            raise MonthMissing(f"{month.name} has no page {name}", month=month.name) from error
        except WebError as error:
            raise MonthBroken(f"{month.name}: {error}", month=month.name) from error

    def _make_month(self, volume: Volume) -> ArchiveMonth:
        folder = f"{self._base}{quote(volume.name)}/"
        return ArchiveMonth(
            archive=self.name,
            name=volume.name,
            url=self._base + quote(volume.texts[0]),
            pages_url=folder if volume.list_page else "",
            start=volume.start,
        )


def _folder(address: str) -> str:
    """Give the address of the archive's folder for that of any page in it."""
    parts = urlsplit(address)
    path = _A_PAGE.sub("/", parts.path)
    return urlunsplit((parts.scheme, parts.netloc, path.rstrip("/") + "/", "", ""))


def _sibling(address: str) -> str:
    """Give the other of `X.txt` and `X.txt.gz`: each night the archiver packs what has changed."""
    return address.removesuffix(".gz") if address.endswith(".gz") else address + ".gz"


def _text(page: Page) -> str:
    declared = page.content_type.lower().partition("charset=")[2]
    return decode_bytes(page.body, declared.strip("\"' "))[0]
