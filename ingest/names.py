"""How people write their names and nicks, and how names are compared.

Reads a sender's display name, an address, a signature or a self-introduction; knows nothing of
elections. Which of several candidacies are one person's is for `people.py` to tell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# Letters that NFKD does not take apart, as they stand in names.
_WHOLE = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae"}
)
_PARTICLES = {"jr", "sr", "ii", "iii", "iv", "phd", "md", "inc", "ltd"}
# "Ana Example via openstack-dev", as lists that rewrite the sender for DMARC write it.
_VIA = re.compile(r"\s+(?:via|on behalf of)\s+\S.*$", re.IGNORECASE)
# "Example, Ana (Cloud Services)", "Ana Example [Company]", "Ana Example <x at y>".
# A nick in brackets stays: it is part of the name as the mail gives it.
_ASIDE = re.compile(
    r"\s*(?:[\[<{][^()\[\]<>{}]{0,80}[\]>}]|\((?![a-z][\w\-]{1,20}\))[^()]{0,80}\))"
)
_SPELLED_AT = re.compile(r"\S\s+at\s+\S+\.\w")
_NAME_WORD = r"[^\W\d_][\w'’.\-]{0,30}"
_NAME_LINE = re.compile(
    rf"[\s\-–—~*/#,]*((?:{_NAME_WORD})(?:[ \t]+(?:\"[^\"\n]{{1,20}}\"[ \t]+)?{_NAME_WORD}){{0,4}})"
    r"[\s,.]*(?:[(<\[\"'@].{0,80})?$"
)
_INTRODUCTION = re.compile(
    r"\b(?:[Mm]y (?:full |real )?name is|[Mm]y name['’]s|"
    r"(?:^|[.!?]\s|\b(?:[Hh]i|[Hh]ello|[Hh]ey)[\w ]{0,24}, )(?:[Tt]his is|I am|I['’]m)) "
    r"([^\W\d_a-z][\w'’\-]{0,30}"
    r"(?: (?:[^\W\d_a-z][\w'’\-]{1,30}|[^\W\d_a-z]\.|(?:de|da|di|du|van|von|der|den|el|al|la|le"
    r"|bin)(?= [^\W\d_a-z]))){1,3})",
)
_NAME_FIELD = re.compile(r"(?im)^[ \t]*(?:full |real )?name[ \t]*:[ \t]*(\S.{0,60})$")
_CLOSING = re.compile(
    r"(?i)^\W*(?:thank(?:s| you)\b.{0,60}|many thanks|thx|cheers|regards|(?:best|kind|warm|with"
    r"|yours)\b.{0,30}"
    r"|sincerely.{0,12}|ciao|respectfully.{0,12}|grüße|saludos|cordialement)\W*$"
)
_NICK = r"([A-Za-z_\[\]\\`^{}|][\w\[\]\\`^{}|\-.]{0,29})"
_NETWORK = r"(?:irc|freenode|oftc|libera(?:\.chat)?)"
_NICK_MARKED = [
    # IRC: ana  /  irc nick is ana  /  Freenode (#openstack-nova): ana
    re.compile(
        rf"(?i)\b{_NETWORK}(?:[ -]?(?:nick|nickname|handle|id|name"
        rf"|user))?(?:[ \t]*\([^()\n]{{1,30}}\))?"
        rf"[ \t]*(?::|=|\bis\b|\bas\b)[ \t]*['\"`@]?{_NICK}"
    ),
    re.compile(rf"(?i)\b(?:irc[ -])?nick(?:name)?[ \t]*(?::|=|\bis\b)[ \t]*['\"`@]?{_NICK}"),
    # I'm 'ana' on IRC  /  (ana on freenode)  /  known as ana in IRC
    re.compile(
        rf"(?i)(?:\b(?:I['’]m|I am|as|by|me|call me|nick)[ \t]+|[(\"'`@][ \t]*"
        rf"|^[ \t]*){_NICK}['\"`]?[ \t]+"
        rf"(?:on|in|at|@)[ \t]+(?:the[ \t]+)?{_NETWORK}\b",
        re.MULTILINE,
    ),
    # on IRC I am ana  /  Ana / ana on OFTC  /  (Ana, ana on IRC)
    re.compile(rf"(?i)\b(?:on|in)[ \t]+{_NETWORK},?[ \t]+(?:I['’]m|I am)[ \t]+['\"`]?{_NICK}"),
    re.compile(
        rf"(?i)(?:[ \t]/|\([^(),\n]{{1,40}},)[ \t]*{_NICK}[ \t]+(?:on|in)[ \t]+{_NETWORK}\b"
    ),
    re.compile(rf"(?i)\b(?:known as|known on irc as|aka|a\.k\.a\.)[ \t]+['\"`]{_NICK}['\"`]"),
]
# Some word of every form of the above; few texts have one.
_NICK_WORD = re.compile(r"(?i)irc|freenode|oftc|libera|nick|known as|aka|a\.k\.a")
_NICK_ASIDE = re.compile(
    r"\s*[(\[<][ \t]*(?:irc:?[ \t]*)?@?([A-Za-z_\[\]\\`^{}|][\w\[\]\\`^{}|\-.]{1,29})[ \t]*[)\]>]"
)
_NO_NICK = {
    "a", "am", "an", "and", "are", "as", "at", "be", "been", "both", "by", "can", "chat",
    "find", "for", "freenode", "from", "handle", "he", "hi", "i", "if", "in", "irc", "is", "it",
    "libera", "me", "most", "my", "name", "nick", "not", "of", "oftc", "on", "or", "our", "out",
    "people", "please", "she", "so", "that", "the", "them", "they", "this", "time", "to", "us",
    "was", "we", "what", "when", "where", "who", "how", "why", "with", "you", "your", "always",
    "mostly", "usually", "also", "hours", "daily", "often", "around", "channel", "channels",
    "mailing", "list", "available", "active", "discussion", "discussions", "meeting",
    "meetings", "here", "there", "helping", "him", "her", "everyone", "folks", "regularly",
    "ptl", "tc", "ptg", "core", "questions",
}  # fmt: skip


def fold(text: str) -> str:
    """Keep letters and digits only, case and accents folded: what two spellings of a name share."""
    plain = unicodedata.normalize("NFKD", text.translate(_WHOLE)).casefold()
    return "".join(char for char in plain if char.isalnum())


def slug(text: str) -> str:
    """Make a name fit for a URL: `Ana M. Éxample` to `ana-m-example`; other scripts are kept."""
    plain = unicodedata.normalize("NFKD", text.translate(_WHOLE)).casefold()
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return "-".join(re.findall(r"[^\W_]+", plain)) or "unknown"


def candidate_name(sender: str, address: str, text: str) -> str:
    """Tell the name of a mail's sender, from the header, else from the text, else from the
    address."""
    name = clean_display_name(sender, address)
    if " " in name:
        return name
    local = address.partition("@")[0]
    signed = names_in_text(text)
    for found in signed:
        if _fits(found, local, name):
            return found
    for found in signed_names(text):
        if _is_full(found):
            return found
    return name or name_from_address(address, signed)


def clean_display_name(sender: str, address: str = "") -> str:
    """Turn "Last, First", "X via list" and "X (Company)" to "First Last"; an address is no name."""
    name = _ASIDE.sub("", _VIA.sub("", " ".join(sender.replace('"', " ").split())))
    name = name.strip(" '`,;")
    if "@" in name or _SPELLED_AT.search(name) or name.lower() == address.partition("@")[0].lower():
        return ""
    last, comma, first = name.partition(",")
    if comma and "," not in first and fold(first) and fold(first) not in _PARTICLES:
        name = f"{first.strip()} {last.strip()}"
    return name if any(char.isalpha() for char in name) else ""


def name_from_address(address: str, signed: Sequence[str] = ()) -> str:
    """Make a name of an address's local part: `ana.example` to `Ana Example`.

    First names by which the text is signed help: `aexample` signed "Ana" gives the same.
    """
    local = re.sub(r"\d+", " ", address.partition("@")[0].partition("+")[0])
    words = [word for word in re.split(r"[\s._\-]+", local) if word]
    for first in signed:
        key = fold(first)
        if " " in first or len(key) < 2:
            continue
        if len(words) == 2 and key == fold(words[1]):
            words.reverse()
        elif len(words) == 1 and words[0].lower().startswith(key) and len(words[0]) > len(key) + 2:
            words = [first, words[0][len(key) :]]
        elif len(words) == 1 and words[0][:1].lower() == key[0] and len(words[0]) > 4:
            words = [first, words[0][1:]] if not fold(words[0]).startswith(key) else words
        else:
            continue
        break
    return " ".join(word[:1].upper() + word[1:] for word in words) or address


def names_in_text(text: str) -> list[str]:
    """List the names by which a text's writer introduces himself or signs, the surest first."""
    lines = [line.strip() for line in text.splitlines()]
    found = [match.group(1).strip() for match in _NAME_FIELD.finditer(text)]
    flat = " ".join(text[:4000].split())
    found += [match.group(1) for match in _INTRODUCTION.finditer(flat)]
    found += signed_names(text)
    filled = [line for line in lines if line]
    for line in [*reversed(filled[-8:]), *filled[:2]]:
        found += _as_name(line)
    return list(dict.fromkeys(found))


