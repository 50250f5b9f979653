"""Which lines of a mail are another mail's, however the sender's program marked them.

Gives every quoted line a `>` so that all later stages ask one question of a line. Judges form only:
attribution lines, "Original Message" blocks, forwarding marks. What the words mean is for others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

# One line that says whose words follow. Bounded, since bodies are hostile; a long attribution
# wraps, so two and three lines are tried together.
_DATE = r"(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}:\d{2}|(?:19|20)\d\d)"
_WROTE = (
    r"(?:wrote|writes|said|schrieb|écrit|escribió|escreveu|scritto|schreef|skrev"
    r"|napisał\w?|написал\w?)"
)
# With a date or an address: nothing else looks like this.
_SURE_ATTRIBUTIONS = [
    # On Tue, Sep 15, 2015 at 9:42 AM, Ana Example <ana@example.org> wrote:
    # Am 15.09.2015 um 09:42 schrieb Ana Example:  /  Le 15/09/2015 09:42, Ana Example a écrit :
    re.compile(
        rf"(?:On|At|Am|Le|El|Il|Op|Den|Em"
        rf"|W dniu)\b.{{0,60}}{_DATE}.{{0,200}}\b{_WROTE}\b.{{0,60}}[:：]$",
        re.I,
    ),
    # Excerpts from Ana Example's message of 2015-09-15 09:42:00 +0000:
    re.compile(r"Excerpts from .{1,100} message of .{1,80}:$", re.I),
    # Ana Example <ana@example.org> wrote:  /  Ana Example wrote on 09/15/2015 08:00 AM:
    re.compile(rf"\S.{{0,100}}(?:@| at ).{{1,80}}\b{_WROTE}\b.{{0,60}}[:：]$", re.I),
    re.compile(rf"\S.{{0,100}}\b{_WROTE} (?:on|at|am) .{{0,30}}{_DATE}.{{0,40}}[:：]$", re.I),
    # 在 2015年9月15日，Ana Example <ana@example.org> 写道：
    re.compile(r".{1,150}(?:写道|寫道) ?[:：]$"),
    # Quoting Ana Example (2015-09-15 09:42:00)
    re.compile(rf"Quoting .{{1,100}}{_DATE}.{{0,40}}$", re.I),
    # 2015-09-15 9:42 GMT+02:00 Ana Example <ana@example.org>:
    re.compile(r"(?:19|20)\d\d-\d\d-\d\d \d{1,2}:\d\d.{0,30}<.{3,80}>:$"),
]
# "Ana Example wrote:" may be prose, too; it counts where quoted lines follow.
_LIKELY_ATTRIBUTION = re.compile(rf"[^\s>*+•-].{{0,100}}\b{_WROTE} ?[:：]$", re.I)
# From here on everything is the quoted mail; nobody writes below such a block.
_BLOCK_STARTS = [
    re.compile(
        r"^[-_*]{2,40} {0,3}(?:original|forwarded|weitergeleitete|ursprüngliche|begin forwarded)"
        r" ?(?:message|nachricht|by)\b.{0,80}$",
        re.I,
    ),
    re.compile(r"^[-_*]{2,40} {0,3}(?:message d'origine|mensaje original)\b.{0,80}$", re.I),
    re.compile(r"^-{2,40} ?(?:原始邮件|原始郵件|邮件原件|转发的?邮件|转发邮件信息) ?-{0,40}$"),
    re.compile(r"^begin forwarded message:$", re.I),
]
FORWARD_MARK = re.compile(
    r"^[-_* ]{0,20}(?:begin )?(?:forwarded (?:message|by)\b|weitergeleitete nachricht|转发的?邮件)",
    re.I | re.M,
)
_HEADER_LINE = re.compile(
    r"^\*?(?:From|Von|De|发件人|Date|Sent|Gesendet|Datum|日期|发送时间|To|An|Cc|收件人|抄送|Subject|Betreff|主题"
    r"|Reply-To|Organization)\*?\s?[:：]",
    re.I,
)
_FROM_HEADER = re.compile(r"^\*?(?:From|Von|De|发件人)\*?\s?[:：]", re.I)
_LONGEST_MARK = 300
_OPENINGS = (
    "On ",
    "At ",
    "Am ",
    "Le ",
    "El ",
    "Il ",
    "Op ",
    "Den ",
    "Em ",
    "W dniu",
    "Excerpts",
    "Quoting",
    "在",
)
_BLOCK_OPENINGS = ("-", "_", "*", "From", "FROM", "Von", "De", "发件人", "Begin", "begin")


# A mail's text is asked for by several stages, one right after the other.
@lru_cache(maxsize=8)
def mark_quotes(text: str) -> str:
    """Give every quoted line a leading `>`; attribution lines stay as they are.

    Lines below an "Original Message" block are marked to the end of the text, and so are lines
    below an attribution whose quote lost its marks.
    """
    lines = text.splitlines()
    marked = list(lines)
    index = 0
    while index < len(lines):
        line = lines[index]
        if is_quoted(line):
            index += 1
            continue
        if starts_block(lines, index):
            marked[index:] = [_mark(rest) for rest in lines[index:]]
            break
        wrapped = attribution_at(lines, index)
        if wrapped:
            index += wrapped
            if _lost_marks(lines, index):
                marked[index:] = [_mark(rest) for rest in lines[index:]]
                break
            continue
        index += 1
    return "\n".join(marked)


def is_quoted(line: str) -> bool:
    """Whether a line bears a quoting mark; `>From ` alone is mbox's escape, not a quote."""
    bare = line.lstrip(" \t")
    return bare.startswith((">", "|>", "&gt;")) and not bare.startswith(">From ")


