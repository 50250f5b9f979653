"""What changed and was not yet followed up: messages whose threads are due, parts not yet had.

Owns the tables `touched` and `waiting`. Written in the transaction that changed the mails, so that
a kill before the threads are rebuilt loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ingest.database import Database


class WaitingPart(NamedTuple):
    """A part that could not be had, its mail's key, how often and when it was asked for."""

    key: int
    url: str
    tries: int
    tried_at: str


class DueTable:
    """Messages by key, and the parts of messages by address."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def touch(self, keys: Iterable[int]) -> None:
        self._database.executemany("INSERT OR IGNORE INTO touched VALUES (?)", ((k,) for k in keys))

    def touched(self) -> set[int]:
        return {row[0] for row in self._database.execute("SELECT key FROM touched")}

    def clear_touched(self) -> None:
        self._database.execute("DELETE FROM touched")

    def wait_for(self, key: int, url: str, moment: str) -> None:
        """Remember that a message's text stands in a part that could not be had."""
        self._database.execute(
            "INSERT INTO waiting VALUES (?, ?, 1, ?) ON CONFLICT (key, url)"
            " DO UPDATE SET tries = tries + 1, tried_at = excluded.tried_at",
            (key, url, moment),
        )

    def waiting(self) -> list[WaitingPart]:
        return [WaitingPart(*row) for row in self._database.execute("SELECT * FROM waiting")]

    def stop_waiting(self, key: int, url: str) -> None:
        self._database.execute("DELETE FROM waiting WHERE key = ? AND url = ?", (key, url))
