"""What a subject says of elections: tags, office, projects, cycle, and which kind of mail it is.

Reads words only. Whether the mail is a candidacy is weighed in `evidence.py`, and which office,
project and cycle a candidacy has in the end is settled in `fields.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ingest.elections import ElectionTable
from ingest.misspellings import is_candidacy_word
from ingest.names import fold
from ingest.records import Office
from ingest.subject_forms import (
    AFTER_TEAM,
    ASKS_WHO,
    BEFORE_TEAM,
    CALL,
    CORE,
    DIGEST,
    FORMER,
    FORWARD,
    IN_TAG,
    NO_CALL,
    OFFER,
    OFFICIAL,
    OTHERS,
    PLAIN_TAGS,
    PREFIX,
    PTL,
    RENOUNCED,
    TAG,
    TC,
    URL,
    WORD,
)


@dataclass(frozen=True, slots=True)
class SubjectReading:
    """What one subject says. `candidacy` holds the word seen (`PTL candidancy`), empty where none.

    `asks` is the word that makes it a mail about an election rather than a candidacy; `projects`
    and `cycle` are official keys, `unknown_tag` a tag that may name a team not in the table.
    """

    bare: str
    replying: bool = False
    forwarding: bool = False
    digest: str = ""
    candidacy: str = ""
    renounced: str = ""
    asks: str = ""
    core: str = ""
    others: str = ""
    office: Office | None = None
    projects: tuple[str, ...] = ()
    unknown_tag: str = ""
    cycle: str = ""
    tags: tuple[str, ...] = ()

    @property
    def calls(self) -> bool:
        """Whether it is a call for nominations or about their time: what a candidacy may answer."""
        return bool(self.asks) and bool(CALL.search(self.bare)) and not NO_CALL.search(self.bare)


@lru_cache(maxsize=512)
def read_subject(subject: str, table: ElectionTable) -> SubjectReading:
    """Read a decoded subject; reply and forward marks, list tags and "(was: ...)" go first.

    Cached, since a thread's mails bear one subject.
    """
    bare, replying, forwarding = strip_marks(subject)
    tags = tuple(tag.strip() for tag in TAG.findall(bare))
    ptl, tc = PTL.search(bare), TC.search(bare)
    candidacy = next((w for w in WORD.findall(bare) if is_candidacy_word(w)), "")
    offer = None if ASKS_WHO.match(TAG.sub(" ", bare)) else OFFER.search(bare)
    words = [m.group() if m else "" for m in (RENOUNCED.search(bare), OFFICIAL.search(bare))]
    if (candidacy or offer) and words[0].lower() == "next ptl":
        words[0] = ""
    others = OTHERS.search(bare)
    core = CORE.search(bare)
    digest = DIGEST.search(bare)
    projects = find_projects(bare, table)
    office = Office.PTL if ptl else Office.TC if tc else None
    if ptl and tc and not _says_ptl(bare) and not projects:
        office = Office.TC
    return SubjectReading(
        bare=bare,
        replying=replying,
        forwarding=forwarding,
        digest=digest.group() if digest else "",
        candidacy=candidacy or (offer.group() if offer else ""),
        renounced=words[0],
        asks=words[1],
        core=core.group() if core and not (candidacy and ptl) else "",
        others=_person(others[1] or others[2], table) if others else "",
        office=office,
        projects=projects,
        unknown_tag=_unknown_tag(tags, projects, table),
        cycle=find_cycle(bare, table),
        tags=tags,
    )


def strip_marks(subject: str) -> tuple[str, bool, bool]:
    """Take reply and forward marks, the list's tag and "(was: ...)" off; tell which marks there
    were."""
    bare = " ".join(subject.split())
    replying = forwarding = False
    for _ in range(8):
        match = PREFIX.match(bare)
        if match is None:
            break
        forwarding = forwarding or bool(FORWARD.match(match.group(1)))
        replying = replying or not FORWARD.match(match.group(1))
        bare = bare[match.end() :]
    changed = FORMER.sub("", bare).strip()
    if changed != bare:
        bare, replying = changed, True
    return bare, replying, forwarding


# How far around a name its brackets and the office may stand: a subject of thousands of tags must
# not be read again for each of them.
_NEAR = 200


def find_projects(text: str, table: ElectionTable, cycle: str = "") -> tuple[str, ...]:
    """Find the teams that a short text names, in its order, by their official names in that cycle.

    An ordinary word ("release") names a team as a tag or beside the office only, and only where no
    other name was found.
    """
    sure: dict[str, None] = {}
    doubtful: dict[str, None] = {}
    text = URL.sub(" ", text)
    for match in _team_pattern(table).finditer(text):
        name = table.project_named(match.group(1), cycle)
        before = text[max(match.start() - _NEAR, 0) : match.start()]
        after = text[match.end() : match.end() + _NEAR]
        in_tag = IN_TAG.search(before) and after[:1] in ("]", "}", "】")
        if in_tag or fold(match.group(1)) not in table.ordinary_words:
            sure[name] = None
        elif BEFORE_TEAM.search(before) or AFTER_TEAM.match(after):
            doubtful[name] = None
    return tuple(sure or doubtful)


def find_cycle(text: str, table: ElectionTable) -> str:
    """Find the one cycle that a short text names; empty for none, and for several that disagree."""
    found = dict.fromkeys(cycles_in(text, table))
    return next(iter(found)) if len(found) == 1 else ""


def cycles_in(text: str, table: ElectionTable) -> list[str]:
    """List the cycles that a text names by name or number, in its order, repeats included."""
    names = []
    for match in _cycle_pattern(table).finditer(text):
        known = table.cycle_named(match.group(1))
        names.append(known.name if known else match.group(1).lower())
    return names


@lru_cache(maxsize=4)
def _team_pattern(table: ElectionTable) -> re.Pattern[str]:
    names = "|".join(
        re.escape(name).replace(r"\ ", "[ _-]").replace(r"\-", "[ _-]?")
        for name in table.team_names
    )
    return re.compile(rf"(?<![\w.@])({names})(?![\w@])(?![.-]\w)", re.I)


@lru_cache(maxsize=4)
def _cycle_pattern(table: ElectionTable) -> re.Pattern[str]:
    names = "|".join(re.escape(word) for cycle in table.cycles for word in cycle.names)
    # A number beyond the table is still a cycle; before 2023 such numbers were versions of
    # packages.
    return re.compile(rf"(?<![\w.\-])({names}|20(?:2[3-9]|[3-9]\d)\.[12])(?![\w]|\.\d)", re.I)


def _person(words: str, table: ElectionTable) -> str:
    """Give two capitalised words back if they are a person's name, not "Nova PTL" or "Technical
    Committee"."""
    about = find_projects(words, table) or cycles_in(words, table)
    return "" if about or PTL.search(words) or TC.search(words) else words


def _says_ptl(bare: str) -> bool:
    return bool(PTL.search(TAG.sub(" ", bare)))


def _unknown_tag(tags: tuple[str, ...], projects: tuple[str, ...], table: ElectionTable) -> str:
    """Give the first tag that may name a team which the table does not know."""
    for tag in () if projects else tags:
        key = tag.lower()
        if key in PLAIN_TAGS or cycles_in(tag, table) or is_candidacy_word(key):
            continue
        about_office = PTL.search(tag) or TC.search(tag)
        if not about_office and re.fullmatch(r"[A-Za-z][\w.\- ]{1,30}", tag):
            return re.sub(r"[\s_.]+", "-", key)
    return ""
