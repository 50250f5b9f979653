"""Reads the invented mails of the sample archive from `bench/sample/*.mails`.

A mail is a line `=== key`, a few `name: value` lines, an empty line and the text. `reply: KEY`
answers a mail, `thread: KEY` belongs to one although its references were lost, `repeat: KEY`
delivers one a second time. Paragraphs are one line each and are wrapped here. Lines that begin with
`@`: `@quote N` quotes a paragraph of the mail answered (also `last`, `all`), `@cut` is where the
archiver cut the mail in two. `is:` tells what the mail is, and the other lines of a candidacy what
must be found in it.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, formatdate, parseaddr
from pathlib import Path

from bench.pipermail_articles import NOBODY, Article, decoded

SOURCE = Path(__file__).parent / "sample"
MAIL_HOST = "mail.example.org"
WIDTH = 72
LIST_ITEM = re.compile(r"\s*(?:[-*]|\d\.)\s+")
KEPT_LINE = re.compile(r"[>|\t=-]|From:|Subject:|Date:|To:|Message:|Send ")


@dataclass(frozen=True, slots=True)
class SampleMail:
    """One mail of the source files: what its header lines say, its text, whom it answers."""

    key: str
    fields: Mapping[str, str]
    text: str
    parent: SampleMail | None = None

    @property
    def date(self) -> datetime:
        return datetime.strptime(self.fields["date"], "%Y-%m-%d %H:%M %z")

    @property
    def message_id(self) -> str:
        if self.fields.get("form") == "no-message-id":
            return made_up_id(1, self.date)
        return f"{self.date:%Y%m%d.%H%M}.{self.fields.get('repeat', self.key)}@{MAIL_HOST}"

    @property
    def subject(self) -> str:
        own = self.fields.get("subject", "")
        if own and not self.parent:
            return own
        above = own or (self.parent.subject if self.parent else "")
        return above if above.startswith("Re: ") else f"Re: {above}"

    @property
    def references(self) -> tuple[str, ...]:
        if not self.parent:
            return ()
        return (*self.parent.references, self.parent.message_id)

    @property
    def paragraphs(self) -> list[str]:
        """The text's paragraphs without greeting and closing, quoting directives left out."""
        parts = [part for part in self.text.split("\n\n") if not part.startswith("@")]
        if len(parts) > 2 and len(parts[0]) < 70 and parts[0].rstrip()[-1] in ",!":
            parts = parts[1:]
        if len(parts) > 1 and len(parts[-1]) < 40:
            parts = parts[:-1]
        return parts


def read_mails(folder: Path = SOURCE) -> list[SampleMail]:
    """Read every mail, in the order in which the list received them."""
    mails: dict[str, SampleMail] = {}
    for path in sorted(folder.glob("*.mails")):
        for block in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            mail = _read_mail(block, mails)
            mails[mail.key] = mail
    return sorted(mails.values(), key=lambda mail: mail.date)


def _read_mail(block: str, earlier: Mapping[str, SampleMail]) -> SampleMail:
    key, _, rest = block.partition("\n")
    head, _, text = rest.partition("\n\n")
    fields: dict[str, str] = {}
    name = ""
    for line in head.splitlines():
        if line.startswith(" "):
            fields[name] += "\n" + line
        else:
            name, _, value = line.partition(":")
            fields[name] = value.strip()
    if repeated := fields.get("repeat"):
        text = earlier[repeated].text
    parent = earlier[fields["reply"]] if "reply" in fields else None
    return SampleMail(key, fields, text.strip("\n"), parent)


def made_up_id(number: int, when: datetime) -> str:
    """Make the Message-ID that Mailman gives to a mail without one."""
    return f"mailman.{number}.{int(when.timestamp())}.2417.openstack-dev-sample@lists.example.org"


def to_articles(mail: SampleMail, built: datetime) -> Iterator[Article]:
    """Give what the archiver keeps of a mail: one article, or two where it cut the mail."""
    form = mail.fields.get("form", "")
    text, _, cut_off = render(mail).partition("@cut\n")
    if form == "latin-1":
        text = text.encode("latin-1").decode("utf-8", "surrogateescape")
    elif form == "raw-bytes":
        text = text.encode("cp1252").decode("utf-8", "surrogateescape")
    elif form == "nul":
        text = text.replace("@NUL@", "\0")
    markup = ""
    if form == "html-only":
        text, markup = "", as_html(text)
    yield Article(
        received=mail.date,
        sender=mail.fields["from"],
        date=mail.fields.get("claims") or format_datetime(mail.date),
        subject=mail.subject,
        message_id=mail.message_id,
        text=text,
        references=mail.references,
        html=markup,
    )
    if cut_off:
        # The line that begins with "From " is lost, and the rest becomes a mail by nobody.
        yield Article(
            received=built,
            sender=NOBODY,
            date=formatdate(built.timestamp()),
            subject="No subject",
            message_id=made_up_id(0, built),
            text=cut_off.partition("\n")[2],
        )


def render(mail: SampleMail) -> str:
    """Wrap a mail's text and carry out its quoting directives."""
    out = []
    for line in mail.text.split("\n"):
        if line.startswith("@quote "):
            out.append(_quote(mail, line.removeprefix("@quote ")))
        elif len(line) <= WIDTH or (KEPT_LINE.match(line) and not LIST_ITEM.match(line)):
            out.append(line)
        else:
            item = LIST_ITEM.match(line)
            indent = " " * len(item[0]) if item else ""
            out.append(textwrap.fill(line, WIDTH, subsequent_indent=indent, break_on_hyphens=False))
    return "\n".join(out) + "\n"


def _quote(mail: SampleMail, which: str) -> str:
    above = mail.parent
    if above is None:
        raise ValueError(f"{mail.key} quotes, but answers nothing")
    parts = above.paragraphs
    chosen = parts if which == "all" else [parts[-1 if which == "last" else int(which) - 1]]
    name = decoded(parseaddr(above.fields["from"])[0]) or above.fields["from"]
    lines = [f"On {above.date:%a, %d %b %Y at %H:%M}, {name} wrote:"]
    for number, part in enumerate(chosen):
        lines += [">"] if number else []
        lines += [f"> {row}" for line in part.split("\n") for row in textwrap.wrap(line, WIDTH - 2)]
    return "\n".join(lines)


def as_html(text: str) -> str:
    """Write a mail's text as a mail program's HTML would."""
    rows = ["<html><head></head><body>"]
    for part in text.strip().split("\n\n"):
        lines = part.split("\n")
        if lines[0].startswith("* "):
            items = re.split(r"^\* ", part, flags=re.MULTILINE)[1:]
            rows.append("<ul>")
            rows += [f"<li>{html.escape(' '.join(item.split()))}</li>" for item in items]
            rows.append("</ul>")
        else:
            rows.append(f"<p>{html.escape(' '.join(lines))}</p>")
    return "\n".join([*rows, "</body></html>"]) + "\n"
