"""The text of mails that stands in files of its own: fetched once, kept, never asked for again.

Owns when such a part is asked for. One that cannot be had now is remembered with its mail, so that
the next sync tries again; a sync without sources (a rebuild) takes only what is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from ingest.catalogue_rows import MailRow
from ingest.due_table import WaitingPart
from ingest.errors import IngestError
from ingest.month_table import MonthRow
from ingest.records import Part
from ingest.sources import Source
from ingest.street import Street

# A part that failed thrice is hardly ever there later; it is asked for once in a while.
_TRIES = 3
_ASK_AGAIN_EVERY = timedelta(days=30)


class PartFetcher:
    """Parts of mails, from the data folder or their archive."""

    def __init__(self, street: Street, sources: Mapping[str, Source]) -> None:
        self._street = street
        self._store = street.store
        self._sources = sources
        self._missing: list[tuple[int, str]] = []
        self.notes: list[str] = []

    def fetch(self, month: MonthRow, mail: MailRow, part: Part) -> str | None:
        """Give a part's text; None, with a note, if it cannot be had now."""
        text = self._store.read_part(month.archive, part.url)
        if text is not None:
            return text
        source = self._sources.get(month.archive)
        if source is None:
            self._missing.append((mail.key, part.url))
            return None
        try:
            text = source.fetch_part(part)
        except IngestError as error:
            self._missing.append((mail.key, part.url))
            self.notes.append(f"{month.name}: part of <{mail.message_id}> not had: {error}")
            return None
        self._store.keep_part(month.archive, part.url, text)
        return text

    def remember_missing(self) -> None:
        """Write down what could not be had, to be called within the transaction of its mails."""
        moment = self._street.now().isoformat(timespec="seconds")
        for key, url in self._missing:
            self._street.catalogue.due.wait_for(key, url, moment)
        self._missing.clear()

    def try_again(self, months: Mapping[int, MonthRow]) -> None:
        """Ask again for the parts that are due; mails whose text is there now are touched."""
        mails, due = self._street.catalogue.mails, self._street.catalogue.due
        now = self._street.now()
        for waiting in due.waiting():
            if not _is_due(waiting, now):
                continue
            copies = mails.copies(waiting.key)
            part = Part(waiting.url, "html")
            had = copies and self.fetch(months[copies[0].month_id], copies[0], part) is not None
            with self._street.catalogue.transaction():
                if had or not copies:
                    due.stop_waiting(waiting.key, waiting.url)
                    due.touch([waiting.key])
                self.remember_missing()


def _is_due(waiting: WaitingPart, now: datetime) -> bool:
    since = now - datetime.fromisoformat(waiting.tried_at)
    return waiting.tries < _TRIES or not timedelta(0) <= since < _ASK_AGAIN_EVERY
