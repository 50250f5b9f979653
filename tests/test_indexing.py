"""Bringing the index up to what the catalogue holds, on a real index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from ingest.records import Candidacy, Vocabulary
from search import IndexChange, bring_up_to_date, open_writer
from tests.builders import make_candidacy

VOCABULARY = Vocabulary()
SOME = {
    candidacy.id: candidacy
    for candidacy in (make_candidacy(message_id=f"{n}@example.org") for n in range(300))
}


def bring(path: Path, wanted: dict[str, Candidacy], **how: bool) -> tuple[IndexChange, list[str]]:
    asked: list[str] = []

    def read(ids: Sequence[str]) -> Iterable[Candidacy]:
        asked.extend(ids)
        return [wanted[each] for each in ids]

    digests = {each: candidacy.statement for each, candidacy in wanted.items()}
    with open_writer(path, VOCABULARY) as writer:
        change = bring_up_to_date(writer, digests, read, **how)
        assert writer.digests() == digests
    return change, asked


def test_an_index_that_was_never_made_is_filled(tmp_path: Path) -> None:
    change, asked = bring(tmp_path / "index", SOME)
    assert (change.new, change.changed, change.gone) == (300, 0, 0)
    assert len(asked) == 300


def test_nothing_is_read_when_nothing_changed(tmp_path: Path) -> None:
    bring(tmp_path, SOME)
    change, asked = bring(tmp_path, SOME)
    assert change == IndexChange()
    assert not change.any
    assert asked == []


def test_only_what_differs_is_read(tmp_path: Path) -> None:
    bring(tmp_path, SOME)
    ids = list(SOME)
    wanted = dict(SOME)
    wanted[ids[0]] = replace(SOME[ids[0]], statement="changed")
    del wanted[ids[1]]
    extra = make_candidacy(message_id="new@example.org")
    wanted[extra.id] = extra
    change, asked = bring(tmp_path, wanted)
    assert change == IndexChange(new=1, changed=1, gone=1)
    assert sorted(asked) == sorted([ids[0], extra.id])


def test_an_index_that_mostly_changed_is_rebuilt(tmp_path: Path) -> None:
    bring(tmp_path, SOME)
    wanted = {each: replace(c, statement="changed") for each, c in SOME.items()}
    change, _ = bring(tmp_path, wanted)
    assert change.rebuilt
    assert change.changed == 300


def test_a_rebuild_can_be_asked_for(tmp_path: Path) -> None:
    bring(tmp_path, SOME)
    change, asked = bring(tmp_path, SOME, rebuild=True)
    assert change.rebuilt == "asked for"
    assert len(asked) == 300


def test_a_broken_index_is_rebuilt_and_says_why(tmp_path: Path) -> None:
    bring(tmp_path, SOME)
    for segment in tmp_path.glob("build-*/*.seg"):
        segment.write_bytes(b"nonsense")
    change, _ = bring(tmp_path, SOME)
    assert "damaged" in change.rebuilt


def test_an_index_of_another_version_is_rebuilt(tmp_path: Path) -> None:
    bring(tmp_path, SOME)
    for version in tmp_path.glob("build-*/version"):
        version.write_text("999\n")
    change, _ = bring(tmp_path, SOME)
    assert "version 999" in change.rebuilt


def test_a_candidacy_that_vanishes_meanwhile_is_left_out(tmp_path: Path) -> None:
    digests = dict.fromkeys(SOME, "d")
    gone = next(iter(SOME))
    with open_writer(tmp_path, VOCABULARY) as writer:
        bring_up_to_date(writer, digests, lambda ids: [SOME[i] for i in ids if i != gone])
        assert set(writer.digests()) == set(SOME) - {gone}
