"""What differs between two exports of one unchanged month, made the same.

HyperKitty builds each exported mail anew, with a MIME boundary drawn at random. It separates parts
and says nothing; but with it no export would equal the one before, and every sync would bring every
month as changed. So the boundaries are numbered instead, in as many bytes. All else stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

# As Python's email package draws and HyperKitty writes it: always last in the header, in two lines.
_HEADER = rb"MIME-Version: 1\.0\nContent-Type: multipart/mixed; boundary=\"={15}(\d{19})==\"\n"
_BOUNDARY = re.compile(rb"^(?:" + _HEADER + rb"|--={15}(\d{19})==(?:--)?$)", re.MULTILINE)
_FIRST_LINE = b"MIME-Version: 1.0\n"
# More than the two lines of a header together, so that they are never looked at apart.
_HELD_BACK = 256


def number_boundaries(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Give an export with the boundary of its first mail called 1, of its second 2, and so on."""
    numbering = _Numbering()
    rest = b""
    for chunk in chunks:
        data = rest + chunk
        end = data.rfind(b"\n", 0, max(0, len(data) - _HELD_BACK)) + 1
        if data.endswith(_FIRST_LINE, 0, end):
            end -= len(_FIRST_LINE)
        rest = data[end:]
        yield numbering.apply(data[:end])
    yield numbering.apply(rest)


class _Numbering:
    def __init__(self) -> None:
        self._mails = 0
        self._drawn = b""

    def apply(self, data: bytes) -> bytes:
        return _BOUNDARY.sub(self._rename, data)

    def _rename(self, match: re.Match[bytes]) -> bytes:
        if match[1]:
            self._mails += 1
            self._drawn = match[1]
        elif match[2] != self._drawn:
            # A line of a mail's text that looks like some boundary, but not like this mail's.
            return match[0]
        return match[0].replace(self._drawn, b"%019d" % self._mails)
