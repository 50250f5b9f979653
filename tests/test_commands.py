"""The command line as a user meets it: real processes, real data folders, real signals."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.sample import serve_sample
from tests.loopback import loopback, reply, silence
from tests.pipermail_site import Site, fill

HUSTINGS = [sys.executable, "-m", "api.commands"]
ROOT = Path(__file__).resolve().parent.parent


def clean_environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUSTINGS_")}
    return {**kept, **more}


def hustings(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*HUSTINGS, *map(str, words)],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        cwd=ROOT,
        env=clean_environment(**environment),
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def archive() -> Iterator[str]:
    with serve_sample() as address:
        yield address


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, archive: str) -> Path:
    folder = tmp_path_factory.mktemp("commands") / "data"
    done = hustings("sync", "--data", folder, archive)
    assert done.returncode == 0, done.stderr
    assert "candidacies: 5" in done.stdout
    return folder


# What reads and judges mails, and what reads and writes an index.
NOT_NEEDED = {
    "bs4", "charset_normalizer", "dateutil", "fastapi", "ingest.assembling", "ingest.candidacies",
    "ingest.elections", "ingest.keeping", "ingest.reading", "mailbox", "pydantic", "search.engine",
    "search.query", "snowballstemmer", "tqdm", "whoosh",
}  # fmt: skip


def test_a_sync_that_finds_nothing_changed_loads_neither_readers_of_mail_nor_an_index(
    data: Path, archive: str
) -> None:
    report = json.loads((data / "index" / "state.json").read_text(encoding="utf-8"))
    tell = (
        "import sys; from api.commands import main; main(sys.argv[1:], standalone_mode=False);"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", tell, "sync", "--data", data, archive],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        env=clean_environment(),
        check=True,
    )
    assert "0 new, 0 changed, 0 gone" in done.stdout
    loaded = set(done.stderr.split())
    assert "ingest.pulling" in loaded
    assert loaded & NOT_NEEDED == set()
    again = json.loads((data / "index" / "state.json").read_text(encoding="utf-8"))
    assert again["archives"][0]["started_at"] > report["archives"][0]["started_at"]


def test_an_index_damaged_between_two_syncs_is_mended_by_the_second(
    tmp_path: Path, archive: str
) -> None:
    assert hustings("sync", "--data", tmp_path, archive).returncode == 0
    before = hustings("export", "--data", tmp_path).stdout
    for file in next((tmp_path / "index").glob("build-*")).glob("*.seg"):
        file.write_bytes(bytes(file.stat().st_size))
    assert hustings("sync", "--data", tmp_path, archive).returncode == 0
    assert hustings("export", "--data", tmp_path).stdout == before != ""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


def get(port: int, path: str, seconds: float = 60) -> bytes:
    """Ask until there is an answer."""
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
                return bytes(answer.read())
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def test_help_names_every_command_and_the_exit_codes() -> None:
    text = hustings("--help").stdout
    for name in ("up", "sync", "serve", "search", "show", "explain", "export", "status", "check"):
        assert f"\n  {name} " in text
        one = hustings(name, "--help").stdout
        assert "--data DIR" in one
        assert "Exit status" in one


def test_search_prints_what_the_api_answers(data: Path) -> None:
    port = free_port()
    printed = json.loads(hustings("search", "--data", data, "--json", "review -gate").stdout)
    server = subprocess.Popen(
        [*HUSTINGS, "serve", "--data", str(data), "--port", str(port)],
        cwd=ROOT,
        env=clean_environment(),
        stderr=subprocess.PIPE,
    )
    try:
        answered = json.loads(get(port, "/api/v1/candidacies?q=review+-gate"))
        server.send_signal(signal.SIGTERM)
        _, errors = server.communicate(timeout=30)
    finally:
        server.kill()
    assert printed["total"] > 0
    assert printed == answered
    assert server.returncode == 0
    assert b"Traceback" not in errors
    assert f"http://127.0.0.1:{port}".encode() in errors


def test_search_speaks_to_people_with_marked_excerpts(data: Path) -> None:
    text = hustings("search", "--data", data, "review").stdout
    assert "*review*" in text.lower()
    assert "hustings show " in text
    assert hustings("search", "--data", data, "-zzz", "qqqqq").stdout.startswith("nothing found")


def test_show_and_explain_take_whatever_names_a_mail(data: Path) -> None:
    line = hustings("export", "--data", data, "--format", "jsonl").stdout.splitlines()[0]
    one = json.loads(line)
    for name in (one["id"], one["message_id"], one["archive_url"]):
        shown = hustings("show", "--data", data, "--json", name)
        assert json.loads(shown.stdout)["id"] == one["id"]
    told = json.loads(hustings("explain", "--data", data, "--json", one["message_id"]).stdout)
    assert told["is_candidacy"]
    assert told["reasons"]
    for no_mail in ("nobody@example.org", "review"):
        missing = hustings("show", "--data", data, no_mail)
        assert (missing.returncode, missing.stdout) == (1, "")
        assert missing.stderr.count("\n") == 1


def test_export_writes_one_candidacy_a_line(data: Path) -> None:
    done = hustings("export", "--data", data, "--format", "jsonl")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == json.loads(hustings("status", "--data", data, "--json").stdout)["documents"]
    assert rows[0].keys() >= {"id", "statement", "replies", "reasons", "archive_url"}
    some = hustings("export", "--data", data, "--format", "csv", "office:TC").stdout
    assert some.startswith("id,message_id,")
    assert hustings("export", "--data", data, "--format", "mbox").stdout.startswith("From ")


def test_status_check_and_a_second_sync_find_everything_in_order(data: Path, archive: str) -> None:
    again = json.loads(hustings("sync", "--data", data, "--json", archive).stdout)
    assert again["candidacies_new"] == 0
    assert "problem" not in hustings("status", "--data", data).stdout
    check = hustings("check", "--data", data)
    assert (check.returncode, check.stdout.splitlines()[-1]) == (0, "no damage")


def test_reindex_makes_the_same_again(data: Path) -> None:
    before = hustings("export", "--data", data).stdout
    assert hustings("reindex", "--data", data).returncode == 0
    assert hustings("export", "--data", data).stdout == before


def test_a_damaged_month_is_named(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "data"
    subprocess.run(["cp", "-r", str(data), str(copy)], check=True)
    month = sorted(copy.glob("archives/*/months/*.mbox.gz"))[0]
    month.write_bytes(month.read_bytes()[:-9])
    check = hustings("check", "--data", copy)
    assert check.returncode == 1
    assert month.name.split(".")[0] in check.stdout


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("sync", "--no-such-option"), 2, "No such option"),
        (("sync", "--every", "soon"), 2, "HUSTINGS_SYNC_EVERY"),
        (("serve", "--port", "70000"), 2, "--port"),
        (("search", "--sort", "loudest", "x"), 2, "--sort"),
        (("nothing",), 2, "No such command"),
        (("search", "x"), 1, "index"),
        (("export",), 1, "index"),
        (("sync", "http://127.0.0.1:9/pipermail/x/"), 1, "127.0.0.1:9"),
        (("sync", "gopher://example.org/x"), 1, "gopher://example.org/x"),
        (("sync", "/no/such/file.mbox"), 1, "/no/such/file.mbox"),
    ],
)
def test_what_goes_wrong_is_one_line_and_a_status(
    tmp_path: Path, words: tuple[str, ...], status: int, told: str
) -> None:
    done = hustings(*words, HUSTINGS_DATA=str(tmp_path / "data"))
    assert done.returncode == status, done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_named_before_anything_is_done(tmp_path: Path) -> None:
    done = hustings("sync", HUSTINGS_DATA=str(tmp_path / "data"), HUSTINGS_SYNC_PAUSE="long")
    assert done.returncode == 2
    assert "HUSTINGS_SYNC_PAUSE" in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    done = hustings("sync", "--data", tmp_path / "file", "/tmp")
    assert done.returncode == 2
    assert str(tmp_path / "file") in done.stderr


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port = sock.getsockname()[1]
        done = hustings("serve", "--data", tmp_path, "--port", str(port))
    assert done.returncode == 1
    assert f"port {port}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("held", ["index", "month", "retry-after"])
def test_a_sync_that_waits_for_a_server_ends_when_it_is_told_to(tmp_path: Path, held: str) -> None:
    with loopback() as server:
        site = Site(server)
        fill(site)
        address = site.path if held == "index" else f"{site.path}2015-October.txt.gz"
        later = reply(b"", 503, retry_after="100")
        server.serve(address, later if held == "retry-after" else silence())
        running = subprocess.Popen(
            [*HUSTINGS, "sync", "--data", str(tmp_path / "data"), site.url],
            cwd=ROOT, env=clean_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            until = time.monotonic() + 60
            while address not in server.paths and time.monotonic() < until:
                time.sleep(0.01)
            running.send_signal(signal.SIGTERM)
            # Whoever waited for the server would be here for half a minute and longer.
            _, errors = running.communicate(timeout=25)
        finally:
            running.kill()
        assert running.returncode == 1
        assert b"Traceback" not in errors
        site.publish()
        done = hustings("sync", "--data", tmp_path / "data", site.url)
        assert (done.returncode, "candidacies: 4" in done.stdout) == (0, True), done


def test_up_serves_the_sample_where_no_archive_can_be_reached(tmp_path: Path) -> None:
    port = free_port()
    server = subprocess.Popen(
        [*HUSTINGS, "up", "--data", str(tmp_path / "data"), "--port", str(port)],
        cwd=ROOT,
        env=clean_environment(HUSTINGS_ARCHIVES="http://127.0.0.1:9/pipermail/x/"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        assert json.loads(get(port, "/api/v1/candidacies?q=review"))["total"] > 0
        assert json.loads(get(port, "/api/v1/archives"))["sample"]
        assert b"sample" in get(port, "/").lower()
        server.send_signal(signal.SIGTERM)
        _, errors = server.communicate(timeout=30)
    finally:
        server.kill()
    assert server.returncode == 0
    assert b"no archive can be reached" in errors
    assert b"Traceback" not in errors


def test_up_follows_an_archive_that_answers(tmp_path: Path, archive: str) -> None:
    port = free_port()
    server = subprocess.Popen(
        [*HUSTINGS, "up", "--data", str(tmp_path / "data"), "--port", str(port)],
        cwd=ROOT,
        env=clean_environment(HUSTINGS_ARCHIVES=archive),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert json.loads(get(port, "/api/v1/candidacies?q=review"))["total"] > 0
        state = json.loads(get(port, "/api/v1/archives"))
        server.send_signal(signal.SIGINT)
        assert server.wait(30) == 0
    finally:
        server.kill()
    assert not state["sample"]
    assert state["next_due"]
