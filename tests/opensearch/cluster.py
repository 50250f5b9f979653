"""A real OpenSearch cluster for tests: one JVM a node on 127.0.0.1, each killable alone."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

INSTALLED = Path(os.environ.get("HUSTINGS_TEST_OPENSEARCH", "/nonexistent"))
# The least work for a small heap that lives some minutes: its code is compiled once, and quickly.
FOR_TESTS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
FOR_FIGURES = ("-XX:+UseG1GC",)  # as OpenSearch's own start script has it
START_SECONDS = 240  # three JVMs that share two busy cores


def free_ports(count: int) -> list[int]:
    """Pick ports that nobody listens on now; all are held until all are known."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


@dataclass
class Node:
    name: str
    folder: Path
    http_port: int
    transport_port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"


@dataclass
class Cluster:
    """`count` nodes below `folder`; a context manager that ends every process it started."""

    folder: Path
    count: int = 1
    heap: str = "512m"
    flags: tuple[str, ...] = FOR_TESTS
    nodes: list[Node] = field(default_factory=list)

    def __enter__(self) -> Self:
        ports = free_ports(2 * self.count)
        self.nodes = [
            Node(f"n{i}", self.folder / f"n{i}", ports[2 * i], ports[2 * i + 1])
            for i in range(self.count)
        ]
        try:
            for node in self.nodes:
                self.start(node)
            self.wait(self.count)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def urls(self) -> list[str]:
        return [node.url for node in self.nodes]

    def start(self, node: Node) -> None:
        """Start a node, also one that was killed: its data folder is still there."""
        node.folder.mkdir(parents=True, exist_ok=True)
        names = ",".join(each.name for each in self.nodes)
        transports = ",".join(f"127.0.0.1:{each.transport_port}" for each in self.nodes)
        command = [
            str(INSTALLED / "java"),
            f"-Xms{self.heap}",
            f"-Xmx{self.heap}",
            *self.flags,
            "-cp",
            f"{INSTALLED / 'lib'}/*",
            str(Path(__file__).with_name("OpenSearchNode.java")),
            node.name,
            str(node.folder),
            str(node.http_port),
            str(node.transport_port),
            names,
            transports,
        ]
        with (node.folder / "log.txt").open("ab") as log:
            node.process = subprocess.Popen(command, stdout=log, stderr=log)

    def kill(self, node: Node) -> None:
        """End a node as a power cut would."""
        if node.process is not None:
            node.process.send_signal(signal.SIGKILL)
            node.process.wait()
            node.process = None

    def wait(self, count: int, status: str = "yellow", seconds: float = START_SECONDS) -> None:
        """Wait until just `count` nodes form a cluster of at least this status."""
        deadline = time.monotonic() + seconds
        path = f"/_cluster/health?wait_for_nodes={count}&wait_for_status={status}&timeout=5s"
        while time.monotonic() < deadline:
            for node in self.nodes:
                if node.process is not None and node.process.poll() is not None:
                    raise RuntimeError(f"{node.name} ended: {self.log_end(node)}")
            for node in self.nodes:
                health = self.ask(node, path) if node.process is not None else None
                if health and not health.get("timed_out", True):
                    return
            time.sleep(0.2)
        log = self.log_end(self.nodes[0])
        raise RuntimeError(f"no cluster of {count} nodes after {seconds} s: {log}")

    def ask(self, node: Node, path: str) -> dict[str, Any] | None:
        try:
            with urllib.request.urlopen(node.url + path, timeout=10) as answer:
                body: dict[str, Any] = json.load(answer)
                return body
        except (urllib.error.URLError, OSError, ValueError):
            return None

    def log_end(self, node: Node) -> str:
        return (node.folder / "log.txt").read_text(errors="replace")[-2000:]

    def close(self) -> None:
        for node in self.nodes:
            if node.process is not None:
                node.process.terminate()
        for node in self.nodes:
            if node.process is not None:
                try:
                    node.process.wait(timeout=20)
                except subprocess.TimeoutExpired:
                    node.process.kill()
                    node.process.wait()
                node.process = None
