"""The text of mails that stands in files of its own: fetched once, kept, never asked for again.

Owns when such a part is asked for. One that cannot be had now is remembered with its mail, so that the
next sync tries again; a sync without sources (a rebuild) takes only what is kept.
"""

from __future__ import annotations

from collections.abc import Mapping

from ingest.errors import IngestError
from ingest.mail_table import MailRow
from ingest.month_table import MonthRow
from ingest.records import Part
from ingest.sources import Source
from ingest.street import Street


class PartFetcher:
    """Parts of mails, from the data folder or their archive."""

    def __init__(self, street: Street, sources: Mapping[str, Source]) -> None:
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

    def take_missing(self) -> list[tuple[int, str]]:
        """Give (message's key, address) of the parts that could not be had since last asked."""
        missing, self._missing = self._missing, []
        return missing
