"""Copies are settled at the end of a first load and month by month later, to the same end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ingest import settling
from ingest.catalogue import Catalogue
from ingest.records import ArchiveReport, IngestReport
from ingest.web import WebClient
from tests.loopback import Loopback
from tests.pipermail_site import FIRST, Mail, Site, candidacy, fill
from tests.syncing import Syncing


def fill_with_copies(site: Site) -> None:
    """A mail that stands in two months, and one whose id another mail bears."""
    fill(site)
    asked = site.months["2015-August"][0]
    other = candidacy(80, message_id=asked.id, posted_at=FIRST + timedelta(days=30))
    site.months["2015-October"] += [asked, other]
    site.publish()


@pytest.fixture
def site(server: Loopback) -> Site:
    site = Site(server)
    fill_with_copies(site)
    return site


def only(report: IngestReport) -> ArchiveReport:
    (archive,) = report.archives
    return archive


def count(report: ArchiveReport) -> tuple[int, int, int, dict[str, int]]:
    read = (report.messages_read, report.messages_kept, report.messages_duplicate)
    return *read, dict(report.messages_repaired)


def test_a_first_load_counts_copies_as_if_each_month_had_come_alone(
    tmp_path: Path, web: WebClient, site: Site
) -> None:
    at_once = Syncing(tmp_path / "once", web, [site.url])
    whole = only(at_once())
    assert count(whole) == (24, 23, 1, {"message-id-of-another-mail": 1})

    in_turn = Syncing(tmp_path / "turn", web, [site.url])
    months, site.months = site.months, {}
    for name, mails in months.items():
        site.months[name] = mails
        site.publish()
        last = only(in_turn())
    assert count(last) == (7, 6, 1, {"message-id-of-another-mail": 1})
    assert in_turn.dump() == at_once.dump()
    assert len(at_once.candidacies()) == 5


def test_a_first_load_that_is_killed_before_its_end_goes_on_as_one(
    tmp_path: Path, web: WebClient, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = Syncing(tmp_path / "undisturbed", web, [site.url])
    undisturbed()

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    killed = Syncing(tmp_path / "killed", web, [site.url])
    with monkeypatch.context() as patched:
        patched.setattr(settling, "settle_again", die)
        with pytest.raises(Killed):
            killed()
    with Catalogue(tmp_path / "killed" / "catalogue.sqlite") as catalogue:
        assert catalogue.is_loading
    killed()
    assert killed.dump() == undisturbed.dump()
    with killed.catalogue as catalogue:
        assert not catalogue.is_loading


def test_a_second_archive_finds_the_copies_that_the_first_one_brought(
    tmp_path: Path, web: WebClient, site: Site
) -> None:
    other = Site(site.server, "other-dev")
    other.months = {name: list(mails) for name, mails in site.months.items()}
    other.months["2015-October"].append(Mail(99, posted_at=FIRST + timedelta(days=31)))
    other.publish()
    syncing = Syncing(tmp_path / "data", web, [site.url, other.url])
    first, second = map(count, syncing().archives)
    assert first[:3] == (24, 23, 1)
    assert second[:3] == (25, 1, 24)
    before = syncing.dump()
    assert not syncing().failed
    syncing.rebuild()
    assert syncing.dump() == before
