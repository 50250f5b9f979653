"""public-inbox over the same mails: initialised, indexed by Xapian and served, in a folder of ours.

Needs Debian's `public-inbox` package. Mails go in through git's fast-import, as its own importers
do.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

NAME = "bench"


def prepare(folder: Path, mails: Sequence[bytes]) -> None:
    """Make an inbox of the mails and index it."""
    folder.mkdir(parents=True, exist_ok=True)
    inbox = folder / "inbox"
    stream = b"".join(write_commit(number, mail) for number, mail in enumerate(mails))
    _run(folder, *init_command(inbox))
    _run(folder, "git", "--git-dir", str(inbox), "fast-import", "--quiet", given=stream)
    _run(folder, "public-inbox-index", "-L", "full", str(inbox))


def init_command(inbox: Path) -> list[str]:
    """Give the command that makes an empty inbox."""
    url = f"http://127.0.0.1/{NAME}"
    return ["public-inbox-init", "-V1", NAME, str(inbox), url, "bench@lists.example.org"]


def write_commit(number: int, mail: bytes) -> bytes:
    """Write a mail as a commit for git's fast-import, as a version 1 inbox keeps it."""
    who = f"Bench <bench@example.org> {1_400_000_000 + number} +0000"
    path = f"{number % 256:02x}/{number:038x}"
    head = f"commit refs/heads/master\nauthor {who}\ncommitter {who}\ndata 4\nmail\n"
    return f"{head}M 100644 inline {path}\ndata {len(mail)}\n".encode() + mail + b"\n"


def _run(folder: Path, *command: str, given: bytes = b"") -> None:
    subprocess.run(
        command, input=given, env=environment(folder), check=True, stdout=subprocess.DEVNULL
    )


def environment(folder: Path) -> dict[str, str]:
    """Give what public-inbox's programs are told, so that they keep to a folder of ours."""
    kept = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    return kept | {"PI_CONFIG": str(folder / "config"), "PERL_INLINE_DIRECTORY": str(folder)}


@contextmanager
def serving(folder: Path) -> Iterator[tuple[int, int]]:
    """Serve the inbox; give port and process."""
    port = free_port()
    with subprocess.Popen(
        ["public-inbox-httpd", "-l", f"127.0.0.1:{port}"],
        env=environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            wait_for(port)
            yield port, server.pid
        finally:
            server.terminate()


def path_of(query: str) -> str:
    """Ask for ten mails by relevance, as many as we show."""
    return f"/{NAME}/?" + urlencode({"q": query, "l": 10, "r": ""})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int, seconds: float = 120) -> None:
    """Wait until somebody listens."""
    until = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
