"""Months and mails that were unpacked lately, kept in memory within bounds.

Reading one mail of a packed month means unpacking all before it. So the months that are being read
are kept as they are, and of months read long ago the mails that will be asked for once more. Where
they come from is `raw_store`'s business.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from ingest.records import Place

_MONTH_BYTES = 24 * 2**20
_MAIL_BYTES = 12 * 2**20

# An archive and a month.
Key = tuple[str, str]


class Unpacked:
    """The memory of one data folder; `read_month` unpacks a month that is not in it."""

    def __init__(self, read_month: Callable[[str, str], bytes]) -> None:
        self._read_month = read_month
        self._months: OrderedDict[Key, bytes] = OrderedDict()
        self._mails: dict[Key, dict[int, bytes]] = {}
        self._mail_bytes = 0

    def hold(self, place: Place, mail: bytes) -> None:
        """Keep one mail, if it still fits in."""
        if self._mail_bytes + len(mail) <= _MAIL_BYTES:
            self._mail_bytes += len(mail)
            self._mails.setdefault((place.archive, place.month), {})[place.offset] = mail

    def read(self, place: Place) -> bytes:
        """Give a mail; fewer bytes than the place says if its month is too short."""
        key = (place.archive, place.month)
        mail = self._mails.get(key, {}).get(place.offset)
        if mail is not None and len(mail) == place.length:
            return mail
        return self._month(key)[place.offset : place.offset + place.length]

    def forget(self, archive: str, month: str) -> None:
        """Let go of a month that was replaced."""
        self._months.pop((archive, month), None)
        self._mails.pop((archive, month), None)

    def forget_all(self) -> None:
        self._months.clear()
        self._mails.clear()
        self._mail_bytes = 0

    def _month(self, key: Key) -> bytes:
        if key not in self._months:
            self._months[key] = self._read_month(*key)
            while sum(map(len, self._months.values())) > _MONTH_BYTES and len(self._months) > 1:
                self._months.popitem(last=False)
        self._months.move_to_end(key)
        return self._months[key]
