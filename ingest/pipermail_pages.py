"""What Pipermail's pages say: which months an index names, which mails a month's page lists.

Reads text and gives records; it asks nobody. The index is a page of one program in many versions
and languages, often edited by hand, so it is read with a forgiving parser (the one user of
beautifulsoup4); month pages are long, all alike, and read in one pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote

from ingest.own_links import find_below
from ingest.tags import Tag, read_tokens

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# What Mailman names its volumes: by month, quarter, year, week, day.
_VOLUME = re.compile(r"(\d{4})(?:-([^/\W\d]{3,20})|q([1-4])|)|Week-of-Mon-(\d{8})|(\d{8})")
_LISTS = ("date", "thread", "subject", "author", "index")
_TEXT = re.compile(r"([^/]+?)(\.txt(?:\.gz)?)")
_LIST_PAGE = re.compile(r"([^/]+)/(?:(\w+)\.html?)?")
# The only attribute of a link, nothing in it escaped: what Mailman writes.
_PLAIN_LINK = re.compile(r"\s*href=\"([!#-%'-;=?-~]*)\"\s*", re.IGNORECASE)
_MESSAGE_PAGE = re.compile(r"(?:\./)?(\d{1,9})\.html")


@dataclass(frozen=True, slots=True)
class Volume:
    """A month as the index names it: files of its text, the best first, and a page listing it."""

    name: str
    start: datetime | None
    texts: tuple[str, ...]
    list_page: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A mail in a month's page."""

    number: int
    page: str
    subject: str
    author: str


@dataclass(frozen=True, slots=True)
class MessagePage:
    """What the page of a mail tells of it."""

    message_id: str
    author: str
    subject: str


def read_index(source: str, base: str) -> list[Volume] | None:
    """Give the months that an index page names, oldest first; None if this is no index of months.

    An archive that has no month yet is one: Mailman's page for it links to the list's own page.
    """
    tags = [token for token in read_tokens(source) if isinstance(token, Tag)]
    links, has_form = _plain_links(tags) or _any_links(tags)
    texts: dict[str, set[str]] = {}
    pages: dict[str, set[str]] = {}
    for link in links:
        below = unquote(find_below(base, link))
        if match := _TEXT.fullmatch(below):
            texts.setdefault(match[1], set()).add(match[2])
        elif match := _LIST_PAGE.fullmatch(below):
            pages.setdefault(match[1], set()).add(match[2] or "")
    names = [name for name in dict.fromkeys([*_in_order(links, base)]) if _VOLUME.fullmatch(name)]
    if not names:
        empty = any("listinfo" in link for link in links) and not has_form
        return [] if empty else None
    return _sort([_make_volume(name, texts.get(name), pages.get(name)) for name in names])


def _plain_links(tags: list[Tag]) -> tuple[list[str], bool] | None:
    """Give where links lead, and whether there is a form; None if a link is unlike Mailman's."""
    opened = [tag for tag in tags if not tag.closing]
    found = [_PLAIN_LINK.fullmatch(tag.source) for tag in opened if tag.name == "a"]
    links = [match[1] for match in found if match is not None]
    return (links, any(tag.name == "form" for tag in opened)) if len(links) == len(found) else None


def _any_links(tags: list[Tag]) -> tuple[list[str], bool]:
    # Imported only for pages that somebody edited: a sync in which nothing changed is mostly
    # imports, and this one would be a tenth of it.
    from bs4 import BeautifulSoup

    # Whole links and forms only: html.parser takes quadratic time for tags left open.
    kept = (tag for tag in tags if tag.name in ("a", "form"))
    whole = "".join(f"<{'/' * tag.closing}{tag.name} {tag.source}>" for tag in kept)
    soup = BeautifulSoup("\n" + whole, "html.parser")
    links = [str(link["href"]) for link in soup.find_all("a", href=True)]
    return links, soup.find("form") is not None


