"""Mails by somebody who means harm, taken the whole way: mbox, sync, index, HTTP.

Owns how a hostile mail is written and how it comes to be served; what must not come of it, the
tests say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx

from api.app import create_app
from api.settings import Settings
from api.upkeep import index_catalogue
from ingest.elections import load_elections
from ingest.pipeline import Run, rebuild, sync
from ingest.raw_store import RawStore
from ingest.records import IngestReport
from ingest.sources import open_source
from ingest.web import WebClient
from search import open_engine
from tests.api_site import serving

TEXT = (
    "Hi all,\n\nI would like to announce my candidacy for the {team} PTL position for the Mitaka "
    "cycle.\n\n{more}\n\nThanks,\n{name}\n"
)


def write_mail(
    number: int = 1,
    *,
    name: str = "Ana Example",
    subject: str = "[nova] PTL candidacy",
    more: str = "Review bandwidth is what I care about.",
    fields: Sequence[str] = (),
    message_id: str = "",
    text: str | None = None,
    team: str = "nova",
) -> bytes:
    """Write one mail as a list server keeps it; a candidacy unless `text` says something else."""
    body = TEXT.format(team=team, more=more, name=name) if text is None else text
    head = [
        f"From mail{number}@example.org  Mon Sep 14 12:{number % 60:02d}:00 2015",
        f"From: {name} <mail{number}@example.org>",
        f"Date: Mon, 14 Sep 2015 12:{number % 60:02d}:00 +0000",
        f"Subject: {subject}",
        f"Message-ID: <{message_id or f'mail{number}@example.org'}>",
        *fields,
    ]
    if not any(field.lower().startswith("content-type:") for field in fields):
        head += ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
    return "\n".join([*head, "", body, ""]).encode("utf-8", "surrogateescape")


def write_answer(number: int, to: int, text: str, name: str = "Ben Example") -> bytes:
    """Write a reply to the mail of that number."""
    fields = (f"In-Reply-To: <mail{to}@example.org>", f"References: <mail{to}@example.org>")
    return write_mail(number, name=name, text=text, fields=fields)


def sync_mails(data: Path, mails: Sequence[bytes]) -> IngestReport:
    """Put the mails in a mailbox, sync it into a data folder, and index what was found."""
    box = data.with_name(f"{data.name}-dev.mbox")
    box.write_bytes(b"\n".join(mails))
    with closing(WebClient()) as web:
        report = sync(RawStore(data), [open_source(str(box), web)], Run())
    index_catalogue(Settings(data=data), report)
    return report


def reindex(data: Path) -> None:
    """Make catalogue and index anew from the raw months, as the command does."""
    rebuild(RawStore(data), Run())
    index_catalogue(Settings(data=data), rebuild=True)


@contextmanager
def serving_data(data: Path, **settings: Any) -> Iterator[httpx.Client]:
    """Serve a data folder as `hustings serve` does."""
    vocabulary = load_elections().vocabulary()
    with closing(open_engine(data / "index", vocabulary)) as engine:
        app = create_app(engine, vocabulary, Settings(data=data, **settings))
        with serving(app) as client:
            client.headers["Accept"] = "text/html,*/*;q=0.5"
            client.app = app  # type: ignore[attr-defined]
            yield client
