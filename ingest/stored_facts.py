"""What the data folder knows of an archive, a month and its pages beside the mails themselves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoredArchive:
    """An archive that was followed; `rank` orders archives where one mail stands in several."""

    name: str
    address: str
    kind: str
    rank: int


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """What was learnt when a month was fetched; `digest` and `size` are of its unpacked bytes."""

    name: str
    digest: str
    size: int
    url: str = ""
    pages_url: str = ""
    start: str = ""
    etag: str = ""
    last_modified: str = ""
    fetched_at: str = ""


@dataclass(frozen=True, slots=True)
class PageMap:
    """The pages of a month's candidacies by message id; `missing` when the month has no pages."""

    pages: dict[str, str]
    wanted: frozenset[str] = frozenset()
    missing: bool = False
    asked_at: str = ""
