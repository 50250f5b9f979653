"""An address in any place of a mail leaves by no way at all, unless one setting says so."""

from __future__ import annotations

import base64
import quopri
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from api.commands import main
from tests.every_answer import addresses_of
from tests.hostile_site import reindex, serving_data, sync_mails, write_answer, write_mail

# All addresses of these mails are at one host, so that one pattern knows them. Message-IDs
# have another: they are how a mail is found, and stay.
LEAK = re.compile(r"[\w.+-]@(?:\w+\.)?leak\.example", re.IGNORECASE)
HOST = "leak.example"


def hidden(text: str, encoding: str) -> str:
    if encoding == "base64":
        return base64.encodebytes(text.encode()).decode()
    return quopri.encodestring(text.encode()).decode()


def stand(number: int, team: str, body: str, **changes: Any) -> bytes:
    text = (
        f"I would like to announce my candidacy for the {team} PTL position for the Mitaka cycle."
    )
    return write_mail(
        number, subject=f"[{team}] PTL candidacy", text=f"{text}\n\n{body}\n", **changes
    )


def encoded(number: int, team: str, encoding: str) -> bytes:
    text = (
        f"I would like to announce my candidacy for the {team} PTL position for the Mitaka cycle."
        f"\n\nReview with me: packed{number}@{HOST}.\n"
    )
    fields = ("Content-Type: text/plain; charset=utf-8", f"Content-Transfer-Encoding: {encoding}")
    subject = f"[{team}] PTL candidacy"
    return write_mail(number, subject=subject, text=hidden(text, encoding), fields=fields)


MAILS = [
    stand(1, "nova", f"Review: write to body@{HOST}, <mailto:link@{HOST}>, full\uff20{HOST}.\n\n"
          f"> quoted@{HOST}\n\nhttps://x.example.org/?to=url@{HOST}\n\nIRC: nick@{HOST}",
          name=f"Ana named@{HOST}"),
    stand(2, "cinder", f"Review.\n\n-- \nCal\nsigned@{HOST}\n", name="Cal Example",
          fields=(f"Reply-To: replies@{HOST}", f"To: to@{HOST}", f"Cc: B <cc@{HOST}>",
                  f"Sender: sender@{HOST}", f"X-Original-To: x@{HOST}",
                  f"Received: from a by b for <for@{HOST}>; Mon, 14 Sep 2015 12:00:00 +0000")),
    write_mail(3, name=f"\"Dee\" <dee@{HOST}>", subject=f"[glance] PTL candidacy of subject@{HOST}",
               team="glance"),
    encoded(4, "swift", "base64"),
    encoded(5, "heat", "quoted-printable"),
    write_mail(6, name=f"=?utf-8?q?Eve_word=40{HOST}?=", team="trove", subject="[trove] PTL"),
    write_answer(20, 1, f"+1, says answer@{HOST}\n> quoted@{HOST}\n", name=f"Ben replies@{HOST}"),
    write_answer(21, 20, f"Confirmed, official@{HOST}\n", name="Tony Official"),
]  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("private") / "sample"
    mails = [re.sub(rb"<mail(\d+)@example\.org>\nDate", rb"<from\1@leak.example>\nDate", one)
             for one in MAILS]  # fmt: skip
    assert sync_mails(data, mails).candidacies == 6
    return data


def ask_everything(data: Path, **settings: Any) -> Iterator[tuple[str, str]]:
    with serving_data(data, **settings) as client:
        hits = client.get("/api/v1/candidacies?per_page=100").json()["hits"]
        app = client.app  # type: ignore[attr-defined]
        for address in addresses_of(app, hits):
            answer = client.get(address)
            yield address, f"{answer.headers}\n{answer.text}"
        missing = client.get(f"/candidacies/asked@{HOST}", headers={"Referer": f"http://r@{HOST}/"})
        assert missing.status_code == 404


