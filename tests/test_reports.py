"""What a sync did is told in counts that add up, to people, to programs and to later readers."""

from __future__ import annotations

import contextlib
import io
import string
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.pipeline import Run, sync
from ingest.progress import Bar, Lines, show_progress
from ingest.raw_store import RawStore
from ingest.reports import render_report, report_from_json, report_to_json
from ingest.sources import open_source
from ingest.web import WebClient
from tests.loopback import Loopback
from tests.pipermail_site import Mail, Site, fill
from tests.syncing import START, Syncing

CUT = (
    "From bogus@does.not.exist.com  Tue Oct 20 08:00:00 2015\n"
    "From: bogus@does.not.exist.com ()\nDate: Tue, 20 Oct 2015 08:00:00 -0000\n"
    "Subject: No subject\nMessage-ID: <mailman.7.1445328000.31.sample-dev@lists.example.org>\n\n"
    "the rest of somebody's mail\n\n"
)
HOSTILE = [
    b"From nobody\n", b"From a at example.org  Mon Sep 14 12:00:00 2015\n", b"\x00\xff\xfe\n\n",
    b"From: x\n\n", b"Message-ID: <mail-1@example.org>\n", CUT.encode(), Mail(1).render(),
    Mail(1, text="another text\n").render(), Mail(2, message_id="mail-1@example.org").render(),
    b"References: " + b"<a@b> " * 300 + b"\n", b"Date: Tue, 99 Foo 99999 +50579034\n",
]  # fmt: skip


@given(
    pieces=st.lists(st.one_of(st.sampled_from(HOSTILE), st.binary(max_size=80)), max_size=12),
    names=st.lists(st.text(string.printable, max_size=12), min_size=1, max_size=3, unique=True),
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_counts_add_up_over_whatever_months_hold(pieces: list[bytes], names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "list"
        folder.mkdir()
        for number, _ in enumerate(names):
            data = Mail(50 + number).render() + b"\n".join(pieces)
            (folder / f"2015-0{number + 1}.mbox").write_bytes(data)
        store = RawStore(Path(scratch) / "data")
        with contextlib.closing(WebClient()) as web:
            report = sync(store, [open_source(str(folder), web)], Run(now=lambda: START))
        (one,) = report.archives
        assert one.months_asked == one.months_unchanged + one.months_fetched + one.months_failed
        skipped = sum(one.messages_skipped.values())
        assert one.messages_read == one.messages_kept + one.messages_duplicate + skipped
        assert one.messages_kept >= 1
        assert report_from_json(report_to_json(report)) == report


@pytest.fixture
def syncing(tmp_path: Path, web: WebClient, server: Loopback) -> Syncing:
    site = Site(server)
    fill(site)
    site.months["2015-October"].insert(2, Mail(77, text=f"A text.\n\n{CUT}"))
    site.publish()
    return Syncing(tmp_path / "data", web, [site.url])


def test_a_piece_that_the_archiver_cut_off_is_named_with_its_place(syncing: Syncing) -> None:
    report = syncing()
    assert report.archives[0].messages_skipped == {"cut-by-archiver": 1}
    (note,) = report.archives[0].notes
    assert "2015-October" in note
    assert "the rest of somebody's mail" in note
    assert "the rest of somebody's mail" in render_report(report)


def test_a_report_is_kept_for_later_readers(syncing: Syncing) -> None:
    report = syncing()
    with syncing.catalogue as catalogue:
        assert [report_from_json(text) for text in catalogue.reports()] == [report]
    syncing()
    syncing.rebuild()
    with syncing.catalogue as catalogue:
        assert len(catalogue.reports(9)) >= 1


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"archives": 3}', '{"archives": [{}]}'])
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        report_from_json(text)


def test_progress_is_plain_lines_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    progress = show_progress(stream)
    assert isinstance(progress, Lines)
    progress.begin("sample-dev", 2)
    progress.advance("2015-May")
    progress.advance("2015-June")
    progress.end()
    assert stream.getvalue().splitlines() == ["sample-dev: 2 to do", "sample-dev: 2 of 2 done"]


def test_progress_is_a_bar_on_a_terminal() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    progress = show_progress(stream)
    assert isinstance(progress, Bar)
    progress.begin("sample-dev", 1)
    progress.advance("2015-May")
    progress.end()
    assert "sample-dev" in stream.getvalue()
