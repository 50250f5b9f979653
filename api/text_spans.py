"""Text of a mail, made safe to show: stray characters neutralised, addresses of the web found.

Owns which characters of a mail reach a page and which words of it become links. Markup is left to
the templates, which escape everything; paragraphs, headings and lists to `text_blocks`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

LONGEST_LINK = 2000

# Controls but tab and line feed; marks that turn the direction of the text around them (a name must
# not be able to rewrite the line that it stands in); byte order marks; invisible "tag" characters;
# halves of surrogate pairs, which no page could be sent with.
STRAY = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>\"'`\\^{}|]{1,4000}", re.IGNORECASE)
CLOSING = {")": "(", "]": "["}


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text; `href` is its checked target where it is a link, else empty."""

    text: str
    href: str = ""


def neutralise(text: str) -> str:
    """Take away what is felt, not seen: controls, direction overrides, broken surrogates."""
    return STRAY.sub("", text) if STRAY.search(text) else text


def normalise_lines(text: str) -> str:
    """Make every kind of line end a line feed, tabs eight columns, and neutralise the rest."""
    return neutralise(LINE_ENDS.sub("\n", text)).expandtabs(8)


def check_link(address: str) -> str:
    """Give the address if a page may link to it, else nothing: http, https and mailto alone.

    Addresses that carry a user name (`http://bank.example@evil.example`) are shown, not linked.
    """
    if len(address) > LONGEST_LINK or STRAY.search(address) or " " in address:
        return ""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme in ("http", "https"):
        return address if host and "@" not in parts.netloc else ""
    return address if parts.scheme == "mailto" and "@" in parts.path else ""


def split_spans(line: str) -> tuple[Span, ...]:
    """Split a line into plain text and links, so that joined they are the line again."""
    spans: list[Span] = []
    done = 0
    for match in ADDRESS.finditer(line):
        address = trim_address(match[0])
        href = check_link(address)
        if not href:
            continue
        if match.start() > done:
            spans.append(Span(line[done : match.start()]))
        spans.append(Span(address, href))
        done = match.start() + len(address)
    if done < len(line):
        spans.append(Span(line[done:]))
    return tuple(spans)


def trim_address(address: str) -> str:
    """Leave out the sentence's punctuation behind an address, and brackets it did not open."""
    unopened = {last: address.count(last) - address.count(first) for last, first in CLOSING.items()}
    end = len(address)
    while end:
        last = address[end - 1]
        if unopened.get(last, 0) > 0:
            unopened[last] -= 1
        elif last not in ".,;:!?*_~":
            break
        end -= 1
    return address[:end]
