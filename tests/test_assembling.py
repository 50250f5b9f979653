"""Which copies are one message, what is left out, and that a rebuild gives the same bytes."""

from __future__ import annotations

import itertools
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.checking import check
from ingest.database import key_of
from ingest.explaining import explain
from ingest.raw_store import RawStore
from ingest.records import message_id_hash
from ingest.web import WebClient
from tests.loopback import Loopback, reply
from tests.pipermail_site import FIRST, Mail, Site, candidacy, fill, reply_to
from tests.syncing import Syncing

SAME_ID = "used-twice@example.org"


@pytest.fixture
def site(server: Loopback) -> Site:
    site = Site(server)
    fill(site)
    return site


@pytest.fixture
def syncing(tmp_path: Path, web: WebClient, site: Site) -> Syncing:
    return Syncing(tmp_path / "data", web, [site.url])


def test_a_rebuild_gives_the_same_bytes_without_asking_anyone(syncing: Syncing, site: Site) -> None:
    site.months["2015-September"].append(Mail(61, message_id=site.months["2015-August"][0].id))
    site.publish()
    syncing()
    before = syncing.dump()
    site.server.forget()
    report = syncing.rebuild()
    assert site.server.paths == []
    assert syncing.dump() == before
    assert report.candidacies == 4
    assert report.archives[0].messages_read == 23


def test_a_sync_after_a_rebuild_still_asks_with_validators(syncing: Syncing, site: Site) -> None:
    syncing()
    syncing.rebuild()
    report = syncing()
    assert report.archives[0].months_fetched == 0


def test_syncs_step_by_step_end_where_one_sync_does(
    syncing: Syncing, site: Site, tmp_path: Path, web: WebClient
) -> None:
    mails = [mail for month in site.months.values() for mail in month]
    for count in range(2, len(mails) + 1, 4):
        site.months = {"2015-September": mails[:count]}
        site.publish()
        syncing()
    site.months = {"2015-September": mails}
    site.publish()
    syncing()
    at_once = Syncing(tmp_path / "at-once", web, [site.url])
    at_once()
    assert syncing.dump() == at_once.dump()


def orders() -> list[tuple[int, ...]]:
    return list(itertools.permutations(range(3)))


@pytest.mark.parametrize("order", orders())
def test_a_mail_that_bears_anothers_id_is_kept_whatever_came_first(
    order: tuple[int, ...], syncing: Syncing, site: Site
) -> None:
    owner = candidacy(31, message_id=SAME_ID)
    other = Mail(
        32, message_id=SAME_ID, subject="Review request", posted_at=FIRST + timedelta(hours=5)
    )
    copy = Mail(**(vars(owner) | {"text": owner.text.replace("\n", " \n")}))
    for turn, which in enumerate(order):
        site.months[("2015-April", "2015-May", "2015-June")[turn]] = [(owner, other, copy)[which]]
        site.publish()
        syncing()
    with syncing.catalogue as catalogue:
        names = {mine: bears for mine, bears in catalogue.mails.ids() if bears == SAME_ID}
        assert len(names) == 2
        made = next(one for one in names if one != SAME_ID)
        assert catalogue.mails.copies(key_of(SAME_ID))[0].subject.endswith("PTL candidacy")
        assert len(catalogue.mails.copies(key_of(SAME_ID))) == 2
        assert catalogue.mails.copies(key_of(made))[0].subject.endswith("Review request")
    findings = [one for one in check(RawStore(syncing.folder)) if one.message_id == made]
    assert "message-id-of-another-mail" in findings[0].reason
    assert message_id_hash(SAME_ID) in syncing.digests()


def test_a_mail_that_bears_anothers_id_is_counted_as_repaired(syncing: Syncing, site: Site) -> None:
    site.months["2015-April"] = [candidacy(31, message_id=SAME_ID)]
    late = Mail(32, message_id=SAME_ID, posted_at=FIRST + timedelta(hours=5))
    site.months["2015-May"] = [late]
    site.publish()
    repaired = syncing().archives[0].messages_repaired
    assert repaired["message-id-of-another-mail"] == 1
    assert syncing.rebuild().archives[0].messages_repaired == repaired


