"""An exported mbox as people's own mail programs read it: mutt opens it, notmuch indexes it."""

from __future__ import annotations

import fcntl
import mailbox
import os
import pty
import shutil
import struct
import subprocess
import termios
import threading
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.api_site import ANA, EVERYBODY, make_app, make_index, serving

needs_mutt = pytest.mark.skipif(shutil.which("mutt") is None, reason="needs mutt")
needs_notmuch = pytest.mark.skipif(shutil.which("notmuch") is None, reason="needs notmuch")

BODY = (
    b"I stand.\nFrom here on, things change.\n>From a quote\n\nFrom me@x Mon Jan  1 00:00:00 2001\n"
)
MAILS = [
    replace(
        one,
        raw=b"From: %s\nSubject: candidacy %d\nMessage-ID: <%s>\n\n%s"
        % (one.candidate.encode(), number, one.message_id.encode(), BODY),
    )
    for number, one in enumerate(EVERYBODY)
]
# One line for each mail: its number and Message-ID.
RC = 'set index_format="%C %i" status_format="%f has %m mails" sort=mailbox-order wait_key=no\n'


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """Export every candidacy as an mbox over HTTP."""
    make_index(tmp_path, MAILS)
    path = tmp_path / "found.mbox"
    with serving(make_app(tmp_path)) as site:
        path.write_bytes(site.get("/api/v1/export?format=mbox&sort=oldest").content)
    return path


def draw(command: list[str], environment: dict[str, str]) -> str:
    """Run a program that insists on a terminal; give what it drew."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
    drawn: list[bytes] = []

    def watch() -> None:
        with suppress(OSError):  # the other end was closed
            while piece := os.read(ours, 65_536):
                drawn.append(piece)

    reader = threading.Thread(target=watch)
    reader.start()
    try:
        subprocess.run(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, timeout=60,
            check=True,
        )  # fmt: skip
    finally:
        os.close(theirs)
        reader.join(10)
        os.close(ours)
    return b"".join(drawn).decode("utf-8", "replace")


@needs_mutt
def test_mutt_lists_every_mail_of_an_export(exported: Path, tmp_path: Path) -> None:
    settings = tmp_path / "muttrc"
    settings.write_text(RC)
    (tmp_path / "Mail").mkdir()  # mutt would ask whether to make it
    screen = draw(
        ["mutt", "-n", "-R", "-F", str(settings), "-f", str(exported), "-e", 'push "<exit>"'],
        {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "xterm", "LANG": "C.UTF-8"},
    )
    assert f"has {len(MAILS)} mails" in screen
    for one in MAILS:
        assert f"<{one.message_id}>" in screen


@needs_notmuch
def test_notmuch_finds_every_mail_of_an_export(exported: Path, tmp_path: Path) -> None:
    # It reads folders of mails, not mboxes: each mail becomes a file.
    with closing(mailbox.mbox(exported)) as box, closing(mailbox.Maildir(tmp_path / "mail")) as to:
        for mail in box:
            to.add(mail)
    settings = tmp_path / "notmuch-config"
    settings.write_text(f"[database]\npath={tmp_path / 'mail'}\n[user]\nname=Ana\n")
    environment = {**os.environ, "NOTMUCH_CONFIG": str(settings), "HOME": str(tmp_path)}

    def notmuch(*words: str) -> str:
        done = subprocess.run(
            ["notmuch", *words], env=environment, capture_output=True, encoding="utf-8", check=True
        )
        return done.stdout

    notmuch("new")
    found = notmuch("search", "--output=messages", "things change").split()
    assert set(found) == {f"id:{one.message_id}" for one in EVERYBODY}
    assert notmuch("count", f"id:{ANA.message_id}").strip() == "1"
