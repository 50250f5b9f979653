"""A small Pipermail site on a loopback server, of invented mails, changed as a test wishes.

Owns how Mailman 2 writes a month's text and its index, as far as a sync depends on it; what each
test needs of a mail is said there.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from tests.loopback import Loopback, missing, validated

FIRST = datetime(2015, 9, 14, 12, 0, tzinfo=UTC)
TEAMS = (
    "nova",
    "cinder",
    "neutron",
    "glance",
    "keystone",
    "swift",
    "heat",
    "trove",
    "zaqar",
    "ironic",
)
STATEMENT = (
    "Hi all,\n\nI would like to announce my candidacy for the {team} PTL position for the Mitaka"
    " cycle.\nI have reviewed {team} for three years and want to go on.\n\nThanks,\n{name}\n"
)


@dataclass(frozen=True)
class Mail:
    """One mail as Pipermail writes it; `number` makes its id, time and words its own."""

    number: int
    subject: str = "A question about builds"
    sender: str = ""
    text: str = ""
    answers: str = ""
    posted_at: datetime = FIRST
    message_id: str = ""
    name: str = ""

    @property
    def id(self) -> str:
        return self.message_id or f"mail-{self.number}@example.org"

    def render(self) -> bytes:
        name = self.name or f"Writer Number{chr(65 + self.number % 26)}"
        sender = self.sender or f"writer{self.number} at example.org"
        at = self.posted_at + timedelta(minutes=self.number)
        lines = [
            f"From {sender}  {at:%a %b} {at.day:2d} {at:%H:%M:%S %Y}",
            f"From: {sender} ({name})",
            f"Date: {at:%a, %d %b %Y %H:%M:%S} +0000",
            f"Subject: [sample-dev] {self.subject}",
        ]
        if self.answers:
            lines += [f"In-Reply-To: <{self.answers}>", f"References: <{self.answers}>"]
        text = self.text or f"How is mail {self.number} built?\n"
        lines += [f"Message-ID: <{self.id}>", "", text, ""]
        return "\n".join(lines).encode()


def candidacy(number: int, **changes: object) -> Mail:
    """A mail that announces that its sender stands, for a team of its own."""
    team = TEAMS[number % len(TEAMS)]
    name = f"Ana Number{chr(65 + number % 26)}{chr(97 + number // 26)}"
    text = STATEMENT.format(team=team, name=name)
    mail = Mail(number, subject=f"[{team}] PTL candidacy", name=name, text=text)
    return replace(mail, **changes)  # type: ignore[arg-type]


def reply_to(mail: Mail, number: int, text: str = "+1, thank you for standing.\n") -> Mail:
    return Mail(number, subject=mail.subject, answers=mail.id, text=text, posted_at=mail.posted_at)


@dataclass
class Site:
    """The archive of the list `sample-dev`; `publish` makes the server show what it now holds."""

    server: Loopback
    name: str = "sample-dev"
    above: str = "pipermail"

    def __post_init__(self) -> None:
        self.months: dict[str, list[Mail]] = {}
        self._shown: set[str] = set()

    @property
    def path(self) -> str:
        return f"/{self.above}/{self.name}/"

    @property
    def url(self) -> str:
        return self.server.url + self.path

    def publish(self) -> None:
        """Show the months, oldest first, each with the validators that a file of its bytes has."""
        rows = []
        for name in self.months:
            body = month_text(self.months[name])
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            self.server.serve(
                f"{self.path}{name}.txt.gz", validated(gzip.compress(body, mtime=0), tag)
            )
            rows.append(
                f'<tr><td>{name}:</td><td><A href="{name}/thread.html">[ Thread ]</a></td>'
                f'<td><A href="{name}.txt.gz">[ Gzip\'d Text 1 KB ]</a></td></tr>'
            )
        for gone in self._shown - self.months.keys():
            self.server.serve(f"{self.path}{gone}.txt.gz", missing())
        self._shown |= self.months.keys()
        page = f"<html><title>The {self.name} Archives</title><table>{''.join(rows)}</table></html>"
        self.server.serve(self.path, validated(page.encode()))


def month_text(mails: Iterable[Mail]) -> bytes:
    return b"".join(mail.render() for mail in mails)


def fill(site: Site) -> None:
    """Three months: candidacies with replies in the middle one, other mails around them."""
    standing = [candidacy(number) for number in range(20, 24)]
    replies = [reply_to(mail, mail.number + 20) for mail in standing]
    site.months = {
        "2015-August": [Mail(number, posted_at=FIRST - timedelta(days=30)) for number in range(8)],
        "2015-September": [*standing, *replies, Mail(60)],
        "2015-October": [
            Mail(number, posted_at=FIRST + timedelta(days=30)) for number in range(70, 75)
        ],
    }
    site.publish()
