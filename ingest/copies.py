"""Which copies of mails are one message, and which id each message goes by.

A Message-ID should name one mail, and copies of that mail in a regenerated month, in two months or
in two archives are one message. But programs give one id to two mails, and a mail must not vanish
because another one took its id: copies are one only where their content says so too. Everything
here depends on the set of copies alone, never on the order in which months were read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence

from ingest.catalogue_rows import MailRow
from ingest.database import key_of
from ingest.mail_table import MailTable

ID_OF_ANOTHER_MAIL = "message-id-of-another-mail"

# Gives the text of a copy; asked only where headers leave doubt, since it means reading the mail.
ReadText = Callable[[MailRow], str]
# (archive's rank, whether it is an older copy, the month's first day, its name) by month number.
MonthRanks = Mapping[int, tuple[int, int, str, str]]


def settle_copies(
    mails: MailTable, claimed: Iterable[int], ranks: MonthRanks, read_text: ReadText
) -> set[int]:
    """Decide anew for each id which copies are which message; give the keys of what changed."""
    touched: set[int] = set()
    for one in claimed:
        copies = mails.claiming(one)
        settled = list(_settle_id(copies, ranks, read_text))
        changed = [
            (before, after)
            for before, after in settled
            if (before.key, before.first, before.message_id) != after[:3]
        ]
        mails.settle((*after, before.id) for before, after in changed)
        for before, after in changed:
            touched.update((before.key, after[0]))
    return touched


def _settle_id(
    copies: Sequence[MailRow], ranks: MonthRanks, read_text: ReadText
) -> Iterable[tuple[MailRow, tuple[int, int, str, str | None]]]:
    claimed_id = next((c.claimed_id or c.message_id for c in copies), "")
    groups = _group(sorted(copies, key=_content), read_text)
    # The oldest mail is the likeliest owner: an id is copied from a mail that was there before.
    for index, group in enumerate(groups):
        speaking = min(group, key=lambda row: (ranks[row.month_id], row.number))
        own_id = claimed_id if index == 0 else _make_id(claimed_id, group[0])
        key = key_of(own_id)
        for row in group:
            first = int(row is speaking)
            yield row, (key, first, own_id, None if index == 0 else claimed_id)


def _content(row: MailRow) -> tuple[int, str, int, int]:
    return (row.posted_at, row.address, row.subject_key, row.digest)


def _group(copies: Sequence[MailRow], read_text: ReadText) -> list[list[MailRow]]:
    """Sort copies into messages; a copy that is like two groups joins them."""
    groups: list[list[MailRow]] = []
    for row in copies:
        alike = [g for g in groups if any(_is_same(row, other, read_text) for other in g)]
        joined = [row]
        for group in alike:
            groups.remove(group)
            joined = group + joined
        groups.append(sorted(joined, key=_content))
    return sorted(groups, key=lambda group: _content(group[0]))


def _is_same(one: MailRow, other: MailRow, read_text: ReadText) -> bool:
    """Tell whether two mails that bear one id are copies of one mail.

    Archives keep a mail's sender and subject differently (Pipermail strips `Re:`, HyperKitty
    rebuilds the text, a date may be unreadable in one of them), so no field alone decides.
    """
    if one.digest == other.digest:
        return True
    if one.address != other.address and one.subject_key != other.subject_key:
        return False
    return one.posted_at == other.posted_at or _opening(read_text(one)) == _opening(
        read_text(other)
    )


def _opening(text: str) -> str:
    """Take the first letters of a text; line ends, marks and obscured addresses do not count."""
    letters = "".join(character for character in text[:2000] if character.isalnum())
    return letters[:200].casefold().replace("at", "")


def _make_id(claimed_id: str, row: MailRow) -> str:
    """Make an id for a mail whose own belongs to another: the same in each copy of it."""
    told = f"{claimed_id}\n{row.address}\n{row.subject_key}\n{row.posted_at}"
    digest = hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:32]
    return f"{digest}@made-up.invalid"
