"""A site of invented candidacies on a free port, for the tests of pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
from bs4 import BeautifulSoup

from api.app import create_app
from api.settings import Settings
from ingest.elections import load_elections
from ingest.records import Candidacy
from tests.api_site import serving
from tests.page_community import make_community, open_community

ONE = next(one for one in make_community() if one.race == "liberty/PTL/nova")
FRAMED = [
    "/",
    "/?q=review",
    "/?q=review&project=nova&project=neutron&sort=oldest",
    "/?q=xyzzyx",
    f"/candidacies/{ONE.id}",
    "/candidates",
    "/candidates?letter=A",
    "/candidates/ana-example",
    "/races",
    "/races/mitaka/PTL/nova",
    "/races/kilo/TC",
    "/projects",
    "/projects/nova",
    "/cycles",
    "/cycles/mitaka",
    "/trends",
    "/trends?q=review&q=rolling&within=is:ptl",
    "/manual",
    "/archives",
]
BROWSER = {"Accept": "text/html,application/xhtml+xml"}


@contextmanager
def site_of(
    folder: Path, candidacies: list[Candidacy] | None = None, state: str = "", **settings: object
) -> Iterator[httpx.Client]:
    engine = open_community(folder / "index", candidacies, state)
    app = create_app(engine, load_elections().vocabulary(), Settings(**settings))
    with closing(engine), serving(app) as client:
        client.headers.update(BROWSER)
        yield client


def read_page(client: httpx.Client, path: str) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return BeautifulSoup(answer.text, "html.parser")
