"""Downloads that other programs read as they are: JSON Lines, CSV, mbox."""

from __future__ import annotations

import csv
import io
import json
import mailbox
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from api.exports import neutralise_cell, write_csv, write_jsonl, write_mbox
from ingest.records import Candidacy
from tests.api_site import ANA, CAM, DEE, EVERYBODY, RAW, make_app, make_index, serving

EXPORT = "/api/v1/export"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("data")
    make_index(folder)
    with serving(make_app(folder)) as client:
        yield client


def test_json_lines_hold_one_candidacy_each(site: httpx.Client) -> None:
    response = site.get(EXPORT)
    assert response.headers["content-type"] == "application/jsonl"
    assert 'filename="candidacies.jsonl"' in response.headers["content-disposition"]
    ids = [json.loads(line)["id"] for line in response.text.splitlines()]
    assert sorted(ids) == sorted(one.id for one in EVERYBODY)


def test_an_export_takes_any_search(site: httpx.Client) -> None:
    lines = site.get(EXPORT, params={"q": "gate", "project": "nova"}).text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [CAM.id]


def test_nothing_found_is_an_empty_file(site: httpx.Client) -> None:
    assert site.get(EXPORT, params={"q": "zzzz"}).text == ""
    assert len(site.get(EXPORT, params={"q": "zzzz", "format": "csv"}).text.splitlines()) == 1


def test_csv_is_read_by_the_csv_module(site: httpx.Client) -> None:
    response = site.get(EXPORT, params={"format": "csv", "sort": "oldest"})
    rows = list(csv.DictReader(io.StringIO(response.text, newline="")))
    assert [row["id"] for row in rows] == [ANA.id, CAM.id, DEE.id, EVERYBODY[2].id]
    assert rows[0]["projects"] == "nova"
    assert rows[0]["replies"] == "1"
    assert rows[0]["posted_at"] == "2015-09-14T12:00:00Z"
    assert "Review bandwidth" in rows[0]["statement"]


def test_csv_is_read_by_pandas(site: httpx.Client) -> None:
    pandas = pytest.importorskip("pandas", reason="needs pandas")
    response = site.get(EXPORT, params={"format": "csv"})
    frame = pandas.read_csv(io.BytesIO(response.content), parse_dates=["posted_at"])
    assert len(frame) == len(EVERYBODY)
    assert frame["posted_at"].dt.year.max() == 2016
    assert frame["race_size"].sum() == sum(one.race_size for one in EVERYBODY)
    # Cell by cell it is what the standard library reads, line ends inside of statements included.
    cells = pandas.read_csv(io.BytesIO(response.content), dtype=str, keep_default_na=False)
    assert cells.to_dict("records") == list(csv.DictReader(io.StringIO(response.text, newline="")))


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r\n=1", "=cmd|' /C calc'!A0", "＝1"]
)
def test_a_cell_that_a_spreadsheet_would_run_is_disarmed(text: str) -> None:
    assert neutralise_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["", "nova", "1+1", "a=b", "'=1", "2015-09-14T12:00:00Z"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert neutralise_cell(text) == text


def test_every_field_of_a_hostile_candidacy_is_disarmed() -> None:
    evil = '=HYPERLINK("http://evil.example.org")'
    hostile = replace(
        DEE, subject=evil, candidate=evil, person=evil, address=evil, irc_nick=evil, cycle=evil,
        projects=(evil,), statement=evil, archive=evil, archive_url=evil, message_id=evil,
    )  # fmt: skip
    rows = list(csv.reader(io.StringIO(b"".join(write_csv([hostile])).decode(), newline="")))
    assert [cell for cell in rows[1] if cell.startswith("=")] == []


def read_mbox(path: Path) -> list[mailbox.mboxMessage]:
    with closing(mailbox.mbox(path)) as box:
        return list(box)


def test_an_mbox_is_read_by_the_standard_library(site: httpx.Client, tmp_path: Path) -> None:
    path = tmp_path / "found.mbox"
    path.write_bytes(site.get(EXPORT, params={"format": "mbox", "sort": "oldest"}).content)
    mails = read_mbox(path)
    assert len(mails) == len(EVERYBODY)
    assert mails[0]["Message-ID"] == "<first@example.org>"
    assert mails[0]["Subject"] == "[nova] PTL candidacy"


def test_lines_that_begin_with_from_do_not_cut_a_mail(tmp_path: Path) -> None:
    path = tmp_path / "found.mbox"
    again = replace(ANA, raw=RAW.replace(b"\n", b"\r\n"))
    path.write_bytes(b"".join(write_mbox([ANA, again, replace(ANA, raw=b">From x\n>>From y")])))
    mails = read_mbox(path)
    assert len(mails) == 3
    assert ">From the start" in mails[0].get_payload()
    assert ">>From x\n>>>From y" in mails[2].as_string()


def test_an_export_is_written_in_flat_memory() -> None:
    def many() -> Iterator[Candidacy]:
        for number in range(3000):
            yield replace(ANA, message_id=f"{number}@example.org", statement="word " * 2000)

    for write in (write_jsonl, write_csv, write_mbox):
        tracemalloc.start()
        size = sum(len(piece) for piece in write(many()))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert size > 500_000
        assert peak < 2_000_000, write.__name__
