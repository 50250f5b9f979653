"""The API before a cluster that is away, or loses its nodes, asked over HTTP.

It runs as processes of its own with uvicorn; the nodes are killed as a power cut would.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from tests.opensearch.clients import Clients
from tests.opensearch.cluster import Cluster, Node, free_ports
from tests.opensearch.faults import (
    DIGESTS,
    RECOVERED_WITHIN,
    SIZE,
    filled,
    get,
    manager_of,
    needs_opensearch,
    serving,
    sync_until_done,
    whole_cluster,
)

pytestmark = needs_opensearch


def holders_of(cluster: Cluster, location: str) -> list[Node]:
    """Find the two nodes that hold a copy of an index, the one that leads the nodes first."""
    path = f"/_cat/shards/{location.rsplit('/')[-1]}?format=json"
    rows: Any = cluster.ask(cluster.nodes[0], path)
    names = {row["node"] for row in rows}
    leader = manager_of(cluster)
    holders = [node for node in cluster.nodes if node.name in names]
    return sorted(holders, key=lambda node: node is not leader)


def test_one_node_lost_costs_no_answer_two_are_told_and_both_come_back() -> None:
    cluster = whole_cluster()
    location = filled(cluster, "two lost")
    (port,) = free_ports(1)
    with serving(location, port) as address, Clients(address) as clients:
        clients.wait_for("right", 100)
        first, second = holders_of(cluster, location)
        cluster.kill(first)
        cluster.wait(2)
        clients.wait_for("right", 100)
        with_two = clients.answers.copy()
        cluster.kill(second)
        clients.wait_for("503", 10)
        code, _, body = get(f"{address}/readyz")
        assert code == 503
        assert "does not answer" in json.loads(body)["why_not"]
        assert get(f"{address}/healthz")[0] == 200
        with_one = clients.answers - with_two
        for node in cluster.nodes:
            if node.process is None:
                cluster.start(node)
        cluster.wait(3, "green")
        clients.wait_for("right", 100)
        found = json.loads(get(f"{address}/api/v1/candidacies?q=&per_page=1")[2])["total"]
    print(
        f"\nthrough the API: {clients.answers.total()} requests, {dict(clients.answers)}; with one"
        f" of three nodes lost {dict(with_two)}, with two {dict(with_one)}, slowest"
        f" {clients.slowest:.1f} s, lost {SIZE - found} of {SIZE}"
    )
    assert set(clients.answers) <= {"right", "503"}
    assert found == SIZE
    assert clients.slowest < 30


def test_the_api_waits_for_a_cluster_that_is_away_at_start_and_later(tmp_path: Path) -> None:
    node_port, transport_port, first_port, second_port = free_ports(4)
    cluster = Cluster(tmp_path, 1, heap="320m")
    cluster.nodes = [Node("n0", tmp_path / "n0", node_port, transport_port)]
    location = f"http://127.0.0.1:{node_port}/away"
    try:
        with serving(location, first_port) as first, serving(location, second_port) as second:
            code, headers, body = get(f"{first}/readyz")
            assert code == 503
            assert "does not answer" in json.loads(body)["why_not"]
            code, headers, _ = get(f"{first}/api/v1/candidacies?q=review")
            assert (code, headers["retry-after"]) == (503, "5")
            cluster.start(cluster.nodes[0])
            cluster.wait(1)
            sync_until_done(location, DIGESTS)
            answers = []
            for url in (first, second):
                assert get(f"{url}/readyz")[0] == 200
                code, headers, body = get(f"{url}/api/v1/candidacies?q=review")
                assert code == 200
                answers.append((headers["etag"], body))
            assert answers[0] == answers[1]
            cluster.kill(cluster.nodes[0])
            for path in ("/api/v1/candidacies?q=review", "/api/v1/cycles", "/?q=review", "/readyz"):
                began = time.monotonic()
                assert get(first + path)[0] == 503, path
                assert time.monotonic() - began < 20
            assert get(f"{first}/healthz")[0] == 200
            cluster.start(cluster.nodes[0])
            cluster.wait(1)
            deadline = time.monotonic() + RECOVERED_WITHIN
            while get(f"{first}/readyz")[0] != 200:
                assert time.monotonic() < deadline
                time.sleep(0.3)
            code, headers, body = get(f"{first}/api/v1/candidacies?q=review")
            assert (code, headers["etag"], body) == (200, *answers[0])
    finally:
        cluster.close()