def test_no_answer_and_no_log_line_holds_an_address(
    data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    leaks = {name: LEAK.search(text) for name, text in ask_everything(data)}
    assert {name: found for name, found in leaks.items() if found} == {}
    assert len(leaks) > 120
    ours = [one for one in caplog.records if one.name.startswith(("hustings", "uvicorn"))]
    assert ours
    assert not [one.getMessage() for one in ours if LEAK.search(f"{one.getMessage()} {vars(one)}")]


def test_the_setting_shows_addresses_everywhere(data: Path) -> None:
    shown = {name for name, text in ask_everything(data, show_addresses=True) if LEAK.search(text)}
    for way in ("/api/v1/candidacies?", "/raw", "format=jsonl", "format=csv", "format=mbox",
                "/feed.atom", "/thread", "/candidacies/"):  # fmt: skip
        assert [name for name in shown if way in name], way


@pytest.mark.parametrize(
    "command", [("export", "--format", "jsonl"), ("export", "--format", "csv"),
                ("export", "--format", "mbox"), ("search", "--json", "review"),
                ("search", "review"), ("show", "mail1@example.org"), ("status",), ("check",),
                ("explain", "mail1@example.org")]
)  # fmt: skip
def test_no_command_prints_an_address(data: Path, command: tuple[str, ...]) -> None:
    name, *rest = command
    done = subprocess.run(
        [sys.executable, "-m", "api.commands", name, "--data", str(data), *rest],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout
    assert LEAK.search(done.stdout + done.stderr) is None


# A piece that the archiver cut off a mail: the report quotes how it begins.
CUT = (
    "From bogus@does.not.exist.com  Tue Oct 20 08:00:00 2015\n"
    "From: bogus@does.not.exist.com ()\nDate: Tue, 20 Oct 2015 08:00:00 -0000\n"
    "Subject: No subject\nMessage-ID: <mailman.7.1445328000.31.sample-dev@lists.example.org>\n\n"
    f"the rest of a mail by secret@{HOST}\n\n"
)


@pytest.mark.parametrize("shown", [False, True])
def test_no_report_of_a_sync_prints_an_address_unless_the_setting_says_so(
    tmp_path: Path, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUSTINGS_SHOW_ADDRESSES", str(shown).lower())
    box, data = tmp_path / "sample-dev.mbox", tmp_path / "data"
    box.write_bytes(b"\n".join([*MAILS[:1], CUT.encode()]))
    told = {}
    for words in (["sync", box], ["status"], ["reindex"], ["check", "--all"],
                  ["sync", "--json", "--data", tmp_path / "again", box]):  # fmt: skip
        done = CliRunner().invoke(
            main, [str(one) for one in (*words[:1], "--data", data, *words[1:])]
        )
        assert done.exit_code == 0, done.output
        told[" ".join(map(str, words[:2]))] = done.output
    assert any("secret at" in text for text in told.values()) != shown
    assert any(LEAK.search(text) for text in told.values()) == shown


def test_a_removed_person_stays_away_from_every_answer(tmp_path: Path) -> None:
    data = tmp_path / "sample"
    mails = [
        write_mail(1, name="Ana Removed"),
        write_mail(2, name="Cam Stays", team="cinder", subject="[cinder] PTL candidacy"),
        write_mail(3, name="Dee Removed", team="heat", subject="[heat] PTL candidacy"),
        write_answer(20, 2, "+1 from Ben\n", "Ben Removed"),
    ]
    sync_mails(data, mails)
    (data / "removed.txt").write_text(
        "mail1@example.org\nmail20@example.org # asked\nperson:dee-removed\n"
    )

    def names_left() -> set[str]:
        texts = [text for _, text in ask_everything(data)]
        return {n for n in ("Ana Removed", "Ben Removed", "Dee Removed", "Cam Stays")
                if any(n in text for text in texts)}  # fmt: skip

    sync_mails(data, mails)
    assert names_left() == {"Cam Stays"}
    reindex(data)
    assert names_left() == {"Cam Stays"}
    sync_mails(data, [*mails, write_mail(4, name="Eli Later", team="trove")])
    assert names_left() == {"Cam Stays"}
