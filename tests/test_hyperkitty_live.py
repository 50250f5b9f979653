"""A HyperKitty that really runs is pulled completely, month by month."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest

from ingest.errors import NotAnArchive
from ingest.records import ArchiveMonth, Part
from ingest.sources import Source, open_source
from ingest.web import WebClient
from tests.builders import make_message

HOME = os.environ.get("HUSTINGS_TEST_HYPERKITTY", "")
DATA = Path(__file__).parent / "data" / "hyperkitty"
LIST = "dev@lists.example.org"

pytestmark = pytest.mark.skipif(
    not HOME, reason="needs HUSTINGS_TEST_HYPERKITTY, a folder made by .ci/hyperkitty"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hyperkitty")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(DATA),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DJANGO_SETTINGS_MODULE": "hyperkitty_settings",
        "HUSTINGS_HYPERKITTY_FOLDER": str(folder),
    }

    def manage(*command: str) -> None:
        subprocess.run(
            [f"{HOME}/bin/django-admin", *command],
            env=environment,
            cwd=folder,
            check=True,
            capture_output=True,
        )

    manage("migrate", "--verbosity=0")
    manage("hyperkitty_import", "--list-address", LIST, str(DATA / "mails.mbox"))
    with subprocess.Popen(
        [f"{HOME}/bin/gunicorn", "--bind", "127.0.0.1:0", "mailman_web.wsgi:application"],
        env=environment,
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stderr
            lines = iter(server.stderr.readline, "")
            yield next(m[1] for m in (re.search(r"at: (http://\S+)", x) for x in lines) if m)
        finally:
            server.terminate()


@pytest.fixture
def live_web() -> Iterator[WebClient]:
    client = WebClient()
    yield client
    client.close()


@pytest.fixture
def source(site: str, live_web: WebClient) -> Source:
    return open_source(f"{site}/archives/list/{LIST}/", live_web)


def read(source: Source, month: ArchiveMonth, folder: Path) -> bytes:
    into = folder / month.name
    assert source.fetch_month(month, None, into) is not None
    return gzip.decompress(into.read_bytes())


def test_every_mail_is_had_once(source: Source, live_web: WebClient, tmp_path: Path) -> None:
    months = source.list_months()
    texts = {month.name: read(source, month, tmp_path) for month in months}
    ids = {
        name: re.findall(rb"^Message-ID: <(\S+)@", text, re.MULTILINE)
        for name, text in texts.items()
        if text
    }
    assert ids.pop(months[-1].name) == [b"future"]
    assert ids == {
        "1970-01": [b"before-time"],
        "2015-09": [b"first", b"second", b"third"],
        "2015-10": [b"fourth"],
    }


def test_decades_without_mails_cost_few_requests(
    source: Source, live_web: WebClient, tmp_path: Path
) -> None:
    months = source.list_months()
    for month in months:
        read(source, month, tmp_path)
    assert len(months) > 600
    assert live_web.counts.asked < 60


def test_a_month_that_did_not_change_is_not_written_again(source: Source, tmp_path: Path) -> None:
    month = next(month for month in source.list_months() if month.name == "2015-09")
    known = source.fetch_month(month, None, tmp_path / "first")
    assert known is not None
    assert source.fetch_month(month, known, tmp_path / "second") is None
    assert not (tmp_path / "second").exists()


def test_pages_and_attachments_are_where_we_say(
    source: Source, live_web: WebClient, tmp_path: Path
) -> None:
    month = next(month for month in source.list_months() if month.name == "2015-09")
    message = make_message(message_id="second@example.org")
    page = source.find_pages(month, [message])["second@example.org"]
    body = live_web.get_page(page).body.decode()
    assert "Ben Example" in body
    link = re.search(r'href="(\S+/attachment/\d+/\S+\.html)"', body)
    assert link is not None
    part = Part(url=link[1], kind="text/html")
    assert source.fetch_part(part) == "Glückwunsch, Ana!\n\n+1\n"


def test_an_export_can_be_read_as_mails(source: Source, tmp_path: Path) -> None:
    month = next(month for month in source.list_months() if month.name == "2015-10")
    mail = message_from_bytes(read(source, month, tmp_path).split(b"\n", 1)[1])
    assert mail["Subject"] == "the first second of the next"


def test_both_prefixes_lead_to_the_list(site: str, live_web: WebClient) -> None:
    other = open_source(f"{site}/hyperkitty/list/{LIST}/2015/9/?page=2", live_web)
    assert other.address == f"{site}/hyperkitty/list/{LIST}/"
    assert other.name == LIST
    assert len(other.list_months()) > 600


def test_a_list_that_is_not_there_is_named(site: str, live_web: WebClient) -> None:
    source = open_source(f"{site}/archives/list/nobody@lists.example.org/", live_web)
    with pytest.raises(NotAnArchive, match=r"nobody@lists\.example\.org"):
        source.list_months()