def signed_names(text: str) -> list[str]:
    """List the names right below a signature mark or a closing, the last first."""
    lines = [line.strip() for line in text.splitlines()]
    marks = [i for i, line in enumerate(lines) if line in ("--", "—")]
    closings = [i for i, line in enumerate(lines) if len(line) < 70 and _CLOSING.match(line)]
    found = []
    for index in [*reversed(marks), *reversed(closings)]:
        found += [name for line in lines[index + 1 : index + 4] if line for name in _as_name(line)]
    return list(dict.fromkeys(found))


def read_nick(text: str, name: str = "") -> str:
    """Find the writer's IRC nick: in words ("ana on IRC"), else in brackets after the name."""
    # Mail programs break lines anywhere; some patterns hold at the begin of a line only.
    for written in (text, " ".join(text.split())) if _NICK_WORD.search(text) else ():
        for pattern in _NICK_MARKED:
            for match in pattern.finditer(written):
                nick = match.group(1).rstrip(".-,")
                if nick.lower() not in _NO_NICK and len(nick) > 1:
                    return nick
    for part in dict.fromkeys((name, *name.split()[:1], *name.split()[-1:])):
        for named in re.finditer(re.escape(part), text) if part else ():
            aside = _NICK_ASIDE.match(text, named.end())
            nick = aside.group(1).rstrip(".-") if aside else ""
            if nick and nick.lower() not in _NO_NICK:
                return nick
    return ""


def _as_name(line: str) -> list[str]:
    match = _NAME_LINE.match(line) if len(line) < 100 else None
    if match is None:
        return []
    name = " ".join(re.sub(r"\"[^\"]*\"", " ", match.group(1)).split()).strip(" .,-")
    words = name.split()
    if not 1 <= len(words) <= 5 or _CLOSING.match(line) or "at" in words or "@" in words[0]:
        return []
    return [name]


def _is_full(name: str) -> bool:
    """Whether words look like a first and a last name by themselves."""
    words = name.split()
    return 2 <= len(words) <= 3 and all(
        word[:1].isupper() and word[1:2].islower() for word in words
    )


def _fits(name: str, local: str, known: str) -> bool:
    """Whether a name found in the text goes with the address's local part, or a lone first name."""
    words = [fold(word) for word in name.split()]
    key = fold(local)
    if len(words) < 2 or not all(words):
        return False
    if known and fold(known) in words:
        return True
    if any(len(word) > 2 and word in key for word in words):
        return True
    joined = (words[0][0] + words[-1], words[0] + words[-1][0], words[-1] + words[0][0])
    return any(one in key or (len(key) > 4 and one.startswith(key)) for one in joined)
