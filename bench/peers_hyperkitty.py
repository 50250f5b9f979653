"""HyperKitty over the same mails, with the search it comes with: Whoosh behind Haystack.

Needs an environment made by `.ci/hyperkitty FOLDER`. SQLite, one gunicorn process, no cache of
answers; its own settings stand in `tests/data/hyperkitty`.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from bench.peers_public_inbox import free_port, wait_for

LIST = "bench@lists.example.org"
SETTINGS = Path(__file__).resolve().parent.parent / "tests" / "data" / "hyperkitty"
OURS = """
from hyperkitty_settings import *

HAYSTACK_CONNECTIONS = {{
    "default": {{
        "ENGINE": "haystack.backends.whoosh_backend.WhooshEngine",
        "PATH": "{folder}/fulltext",
    }}
}}
"""


def prepare(home: Path, folder: Path, mails: Sequence[bytes]) -> None:
    """Import the mails and index them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bench_settings.py").write_text(OURS.format(folder=folder))
    box = folder / "mails.mbox"
    line = b"From bench@example.org Mon Jan  1 00:00:00 2018\n"
    box.write_bytes(b"\n".join(line + mail.replace(b"\nFrom ", b"\n>From ") for mail in mails))
    for command in (
        ("migrate", "--verbosity=0"),
        ("hyperkitty_import", "--list-address", LIST, "--no-sync-mailman", str(box)),
        ("update_index", "--verbosity=0"),
    ):
        subprocess.run(
            [f"{home}/bin/django-admin", *command],
            env=_environment(folder),
            cwd=folder,
            check=True,
            capture_output=True,
        )


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{folder}:{SETTINGS}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "DJANGO_SETTINGS_MODULE": "bench_settings",
        "HUSTINGS_HYPERKITTY_FOLDER": str(folder),
    }


@contextmanager
def serving(home: Path, folder: Path) -> Iterator[tuple[int, int]]:
    """Serve the list; give port and process."""
    port = free_port()
    with subprocess.Popen(
        [f"{home}/bin/gunicorn", "--bind", f"127.0.0.1:{port}", "--timeout", "300",
         "mailman_web.wsgi:application"],
        env=_environment(folder),
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:  # fmt: skip
        try:
            wait_for(port)
            yield port, server.pid
        finally:
            server.terminate()


def path_of(query: str) -> str:
    """Ask for ten mails, as many as we show."""
    return "/archives/search?" + urlencode({"q": query, "mlist": LIST, "count": 10})
