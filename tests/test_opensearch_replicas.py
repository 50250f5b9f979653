"""API processes behind one address: HAProxy with the configuration that the compose file ships.

One of two is killed as a power cut would, and comes back; who asks the proxy notices nothing.
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.engine_places import PLACES
from tests.opensearch.clients import SEARCH, Clients
from tests.opensearch.cluster import free_ports
from tests.opensearch.faults import ALL, RECOVERED_WITHIN, get, needs_opensearch, start_api
from tests.test_packaging import COMPOSE

pytestmark = [
    needs_opensearch,
    pytest.mark.skipif(not shutil.which("haproxy"), reason="needs Debian's haproxy"),
]
SERVERS = re.compile(r"server-template api 2 cluster-api:8000 (check .+) resolvers docker .+")


def shipped_configuration(port: int, replicas: list[int]) -> str:
    """Give the proxy's configuration for loopback: other addresses, and no names to resolve."""
    text = COMPOSE["configs"]["proxy"]["content"]
    assert len(SERVERS.findall(text)) == text.count("bind :8000") == 1
    servers = [f"server api{at} 127.0.0.1:{at} \\1" for at in replicas]
    text = SERVERS.sub("\n        ".join(servers), text)
    return str(text.replace("bind :8000", f"bind 127.0.0.1:{port}"))


@contextmanager
def proxy(folder: Path, replicas: list[int]) -> Iterator[str]:
    """Run HAProxy before some replicas; give its address once it finds them ready."""
    (port,) = free_ports(1)
    configuration = folder / "haproxy.cfg"
    configuration.write_text(shipped_configuration(port, replicas), encoding="ascii")
    subprocess.run(["haproxy", "-c", "-f", configuration], check=True, capture_output=True)
    quietly = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(["haproxy", "-db", "-f", configuration], **quietly) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/readyz")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def wait_for(url: str) -> None:
    deadline = time.monotonic() + RECOVERED_WITHIN
    while get(url)[0] != 200:
        assert time.monotonic() < deadline, url
        time.sleep(0.1)


def who_answers(address: str) -> str:
    """Name the process that happened to answer."""
    _, _, body = get(f"{address}/metrics")
    (found,) = re.findall(r"^hustings_process_info.*$", body.decode(), re.M)
    return str(found)


def test_a_replica_killed_behind_the_proxy_costs_no_answer(tmp_path: Path) -> None:
    replicas = free_ports(2)
    with PLACES["opensearch"](tmp_path) as place, ExitStack() as started:
        place.index(*list(ALL.values())[:40]).close()
        processes = {}
        for at in replicas:
            processes[at] = start_api(str(place.location), at)
            started.callback(lambda at=at: (processes[at].kill(), processes[at].wait()))
        address = started.enter_context(proxy(tmp_path, replicas))
        names = {who_answers(address) for _ in range(10)}
        assert len(names) == 2, "one of two replicas is never asked"
        answers = [get(address + SEARCH) for _ in range(20)]
        assert {code for code, _, _ in answers} == {200}
        assert len({(headers["etag"], body) for _, headers, body in answers}) == 1
        with Clients(address) as clients:
            clients.wait_for("right", 100)
            processes[replicas[0]].send_signal(signal.SIGKILL)
            processes[replicas[0]].wait()
            clients.wait_for("right", 100)
            processes[replicas[0]] = start_api(str(place.location), replicas[0])
            clients.wait_for("right", 50)
            deadline = time.monotonic() + RECOVERED_WITHIN
            while len({who_answers(address) for _ in range(6)}) < 2:
                assert time.monotonic() < deadline, "the replica that came back is not asked"
    print(
        f"\na replica killed behind the proxy: {clients.answers.total()} requests,"
        f" {dict(clients.answers)}, slowest {clients.slowest:.1f} s"
    )
    assert set(clients.answers) == {"right"}
