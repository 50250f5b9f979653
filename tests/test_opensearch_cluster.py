"""A cluster of three nodes that lose one another: what searches and syncs see of it.

The nodes are processes that are killed as a power cut would.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing

import pytest

from bench.search_corpus import VOCABULARY
from ingest.records import Candidacy
from search import SearchRequest, open_engine, open_writer, parse_query
from search.errors import EngineUnavailable, IndexBusy
from search.query_tree import Everything
from tests.opensearch.cluster import Cluster
from tests.opensearch.faults import (
    ALL,
    DIGESTS,
    SIZE,
    Readers,
    filled,
    manager_of,
    needs_opensearch,
    sync_until_done,
    whole_cluster,
)

pytestmark = needs_opensearch


@pytest.fixture
def whole() -> Cluster:
    return whole_cluster()


@pytest.fixture
def location(whole: Cluster, request: pytest.FixtureRequest) -> str:
    return filled(whole, request.node.name)


def test_a_node_killed_during_searches_costs_no_wrong_answer(whole: Cluster, location: str) -> None:
    query = parse_query("office:PTL review", VOCABULARY).query
    with closing(open_engine(location, VOCABULARY)) as engine:

        def ask() -> object:
            results = engine.search(SearchRequest(query, per_page=5, facets=("status",)))
            facts = [(value.value, value.count) for value in results.facets[0].values]
            return results.total, [hit.candidacy.id for hit in results.hits], facts

        readers = Readers(ask, [ask()])
        with readers.running():
            time.sleep(2)
            whole.kill(manager_of(whole))
            whole.wait(2)
            time.sleep(3)
        before = readers.answers["unavailable"]
        readers.one()
        assert readers.answers["unavailable"] == before, "the others do not answer"
        assert {each.id for each in engine.scan(SearchRequest(Everything()))} == set(ALL)
    print(f"\nkilled during searches: {dict(readers.answers)}, slowest {readers.slowest:.1f} s")
    assert readers.wrong == []
    assert readers.answers["right"] > 50
    assert readers.slowest < 20


def test_a_node_killed_during_a_rebuild_loses_no_candidacy(whole: Cluster, location: str) -> None:
    first = next(iter(ALL))
    query = Everything()
    with closing(open_engine(location, VOCABULARY)) as engine:
        readers = Readers(lambda: engine.search(SearchRequest(query, per_page=0)).total, [SIZE])
        began, failed = threading.Event(), Counter[str]()

        def slowly() -> Iterator[tuple[Candidacy, str]]:
            for number, candidacy in enumerate(ALL.values()):
                if number == SIZE // 3:
                    began.set()
                time.sleep(0.01)
                yield candidacy, "second"

        def rebuild() -> None:
            try:
                with open_writer(location, VOCABULARY, lease_seconds=4.0) as writer:
                    writer.rebuild(slowly())
            except (EngineUnavailable, IndexBusy) as error:
                failed[type(error).__name__] += 1

        with readers.running(1):
            worker = threading.Thread(target=rebuild)
            worker.start()
            assert began.wait(30)
            whole.kill(manager_of(whole))
            worker.join()
            failed += sync_until_done(location, dict.fromkeys(ALL, "second"))
        with open_writer(location, VOCABULARY, lease_seconds=4.0) as writer:
            assert writer.digests() == dict.fromkeys(ALL, "second")
        assert engine.read([first]) == [ALL[first]]
        found = {each.id for each in engine.scan(SearchRequest(query))}
    print(
        f"\nkilled during a rebuild: {dict(readers.answers)}, writer's failures {dict(failed)}, "
        f"lost {len(set(ALL) - found)} of {SIZE}"
    )
    assert found == set(ALL)
    assert readers.wrong == []


def test_a_killed_node_comes_back_without_hands(whole: Cluster, location: str) -> None:
    node = whole.nodes[1]
    whole.kill(node)
    whole.wait(2)
    sync_until_done(location, {**DIGESTS, next(iter(ALL)): "changed"})
    whole.start(node)
    whole.wait(3, "green")
    with closing(open_engine(f"{node.url}/{location.rsplit('/')[-1]}", VOCABULARY)) as engine:
        assert engine.search(SearchRequest(Everything())).total == SIZE
