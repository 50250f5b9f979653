"""Whoosh's own promises: fresh, never failing while somebody writes, and healing when broken."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from whoosh import index

from ingest.records import Vocabulary
from search import SearchRequest, Sort, open_writer, parse_query
from search.errors import IndexBroken, IndexBusy, IndexMissing, IndexVersion, SearchError
from search.facets import FACETS
from search.whoosh_engine import WhooshEngine
from search.whoosh_reader import BuildReader
from search.whoosh_writer import MOST_JOINED, MOST_SEGMENTS
from tests.builders import make_candidacy, make_reply

VOCABULARY = Vocabulary(cycles=("liberty", "mitaka"))
ROOT = Path(__file__).resolve().parent.parent
SOME = [
    make_candidacy(
        message_id=f"{n}@example.org",
        candidate=f"Ana Example{n}",
        statement=f"Statement number {n} about review bandwidth, specs and all, shared{n % 3}.",
        replies=(make_reply(message_id=f"reply{n}@example.org"),),
    )
    for n in range(60)
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with open_writer(tmp_path / "index", VOCABULARY) as writer:
        writer.rebuild((candidacy, "d") for candidacy in SOME)
    return tmp_path / "index"


@pytest.fixture
def engine(path: Path) -> Iterator[WhooshEngine]:
    with closing(WhooshEngine(path, VOCABULARY, look_every=0.0)) as opened:
        yield opened


def ask(text: str, **how: object) -> SearchRequest:
    return SearchRequest(parse_query(text, VOCABULARY).query, facets=FACETS, **how)  # type: ignore[arg-type]


def test_readers_never_fail_while_a_writer_commits_rebuilds_and_swaps(
    path: Path, engine: WhooshEngine
) -> None:
    stop = threading.Event()

    def keep_asking() -> int:
        asked = 0
        while not stop.is_set():
            results = engine.search(ask("review bandwidth", per_page=5))
            # Each commit changes one statement, so all of one generation or the next are there.
            assert results.total in (59, 60)
            assert all(hit.excerpts for hit in results.hits)
            assert len(engine.read([SOME[0].id])) == 1
            asked += 1
        return asked

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(keep_asking) for _ in range(3)]
        try:
            for n in range(MOST_SEGMENTS + 4):
                with open_writer(path, VOCABULARY) as writer:
                    if n % 5 == 4:
                        writer.rebuild((candidacy, "d") for candidacy in SOME)
                    else:
                        writer.apply([(replace(SOME[1], statement=f"gardening {n}"), "x")], [])
        finally:
            stop.set()
        assert all(reader.result() for reader in readers)


def test_another_processs_commit_is_seen_within_two_seconds(path: Path) -> None:
    script = (
        "from pathlib import Path; from ingest.records import Vocabulary; import sys\n"
        "from search import open_writer; from tests.builders import make_candidacy\n"
        "with open_writer(Path(sys.argv[1]), Vocabulary()) as writer:\n"
        "    new = make_candidacy(message_id='new@example.org', statement='gardening')\n"
        "    writer.apply([(new, 'd')], [])\n"
    )
    with closing(WhooshEngine(path, VOCABULARY)) as engine:
        assert engine.search(ask("gardening")).total == 0
        subprocess.run([sys.executable, "-c", script, str(path)], check=True, cwd=ROOT)
        deadline = time.monotonic() + 2
        while not engine.search(ask("gardening")).total:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_scan_ends_in_the_generation_in_which_it_began(path: Path, engine: WhooshEngine) -> None:
    scan = engine.scan(ask("", sort=Sort.NEWEST))
    first = next(scan)
    with open_writer(path, VOCABULARY) as writer:
        writer.rebuild([(SOME[0], "d")])
    assert engine.search(ask("")).total == 1
    assert len({first.id, *(candidacy.id for candidacy in scan)}) == len(SOME)


def test_a_rebuild_of_the_same_records_answers_the_same(tmp_path: Path) -> None:
    answers = []
    for name in ("one", "two"):
        with open_writer(tmp_path / name, VOCABULARY) as writer:
            writer.rebuild((candidacy, "d") for candidacy in SOME)
        with closing(WhooshEngine(tmp_path / name, VOCABULARY)) as engine:
            answers.append(replace(engine.search(ask("review shared1")), generation=""))
    assert answers[0] == answers[1]


def documents_by_segment(path: Path) -> list[int]:
    build = max(path.glob("build-*"))
    segments = index.open_dir(str(build))._segments()
    return sorted(segment.doc_count() for segment in segments)


def test_a_change_joins_few_documents_until_there_are_far_too_many_segments(path: Path) -> None:
    with open_writer(path, VOCABULARY) as writer:
        writer.rebuild((replace(SOME[0], id=f"{n:032}"), "d") for n in range(300))
        before = documents_by_segment(path)
        for n in range(60):
            writer.apply([(replace(SOME[n], id=f"new {n}"), "x")], [])
            after = documents_by_segment(path)
            made = Counter(after) - Counter(before)
            assert len(after) <= 2 * MOST_SEGMENTS
            assert max(made) <= MOST_JOINED + 1 or len(before) >= 2 * MOST_SEGMENTS
            before = after
    assert sum(before) == 360
    assert len(before) > 2


def test_many_small_commits_leave_few_segments(path: Path) -> None:
    with open_writer(path, VOCABULARY) as writer:
        for n in range(3 * MOST_SEGMENTS):
            writer.apply([(replace(SOME[n], statement=f"new{n}"), "x")], [])
    assert len(list(path.glob("build-*/*.seg"))) <= MOST_SEGMENTS + 1
    with closing(WhooshEngine(path, VOCABULARY)) as engine:
        assert engine.search(ask("new7")).total == 1
        assert engine.search(ask("")).total == len(SOME)
        assert engine.read([SOME[5].id])[0].replies == SOME[5].replies


def test_a_changed_candidacy_counts_once_however_often_it_changed(path: Path) -> None:
    with open_writer(path, VOCABULARY) as writer:
        for n in range(4):
            writer.apply([(replace(SOME[0], statement=f"gardening {n}"), f"d{n}")], [])
        assert writer.digests()[SOME[0].id] == "d3"
    with closing(WhooshEngine(path, VOCABULARY)) as engine:
        results = engine.search(ask("gardening"))
        assert results.total == 1
        assert results.hits[0].candidacy.statement == "gardening 3"


def damage(path: Path, how: str) -> None:
    build = sorted(path.glob("build-*"))[-1]
    segment = next(build.glob("*.seg"))
    match how:
        case "truncated segment":
            segment.write_bytes(segment.read_bytes()[:5000])
        case "one wrong byte":
            data = bytearray(segment.read_bytes())
            data[len(data) // 2] ^= 0xFF
            segment.write_bytes(bytes(data))
        case "segment gone":
            segment.unlink()
        case "empty table of contents":
            next(build.glob("*.toc")).write_bytes(b"")
        case "no such build":
            (path / "current").write_text("build-999999\n")
        case "a pointer elsewhere":
            (path / "current").write_text("../../etc\n")
        case "a pointer of rubbish":
            (path / "current").write_bytes(b"\xff\xfe\x00")


DAMAGES = [
    "truncated segment",
    "one wrong byte",
    "segment gone",
    "empty table of contents",
    "no such build",
    "a pointer elsewhere",
    "a pointer of rubbish",
]


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # Whoosh's open files
def test_a_broken_index_is_told_and_the_last_good_one_serves(path: Path, how: str) -> None:
    with open_writer(path, VOCABULARY) as writer:
        writer.rebuild((candidacy, "d") for candidacy in SOME)
    damage(path, how)
    with open_writer(path, VOCABULARY) as writer, pytest.raises(IndexBroken):
        writer.digests()
    with closing(WhooshEngine(path, VOCABULARY, look_every=0.0)) as engine:
        assert engine.search(ask("review")).total == len(SOME)
        assert engine.status().problem
        with open_writer(path, VOCABULARY) as writer:
            writer.rebuild((candidacy, "d") for candidacy in SOME[:5])
        assert engine.search(ask("review")).total == 5
        assert engine.status().problem == ""


@pytest.mark.parametrize("how", DAMAGES[:4])
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # Whoosh's open files
def test_a_broken_index_without_a_last_good_one_is_an_error_that_says_what_to_do(
    path: Path, how: str
) -> None:
    damage(path, how)
    with closing(WhooshEngine(path, VOCABULARY)) as engine:
        with pytest.raises(IndexBroken, match="hustings reindex"):
            engine.search(ask("review"))
        assert "hustings reindex" in engine.status().problem


def test_an_index_that_breaks_while_it_serves_goes_on(path: Path, engine: WhooshEngine) -> None:
    assert engine.search(ask("review")).total == len(SOME)
    damage(path, "no such build")
    assert engine.search(ask("review")).total == len(SOME)
    assert "build-999999" in engine.status().problem


def test_an_index_of_another_version_says_so(path: Path) -> None:
    next(path.glob("build-*/version")).write_text("0\n")
    with open_writer(path, VOCABULARY) as writer, pytest.raises(IndexVersion, match="version 0"):
        writer.digests()
    with closing(WhooshEngine(path, VOCABULARY)) as engine:
        with pytest.raises(IndexVersion):
            engine.search(ask("review"))
        assert "version 0" in engine.status().problem


def test_an_index_never_made_appears_when_it_is_made(tmp_path: Path) -> None:
    with closing(WhooshEngine(tmp_path, VOCABULARY, look_every=0.0)) as engine:
        with pytest.raises(IndexMissing, match="hustings sync"):
            engine.search(ask("review"))
        with open_writer(tmp_path, VOCABULARY) as writer:
            writer.apply([(SOME[0], "d")], [])
        assert engine.search(ask("review")).total == 1


def test_a_second_writer_is_refused_and_the_first_goes_on(path: Path) -> None:
    with open_writer(path, VOCABULARY) as first:
        with pytest.raises(IndexBusy, match="Another process"), open_writer(path, VOCABULARY):
            pass
        first.apply([], [SOME[0].id])
    with open_writer(path, VOCABULARY) as again:
        assert len(again.digests()) == len(SOME) - 1


def test_the_last_good_build_is_kept_and_older_ones_go(path: Path) -> None:
    for _ in range(3):
        with open_writer(path, VOCABULARY) as writer:
            writer.rebuild((candidacy, "d") for candidacy in SOME[:3])
    assert sorted(build.name for build in path.glob("build-*")) == ["build-000003", "build-000004"]


def test_a_prefix_of_too_many_words_is_bounded_and_says_so(tmp_path: Path) -> None:
    many = " ".join(f"word{n:04}" for n in range(500))
    with open_writer(tmp_path, VOCABULARY) as writer:
        writer.rebuild([(make_candidacy(statement=many), "d")])
    with closing(WhooshEngine(tmp_path, VOCABULARY)) as engine:
        results = engine.search(ask("word*"))
        assert results.total == 1
        assert [(notice.code, notice.words) for notice in results.notices] == [("limited", "word*")]


def test_a_closed_engine_answers_no_more(path: Path) -> None:
    engine = WhooshEngine(path, VOCABULARY)
    engine.search(ask("review"))
    engine.close()
    engine.close()
    with pytest.raises(SearchError):
        engine.search(ask("review"))


def test_one_changed_candidacy_is_indexed_quickly(path: Path) -> None:
    times = []
    for n in range(5):
        began = time.thread_time()  # others may keep the machine busy
        with open_writer(path, VOCABULARY) as writer:
            writer.apply([(replace(SOME[n], statement="gardening"), "x")], [])
        times.append(time.thread_time() - began)
    assert min(times) < 0.1


def test_a_fault_that_the_library_finds_leaves_no_file_open(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_writer(path, VOCABULARY) as writer:
        writer.rebuild((candidacy, "d") for candidacy in SOME)
    toc = max(path.glob("build-*/_MAIN_*.toc"))
    toc.write_bytes(bytes(toc.stat().st_size))
    # As after a power cut that took the sums of the files too.
    monkeypatch.setattr("search.whoosh_reader.check_files", lambda build: None)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with pytest.raises(IndexBroken):
            BuildReader(toc.parent)
        gc.collect()
    assert warned == []
