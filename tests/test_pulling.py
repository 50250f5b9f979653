"""Months are asked for when due, and whatever comes instead of one leaves the old in place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.messages import parse_message
from ingest.month_table import MonthRow
from ingest.pulling import due_months
from ingest.raw_store import RawStore
from ingest.records import ArchiveReport, IngestReport, Message, RawMessage, SkippedMessage
from ingest.web import WebClient
from tests.loopback import Loopback, cut, missing, packed, reply
from tests.pipermail_site import FIRST, Mail, Site, candidacy, fill, month_text
from tests.syncing import START, Syncing


@pytest.fixture
def site(server: Loopback) -> Site:
    site = Site(server)
    fill(site)
    return site


@pytest.fixture
def syncing(tmp_path: Path, web: WebClient, site: Site) -> Syncing:
    return Syncing(tmp_path / "data", web, [site.url])


def only(report: IngestReport) -> ArchiveReport:
    (archive,) = report.archives
    return archive


def month_paths(server: Loopback) -> list[str]:
    return sorted(path.rsplit("/", 1)[1] for path in server.paths if ".txt" in path)


def make_row(name: str, start: str, **changes: object) -> MonthRow:
    row = MonthRow(
        id=hash(name), archive_id=1, archive="sample-dev", name=name, url="", pages_url="",
        start=start, etag="", last_modified="", digest="d", size=1, packed_size=1, packed_time=1,
        last_checked=START.isoformat(), failures=0, older=0, named=1,
    )  # fmt: skip
    return row._replace(**changes)


def names(rows: list[MonthRow]) -> list[str]:
    return [row.name for row in rows]


MONTHS = [
    make_row("2015-June", "2015-06-01"),
    make_row("2015-July", "2015-07-01"),
    make_row("2015-August", "2015-08-01"),
    make_row("2015-September", "2015-09-01"),
    make_row("2015-October", "2015-10-01"),
]


def test_the_current_and_the_previous_month_are_always_due() -> None:
    assert names(due_months(MONTHS, START)) == ["2015-September", "2015-October"]


def test_a_month_of_the_future_takes_no_other_months_turn() -> None:
    months = [*MONTHS, make_row("2038-January", "2038-01-01")]
    assert names(due_months(months, START)) == ["2015-September", "2015-October"]


@pytest.mark.parametrize("changes", [{"digest": ""}, {"failures": 1}, {"last_checked": ""}])
def test_a_month_that_was_never_had_or_failed_is_due(changes: dict[str, object]) -> None:
    months = [MONTHS[0]._replace(**changes), *MONTHS[1:]]
    assert "2015-June" in names(due_months(months, START))


def test_a_month_last_asked_before_it_was_over_is_due() -> None:
    asked = datetime(2015, 7, 31, tzinfo=UTC).isoformat()
    months = [MONTHS[0], MONTHS[1]._replace(last_checked=asked), *MONTHS[2:]]
    assert "2015-July" in names(due_months(months, START))


def test_finished_months_are_asked_again_once_in_a_while_but_not_all_at_once() -> None:
    months = [make_row(f"m{n}", "2010-01-01") for n in range(100)] + MONTHS[3:]
    counts = [len(due_months(months, START + timedelta(days=days))) - 2 for days in (20, 30, 40)]
    assert counts[0] == 0
    assert 20 < counts[1] < 80
    assert counts[2] == 100


def test_a_clock_that_jumped_ahead_does_not_put_months_off_for_years() -> None:
    ahead = (START + timedelta(days=4000)).isoformat()
    months = [MONTHS[0]._replace(last_checked=ahead), *MONTHS[1:]]
    assert "2015-June" in names(due_months(months, START))


def test_an_older_copy_and_a_month_no_longer_named_are_never_asked_for() -> None:
    months = [MONTHS[0]._replace(older=1, digest=""), MONTHS[1]._replace(named=0), *MONTHS[2:]]
    assert names(due_months(months, START)) == ["2015-September", "2015-October"]


def test_a_first_sync_pulls_every_month_and_finds_the_candidacies(syncing: Syncing) -> None:
    report = only(syncing())
    assert (report.months_named, report.months_asked, report.months_fetched) == (3, 3, 3)
    assert (report.messages_read, report.messages_kept) == (22, 22)
    assert syncing.last is not None
    assert syncing.last.candidacies_new == 4
    assert not syncing.last.failed
    assert {len(one.replies) for one in syncing.candidacies()} == {1}


def test_nothing_changed_asks_for_the_index_and_two_months_and_gets_no_body(
    syncing: Syncing, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncing()
    site.server.forget()
    before = syncing.dump()
    monkeypatch.setattr("ingest.keeping.read_month", None)  # Parsing anything would fail.
    monkeypatch.setattr("ingest.assembling.build_threads", None)
    report = only(syncing())
    assert month_paths(site.server) == ["2015-October.txt.gz", "2015-September.txt.gz"]
    assert len(site.server.paths) == 3
    assert (report.months_unchanged, report.months_fetched, report.messages_read) == (2, 0, 0)
    assert syncing.dump() == before


def test_one_month_changed_changes_only_its_own_candidacies(syncing: Syncing, site: Site) -> None:
    site.months["2015-October"].append(candidacy(90, posted_at=FIRST + timedelta(days=30)))
    site.publish()
    syncing()
    before = syncing.digests()
    answered = site.months["2015-September"][0]
    site.months["2015-September"].append(
        Mail(99, subject=answered.subject, answers=answered.id, text="A late answer.\n")
    )
    site.publish()
    report = only(syncing())
    after = syncing.digests()
    assert report.months_fetched == 1
    assert report.messages_read == len(site.months["2015-September"])
    assert [one for one in after if after[one] != before[one]] == [
        one.id for one in syncing.candidacies() if one.message_id == answered.id
    ]
    assert syncing.last is not None
    assert (syncing.last.candidacies_new, syncing.last.candidacies_changed) == (0, 1)


def test_a_candidacy_whose_mail_is_gone_is_gone(syncing: Syncing, site: Site) -> None:
    site.months["2015-September"] += [Mail(number) for number in range(200, 220)]
    site.publish()
    syncing()
    removed = site.months["2015-September"].pop(0)
    site.publish()
    report = syncing()
    assert report.candidacies_gone == 1
    assert removed.id not in syncing.message_ids()
    assert any(removed.id in note for note in only(report).notes)
    assert not report.failed


def test_a_month_that_shrank_keeps_its_older_copy_and_loses_no_mail(
    syncing: Syncing, site: Site
) -> None:
    syncing()
    ids, digests = syncing.message_ids(), syncing.digests()
    site.months["2015-September"] = [Mail(60)]
    site.publish()
    report = only(syncing())
    (fault,) = report.faults
    assert fault.month == "2015-September"
    assert "shrank" in fault.reason
    assert len(RawStore(syncing.folder).months("sample-dev")) == 4
    assert syncing.message_ids() == ids
    assert syncing.digests().keys() == digests.keys()
    shrunken = syncing.dump()
    assert not only(syncing()).faults
    syncing.rebuild()
    assert syncing.dump() == shrunken


def test_a_month_that_vanished_is_reported_and_its_copy_stays(syncing: Syncing, site: Site) -> None:
    syncing()
    ids = syncing.message_ids()
    site.server.serve(f"{site.path}2015-October.txt.gz", missing())
    report = only(syncing())
    assert report.months_failed == 1
    assert report.faults[0].month == "2015-October"
    assert syncing.message_ids() == ids


def test_a_month_that_the_index_names_no_more_is_noted_and_its_copy_stays(
    syncing: Syncing, site: Site
) -> None:
    syncing()
    ids = syncing.message_ids()
    del site.months["2015-August"]
    site.publish()
    report = only(syncing())
    assert any("2015-August" in note for note in report.notes)
    assert not report.faults
    assert syncing.message_ids() == ids


BROKEN = [
    packed(b"<html><body>Sorry, we are moving</body></html>"),
    reply(b"<html><body>Sorry, we are moving</body></html>"),
    reply(b"\x1f\x8b\x08\x00 half a gzip"),
    cut(b"\x1f\x8b\x08", announced=9000),
]


@pytest.mark.parametrize("behaviour", BROKEN)
def test_a_month_that_is_none_leaves_the_old_one_in_place(
    syncing: Syncing, site: Site, behaviour: object
) -> None:
    syncing()
    before = syncing.dump()
    site.server.serve(f"{site.path}2015-October.txt.gz", behaviour)  # type: ignore[arg-type]
    report = only(syncing())
    assert (report.months_asked, report.months_unchanged, report.months_failed) == (2, 1, 1)
    assert syncing.last is not None
    assert syncing.last.failed
    assert syncing.dump() == before
    site.publish()
    assert not syncing().failed


def test_an_archive_that_does_not_answer_is_a_fault_of_its_report_alone(
    syncing: Syncing, site: Site
) -> None:
    syncing()
    site.server.serve(site.path, missing())
    other = Site(site.server, "other-dev")
    other.months = {"2015-October": [candidacy(95)]}
    other.publish()
    report = syncing(site.url, other.url)
    assert [bool(one.faults) for one in report.archives] == [True, False]
    assert report.candidacies == 5


def test_a_month_that_shrank_is_reported_though_another_archive_has_its_mails(
    syncing: Syncing, site: Site
) -> None:
    mirror = Site(site.server, "mirror-dev")
    mirror.months = {name: list(mails) for name, mails in site.months.items()}
    mirror.publish()
    syncing(site.url, mirror.url)
    del site.months["2015-September"][2:]
    site.publish()
    first, _ = syncing(site.url, mirror.url).archives
    assert [fault.month for fault in first.faults] == ["2015-September"]
    assert "no longer in the archive" not in str(first.notes)


def test_a_regenerated_month_that_holds_every_mail_twice_is_counted_and_kept_once(
    syncing: Syncing, site: Site
) -> None:
    syncing()
    ids, candidacies = syncing.message_ids(), [one.message_id for one in syncing.candidacies()]
    again = [
        Mail(**(vars(mail) | {"text": (mail.text or "x\n").replace("\n", " \n")}))
        for mail in site.months["2015-September"]
    ]
    site.months["2015-September"] += again
    site.publish()
    report = only(syncing())
    assert report.messages_duplicate == len(again)
    assert report.messages_read == report.messages_kept + report.messages_duplicate
    assert syncing.message_ids() == ids
    assert [one.message_id for one in syncing.candidacies()] == candidacies


def test_a_mail_that_breaks_the_reader_keeps_no_other_from_being_read(
    syncing: Syncing, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(raw: RawMessage, start: datetime | None) -> Message | SkippedMessage:
        if b"no reader foresaw this" in raw.data:
            raise OverflowError("Python int too large to convert to C long")
        return parse_message(raw, start)

    monkeypatch.setattr("ingest.reading.parse_message", parse)
    odd = Mail(81, text="no reader foresaw this\n>From now on\n")
    site.months["2015-October"].insert(0, odd)
    site.publish()
    report = only(syncing())
    assert report.messages_skipped == {"broke-the-reader": 1}
    assert report.messages_read == report.messages_kept + 1 == 23
    assert any("OverflowError: Python int too large" in note for note in report.notes)
    assert len(syncing.candidacies()) == 4
    monkeypatch.undo()
    syncing.rebuild()
    assert odd.id in syncing.message_ids()


def test_a_server_that_goes_away_is_not_asked_for_every_month(
    syncing: Syncing, site: Site, web: WebClient
) -> None:
    for number in range(1, 9):
        site.months[f"2014-0{number}"] = [Mail(number)]
    site.publish()
    for name in site.months:
        site.server.serve(f"{site.path}{name}.txt.gz", reply(b"", 503))
    report = only(syncing())
    assert report.months_asked == report.months_failed
    assert report.months_fetched == 0
    assert month_text([Mail(1)])
