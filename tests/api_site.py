"""A real server on loopback over a real index, for tests of what goes over HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from api.app import create_app
from api.serving import make_server
from api.settings import Settings
from api.sockets import address_of, listen
from ingest.elections import load_elections
from ingest.records import Candidacy, Office, Outcome, Reason, Status
from search import open_engine, open_writer
from tests.builders import A_DAY, make_candidacy, make_reply

RAW = (
    b"From ana at example.org  Mon Sep 14 12:00:00 2015\n"
    b"From: ana@example.org (Ana Example)\n"
    b"Date: Mon, 14 Sep 2015 12:00:00 +0000\n"
    b"Subject: [nova] PTL candidacy\n"
    b"Message-ID: <first@example.org>\n"
    b"\n"
    b"I would like to run for Nova PTL.\n"
    b"From the start, write to ana@example.org.\n"
    b"From ana@example.org  Mon Sep 14 12:00:00 2015\n"
)

ANA = make_candidacy(
    statement="I would like to run for Nova PTL.\n\nReview bandwidth: write to ana@example.org.",
    status=Status.CONFIRMED,
    outcome=Outcome.ELECTED,
    reasons=(Reason("subject of a candidacy", 4.0, "ask ana@example.org"),),
    replies=(
        make_reply(
            text="> Review bandwidth\n\nBen <ben@example.org> says +1",
            posted_at=A_DAY + timedelta(hours=3),
        ),
    ),
    archive_urls=("https://lists.example.org/pipermail/openstack-dev/2015-September/000001.html",),
    raw=RAW,
    race_size=2,
)
CAM = make_candidacy(
    message_id="cam@example.org",
    candidate="Cam Example",
    person="cam-example",
    address="cam@example.org",
    irc_nick="cam",
    posted_at=A_DAY + timedelta(days=1),
    statement="Nova needs a gate that works. I will defer new features.",
    archive_url="https://lists.example.org/pipermail/openstack-dev/2015-September/000009.html",
    race_size=2,
)
ANA_AGAIN = replace(
    make_candidacy(
        message_id="again@example.org", cycle="ocata", cycle_order=15, subject="[nova] PTL again"
    ),
    posted_at=A_DAY + timedelta(days=365),
    statement="Review bandwidth again, and quantum things.",
    archive_url="",
)
DEE = make_candidacy(
    message_id="dee@example.org",
    subject="[tc] candidacy",
    candidate='Dee "=cmd" <b>Example</b>',
    person="dee-example",
    address="dee@example.org",
    irc_nick="",
    office=Office.TC,
    projects=(),
    posted_at=A_DAY + timedelta(days=20),
    statement="=1+1 is what I promise.\x00\x1b[31m <script>alert(1)</script> \u202eevil",
    archive_url="https://lists.example.org/pipermail/openstack-dev/2015-October/000002.html",
)
EVERYBODY = (ANA, CAM, ANA_AGAIN, DEE)


def make_index(folder: Path, candidacies: Sequence[Candidacy] = EVERYBODY, state: str = "") -> None:
    """Index candidacies in the data folder `folder`."""
    with open_writer(folder / "index", load_elections().vocabulary()) as writer:
        writer.rebuild([(candidacy, str(number)) for number, candidacy in enumerate(candidacies)])
        if state:
            writer.record_state(state)


def make_app(folder: Path, **settings: Any) -> FastAPI:
    """Put the application together over the index of a data folder."""
    vocabulary = load_elections().vocabulary()
    engine = open_engine(folder / "index", vocabulary)
    return create_app(engine, vocabulary, Settings(data=folder, **settings))


@contextmanager
def serving(app: FastAPI) -> Iterator[httpx.Client]:
    """Serve on a free port, and give a client of it."""
    sock = listen("127.0.0.1", 0)
    server = make_server(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        with httpx.Client(base_url=address_of(sock), trust_env=False) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(10)
        sock.close()
