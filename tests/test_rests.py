"""What the archiver cut off a mail is joined with it again, and never with another's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.records import Candidacy
from ingest.web import WebClient
from tests.loopback import Loopback, missing, reply
from tests.pipermail_site import FIRST, Mail, Site, candidacy, month_text
from tests.syncing import Syncing

HEAD = candidacy(3, text="Hi all,\n\n")  # of Ana NumberDa, for glance
OTHER = candidacy(4, text="Hello,\n\n")
REST = "I would like to announce my candidacy for the glance PTL position.\n\nThanks,\n"
SIGNED = f"{REST}{HEAD.name}\n"
TALK = [Mail(number) for number in range(3)]


class CutSite(Site):
    """A site whose last month holds what was cut off, with the pages of some months."""

    rests: tuple[str, ...] = ()

    def publish(self) -> None:
        super().publish()
        for place, text in enumerate(self.rests):
            piece = (
                "From bogus@does.not.exist.com  Tue Dec  1 09:00:00 2015\n"
                "From: bogus@does.not.exist.com ()\nDate: Tue, 01 Dec 2015 09:00:00 -0000\n"
                f"Subject: No subject\nMessage-ID: <mailman.{place}.1448960400.77.dev@example.org>"
                f"\n\n{text}\n\n"
            )
            body = month_text(self.months["2015-December"]) + piece.encode()
            self.server.serve(f"{self.path}2015-December.txt.gz", reply(body))

    def list_pages(self, month: str, *rows: tuple[int, str, str]) -> None:
        """Show a month's list of pages: number, subject, sender of each."""
        items = "".join(
            f'<LI><A HREF="{number:06}.html">{subject}\n</A><A NAME="{number}">&nbsp;</A>\n'
            f"<I>{sender}\n</I>"
            for number, subject, sender in rows
        )
        self.server.serve(f"{self.path}{month}/thread.html", reply(items.encode()))


@pytest.fixture
def site(server: Loopback) -> CutSite:
    site = CutSite(server)
    site.server.serve_below(site.path, missing())
    site.months = {"2015-September": [*TALK, HEAD, OTHER], "2015-December": []}
    return site


@pytest.fixture
def syncing(tmp_path: Path, web: WebClient, site: CutSite) -> Syncing:
    return Syncing(tmp_path / "data", web, [site.url])


def found(syncing: Syncing) -> dict[str, Candidacy]:
    return {one.message_id: one for one in syncing.candidacies()}


def list_september(site: CutSite) -> None:
    rows = [(mail.number, mail.subject, "Writer") for mail in TALK]
    mails = [(mail.number, f"[sample-dev] {mail.subject}", mail.name) for mail in (HEAD, OTHER)]
    # The page behind the cut mail's is that of its rest, in another month.
    shifted = [(number + (number > HEAD.number), *others) for number, *others in mails]
    site.list_pages("2015-September", *rows, *shifted)  # type: ignore[arg-type]


def test_the_page_number_behind_a_mails_own_proves_whose_rest_it_is(
    syncing: Syncing, site: CutSite
) -> None:
    site.rests = (REST,)
    site.publish()
    list_september(site)
    site.list_pages("2015-December", (4, "No subject", ""))
    syncing()
    whole = found(syncing)[HEAD.id]
    assert whole.statement.splitlines()[::2] == ["Hi all,", REST.splitlines()[0], "Thanks,"]
    assert whole.archive_url.endswith("2015-September/000003.html")
    assert ("cut by the archiver, joined again", 0.0) in {(r.rule, r.weight) for r in whole.reasons}
    assert whole.projects == ("glance",)


def test_a_page_number_that_follows_no_announcement_joins_nothing(
    syncing: Syncing, site: CutSite
) -> None:
    site.rests = (SIGNED,)
    site.publish()
    list_september(site)
    site.list_pages("2015-December", (2, "No subject", ""))
    syncing()
    assert found(syncing) == {}


def test_without_pages_the_sender_must_have_signed_the_rest(
    syncing: Syncing, site: CutSite
) -> None:
    site.rests = (SIGNED,)
    site.publish()
    site.list_pages("2015-December", (4, "No subject", ""))
    syncing()
    [whole] = found(syncing).values()
    assert (whole.message_id, whole.candidate) == (HEAD.id, HEAD.name)
    assert whole.archive_url.endswith("2015-December/000004.html")


@pytest.mark.parametrize("number", [4, 400])
@pytest.mark.parametrize("text", [REST, f"{REST}Bert Stranger\n", SIGNED])
def test_without_pages_a_rest_unsigned_or_far_off_is_nobodys(
    text: str, number: int, syncing: Syncing, site: CutSite
) -> None:
    site.rests = (text,)
    site.publish()
    site.list_pages("2015-December", (number, "No subject", ""))
    syncing()
    assert len(found(syncing)) == (text == SIGNED and number == 4)


def test_a_rebuild_joins_the_same_pieces_and_asks_nobody(syncing: Syncing, site: CutSite) -> None:
    site.rests = (REST,)
    site.publish()
    list_september(site)
    site.list_pages("2015-December", (4, "No subject", ""))
    syncing()
    before = syncing.digests()
    site.server.forget()
    syncing.rebuild()
    assert (syncing.digests(), site.server.paths) == (before, [])


def test_pages_that_are_to_be_had_later_join_later(syncing: Syncing, site: CutSite) -> None:
    site.rests = (REST,)
    site.publish()
    list_september(site)
    site.list_pages("2015-December", (4, "No subject", ""))
    broken = f"{site.path}2015-December/thread.html"
    listing = site.server.server.behaviours[broken]
    site.server.serve(broken, reply(b"", 403))
    syncing()
    assert found(syncing) == {}
    site.server.serve(broken, *listing)
    site.months["2015-December"] = [Mail(70, posted_at=FIRST)]
    syncing.later(hours=1)
    syncing()
    assert list(found(syncing)) == [HEAD.id]


def test_a_damaged_month_of_rests_is_named_and_ends_no_sync(
    syncing: Syncing, site: CutSite
) -> None:
    site.rests = (REST,)
    site.publish()
    list_september(site)
    site.list_pages("2015-December", (4, "No subject", ""))
    syncing()
    path = next(syncing.folder.rglob("2015-December.mbox.gz"))
    was, data = path.stat(), bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    # A disk changes bytes behind everybody's back, with nothing to see in the file's time.
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    site.months["2015-September"].append(Mail(70, posted_at=FIRST))
    listed = site.server.server.behaviours[f"{site.path}2015-December.txt.gz"]
    site.publish()
    site.server.serve(f"{site.path}2015-December.txt.gz", reply(b"", 503), *listed)
    syncing.later(hours=1)
    before = syncing.digests()
    (report,) = syncing().archives
    assert any("rests not read" in note for note in report.notes), report
    assert syncing.digests() == before
