"""An archive by somebody who means harm: a sync asks nobody else and writes nowhere else."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from ingest.errors import IngestError
from ingest.hyperkitty import HyperKittySource
from ingest.records import Part
from ingest.web import WebClient
from tests.loopback import Loopback, loopback, redirect, reply
from tests.pipermail_site import Mail, Site, candidacy, fill, month_text
from tests.syncing import Syncing

# Where a link may try to lead: {it} is another server, {own} the archive's, {port} its port.
ELSEWHERE = (
    "{it}/pipermail/sample-dev/2015-July.txt.gz",
    "//{it_host}/pipermail/sample-dev/2015-June.txt.gz",
    "http://{own_host}@{it_host}/2015-May.txt.gz",
    "http://127.0.0.1:{it_port}\\@{own_host}/2015-April.txt.gz",
    "http://[::1]:{it_port}/pipermail/other/2015-March.txt.gz",
    "http://localhost:{it_port}/2014-July.txt.gz",
    "http://2130706433:{it_port}/2014-June.txt.gz",
    "https://{own_host}/pipermail/elsewhere/2014-May.txt.gz",
    "http://169.254.169.254/latest/meta-data/2014-April.txt.gz",
    "ftp://{it_host}/2014-March.txt.gz",
    "file:///etc/passwd",
    "gopher://{it_host}/_2014-February.txt.gz",
    "../../../etc/2013-July.txt.gz",
    "..%2f..%2fetc%2f2013-June.txt.gz",
    "%2e%2e/%2e%2e/2013-May.txt.gz",
    "%252e%252e/2013-April.txt.gz",
    "..\\..\\2013-March.txt.gz",
    "/etc/2013-February.txt.gz",
    "2012-July%00.txt.gz",
    "2012-June/../../../2012-June.txt.gz",
    ".txt.gz",
    "..txt.gz",
    "%2e%2e.txt.gz",
    "2012-May\r\nX-Evil: 1.txt.gz",
    "2012-April%0d%0aX-Evil:%201.txt.gz",
)


@pytest.fixture
def other() -> Iterator[Loopback]:
    """A server that nobody named, and whose answers would be taken for a month."""
    with loopback() as running:
        running.serve_below("/", reply(b"From ana at example.org  Mon Oct  5 12:00:00 2015\n\nx\n"))
        yield running


def written(links: tuple[str, ...], own: Loopback, other: Loopback) -> list[str]:
    hosts = {"it": other.url, "it_host": other.url[7:], "own_host": own.url[7:]}
    return [link.format(it_port=other.url.rsplit(":", 1)[1], **hosts) for link in links]


def asked_only_its_own(server: Loopback, other: Loopback, path: str) -> None:
    assert other.requests == []
    for request in server.requests:
        asked = request.path
        for _ in range(3):
            asked = unquote(asked)
        assert asked.startswith(path), request.path
        assert not {"..", "."} & set(asked.replace("\\", "/").split("/")), request.path
        assert not re.search(r"[\0\r\n]", asked), request.path
        assert "x-evil" not in request.headers


def test_links_of_an_index_lead_nowhere_else(
    tmp_path: Path, server: Loopback, other: Loopback, web: WebClient
) -> None:
    site = Site(server)
    fill(site)
    names = [f'<a href="{name}.txt.gz">x</a>' for name in site.months]
    links = [f'<a href="{link}">[ Gzip\'d Text ]</a>' for link in written(ELSEWHERE, server, other)]
    page = "<html><table>{}</table></html>".format("".join([*names, *links, *names]))
    server.serve(site.path, reply(page.encode()))
    syncing = Syncing(tmp_path / "inside" / "data", web, [site.url])
    syncing()
    assert len(syncing.candidacies()) == 4  # what the honest links lead to is there
    asked_only_its_own(server, other, site.path)
    assert {one.name for one in tmp_path.iterdir()} == {"inside"}
    assert {one.name for one in (tmp_path / "inside").iterdir()} == {"data"}
    kept = {one for one in (tmp_path / "inside").rglob("*") if one.is_file()}
    assert all(one.parent.name in ("data", "months", "sample-dev", "pages") for one in kept), kept


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_month_that_redirects_elsewhere_is_named_and_not_followed(
    tmp_path: Path, server: Loopback, other: Loopback, web: WebClient, status: int
) -> None:
    site = Site(server)
    fill(site)
    for kind in (".txt.gz", ".txt"):
        path = f"{site.path}2015-October{kind}"
        server.serve(path, redirect(other.url + path, status))
    report = Syncing(tmp_path / "data", web, [site.url])()
    assert "on another host" in str(report.archives[0].faults)
    asked_only_its_own(server, other, site.path)


def test_a_month_that_unpacks_without_end_is_refused_and_the_old_one_stays(
    tmp_path: Path, server: Loopback, web: WebClient
) -> None:
    site = Site(server)
    fill(site)
    syncing = Syncing(tmp_path / "data", web, [site.url])
    syncing()
    before = syncing.dump()
    # A few hundred kilobytes on the way, and as an mbox begins.
    bomb = gzip.compress(month_text([Mail(1)])) + gzip.compress(bytes(2**20)) * 600
    server.serve(f"{site.path}2015-October.txt.gz", reply(bomb))
    (report,) = syncing().archives
    assert "unpacks to more than" in report.faults[0].reason
    assert syncing.dump() == before
    assert not list(syncing.folder.rglob("*.new"))


NOTES = (
    *("{it}/pipermail/sample-dev/attachments/1/a.html", "//{it_host}/attachments/2/a.html"),
    *("http://{own_host}@{it_host}/pipermail/sample-dev/attachments/3/a.html",),
    *("http://x/pipermail/sample-dev/attachments/../../../etc/passwd", "file:///etc/passwd"),
    *("http://x/pipermail/sample-dev/attachments/%2e%2e/%2e%2e/admin", "attachments/4/a.html"),
    *("http://x/pipermail/sample-dev/attachments/5/a.html%0d%0aX-Evil:%201", "http://[::1/a"),
    *("http://169.254.169.254/latest/meta-data/attachments/6/a.html",),
)


def test_notes_of_scrubbed_parts_lead_nowhere_else(
    tmp_path: Path, server: Loopback, other: Loopback, web: WebClient
) -> None:
    notes = "".join(
        "-------------- next part --------------\nAn HTML attachment was scrubbed...\n"
        f"URL: <{url}>\n"
        for url in written(NOTES, server, other)
    )
    site = Site(server)
    mail = candidacy(1)
    site.months = {"2015-September": [candidacy(1, text=mail.text + notes)]}
    site.publish()
    syncing = Syncing(tmp_path / "data", web, [site.url])
    syncing()
    assert len(syncing.candidacies()) == 1
    asked_only_its_own(server, other, site.path)
    assert "root:" not in str(syncing.candidacies())
    assert {one.name for one in tmp_path.iterdir()} == {"data"}


@pytest.mark.parametrize("url", NOTES)
def test_a_hyperkitty_attachment_is_asked_of_its_own_archive_only(
    server: Loopback, other: Loopback, web: WebClient, url: str
) -> None:
    source = HyperKittySource(f"{server.url}/archives/list/dev@lists.example.org/", web)
    [written_url] = written((url,), server, other)
    with pytest.raises(IngestError):
        source.fetch_part(Part(written_url, "html"))
    asked_only_its_own(server, other, "/archives/list/dev@lists.example.org/")


def test_an_index_of_a_hundred_thousand_links_is_read_in_bounded_time(
    server: Loopback, web: WebClient, tmp_path: Path
) -> None:
    site = Site(server)
    fill(site)
    names = [f'<a href="{name}.txt.gz">x</a>' for name in site.months]
    page = "".join([*names, *(f'<a href="thread/{n}">x' for n in range(100_000))])
    server.serve(site.path, reply(page.encode()))
    syncing = Syncing(tmp_path / "data", web, [site.url])
    syncing()
    assert len(syncing.candidacies()) == 4
