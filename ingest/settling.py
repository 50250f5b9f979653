"""When it is decided which copies of mails are one message: month by month, or once at the end.

A first load takes all months in before it looks for copies, since nobody can ask for a message yet;
from then on each month is settled in the transaction that brings its rows. What makes two copies
one message is `copies`'s business.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.catalogue_rows import MailRow
from ingest.copies import settle_copies
from ingest.errors import MonthError
from ingest.mail_table import MonthChange
from ingest.reading import read_message
from ingest.street import Street
from ingest.tallies import Tally


def finish_loading(street: Street, tally: Tally | None = None) -> None:
    """End a first load, if one goes on: settle all copies, and correct the counts of its months.

    All in one transaction: a load that is killed goes on as one at the next sync.
    """
    catalogue = street.catalogue
    if not catalogue.is_loading:
        return
    with catalogue.transaction():
        catalogue.make_copies_index()
        settle_again(street, catalogue.mails.all_shared())
        settled = catalogue.mails.count_settled
        if tally is not None:
            tally.recount({month: settled(month) for month in tally.months})


def settle_month(street: Street, change: MonthChange) -> set[int]:
    """Settle the copies of what stood or stands in a month; give the keys of what changed."""
    mails = street.catalogue.mails
    unsettled = set(mails.shared(change.claimed))
    if change.gone:
        unsettled.update(mails.stranded(change.claimed))
    return settle_again(street, sorted(unsettled)) if unsettled else set()


def settle_again(street: Street, claimed: Sequence[int]) -> set[int]:
    """Decide which copies are which message for these ids, the archives ranked as they are now."""
    months = {month.id: month for month in street.catalogue.months.all()}
    ranks = {archive.name: archive.rank for archive in street.catalogue.months.archives()}

    def read_text(mail: MailRow) -> str:
        month = months[mail.month_id]
        try:
            return read_message(street.store, mail, month.archive, month.name, month.start).text
        except MonthError:
            return ""

    order = {
        month.id: (ranks[month.archive], month.older, month.start, month.name)
        for month in months.values()
    }
    return settle_copies(street.catalogue.mails, claimed, order, read_text)
