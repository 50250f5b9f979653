"""Which page is whose mail: a month's list of pages held against the messages of its text.

The lists name neither Message-IDs nor dates, but Pipermail numbers pages in the order in which it
writes the text. So a mail is known by subject and author, and among its likes by its place: as many
pages stand before its page as mails before it in the text, but for pages that no list names (of two
mails with one Message-ID, the lists name one). Only what is still in doubt is looked at, page by
page. Owns the judgement and makes no request itself.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ingest.pipermail_pages import Entry, MessagePage, page_name
from ingest.records import Message

Look = Callable[[str], MessagePage | None]

# Pages looked at for one mail, and for all mails of a month.
_LOOKS_EACH = 6
_LOOKS_TWIN = 2
_LOOKS_ALL = 60
# Pages that no list names are rare; so many may stand before a mail without a sign of them.
_UNSEEN = 2

_MARKS = re.compile(
    r"(?:\s*+(?:re|aw|sv|antw|fwd?)\s*+(?:\[\d{1,3}\]|\(\d{1,3}\))?+\s*+:)++", re.IGNORECASE
)
_PREFIX = re.compile(r"\s*+\[[^\]]{1,60}\]")

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A mail whose page is certain: its place in the text, and its page's place in the list."""

    number: int
    index: int

    @property
    def unlisted(self) -> int:
        """How many mails before this one have no page in the list."""
        return self.number - self.index


def match_pages(entries: Sequence[Entry], wanted: Sequence[Message], look: Look) -> dict[str, str]:
    """Give the page of each message by its id, where it can be told; `look` asks for a page.

    `entries` come in the order of their numbers.
    """
    matching = _Matching(entries, wanted, look)
    return {message.message_id: page for message, page in matching.run()}


