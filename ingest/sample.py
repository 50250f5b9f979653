"""The sample archive that comes with the program: where it lies, and a server for it.

It is an invented list in Pipermail's form (`bench/make_sample.py` writes it). It is pulled over
loopback HTTP by the very code that pulls a real one, so there is no second way in to keep right.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SAMPLE_LIST = "openstack-dev-sample"
_ARCHIVE = f"/pipermail/{SAMPLE_LIST}/"


def sample_site() -> Path:
    """Give the folder whose files a Pipermail server would serve."""
    return Path(__file__).parent / "sample_archive"


@contextmanager
def serve_sample() -> Iterator[str]:
    """Serve the sample on a free port of this machine; give the address of its archive.

    The server answers conditional requests and ends with the block, finishing what it sends.
    """
    handler = partial(_SampleHandler, directory=str(sample_site()))
    with _SampleServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="sample archive")
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}{_ARCHIVE}"
        finally:
            server.shutdown()
            thread.join()


class _SampleServer(ThreadingHTTPServer):
    daemon_threads = False


class _SampleHandler(SimpleHTTPRequestHandler):
    """Static files; the standard library answers with Last-Modified and 304 by itself."""

    # A client that says nothing must not keep the server's end waiting.
    timeout = 5

    def log_message(self, *args: Any) -> None:
        pass
