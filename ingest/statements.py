"""Which words of a mail are the candidate's own: the body without what mail programs put around it.

Only takes away what is certainly not the candidate's: quotes, the list's footer, a marked
signature, PGP armour, the archive's notes on attachments, a line that points to the review, lines
of phones, companies and review tools (`trailers.py`).
Greeting and closing stay, since they may be the statement's own, and nothing inside the text is
ever touched.
"""

from __future__ import annotations

import re

from ingest.quotes import attribution_at, is_quoted, mark_quotes
from ingest.trailers import without_trailers

_NEXT_PART = re.compile(r"^-{10,} next part -{10,}\s*$", re.MULTILINE)
_NOTE = re.compile(
    r"^(?:An HTML attachment was scrubbed|A non-text attachment was scrubbed"
    r"|An embedded message was scrubbed"
    r"|An embedded and charset-unspecified text was scrubbed)\.\.\.[ \t]*$"
)
_NOTE_FIELD = re.compile(
    r"^(?:Name|Type|Size|Desc|URL|Url|From|Subject|Date|Skipped content of type)\b ?:?"
)
_FOOTER_RULE = re.compile(r"^[_=\-*]{20,}\s*$")
_FOOTER_WORDS = re.compile(
    r"mailing list|\bunsubscribe\b|-request@|-request at |/mailman/listinfo|/mailman3?/"
    r"|\?subject:unsubscribe|@lists\.|^to unsubscribe|^post to +:|^more help +:",
    re.I,
)
_SIGNATURE = re.compile(r"^--[ \t]?$")
_LONGEST_SIGNATURE = 12
_REVIEW = re.compile(
    r"^\W{0,3}(?:[\w ,]{0,60}[:\]\-])?\s{0,3}<?https?://review\.(?:openstack"
    r"|opendev)\.org/(?:#/)?(?:c/)?(?:openstack/election/\+/)?\d{3,8}/?(?:\d{1,3}/?)?>?\W{0,2}$",
    re.I,
)
_REVIEW_WORDS = re.compile(
    r"\b(?:candida\w+|nominat\w+|election|submitted|review|gerrit|patch|statement)\b|/election/",
    re.I,
)
_PGP_HEAD = re.compile(r"^-----BEGIN PGP SIGNED MESSAGE-----\s*$")
_PGP_SIGNATURE = re.compile(r"^-----BEGIN PGP (?:SIGNATURE|PUBLIC KEY BLOCK)-----\s*$")
_PGP_END = re.compile(r"^-----END PGP (?:SIGNATURE|PUBLIC KEY BLOCK)-----\s*$")
_INVISIBLE = str.maketrans("", "", "\x00\ufeff\u200b\u200e\u200f\u00ad")


def clean_statement(text: str) -> str:
    """Take everything from a mail's text that is not the sender's statement; keep its shape."""
    lines = without_wrapping(text).split("\n")
    lines = _without_quotes(lines)
    lines = _without_footer(lines)
    lines = without_trailers(_without_signature(without_trailers(lines)))
    lines = _without_review(lines)
    lines = join_flowed(lines)
    return _tidy(lines)


