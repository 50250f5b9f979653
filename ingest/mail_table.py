"""Every copy of every mail, its skeleton, and what each piece that is no mail was.

Owns the tables `mails`, `refs` and `skips`. A month's rows are replaced as a whole; what that
changed is remembered by `due_table` in the same transaction. Which copies are one message is
decided in `copies`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

from ingest.catalogue_rows import MailRow, SkipRow, mail_id
from ingest.database import Database, batches, insert_rows, key_of, marks

_FIELDS = ", ".join(MailRow._fields)


@dataclass(frozen=True, slots=True)
class MonthChange:
    """What replacing a month's rows did.

    `touched` are keys of messages that came, went or changed; `gone` are the rows that went, whose
    neighbours in their threads are touched too; `claimed` are all ids that stood there or stand
    there.
    """

    touched: frozenset[int]
    gone: tuple[MailRow, ...]
    claimed: frozenset[int]


class MailTable:
    """Copies of mails by id, key, subject and reference."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_month(self, month_id: int) -> list[MailRow]:
        return self._select(
            "id BETWEEN ? AND ? ORDER BY id", (mail_id(month_id, 0), mail_id(month_id + 1, 0) - 1)
        )

    def replace_month(
        self, month_id: int, rows: Sequence[MailRow], skips: Sequence[SkipRow]
    ) -> MonthChange:
        """Put a month's new rows in place of its old ones; which copies speak is settled after."""
        old = self.of_month(month_id)
        change = _compare(old, rows)
        span = (mail_id(month_id, 0), mail_id(month_id + 1, 0) - 1)
        self._database.execute("DELETE FROM mails WHERE id BETWEEN ? AND ?", span)
        self._database.execute("DELETE FROM skips WHERE id BETWEEN ? AND ?", span)
        self._database.executemany(
            "DELETE FROM refs WHERE key = ? AND mail_id = ?", _reference_rows(old)
        )
        insert_rows(self._database, "mails", len(MailRow._fields), rows)
        insert_rows(self._database, "refs", 2, _reference_rows(rows))
        insert_rows(self._database, "skips", len(SkipRow._fields), skips)
        return change

    def skips_of_month(self, month_id: int) -> list[SkipRow]:
        rows = self._database.execute(
            "SELECT * FROM skips WHERE id BETWEEN ? AND ? ORDER BY id",
            (mail_id(month_id, 0), mail_id(month_id + 1, 0) - 1),
        )
        return [SkipRow(*row) for row in rows]

    def skips_for(self, reason: str) -> list[SkipRow]:
        """Give the pieces of all months that were skipped for a reason."""
        rows = self._database.execute("SELECT * FROM skips WHERE reason = ? ORDER BY id", (reason,))
        return [SkipRow(*row) for row in rows]

    def shared(self, claimed: Iterable[int]) -> Iterator[int]:
        """Give those of the ids that more than one copy bears."""
        for some in batches(claimed):
            rows = self._database.execute(
                f"SELECT claimed FROM mails WHERE claimed IN ({marks(len(some))})"  # noqa: S608
                " GROUP BY claimed HAVING count(*) > 1",
                some,
            )
            yield from (row[0] for row in rows.fetchall())

    def stranded(self, claimed: Iterable[int]) -> Iterator[int]:
        """Give those of the ids whose copies are not settled for being alone."""
        for some in batches(claimed):
            rows = self._database.execute(
                f"SELECT DISTINCT claimed FROM mails WHERE claimed IN ({marks(len(some))})"  # noqa: S608
                " AND (first = 0 OR claimed_id IS NOT NULL)",
                some,
            )
            yield from (row[0] for row in rows.fetchall())

    def standing_in(self, months: Set[int], claimed: Iterable[int]) -> set[int]:
        """Give those of the ids that a mail of some months bears."""
        found: set[int] = set()
        for some in batches(claimed):
            rows = self._database.execute(
                f"SELECT claimed, id >> 32 FROM mails WHERE claimed IN ({marks(len(some))})",  # noqa: S608
                some,
            )
            found.update(one for one, month in rows.fetchall() if month in months)
        return found

    def all_shared(self) -> list[int]:
        """Give the ids that more than one copy bears, in the order of their months."""
        rows = self._database.execute(
            "SELECT claimed FROM mails GROUP BY 1 HAVING count(*) > 1 ORDER BY max(id)"
        )
        return [row[0] for row in rows]

    def claiming(self, claimed: int) -> list[MailRow]:
        """Give every copy that bears an id, by the number of the id."""
        return self._select("claimed = ? ORDER BY id", (claimed,))

    def copies(self, key: int) -> list[MailRow]:
        """Give every copy of one message, the one that speaks for it first."""
        found = self._select(
            "claimed = ? AND key = claimed ORDER BY first DESC, id", (key,)
        ) or self._select("key = ? AND claimed_id IS NOT NULL ORDER BY first DESC, id", (key,))
        return found

    def settle(self, rows: Iterable[tuple[int, int, str, str | None, int]]) -> None:
        """Write which message copies belong to: (key, first, message id, claimed id, row id)."""
        self._database.executemany(
            "UPDATE mails SET key = ?, first = ?, message_id = ?, claimed_id = ? WHERE id = ?", rows
        )

    def firsts(self, keys: Iterable[int]) -> Iterator[MailRow]:
        """Give the speaking copy of each message that goes by one of these keys."""
        for some in batches(keys):
            yield from self._select(
                f"claimed IN ({marks(len(some))}) AND key = claimed AND first = 1", some
            )
            yield from self._select(
                f"key IN ({marks(len(some))}) AND claimed_id IS NOT NULL AND first = 1", some
            )

    def referring(self, keys: Iterable[int]) -> Iterator[MailRow]:
        """Give the speaking copy of each message that refers to one of these keys."""
        for some in batches(keys):
            known = f"SELECT mail_id FROM refs WHERE key IN ({marks(len(some))})"  # noqa: S608
            yield from self._select(f"first = 1 AND id IN ({known})", some)

    def of_subject(self, subject_key: int, since: int, until: int) -> list[MailRow]:
        """Give the messages with a subject that were posted within a time."""
        return self._select(
            "subject_key = ? AND posted_at BETWEEN ? AND ? AND first = 1",
            (subject_key, since, until),
        )

    def announcing(self) -> list[int]:
        """Number the messages that may announce a candidacy, month by month."""
        rows = self._database.execute(
            "SELECT key FROM mails WHERE announces = 1 AND first = 1 ORDER BY id"
        )
        return [row[0] for row in rows]

    def announcing_between(self, month_id: int, first: int, last: int) -> list[MailRow]:
        """Give the mails of a month, by their numbers, that may announce a candidacy."""
        return self._select(
            "announces = 1 AND id BETWEEN ? AND ? ORDER BY id",
            (mail_id(month_id, first), mail_id(month_id, last)),
        )

    def telling_results(self) -> list[MailRow]:
        return self._select("tells_results = 1 AND first = 1 ORDER BY posted_at, message_id", ())

    def count(self) -> int:
        """Count messages: each once, however many copies there are."""
        return int(
            self._database.execute("SELECT count(*) FROM mails WHERE first = 1").fetchone()[0]
        )

    def count_pieces(self) -> dict[int, int]:
        """Count the mails and the skipped pieces of each month."""
        rows = self._database.execute(
            "SELECT id >> 32, count(*) FROM (SELECT id FROM mails UNION ALL SELECT id FROM skips)"
            " GROUP BY 1"
        )
        return dict(rows.fetchall())

    def count_settled(self, month_id: int) -> tuple[int, int]:
        """Count the messages that a month's mails speak for, and its mails with another's id."""
        row = self._database.execute(
            "SELECT count(*) FILTER (WHERE first = 1), count(claimed_id) FROM mails"
            " WHERE id BETWEEN ? AND ?",
            (mail_id(month_id, 0), mail_id(month_id + 1, 0) - 1),
        ).fetchone()
        return int(row[0]), int(row[1])

    def ids(self) -> Iterator[tuple[str, str]]:
        """Give (id, the id its mails bear) of every message."""
        for row in self._database.execute(
            "SELECT message_id, coalesce(claimed_id, message_id) FROM mails WHERE first = 1"
        ):
            yield row[0], row[1]

    def _select(self, condition: str, values: Sequence[object]) -> list[MailRow]:
        # Conditions are written in this file; what comes from outside is bound.
        rows = self._database.execute(
            f"SELECT {_FIELDS} FROM mails WHERE {condition}",  # noqa: S608
            values,
        )
        return [MailRow(*row) for row in rows]


def _reference_rows(rows: Iterable[MailRow]) -> list[tuple[int, int]]:
    return [
        (key, row.id)
        for row in rows
        if row.refs
        for key in dict.fromkeys(map(key_of, row.refs.split("\n")))
    ]


def _compare(old: Sequence[MailRow], new: Sequence[MailRow]) -> MonthChange:
    """Tell which messages came, went or changed between two states of a month."""
    if not old:
        claimed = frozenset(row.claimed for row in new)
        return MonthChange(claimed, (), claimed)
    before = {(row.claimed, row.digest): row for row in old}
    after = {(row.claimed, row.digest) for row in new}
    gone = tuple(row for mark, row in before.items() if mark not in after)
    touched = {claimed for claimed, digest in after if (claimed, digest) not in before}
    for row in gone:
        touched.update((row.claimed, row.key), map(key_of, row.references()))
    stand = {row.claimed for row in old} | {mark[0] for mark in after}
    return MonthChange(frozenset(touched), gone, frozenset(stand))
