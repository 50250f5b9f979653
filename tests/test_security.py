"""A real server and somebody who means it harm: headers, proxies, logs, and a read-only disk."""

from __future__ import annotations

import json
import logging
import os
import pty
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from api import following
from api.front import SECURITY_HEADERS
from api.logs import PlainLines
from bench.peers_public_inbox import free_port, wait_for
from tests.api_site import make_app, make_index, serving
from tests.hostile_site import sync_mails, write_mail

SEARCH = "/api/v1/candidacies?q=nova"
REFUSED = {
    "/nowhere": 404,
    "/candidacies/NOBODY": 404,
    "/static/../api/app.py": 404,
    "/api/v1/candidacies?page=0": 422,
    "/api/v1/candidacies?nonsense=1": 422,
    f"/?q={'a' * 9000}": 414,
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    make_index(tmp_path)
    return tmp_path


def has_all_headers(answer: httpx.Response) -> bool:
    return all(answer.headers.get(name) == value for name, value in SECURITY_HEADERS.items())


def test_every_refusal_bears_the_security_headers(data: Path) -> None:
    with serving(make_app(data, rate_limit=0, allowed_hosts=("127.0.0.1",))) as client:
        for path, status in REFUSED.items():
            answer = client.get(path)
            assert answer.status_code in (status, 400), path
            assert has_all_headers(answer), path
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD", "INVENTED"):
            answer = client.request(method, SEARCH)
            assert answer.status_code < 500, method
            assert has_all_headers(answer), method
        for headers in ({"X": "a" * 40_000}, {"Host": "evil.example.org"}):
            answer = client.get(SEARCH, headers=headers)
            assert answer.status_code in (400, 431)
            assert has_all_headers(answer), headers


def test_what_is_no_http_is_refused_with_the_security_headers_too(data: Path) -> None:
    with serving(make_app(data)) as client:
        address = (client.base_url.host, client.base_url.port or 0)
        for junk in (b"\x16\x03\x01\r\n\r\n", b"GET / HTTP/1.1\r\nbroken\r\n\r\n"):
            with socket.create_connection(address, 10) as one:
                one.sendall(junk)
                answer = b""
                while piece := one.recv(65536):
                    answer += piece
            head, _, body = answer.decode("ascii").partition("\r\n\r\n")
            assert head.startswith("HTTP/1.1 400 ")
            assert body == "Invalid HTTP request received."
            for name, value in SECURITY_HEADERS.items():
                assert f"{name}: {value}" in head


def statuses(client: httpx.Client, *chains: str) -> list[int]:
    return [
        client.get(SEARCH, headers={"X-Forwarded-For": chain} if chain else {}).status_code
        for chain in chains
    ]


def test_whoever_invents_addresses_is_slowed_all_the_same(data: Path) -> None:
    with serving(make_app(data, rate_limit=2)) as client:
        invented = [f"198.51.100.{number}" for number in range(6)]
        assert statuses(client, *invented) == [200, 200, 429, 429, 429, 429]


def test_behind_a_trusted_proxy_only_what_the_proxy_wrote_counts(data: Path) -> None:
    with serving(make_app(data, rate_limit=2, trusted_proxies="127.0.0.1/32")) as client:
        # The client wrote what stands first, the proxy added whom it heard it from.
        chains = [f"198.51.100.{number}, 203.0.113.9" for number in range(4)]
        assert statuses(client, *chains) == [200, 200, 429, 429]
        assert statuses(client, "203.0.113.10") == [200]
        strange = ["", ",,,", "x" * 900, "203.0.113.9, not-an-address", "127.0.0.1"]
        assert set(statuses(client, *strange)) <= {200, 429}


@contextmanager
def logged(data: Path, form: str) -> Iterator[tuple[int, Path]]:
    """Serve with the command that users have; give the port and the file of its log."""
    port, log = free_port(), data / "log"
    command = [sys.executable, "-m", "api.commands", "serve", "--data", str(data)]
    with (
        log.open("wb") as file,
        subprocess.Popen(
            [*command, "--port", str(port)],
            env=os.environ | {"HUSTINGS_LOG_FORMAT": form},
            stdout=subprocess.DEVNULL,
            stderr=file,
        ) as server,
    ):
        try:
            wait_for(port, 60)
            yield port, log
        finally:
            server.terminate()


FORGED = b"2026-01-01 00:00:00 warning forged"
HOSTILE = (
    b"GET /%0d%0a" + FORGED.replace(b" ", b"%20") + b" HTTP/1.1\r\nHost: x\r\n",
    b"GET /?q=%1b[31m%0aforged HTTP/1.1\r\nHost: x\r\nUser-Agent: \x1b[31m" + FORGED + b"\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Request-ID: a\x1b]0;forged\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: " + FORGED + b"\r\n",
    b"FORGED" * 20 + b" / HTTP/1.1\r\nHost: x\r\n",
    b"GET /" + b"\xff\xfe\x00" + FORGED + b" HTTP/1.1\r\nHost: x\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nbroken header \n" + FORGED + b"\r\n",
    b"\x16\x03\x01\x02\x00forged\r\n",
)


@pytest.mark.parametrize("form", ["json", "plain"])
def test_nobody_writes_a_line_of_the_log_but_the_server(data: Path, form: str) -> None:
    with logged(data, form) as (port, log):
        for head in HOSTILE:
            with socket.create_connection(("127.0.0.1", port), 10) as one:
                one.sendall(head + b"Connection: close\r\n\r\n")
                one.settimeout(10)
                while one.recv(65536):
                    pass
    lines = log.read_bytes().decode("utf-8").splitlines()
    assert len(lines) >= 5
    for line in lines:
        assert "forged" not in line.lower(), line
        assert line.isprintable(), line
        if form == "json":
            assert json.loads(line)["message"]


def test_no_line_of_the_log_steers_a_terminal() -> None:
    record = logging.LogRecord(
        "hustings.following", logging.WARNING, "", 0, "%s says \x1b[2J\x9b31m\u202e", ("it",), None
    )
    line = PlainLines().format(record)
    assert line.isprintable(), line
    assert line.endswith("it says \ufffd[2J\ufffd31m\ufffd")


STEERING = "\x1b]0;title\x07 \x1b[31mred \u009b31m \u202ereversed \x7f"


def on_a_terminal(words: list[str]) -> str:
    """Run a command whose standard output is a terminal; give what came there."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "api.commands", *words], stdout=theirs, stderr=theirs
    ) as done:
        os.close(theirs)
        shown = b""
        # A terminal ends with an error once nobody has it open any more.
        with suppress(OSError), os.fdopen(ours, "rb", buffering=0) as terminal:
            while piece := terminal.read(65536):
                shown += piece
    assert done.returncode == 0, shown
    return shown.decode("utf-8")


@pytest.mark.parametrize(
    "words",
    [["search", "red"], ["search", "--json", "red"], ["show", "mail1@example.org"],
     ["show", "--json", "mail1@example.org"], ["explain", "mail1@example.org"],
     ["export"], ["export", "--format", "csv"], ["export", "--format", "mbox"],
     ["check", "--all"], ["status"], ["reindex"]],
    ids=" ".join,
)  # fmt: skip
def test_no_mail_steers_the_terminal_of_who_reads_it(hostile: Path, words: list[str]) -> None:
    shown = on_a_terminal([words[0], "--data", str(hostile), *words[1:]])
    assert shown
    assert "".join(shown.split("\r\n")).replace("\t", "").isprintable(), shown


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("terminal") / "sample"
    mail = write_mail(
        1, name=f"Ana {STEERING}", subject=f"[nova] PTL candidacy {STEERING}", more=STEERING
    )
    assert sync_mails(data, [mail]).candidacies == 1
    return data


def test_the_sample_is_put_into_the_data_folder_where_nothing_else_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> str:
        raise FileNotFoundError("no usable temporary directory")

    monkeypatch.setattr(following, "gettempdir", refuse)
    assert following._find_temporary(tmp_path / "data") == tmp_path / "data"
    assert (tmp_path / "data").is_dir()