def test_a_reply_without_references_comes_home_by_what_it_quotes(
    syncing: Syncing, site: Site
) -> None:
    standing = candidacy(31)
    quoting = f"On Monday, {standing.name} wrote:\n> I have reviewed it\n\nYou have my vote.\n"
    lost = Mail(36, subject=standing.subject, text=quoting, posted_at=FIRST + timedelta(hours=3))
    site.months["2015-September"] += [standing, lost]
    site.publish()
    syncing()
    (found,) = [one for one in syncing.candidacies() if one.message_id == standing.id]
    assert [reply.message_id for reply in found.replies] == [lost.id]


def test_a_mail_whose_rival_for_the_id_is_gone_gets_its_id_back(
    syncing: Syncing, site: Site
) -> None:
    late = candidacy(33, message_id=SAME_ID, posted_at=FIRST + timedelta(hours=5))
    site.months["2015-October"].append(late)
    site.months["2015-September"] += [Mail(34, message_id=SAME_ID), *map(Mail, range(210, 240))]
    site.publish()
    syncing()
    assert message_id_hash(SAME_ID) not in syncing.digests()
    site.months["2015-September"] = [
        mail for mail in site.months["2015-September"] if mail.id != SAME_ID
    ]
    site.publish()
    syncing()
    assert message_id_hash(SAME_ID) in syncing.digests()


def test_one_mail_in_two_archives_is_one_message_with_two_addresses(
    syncing: Syncing, site: Site
) -> None:
    second = Site(site.server, "other-dev")
    second.months = {"2015-September": list(site.months["2015-September"])}
    second.publish()
    report = syncing(site.url, second.url)
    assert report.candidacies == 4
    assert report.archives[1].messages_kept == 0
    for one in syncing.candidacies():
        assert [url.split("/")[4] for url in one.archive_urls] == ["sample-dev", "other-dev"]
        assert one.archive == "sample-dev"
    syncing(second.url, site.url)
    assert {one.archive for one in syncing.candidacies()} == {"other-dev"}
    assert {one.archive_url.split("/")[4] for one in syncing.candidacies()} == {"other-dev"}


def test_two_lists_of_one_name_at_two_places_do_not_write_over_each_other(
    syncing: Syncing, site: Site
) -> None:
    second = Site(site.server, above="other")
    second.months = {"2015-September": [candidacy(45)]}
    second.publish()
    report = syncing(site.url, second.url)
    assert len({archive.archive for archive in report.archives}) == 2
    assert report.candidacies == 5


REMOVED = ["person:{person}", "<{id}>", "{hash}", "{address}  # asked on 2 May"]


@pytest.mark.parametrize("line", REMOVED)
def test_what_was_asked_to_be_removed_stays_out_of_every_rebuild(
    syncing: Syncing, site: Site, line: str
) -> None:
    syncing()
    one = syncing.candidacies()[0]
    entry = line.format(person=one.person, id=one.message_id, hash=one.id, address=one.address)
    (syncing.folder / "removed.txt").write_text(f"# on request\n\n{entry}\n")
    assert syncing().candidacies_gone == 1
    syncing.rebuild()
    assert one.id not in syncing.digests()
    (syncing.folder / "removed.txt").unlink()
    assert syncing().candidacies_new == 1


def test_a_reply_that_was_asked_to_be_removed_is_left_out(syncing: Syncing) -> None:
    syncing()
    one = syncing.candidacies()[0]
    (syncing.folder / "removed.txt").write_text(one.replies[0].message_id)
    syncing()
    assert [found.replies for found in syncing.candidacies() if found.id == one.id] == [()]


