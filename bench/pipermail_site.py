"""Writes a list of articles as the site that Pipermail would have made of them, the same each time.

Owns which files there are, in which month, under which number, in which thread. What an article is
and what a page looks like stands in `pipermail_articles` and `pipermail_pages`.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.pipermail_articles import Article, MailingList, Page, month_text, part_page, scrub
from bench.pipermail_pages import VIEWS, article_page, index_page, view_page


@dataclass(frozen=True, slots=True)
class Written:
    """Where an article came to stand: its month, and its page below the archive's address."""

    article: Article
    month: str
    page: str


def write_site(mailing_list: MailingList, articles: Iterable[Article], root: Path) -> list[Written]:
    """Write the archive below `root/pipermail/NAME/`; articles are numbered in the order given.

    The newest month is left unpacked, as the nightly job of a server leaves it.
    """
    folder = root / "pipermail" / mailing_list.name
    folder.mkdir(parents=True)
    months: dict[str, list[Page]] = defaultdict(list)
    written = []
    for number, article in enumerate(articles):
        text, part = scrub(article, mailing_list.url)
        if part:
            _write(folder / part, part_page(article))
        page = Page(number, article, text)
        months[article.month].append(page)
        written.append(Written(article, article.month, f"{article.month}/{page.file}"))
    ordered = sorted(months, key=lambda month: months[month][0].article.posted, reverse=True)
    rows = []
    for month in ordered:
        file, size = _write_text(folder, month, months[month], packed=month != ordered[0])
        _write_pages(mailing_list, folder / month, months[month])
        rows.append((month, file, size))
    _write(folder / "index.html", index_page(mailing_list, rows))
    return written


def _write_text(
    folder: Path, month: str, pages: Sequence[Page], *, packed: bool
) -> tuple[str, int]:
    text = "".join(month_text(page.article, page.text) for page in pages)
    data = text.encode("utf-8", "surrogateescape")
    name = f"{month}.txt"
    if packed:
        name, data = f"{name}.gz", gzip.compress(data, mtime=0)
    (folder / name).write_bytes(data)
    return name, len(data)


def _write_pages(mailing_list: MailingList, folder: Path, pages: Sequence[Page]) -> None:
    threaded = _by_thread(_once_each(pages))
    orders = {
        "thread": threaded,
        "subject": sorted(threaded, key=lambda page: (page.title.lower(), page.article.posted)),
        "author": sorted(threaded, key=lambda page: (page.author.lower(), page.article.posted)),
        "date": sorted(threaded, key=lambda page: (page.article.posted, page.number)),
    }
    for view in VIEWS:
        _write(folder / f"{view}.html", view_page(mailing_list, view, orders[view], len(pages)))
    # A server has a link here.
    _write(folder / "index.html", (folder / "thread.html").read_text(encoding="utf-8"))
    places = {page.number: place for place, page in enumerate(threaded)}
    for page in pages:
        # The second of two mails with one Message-ID has a page but no place in any index.
        place = places.get(page.number)
        before = threaded[place - 1] if place else None
        after = threaded[place + 1] if place is not None and place + 1 < len(threaded) else None
        _write(folder / page.file, article_page(mailing_list, page, before, after))


def _once_each(pages: Sequence[Page]) -> list[Page]:
    first: dict[str, Page] = {}
    for page in pages:
        first.setdefault(page.article.message_id, page)
    return list(first.values())


def _by_thread(pages: Sequence[Page]) -> list[Page]:
    """Order a month's pages by thread, each with its depth; threads never cross months."""
    here = {page.article.message_id for page in pages}
    below: dict[str, list[Page]] = defaultdict(list)
    for page in sorted(pages, key=lambda page: (page.article.posted, page.number)):
        parents = [name for name in page.article.references if name in here]
        below[parents[-1] if parents else ""].append(page)

    def walk(parent: str, depth: int) -> Iterable[Page]:
        for page in below[parent]:
            yield replace(page, depth=depth)
            yield from walk(page.article.message_id, depth + 1)

    return list(walk("", 0))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
