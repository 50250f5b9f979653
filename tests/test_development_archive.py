"""Every mail of an archive of known truth is in the catalogue once, whole, and nothing else is."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.database import key_of
from ingest.raw_store import RawStore
from ingest.reading import read_message
from ingest.web import WebClient
from tests.syncing import Syncing

SHARED = Path(__file__).resolve().parents[2] / "shared"
ARCHIVE = SHARED / "archives" / "openstack-dev"
MONTHS = ARCHIVE / "site" / "pipermail" / "openstack-dev"
_ID = re.compile(rb"^Message-ID: <([^> \n]+@[^> \n]+)>", re.MULTILINE)

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="needs the development archives")


@pytest.fixture(scope="module")
def syncing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Syncing]:
    web = WebClient()
    syncing = Syncing(tmp_path_factory.mktemp("archive") / "data", web, [str(MONTHS)])
    syncing()
    yield syncing
    web.close()


def truth() -> list[dict[str, object]]:
    lines = (ARCHIVE / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def ids_in_text_files() -> set[str]:
    """Every id that heads a mail in the text files; those that texts quote are obscured there."""
    found: set[str] = set()
    for path in [*MONTHS.glob("*.txt.gz"), *MONTHS.glob("*.txt")]:
        data = path.read_bytes()
        text = gzip.decompress(data) if path.suffix == ".gz" else data
        found |= {match[1].decode("latin-1") for match in _ID.finditer(text)}
    return found


def test_every_id_of_the_truth_is_in_the_catalogue_once(syncing: Syncing) -> None:
    rows = truth()
    wanted = {str(row["message_id"]).strip("<>") for row in rows if row["message_id"]}
    with syncing.catalogue as catalogue:
        ids = list(catalogue.mails.ids())
    names = [name for name, _ in ids]
    assert len(names) == len(set(names))
    assert wanted <= set(names)
    # What bears no id of the truth: mails that bear another's id, and mails without one.
    others = {name: bears for name, bears in ids if name not in wanted}
    assert sum(bears in wanted for bears in others.values()) == 3
    assert sum(row["message_id"] is None for row in rows) == 4
    assert len(others) == 7
    assert all(name.endswith("@made-up.invalid") for name in others)


def test_ids_that_the_archiver_made_are_the_only_ones_left_out(syncing: Syncing) -> None:
    left_out = ids_in_text_files() - set(syncing.message_ids())
    assert all(name.startswith("mailman.") for name in left_out)
    assert len(left_out) == 7  # four mails that had none, three pieces that the archiver cut off


def test_the_three_mails_that_the_archiver_cut_are_named(syncing: Syncing) -> None:
    assert syncing.last is not None
    (report,) = syncing.last.archives
    assert report.messages_skipped == {"cut-by-archiver": 3}
    assert sum("cut-by-archiver" in note for note in report.notes) == 3
    assert report.messages_read == 12568


def test_bodies_are_complete(syncing: Syncing) -> None:
    store = RawStore(syncing.folder)
    squeeze = re.compile(r"\s+")
    judged = 0
    with syncing.catalogue as catalogue:
        months = {month.id: month for month in catalogue.months.all()}
        for row in truth():
            if not (row.get("statement_in_text") and row["message_id"]):
                continue
            mail = catalogue.mails.copies(key_of(str(row["message_id"]).strip("<>")))[0]
            month = months[mail.month_id]
            text = read_message(store, mail, month.archive, month.name, month.start).text
            wanted = re.sub(r"([-+,.\w]+)@([-+.\w]+)", r"\1 at \2", str(row["statement"]))
            judged += 1
            assert squeeze.sub("", wanted) in squeeze.sub("", text), row["message_id"]
    assert judged > 400