SCRUBBED = (
    "An HTML attachment was scrubbed...\nURL: <http://lists.example.org/pipermail/sample-dev/"
    "attachments/20150914/abc/attachment.html>\n"
)
PART = "/pipermail/sample-dev/attachments/20150914/abc/attachment.html"


def test_a_candidacy_whose_text_stands_in_a_scrubbed_part_is_found_and_asked_for_once(
    syncing: Syncing, site: Site
) -> None:
    mail = candidacy(51)
    site.months["2015-September"].append(
        Mail(51, subject=mail.subject, name=mail.name, text=SCRUBBED)
    )
    site.publish()
    site.server.serve(PART, reply(b"", 404))
    report = syncing()
    assert any(mail.id in note for note in report.archives[0].notes)
    page = mail.text.replace("\n", "<br>\n")
    escaped = page.replace("<", "&lt;").replace(">", "&gt;")
    site.server.serve(PART, reply(f"<tt>\n{escaped}\n</tt>".encode(), content_type="text/html"))
    syncing()
    found = next(one for one in syncing.candidacies() if one.message_id == mail.id)
    assert "three years" in found.statement
    site.server.forget()
    before = syncing.dump()
    syncing()
    syncing.rebuild()
    assert PART not in site.server.paths
    assert syncing.dump() == before


def test_nothing_is_assembled_twice_when_other_code_made_the_catalogue(
    syncing: Syncing, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncing()
    before = syncing.dump()
    site.server.forget()
    monkeypatch.setattr("ingest.pipeline._our_mark", lambda: "the next release")
    report = syncing()
    assert report.archives[0].months_fetched == 0
    assert syncing.dump() == before


DAMAGE = [b"", b"no database at all", b"SQLite format 3\x00" + bytes(4000)]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_broken_catalogue_is_made_anew_from_the_raw_months(
    syncing: Syncing, damage: bytes
) -> None:
    syncing()
    before = syncing.dump()
    (syncing.folder / "catalogue.sqlite").write_bytes(damage)
    report = syncing()
    assert not report.failed
    assert syncing.dump() == before


def test_check_names_a_flipped_byte_and_the_next_sync_heals_it(syncing: Syncing) -> None:
    syncing()
    before = syncing.dump()
    store = RawStore(syncing.folder)
    assert [one for one in check(store) if one.is_damage] == []
    path = store.month_path("sample-dev", "2015-August")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x55
    path.write_bytes(data)
    damaged = [one for one in check(store) if one.is_damage]
    assert damaged
    assert damaged[0].place.month == "2015-August"
    syncing()
    assert [one for one in check(store) if one.is_damage] == []
    assert syncing.dump() == before


def test_check_compares_the_index(syncing: Syncing) -> None:
    syncing()
    ours = syncing.digests()
    first, second, third, *_ = ours
    indexed = {**ours, second: "old", "X": "gone"}
    del indexed[first]
    found = [str(one) for one in check(RawStore(syncing.folder), indexed) if one.is_damage]
    assert [any(name in line for line in found) for name in (first, second, "X")] == [True] * 3
    assert not any(third in line for line in found)


def test_any_message_is_explained_however_it_is_named(syncing: Syncing, site: Site) -> None:
    syncing()
    store = RawStore(syncing.folder)
    mail = site.months["2015-September"][0]
    hashed = message_id_hash(mail.id)
    kitty = f"https://lists.example.org/archives/list/a@example.org/message/{hashed}/"
    for name in (mail.id, f"<{mail.id}>", hashed, kitty):
        found = explain(store, name)
        assert found is not None
        assert found.verdict.is_candidacy
        assert found.candidacy_id == hashed
    other = explain(store, reply_to(mail, mail.number + 20).id)
    assert other is not None
    assert not other.verdict.is_candidacy
    assert other.verdict.reasons
    assert other.parent is not None
    assert other.parent.message_id == mail.id
    assert explain(store, "nobody@example.org") is None