def attribution_at(lines: Sequence[str], index: int) -> int:
    """Count the lines of the attribution that begins here: 1 to 3, or 0 where there is none."""
    first = lines[index].strip()
    if not (first.endswith((":", "：", ">")) or first.startswith(_OPENINGS)):
        return 0
    joined = ""
    for count, line in enumerate(lines[index : index + 3], 1):
        if not line.strip() or is_quoted(line) or len(joined) + len(line) > _LONGEST_MARK:
            return 0
        joined = f"{joined} {line.strip()}".strip()
        if any(pattern.match(joined) for pattern in _SURE_ATTRIBUTIONS):
            return count
        if _LIKELY_ATTRIBUTION.match(joined):
            following = [
                later for later in lines[index + count : index + count + 3] if later.strip()
            ]
            return count if following and is_quoted(following[0]) else 0
    return 0


def starts_block(lines: Sequence[str], index: int) -> bool:
    """Whether a whole unmarked mail begins here: "Original Message", or a bare header block."""
    line = lines[index].strip()
    if line.startswith("- -"):
        line = line[2:]  # As an inline PGP signature escapes dashes.
    if len(line) > _LONGEST_MARK or not line.startswith(_BLOCK_OPENINGS):
        return False
    if any(pattern.match(line) for pattern in _BLOCK_STARTS):
        return True
    if line.startswith("_" * 10) and not line.strip("_"):
        # Outlook's rule above "From: ... Sent: ..."; Mailman's footer begins alike, but goes on
        # otherwise.
        index += 1
    if index >= len(lines) or not _FROM_HEADER.match(lines[index].strip()):
        return False
    following = [later.strip() for later in lines[index + 1 : index + 6] if later.strip()]
    return sum(1 for later in following[:4] if _HEADER_LINE.match(later)) >= 2


@lru_cache(maxsize=8)
def own_text(text: str) -> str:
    """Give the lines that the sender wrote: no quoted ones, no attributions. Takes unmarked
    text."""
    lines = mark_quotes(text).splitlines()
    own: list[str] = []
    index = 0
    while index < len(lines):
        if is_quoted(lines[index]):
            index += 1
            continue
        wrapped = attribution_at(lines, index)
        if not wrapped:
            own.append(lines[index])
        index += wrapped or 1
    return "\n".join(own)


def quotes_another(text: str) -> bool:
    """Whether an attribution, an original-message block or quoted lines show another's mail
    inside."""
    lines = text.splitlines()
    if any(is_quoted(line) for line in lines):
        return True
    return any(attribution_at(lines, i) or starts_block(lines, i) for i in range(len(lines)))


def _mark(line: str) -> str:
    return line if is_quoted(line) else f"> {line}".rstrip()


def _lost_marks(lines: Sequence[str], start: int) -> bool:
    """Whether no quoted line follows an attribution soon, although text does."""
    following = [line for line in lines[start : start + 6] if line.strip()]
    return bool(following) and not any(is_quoted(line) for line in following)
