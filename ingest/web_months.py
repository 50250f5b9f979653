"""A month over the web: asked for conditionally, checked while it comes in, written whole.

What Pipermail and HyperKitty have in common. Owns whose fault a failure is (the month's), and
leaves retrying to `web.py` and the writing to `month_files.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from ingest.errors import (
    ArchiveUnreachable,
    BodyBroken,
    MonthBroken,
    MonthMissing,
    PageMissing,
    RedirectRefused,
    WebError,
)
from ingest.month_files import NoMbox, Validators, with_headers, write_month, write_received
from ingest.web import WebClient
from ingest.web_answers import Answer


def fetch_web_month(
    web: WebClient,
    address: str,
    month: str,
    known: Validators | None,
    into: Path,
    settle: Callable[[Iterator[bytes]], Iterator[bytes]] | None = None,
) -> Validators | None:
    """Write the month at an address to `into`; give None and write nothing if it is the known one.

    `settle` takes out of the bytes what differs with each answer though the month is the same; what
    needs nothing of the kind is kept as it came.
    Raise `MonthMissing`, `MonthBroken`, or `ArchiveUnreachable` if nothing answers.
    """

    def read(answer: Answer) -> Validators | None:
        if answer.status == 304:
            return None
        if settle is None:
            written = write_received(answer.received, answer.limit, into, known)
        else:
            written = write_month(settle(answer.unpacked), into, known)
        if written is None:
            return None
        headers = answer.headers
        return with_headers(written, headers.get("etag", ""), headers.get("last-modified", ""))

    try:
        return web.fetch(address, read, _conditions(known))
    except NoMbox as error:
        what = "a web page" if error.beginning.startswith(b"<") else "something"
        raise MonthBroken(
            f"{month}: {address} answers with {what} instead of mails: look at it in a browser",
            month=month,
        ) from error
    except PageMissing as error:
        raise MonthMissing(
            f"{month}: the index names it, but {address} is not there: tell the archive's keeper",
            month=month,
        ) from error
    except (BodyBroken, RedirectRefused) as error:
        raise MonthBroken(f"{month}: {error}", month=month) from error
    except WebError as error:
        raise ArchiveUnreachable(f"{month}: {error}", address=address) from error


def _conditions(known: Validators | None) -> dict[str, str]:
    """Make the headers that let a server say "unchanged" without a body."""
    headers = {}
    if known is not None and known.etag:
        headers["If-None-Match"] = known.etag
    if known is not None and known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    return headers
