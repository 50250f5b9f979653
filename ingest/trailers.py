"""Lines at the ends of a text that no person wrote: a phone's, a company's, a review tool's.

Only whole lines or paragraphs at the very ends are taken, and only those that say nothing else.
"""

from __future__ import annotations

import re

_NEAR_END = 3  # paragraphs from the end within which a company's notice begins
_LONGEST_NOTICE = 3000  # letters of it that are read

# "Sent from my iPhone", "Get Outlook for Android<...>", "Gesendet mit der ... App".
_DEVICE = re.compile(
    r"\W{0,3}(?:(?:sent|gesendet|envoyé|enviado|inviato|отправлено|发自) ?(?:from|with|via|using"
    r"|mit|von|depuis|desde|da|с|我的)?\b.{0,20}"
    r"\b(?:i ?phone|i ?pad|android|black ?berry|samsung|galaxy|nokia|htc|windows|mobile|phone"
    r"|outlook|(?:\w{1,12} ?)?mail(?:\w{1,8})?|spark|nylas|thunderbird)\b.{0,40}"
    r"|get outlook for (?:ios|android|mac)\b.{0,60})",
    re.IGNORECASE,
)
# What `git commit` and Gerrit put below the message of a commit, from which many statements come.
_COMMIT = re.compile(
    r"Change-Id: I[0-9a-f]{8,40}"
    r"|(?:Signed-off|Co-authored|Reviewed|Tested|Acked)-by: [^<>]{1,80}<[^<>]{3,80}>",
    re.IGNORECASE,
)
# A notice speaks of the mail itself, of whom it is for, and of what is forbidden.
_THIS_MAIL = re.compile(
    r"\b(?:this|the) (?:\w{1,12} )?(?:e-?mail|message|communication|transmission)\b", re.IGNORECASE
)
_FOR_WHOM = re.compile(
    r"\b(?:intended|solely|only) (?:only |solely )?for\b|\bintended recipient|\baddressees?\b",
    re.IGNORECASE,
)
_FORBIDS = re.compile(
    r"\b(?:confidential|privileged|proprietary|delete|destroy|disclos\w{1,4}|disseminat\w{1,4}"
    r"|unauthori[sz]ed|prohibited|notify)\b",
    re.IGNORECASE,
)


def without_trailers(lines: list[str]) -> list[str]:
    """Take such lines off both ends of a text."""
    lines = _without_notice(lines)
    first, last = 0, len(lines)
    while last and (not lines[last - 1].strip() or _is_trailer(lines[last - 1])):
        last -= 1
    while first < last and (not lines[first].strip() or _COMMIT.fullmatch(lines[first].strip())):
        first += 1
    return lines[first:last]


def _is_trailer(line: str) -> bool:
    line = line.strip()
    return len(line) <= 200 and bool(_DEVICE.fullmatch(line) or _COMMIT.fullmatch(line))


def _without_notice(lines: list[str]) -> list[str]:
    """Cut the text before a notice of confidentiality, which nothing of the text follows."""
    starts = [
        i for i, line in enumerate(lines) if line.strip() and (i == 0 or not lines[i - 1].strip())
    ]
    for start in starts[-_NEAR_END:]:
        end = next((i for i in range(start, len(lines)) if not lines[i].strip()), len(lines))
        words = " ".join(lines[start:end])[:_LONGEST_NOTICE]
        if start and all(sign.search(words) for sign in (_THIS_MAIL, _FOR_WHOM, _FORBIDS)):
            return lines[:start]
    return lines
