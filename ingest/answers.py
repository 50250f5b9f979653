"""Whom a mail says that it answers, in its own words: for mails whose References are lost or lie.

Owns the lines that mail programs put above a quotation ("On ... Ana Example wrote:"), in the
languages they come in. How quotations are shown is `quotes.py`'s business, and which mail was meant
`threads.py`'s.
"""

from __future__ import annotations

import re

from ingest.records import Message

# What stands for "it answers somebody, but does not say whom".
SOMEBODY = "?"

# Attributions stand in the first lines, or below the answer of somebody who writes above the
# quotation; what comes later than this is far from both.
_LOOK_AT = 6000
# The longest attribution: a date, a name and an address, broken over two lines.
_REACH = 240
# `wrote:` counts wherever it stands; the others only right above a quotation.
_VERBS = (
    *("wrote:", "writes:", "said:", "schrieb:", "skrev:", "schreef:", "escribió:", "escreveu:"),
    *("a écrit :", "a écrit:", "ha scritto:", "написал:", "写道:", "写道："),
)
# `On Mon, Sep 14, 2015 at 09:42 AM, `: up to the last word of the date.
_DATE_BEFORE_NAME = re.compile(
    r"(?:On|Am|Le|El|Em|Il|Den|Op|Dne|W dniu|在)\s.{0,100}"
    r"(?:\d[\d:.]*(?:\s?[AaPp][Mm])?(?:\s?[+-]\d{4})?(?:\s[A-Z]{3,4})?|Uhr|\))[,，]?\s(?:at\s)?"
)
# `Am 14.09.2015 um 12:00 schrieb Ana Example:`
_VERB_FIRST = re.compile(r"\b(?:schrieb|schreef|skrev) ([^:]{2,120}):\Z")
_ADDRESS_AFTER_NAME = re.compile(r"[\s,]*(?:<[^<>]*>?|\[mailto:[^\]]*\]?|\([^()]*\)?)[\s,]*\Z")
_EXCERPTS = re.compile(r"^Excerpts from ([^\n]{2,80}?)(?:'s|')? message of ", re.MULTILINE)
_ORIGINAL = re.compile(
    r"(?:- )?-{3,30} ?(?:Original Message|Forwarded [Mm]essage|Ursprüngliche Nachricht|原始邮件|"
    r"邮件原件) ?-{3,30}\n{1,2}(?:> ?)?\**(?:From|Von|De|发件人)[:：]\** ?([^\n]{2,200})"
)
_FORWARDED = re.compile(r"^Begin forwarded message:\n{1,3}>? ?From: ([^\n]{2,200})", re.MULTILINE)
_APPLAUSE = re.compile(
    r"(?:\+\+|[+-]\d{1,4})(?![\w.])|(?:thanks|thank you|thx|congrat\w{0,10})\b", re.IGNORECASE
)
# What people add to a mail of their own, or to somebody else's, in a second one.
_AFTERTHOUGHT = re.compile(
    r"\b(?:sorry|apologies) for the (?:noise|spam|confusion|double post)", re.IGNORECASE
)
_SECOND_PERSON = re.compile(r"\b(?:you|your)\b", re.IGNORECASE)
_FIRST_PERSON = re.compile(r"\b(?:i|my|me|mine|myself)\b", re.IGNORECASE)
# Longer texts may well stand by themselves; three words or fewer (`confirmed`) never do.
_SHORT_ANSWER = 30
_FEWEST = 3
_SCRUBBED = ("An HTML attachment was scrubbed", "An embedded ")


def find_answered(message: Message) -> str:
    """Give the name (or address) of whom a mail answers; `?` if it only shows that it answers.

    Empty where the text stands by itself. Names are as the quoting mail wrote them.
    """
    text = message.text[:_LOOK_AT]
    found = [
        (place, name)
        for place, name in (_find_verb(text), _find_excerpts(text), _find_original(text))
        if place >= 0
    ]
    if found:
        return min(found)[1] or SOMEBODY
    if text.startswith((">", "| ")) or "\n>" in text or "\n| " in text:
        return SOMEBODY
    return SOMEBODY if _is_short_answer(text) else ""


def _find_verb(text: str) -> tuple[int, str]:
    """Find the first `... wrote:`; give its place and the name before it."""
    place = text.find("wrote:")
    quoted = text.find("\n>")
    if quoted >= 0 and not 0 <= place < quoted:
        above = text[max(0, quoted - _REACH) : quoted].rstrip()
        verb = next((verb for verb in _VERBS if above.endswith(verb)), "")
        if verb:
            place = quoted - _REACH if quoted > _REACH else 0
            place += len(above) - len(verb)
        elif above.endswith(":"):
            match = _VERB_FIRST.search(above.rpartition("\n")[2])
            if match is not None:
                return quoted, _clean_name(match[1])
    if place < 0:
        return -1, ""
    lines = text[max(0, place - _REACH) : place].rstrip().split("\n")
    # Apple Mail quotes its own attribution.
    line = lines[-1].strip("> ")
    opening = _DATE_BEFORE_NAME.match(line)
    if opening is None and len(lines) > 1:
        both = f"{lines[-2].strip('> ')} {line}"
        opening = _DATE_BEFORE_NAME.match(both)
        line = both if opening is not None else line
    return place, _clean_name(line[opening.end() :] if opening is not None else line)


def _find_excerpts(text: str) -> tuple[int, str]:
    match = _EXCERPTS.search(text) if "Excerpts from " in text else None
    return (-1, "") if match is None else (match.start(), _clean_name(match[1]))


def _find_original(text: str) -> tuple[int, str]:
    if "-----" in text:
        match = _ORIGINAL.search(text)
        if match is not None:
            return match.start(), _clean_name(match[1])
    match = _FORWARDED.search(text) if "Begin forwarded" in text else None
    return (-1, "") if match is None else (match.start(), _clean_name(match[1]))


def _clean_name(name: str) -> str:
    """Leave the name alone if there is one, else the address."""
    bare = _ADDRESS_AFTER_NAME.sub("", name.strip())
    bare = " ".join((bare or name).split()).strip("\"'*,;<> ")
    return bare if len(bare) <= 80 else ""


def _is_short_answer(text: str) -> bool:
    """Whether a short text is plainly said to one person: `+1`, thanks, a few words to "you"."""
    own = text.partition("-------------- next part --------------")[0].strip()
    words = len(own.split(None, _SHORT_ANSWER))
    if words > _SHORT_ANSWER or own.startswith(_SCRUBBED):
        return False
    if 0 < words <= _FEWEST or _APPLAUSE.match(own) or _AFTERTHOUGHT.search(own):
        return True
    return _SECOND_PERSON.search(own) is not None and _FIRST_PERSON.search(own) is None
