"""An index is left closed only where it is known to hold what the catalogue does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.elections import load_elections
from search import open_writer
from search.whoosh_note import is_noted, leave_note, record_state
from tests.api_site import EVERYBODY
from tests.test_upkeep import builds, damage

DIGESTS = {one.id: str(number) for number, one in enumerate(EVERYBODY)}


@pytest.fixture
def noted(tmp_path: Path) -> Path:
    """An index with its note, below `index` of a data folder."""
    path = tmp_path / "index"
    with open_writer(path, load_elections().vocabulary()) as writer:
        writer.rebuild((one, DIGESTS[one.id]) for one in EVERYBODY)
        leave_note(path, DIGESTS)
    return path


def test_an_index_is_known_by_what_was_written_last(noted: Path) -> None:
    assert is_noted(noted, DIGESTS)
    assert is_noted(noted, dict(reversed(DIGESTS.items())))
    assert not is_noted(noted, DIGESTS | {EVERYBODY[0].id: "changed"})
    assert not is_noted(noted, dict(list(DIGESTS.items())[1:]))
    assert not is_noted(noted.parent, DIGESTS)


def test_a_damaged_index_is_not_believed(noted: Path) -> None:
    damage(builds(noted.parent)[-1])
    assert not is_noted(noted, DIGESTS)


def test_an_index_that_lost_a_file_is_not_believed(noted: Path) -> None:
    next(builds(noted.parent)[-1].glob("*.seg")).unlink()
    assert not is_noted(noted, DIGESTS)


def test_a_file_put_back_with_another_time_is_not_believed(noted: Path) -> None:
    os.utime(next(builds(noted.parent)[-1].glob("*.seg")), ns=(1, 1))
    assert not is_noted(noted, DIGESTS)


def test_an_index_of_another_release_is_not_believed(noted: Path) -> None:
    version = builds(noted.parent)[-1] / "version"
    status = version.stat()
    version.write_text("0\n", encoding="ascii")
    os.utime(version, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert not is_noted(noted, DIGESTS)


def test_a_later_change_makes_an_older_note_void(noted: Path) -> None:
    with open_writer(noted, load_elections().vocabulary()) as writer:
        writer.apply([], [EVERYBODY[0].id])
    assert not is_noted(noted, DIGESTS)


def test_where_nothing_was_indexed_nothing_is_noted(tmp_path: Path) -> None:
    leave_note(tmp_path, {})
    assert list(tmp_path.iterdir()) == []
    assert not is_noted(tmp_path, {})


def test_a_state_is_left_for_readers_of_an_index_that_stays_closed(noted: Path) -> None:
    record_state(noted, '{"archives": []}')
    assert (noted / "state.json").read_text(encoding="utf-8") == '{"archives": []}'
    assert is_noted(noted, DIGESTS)