def without_wrapping(text: str) -> str:
    """Take out what no person wrote: armour, notes on attachments, footers, other parts.

    Quotes and signatures stay, since they tell who speaks.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_INVISIBLE)
    text = text.replace("\u00a0", " ")
    lines = _without_armour(_choose_part(text).split("\n"))
    return "\n".join(_without_footer(_without_notes(lines)))


def join_flowed(lines: list[str]) -> list[str]:
    """Join soft line ends of format=flowed where a text certainly has them, else nothing.

    Certainly: several long lines end in a blank and short ones do not, as nobody types them.
    """
    soft = [i for i, line in enumerate(lines[:-1]) if line.endswith(" ") and len(line) >= 40]
    if len(soft) < 2 or len(soft) * 4 < sum(1 for line in lines if len(line) >= 40):
        return lines
    joined: list[str] = []
    is_open = False
    for line in lines:
        if is_open and line.strip() and not re.match(r"\s*(?:[*+•\-#]|\d{1,2}[.)])\s", line):
            joined[-1] = joined[-1].rstrip(" ") + " " + line.lstrip(" ")
        else:
            joined.append(line)
        is_open = line.endswith(" ") and len(line) >= 40
    return joined


def _choose_part(text: str) -> str:
    """Take the first part that says something; what follows a "next part" line is mostly a
    footer."""
    parts = _NEXT_PART.split(text)
    said = ["\n".join(_without_footer(_without_notes(part.split("\n")))).strip() for part in parts]
    for part, words in zip(parts, said, strict=True):
        if len(words.split()) >= 3:
            return part
    return max(parts, key=len)


def _without_armour(lines: list[str]) -> list[str]:
    """Undo an inline PGP signature: its head, its dash-escapes, its tail."""
    start = next((i for i, line in enumerate(lines) if _PGP_HEAD.match(line)), None)
    if start is None:
        return _without_blocks(lines)
    body = start + 1
    while body < len(lines) and re.match(r"^[A-Z][\w-]{2,20}: ", lines[body]):
        body += 1
    end = next((i for i in range(body, len(lines)) if _PGP_SIGNATURE.match(lines[i])), len(lines))
    signed = [
        line[2:] if line.startswith("- ") and line[2:3] in ("-", "F") else line
        for line in lines[body:end]
    ]
    return lines[:start] + signed + _without_blocks(lines[end:])


def _without_blocks(lines: list[str]) -> list[str]:
    kept: list[str] = []
    inside = False
    for line in lines:
        if _PGP_SIGNATURE.match(line):
            inside = True
        if not inside:
            kept.append(line)
        if _PGP_END.match(line):
            inside = False
    return kept


def _without_notes(lines: list[str]) -> list[str]:
    """Take out the scrubber's notes: the sentence and the fields below it."""
    kept: list[str] = []
    inside = False
    for line in lines:
        if _NOTE.match(line):
            inside = True
            continue
        if inside and (_NOTE_FIELD.match(line) or line[:1] in (" ", "\t")):
            continue
        inside = False
        kept.append(line)
    return kept


def _without_quotes(lines: list[str]) -> list[str]:
    marked = mark_quotes("\n".join(lines)).split("\n")
    kept: list[str] = []
    index = 0
    while index < len(marked):
        wrapped = attribution_at(marked, index)
        if wrapped and any(is_quoted(line) for line in marked[index : index + wrapped + 3]):
            index += wrapped
            continue
        if not is_quoted(marked[index]):
            kept.append(marked[index])
        index += 1
    return kept


def _without_footer(lines: list[str]) -> list[str]:
    """Cut the list's footer: a rule of underscores and, right below, lines that speak of the
    list."""
    for index in range(len(lines)):
        if not _FOOTER_RULE.match(lines[index]):
            continue
        below = [line for line in lines[index + 1 : index + 7] if line.strip()]
        spoken = sum(1 for line in below if _FOOTER_WORDS.search(line))
        if spoken and (spoken >= 2 or len(below) <= 3):
            rest = lines[index + 1 :]
            last = max(i for i, line in enumerate(rest[:7]) if _FOOTER_WORDS.search(line))
            return lines[:index] + _without_footer(rest[last + 1 :])
    return lines


def _without_signature(lines: list[str]) -> list[str]:
    """Cut at the last signature mark, if no more follows than a signature has."""
    for index in range(len(lines) - 1, -1, -1):
        if _SIGNATURE.match(lines[index]):
            below = [line for line in lines[index + 1 :] if line.strip()]
            if len(below) <= _LONGEST_SIGNATURE and not _goes_on(below):
                return lines[:index]
            return lines
    return lines


def _goes_on(below: list[str]) -> bool:
    """Whether lines below a "--" are more of the text: footnotes, or prose."""
    if any(re.match(r"\s*(?:\[\d{1,2}\]|\d{1,2}[:.)]) ?:?\s*\S", line) for line in below):
        return True
    return sum(len(line.split()) for line in below) > 60


def _without_review(lines: list[str]) -> list[str]:
    """Take out a line at either end that only points to the review of this very candidacy."""
    filled = [i for i, line in enumerate(lines) if line.strip()]
    drop = set()
    for place, index in enumerate(filled):
        if 3 <= place < len(filled) - 8:
            continue
        line = lines[index].strip()
        before = lines[filled[place - 1]].strip() if place else ""
        points = _REVIEW.match(line) and not re.match(r"\[?\d", line)
        if (
            points
            and before.endswith(":")
            and _is_pointer(before)
            and line.startswith(("http", "<"))
        ):
            drop |= {index, filled[place - 1]}
        elif points and _REVIEW_WORDS.search(line):
            drop.add(index)
    return [line for i, line in enumerate(lines) if i not in drop]


def _is_pointer(line: str) -> bool:
    """Whether a line only says where the review is: "My candidacy is under review here:"."""
    return len(line.split()) <= 9 and bool(_REVIEW_WORDS.search(line))


def _tidy(lines: list[str]) -> str:
    kept: list[str] = []
    for line in lines:
        line = line.rstrip()
        if line.startswith(">From "):
            line = line[1:]
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip("\n")