def _in_order(links: list[str], base: str) -> Iterator[str]:
    for link in links:
        below = unquote(find_below(base, link))
        if match := _TEXT.fullmatch(below) or _LIST_PAGE.fullmatch(below):
            yield match[1]


def _make_volume(name: str, texts: set[str] | None, pages: set[str] | None) -> Volume:
    suffixes = (".txt", ".txt.gz") if texts == {".txt"} else (".txt.gz", ".txt")
    page = next((kind for kind in _LISTS if kind in pages), "date") if pages else ""
    return Volume(
        name=name,
        start=find_start(name),
        texts=tuple(name + suffix for suffix in suffixes),
        list_page=f"{page}.html" if page else "",
    )


def find_start(name: str) -> datetime | None:
    """Give the first day of a volume by its name, None where the name does not tell."""
    match = _VOLUME.fullmatch(name)
    if match is None:
        return None
    year, month, quarter, week, day = match.groups()
    try:
        if week or day:
            return datetime.strptime(week or day, "%Y%m%d").replace(tzinfo=UTC)
        number = 1
        if quarter:
            number = int(quarter) * 3 - 2
        elif month:
            number = _NAMES.index(month[:3].lower()) + 1
        return datetime(int(year), number, 1, tzinfo=UTC)
    except ValueError:
        return None


def _sort(volumes: list[Volume]) -> list[Volume]:
    """Put the oldest first; what has no date keeps its place beside its neighbours."""
    dated = [volume.start for volume in volumes if volume.start]
    newest_first = len(dated) > 1 and dated[0] > dated[-1]
    keyed, last = [], datetime.min.replace(tzinfo=UTC)
    for volume in reversed(volumes) if newest_first or not dated else volumes:
        last = volume.start or last
        keyed.append((last, volume))
    return [volume for _, volume in sorted(keyed, key=lambda pair: pair[0])]


def read_month_page(source: str) -> list[Entry]:
    """Give the mails that a month's page lists, by any order, in the order of their numbers."""
    entries: dict[int, Entry] = {}
    number, subject, author, inside = -1, "", "", ""
    for token in read_tokens(source):
        if isinstance(token, str):
            subject += token if inside == "a" else ""
            author += token if inside == "i" else ""
            continue
        if token.name == "a" and not token.closing:
            match = _MESSAGE_PAGE.fullmatch(token.attributes().get("href", ""))
            if match:
                number, subject, author, inside = int(match[1]), "", "", "a"
        elif token.name == "i" and not token.closing and number >= 0:
            inside = "i"
        elif token.closing and token.name == inside:
            if inside == "i":
                entries.setdefault(
                    number, Entry(number, page_name(number), fold(subject), fold(author))
                )
                number = -1
            inside = ""
    return [entries[number] for number in sorted(entries)]


def page_name(number: int) -> str:
    """Name the page of a mail as Pipermail does."""
    return f"{number:06d}.html"


def fold(text: str) -> str:
    return " ".join(text.split())


def read_message_page(source: str) -> MessagePage:
    """Give what a mail's page tells of it; its `mailto:` links carry the Message-ID."""
    message_id = author = subject = inside = ""
    for token in read_tokens(source[:65536]):
        if isinstance(token, str):
            subject += token if inside == "h1" else ""
            author += token if inside == "b" else ""
            continue
        if token.name in ("link", "a") and not message_id:
            message_id = _find_id(token.attributes().get("href", ""))
        if token.closing and token.name == inside:
            inside = ""
        elif not token.closing and token.name == "h1" and not subject:
            inside = "h1"
        elif not token.closing and token.name == "b" and not author:
            inside = "b"
    return MessagePage(message_id, fold(author), fold(subject))


def _find_id(link: str) -> str:
    _, found, rest = link.partition("In-Reply-To=")
    if not link.lower().startswith("mailto:") or not found:
        return ""
    return fold(unquote(rest.split("&", 1)[0])).strip("<> ")
