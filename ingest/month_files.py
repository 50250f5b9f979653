"""How a month is written: checked, packed, whole or not at all.

Every kind of archive hands its month over as a stream of bytes; here it becomes the one file that
can never be remade. Where the file goes afterwards is `raw_store`'s business, and where its mails
begin that of `mbox`.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

# Blank lines stand before the first mail where an archiver joined files.
_LONGEST_LEAD = 4096
# Level 1 packs mail in little more than half the time of level 4, and to some 15 % more bytes.
_LEVEL = 1


@dataclass(frozen=True, slots=True)
class Validators:
    """What is remembered of a fetched month, to ask for it again conditionally.

    `digest` is the SHA-256 (hex) of the unpacked bytes; `size` counts those bytes. `etag` and
    `last_modified` are empty where the server sent none.
    """

    digest: str
    size: int
    etag: str = ""
    last_modified: str = ""


class NoMbox(ValueError):
    """The bytes do not begin like an mbox; `beginning` is how they do."""

    def __init__(self, beginning: bytes) -> None:
        super().__init__("is no mbox")
        self.beginning = beginning


def write_month(
    chunks: Iterable[bytes], into: Path, known: Validators | None = None
) -> Validators | None:
    """Pack a month into the new file `into`; give None and leave no file if its digest is known.

    The same bytes give the same file. Raise `NoMbox`, or what `chunks` raises, and leave no file.
    """
    digest, size = hashlib.sha256(), 0
    try:
        with into.open("xb") as file:
            with gzip.GzipFile("", "wb", _LEVEL, file, mtime=0) as packed:
                for chunk in _checked(chunks):
                    digest.update(chunk)
                    size += len(chunk)
                    packed.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise
    except BaseException:
        # Also on KeyboardInterrupt: half a month must not be taken for one.
        into.unlink(missing_ok=True)
        raise
    if known is not None and known.digest == digest.hexdigest():
        into.unlink()
        return None
    return Validators(digest.hexdigest(), size)


def with_headers(validators: Validators, etag: str, last_modified: str) -> Validators:
    """Add what the server sent to ask again with."""
    return replace(validators, etag=etag, last_modified=last_modified)


def _checked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pass chunks on once they are seen to begin like an mbox; nothing at all is an empty month."""
    head, begun = b"", False
    for chunk in chunks:
        if begun:
            yield chunk
            continue
        head += chunk
        lead = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n\t \0")
        if lead[:5] == b"From ":
            begun = True
            yield head
        elif not b"From ".startswith(lead[:5]) or len(head) - len(lead) > _LONGEST_LEAD:
            raise NoMbox(lead[:80])
    if not begun and head.strip(b"\r\n\t \0"):
        raise NoMbox(head[:80])
