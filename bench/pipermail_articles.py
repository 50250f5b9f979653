"""What Pipermail makes of a mail before it writes it down: the article, and where it belongs.

The rules were read off archives that Mailman 2.1 wrote: `Re:` goes from subjects, addresses are
obscured, parts that are not plain text lie beside the month. `pipermail_pages` knows how a
page looks, `pipermail_site` writes the files.
"""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import parseaddr, parsedate_to_datetime

ADDRESS = re.compile(r"([-+,.\w]+)@([-+.\w]+)")
REPLY_MARK = re.compile(r"^(?:re(?:\[\d+\])?:\s*)+", re.IGNORECASE)
# Whom Pipermail names as the sender of what follows a stray separator line.
NOBODY = "bogus@does.not.exist.com"
# Pipermail believes a Date header until it lies further ahead than this.
FURTHEST_AHEAD = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class Article:
    """One mail as the archiver keeps it.

    Texts hold bytes that are no UTF-8 as surrogates, so that a month comes out byte for byte as it
    was sent. `sender`, `date` and `subject` are header values as they came, encoded words included;
    `message_id` has no angle brackets. `html` is a part that the scrubber takes out.
    """

    received: datetime
    sender: str
    date: str
    subject: str
    message_id: str
    text: str
    references: tuple[str, ...] = ()
    html: str = ""

    @property
    def posted(self) -> datetime:
        """The Date header if it can be believed, else the time of receipt."""
        try:
            claimed = parsedate_to_datetime(self.date).astimezone(UTC)
        except (ValueError, TypeError):
            return self.received
        return claimed if claimed <= self.received + FURTHEST_AHEAD else self.received

    @property
    def month(self) -> str:
        return f"{self.posted:%Y-%B}"

    @property
    def address(self) -> str:
        return parseaddr(self.sender)[1]

    @property
    def name(self) -> str:
        """The display name as it came; the address stands in for a missing one."""
        return "" if self.address == NOBODY else parseaddr(self.sender)[0] or self.address

    @property
    def kept_subject(self) -> str:
        return REPLY_MARK.sub("", self.subject) or "No subject"


def decoded(value: str) -> str:
    """Read encoded words as Pipermail's pages show them; what cannot be read stays as it is."""
    try:
        return " ".join(str(make_header(decode_header(value))).split())
    except (LookupError, UnicodeError, HeaderParseError):
        return " ".join(value.split())


def obscure(text: str) -> str:
    return ADDRESS.sub(r"\1 at \2", text)


def visible(text: str) -> str:
    """Make text fit for a page: bytes that are no UTF-8 are replaced, markup is escaped."""
    whole = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return html.escape(whole, quote=True)


@dataclass(frozen=True, slots=True)
class Page:
    """One article with its number, its text after scrubbing, and how deep in its thread it is."""

    number: int
    article: Article
    text: str
    depth: int = 0

    @property
    def file(self) -> str:
        return f"{self.number:06}.html"

    @property
    def title(self) -> str:
        return visible(obscure(decoded(self.article.kept_subject)))

    @property
    def author(self) -> str:
        return visible(obscure(decoded(self.article.name)))

    @property
    def key(self) -> str:
        return f"{int(self.article.posted.timestamp()):011}.{self.number}-"


@dataclass(frozen=True, slots=True)
class MailingList:
    """The list that is archived: its name, its host, and when the archive was built."""

    name: str
    host: str
    built: datetime

    @property
    def title(self) -> str:
        return self.name.capitalize()

    @property
    def url(self) -> str:
        return f"http://{self.host}/pipermail/{self.name}/"

    @property
    def info_url(self) -> str:
        return f"http://{self.host}/cgi-bin/mailman/listinfo/{self.name}"


def scrub(article: Article, list_url: str) -> tuple[str, str]:
    """Give the text that remains of a mail and the path of the part taken out, if one was."""
    if not article.html:
        return article.text, ""
    digest = hashlib.sha1(article.html.encode(), usedforsecurity=False).hexdigest()[:8]
    path = f"attachments/{article.received:%Y%m%d}/{digest}/attachment.html"
    note = f"An HTML attachment was scrubbed...\nURL: <{list_url}{path}>\n"
    if article.text.strip():
        note = f"{article.text.rstrip()}\n-------------- next part --------------\n{note}"
    return note, path


def part_page(article: Article) -> str:
    """Write the scrubber's page of an HTML part: the source escaped, blanks kept, inside `<tt>`."""
    lines = (html.escape(line).replace(" ", "&nbsp;") for line in article.html.splitlines())
    return "<tt>\n" + "<br>\n".join(lines) + "<br>\n\n</tt>\n"


def month_text(article: Article, text: str) -> str:
    """Write an article as it stands in a month's text file, separator line first."""
    when = article.posted
    address = article.address if article.address == NOBODY else obscure(article.address)
    head = [
        f"From {address}  {when:%a %b} {when.day:2} {when:%H:%M:%S %Y}",
        f"From: {address} ({obscure(article.name)})",
        f"Date: {article.date}",
        f"Subject: {obscure(article.kept_subject)}",
    ]
    if article.references:
        head.append(f"In-Reply-To: <{article.references[-1]}>")
        head.append("References: " + "\n ".join(f"<{name}>" for name in article.references))
    head.append(f"Message-ID: <{article.message_id}>")
    return "\n".join(head) + "\n\n" + obscure(text).rstrip("\n") + "\n\n"