class _Matching:
    def __init__(self, entries: Sequence[Entry], wanted: Sequence[Message], look: Look) -> None:
        self._entries = entries
        self._numbers = [entry.number for entry in entries]
        self._wanted = sorted(wanted, key=lambda message: message.place.number)
        self._look_at = look
        self._looks = 0
        self._by_key: dict[Key, list[int]] = {}
        self._by_loose_key: dict[Key, list[int]] = {}
        for index, entry in enumerate(entries):
            key = _plain(entry.subject), _plain(entry.author)
            self._by_key.setdefault(key, []).append(index)
            self._by_loose_key.setdefault(_loosen(entry.subject, key[1]), []).append(index)

    def run(self) -> Iterator[tuple[Message, str]]:
        likes = [self._find_likes(message) for message in self._wanted]
        anchors = _find_anchors(self._wanted, likes)
        for message, like in zip(self._wanted, likes, strict=True):
            page = self._choose(message, like, anchors)
            if page:
                yield message, page

    def _find_likes(self, message: Message) -> list[int]:
        """Give the indexes of the pages that have the message's subject and author."""
        # The address stands in for a missing name, obscured.
        authors = [_plain(message.sender), _plain(message.address.replace("@", " at "))]
        found: set[int] = set()
        for author in filter(None, authors):
            found.update(self._by_key.get((_plain(message.subject), author), ()))
        for author in authors if not found else ():
            found.update(self._by_loose_key.get(_loosen(message.subject, author), ()))
        if not any(authors):  # a piece that the archiver took for a mail of nobody
            found.update(self._by_key.get((_plain(message.subject), ""), ()))
        return sorted(found)

    def _choose(self, message: Message, likes: list[int], anchors: Sequence[_Anchor]) -> str:
        number = message.place.number
        here = bisect_left(anchors, number, key=lambda anchor: anchor.number)
        before = anchors[here - 1].unlisted if here else 0
        following = next((one for one in anchors[here:] if one.number > number), None)
        after = following.unlisted if following else before + _UNSEEN
        last, first = number - before, number - after
        placed = [index for index in likes if first <= index <= last]
        if placed:
            page = self._entries[placed[-1]].page
            if following is not None and before == after:
                return page
            # In its place stands its page or its twin's; the other one is listed nowhere.
            beside = placed[-1] if placed[-1] == last else placed[-1] + 1
            return self._look_beside(message, beside) or page
        return (
            self._look_between(message, first, last)
            or self._take_displaced(message, likes)
            or self._look_among(message, range(max(0, first), min(last + 1, len(self._entries))))
        )

    def _look_beside(self, message: Message, index: int) -> str:
        """Look for the page of a twin among the free numbers right before an entry."""
        return self._look_at_numbers(
            message, self._unlisted_numbers(index, index + 1)[:_LOOKS_TWIN]
        )

    def _look_between(self, message: Message, first: int, last: int) -> str:
        """Look for a page that no list names, among the free numbers where it should be."""
        return self._look_at_numbers(message, self._unlisted_numbers(first, last + 1))

    def _look_at_numbers(self, message: Message, numbers: Sequence[int]) -> str:
        for number in numbers:
            page = self._look(page_name(number))
            if page and page.message_id == message.message_id:
                return page_name(number)
        return ""

    def _look_among(self, message: Message, indexes: Sequence[int]) -> str:
        """Look at pages where the mail's should be, though subject or author are not alike."""
        for index in list(indexes)[::-1][:_LOOKS_EACH]:
            page = self._look(self._entries[index].page)
            if page and page.message_id == message.message_id:
                return self._entries[index].page
        return ""

    def _take_displaced(self, message: Message, likes: list[int]) -> str:
        """Take a page that is out of its place, since a text may hold all mails twice."""
        for index in likes[:_LOOKS_EACH]:
            page = self._look(self._entries[index].page)
            if page and page.message_id == message.message_id:
                return self._entries[index].page
        unread = self._looks >= _LOOKS_ALL or not message.message_id
        return self._entries[likes[0]].page if len(likes) == 1 and unread else ""

    def _unlisted_numbers(self, first: int, end: int) -> list[int]:
        """Give the free numbers from before the entry `first` up to the entry before `end`."""
        begin = self._numbers[first - 1] if 0 < first <= len(self._numbers) else None
        last = self._numbers[end - 1] if 0 < end <= len(self._numbers) else None
        if begin is None and last is None:
            return []
        if begin is None:
            begin = (self._numbers[0] if last is None else last) - 2
        if last is None:
            last = begin + _LOOKS_EACH + 1
        listed = set(self._numbers[max(0, first - 1) : end])
        free = [n for n in range(max(begin + 1, last - 50), last) if n >= 0 and n not in listed]
        return free[::-1][:_LOOKS_EACH]

    def _look(self, page: str) -> MessagePage | None:
        if self._looks >= _LOOKS_ALL:
            return None
        self._looks += 1
        return self._look_at(page)


def _find_anchors(wanted: Sequence[Message], likes: Sequence[list[int]]) -> list[_Anchor]:
    """Give the longest run of mails with one page each in which no page comes before its time."""
    lone = [
        _Anchor(message.place.number, like[0])
        for message, like in zip(wanted, likes, strict=True)
        if len(like) == 1 and like[0] <= message.place.number
    ]
    # Patience sorting: `tails[k]` ends the best run of length k + 1, by what stands before it.
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for position, anchor in enumerate(lone):
        length = bisect_right(tails, anchor.unlisted)
        previous.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [anchor.unlisted]
        ends[length : length + 1] = [position]
    run: list[_Anchor] = []
    position = ends[-1] if ends else -1
    while position >= 0:
        run.append(lone[position])
        position = previous[position]
    return run[::-1]


def _loosen(subject: str, author: str) -> Key:
    """Make a key without the list's prefix and reply marks, which some archivers take away."""
    bare = _MARKS.sub("", _PREFIX.sub("", _MARKS.sub("", subject), count=1))
    return _plain(bare), author


def _plain(text: str) -> str:
    """Keep what no archiver mangles: ASCII letters and digits."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isascii() and char.isalnum())
