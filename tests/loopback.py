"""A real HTTP server on the loopback interface that does as it is told, misbehaviour included.

    with loopback() as server:
        server.serve("/pipermail/list/", reply(b"<html>..."))
        server.serve("/pipermail/list/2015-May.txt", cut(b"half", announced=900), reply(b"whole"))

Each request to a path takes its next behaviour; the last one stays. Unknown paths answer 404.
"""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote


@dataclass(frozen=True)
class Request:
    """What was asked: the path with its query, and the headers in lower case."""

    path: str
    headers: Mapping[str, str]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, _Server)
        headers = {name.lower(): value for name, value in self.headers.items()}
        server.requests.append(Request(self.path, headers))
        behaviours = server.behaviours.get(self.path) or server.find_below(self.path)
        behave = behaviours.pop(0) if len(behaviours) > 1 else (behaviours or [missing()])[0]
        behave(self)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Keep the tests' output clean."""


Behaviour = Callable[[Handler], None]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[Request] = []
        self.behaviours: dict[str, list[Behaviour]] = {}
        self.below: dict[str, Behaviour] = {}
        self.closing = threading.Event()

    def find_below(self, path: str) -> list[Behaviour]:
        return [behave for prefix, behave in self.below.items() if path.startswith(prefix)][:1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up on a misbehaving server is what the tests want."""


@dataclass(frozen=True)
class Loopback:
    """The running server: its address, what it was asked, and what it will do."""

    server: _Server = field(repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.server.requests]

    @property
    def requests(self) -> list[Request]:
        return self.server.requests

    def serve(self, path: str, *behaviours: Behaviour) -> None:
        self.server.behaviours[path] = list(behaviours)

    def serve_below(self, prefix: str, behave: Behaviour) -> None:
        """Let one behaviour answer for all paths that begin alike and have none of their own."""
        self.server.below[prefix] = behave

    def serve_tree(self, prefix: str, folder: Path) -> None:
        """Serve the files of a folder as a plain web server does."""

        def behave(handler: Handler) -> None:
            path = folder / unquote(handler.path.partition("?")[0])[len(prefix) :]
            if path.is_dir():
                path = path / "index.html"
            (reply(path.read_bytes()) if path.is_file() else missing())(handler)

        self.serve_below(prefix, behave)

    def forget(self) -> None:
        self.server.requests.clear()


@contextlib.contextmanager
def loopback() -> Iterator[Loopback]:
    server = _Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield Loopback(server)
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def reply(body: bytes = b"", status: int = 200, **headers: str) -> Behaviour:
    """Answer as one should; header names are written with underscores."""

    def behave(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def packed(body: bytes, **headers: str) -> Behaviour:
    """Answer with a gzip file, sent as what it is."""
    return reply(gzip.compress(body, mtime=0), content_type="application/x-gzip", **headers)


def missing() -> Behaviour:
    return reply(b"<html>not found</html>", 404, content_type="text/html")


def validated(body: bytes, etag: str = "", last_modified: str = "") -> Behaviour:
    """Answer with validators, and with 304 who brings one of them back."""

    def behave(handler: Handler) -> None:
        same_tag = etag and handler.headers.get("If-None-Match") == etag
        same_time = last_modified and handler.headers.get("If-Modified-Since") == last_modified
        if same_tag or same_time:
            reply(b"", 304)(handler)
            return
        headers = {"etag": etag, "last_modified": last_modified}
        reply(body, **{name: value for name, value in headers.items() if value})(handler)

    return behave


def redirect(location: str, status: int = 302) -> Behaviour:
    return reply(b"", status, location=location)


def cut(body: bytes, announced: int) -> Behaviour:
    """Announce a length, send less, and hang up."""

    def behave(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(announced))
        handler.end_headers()
        handler.wfile.write(body)
        _hang_up(handler)

    return behave


def cut_chunks(body: bytes) -> Behaviour:
    """Send a chunk and hang up before the last one, as a program that fails in the middle does."""

    def behave(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"%x\r\n%b\r\n" % (len(body), body))
        _hang_up(handler)

    return behave


def chunked(*chunks: bytes, **headers: str) -> Behaviour:
    """Send a body in chunks, to its end, without saying how long it is."""

    def behave(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        for chunk in filter(None, chunks):
            handler.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        handler.wfile.write(b"0\r\n\r\n")

    return behave


def until_closed(body: bytes) -> Behaviour:
    """Send a body that ends where the connection does, as servers of 1999 did."""

    def behave(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n" + body)
        _hang_up(handler)

    return behave


def drip(headers_only: bool = False) -> Behaviour:
    """Send a byte every fiftieth of a second for as long as somebody listens."""

    def behave(handler: Handler) -> None:
        server = handler.server
        assert isinstance(server, _Server)
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        if not headers_only:
            handler.wfile.write(b"Content-Length: 1000000\r\n\r\n")
        handler.wfile.write(b"X: ")
        with contextlib.suppress(OSError):
            while not server.closing.wait(0.02):
                handler.wfile.write(b"F")
                handler.wfile.flush()
        handler.close_connection = True

    return behave


def silence() -> Behaviour:
    """Take the request and never answer."""

    def behave(handler: Handler) -> None:
        server = handler.server
        assert isinstance(server, _Server)
        server.closing.wait(30)
        handler.close_connection = True

    return behave


def _hang_up(handler: Handler) -> None:
    handler.wfile.flush()
    handler.close_connection = True
    with contextlib.suppress(OSError):
        handler.connection.shutdown(socket.SHUT_RDWR)


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def refused_address() -> str:
    """Give an address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
