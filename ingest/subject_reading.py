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

_MARK = (
    r"(?:re|aw|sv|vs|antw|antwort|odp|ref|rif|res|ynt|回复|回覆|答复|答覆"
    r"|fwd?|wg|tr|rv|enc|i|转发|轉寄)"
)
_PREFIX = re.compile(
    rf"^\s*(?:\[[^\[\]]{{1,60}}\]\s*)?({_MARK})\s?(?:\[\d+\]|\(\d+\))?\s?[:：]\s*", re.I
)
_LIST_TAG = re.compile(r"^\s*\[[^\[\]]{1,60}\]\s*")
_FORWARD = re.compile(r"(?:fwd?|wg|tr|rv|enc|i|转发|轉寄)$", re.I)
_FORMER = re.compile(r"[\[(]\s?was\b\s?:?.*$", re.I)
_TAG = re.compile(r"[\[{【(<]\s*([^\[\]{}【】()<>]{1,60})\s*[\]}】)>]")
# What stands beside an ordinary word that is a team's name: a bracket, the office, "candidacy".
_BEFORE_TEAM = re.compile(
    r"(?:[\[{【(]\s*|\b(?:ptl|candidacy|nomination|lead|me|myself)(?: (?:of|for|as"
    r"|in))?(?: the)?(?: openstack)?[ :/\-]{1,3})$",
    re.I,
)
_URL = re.compile(r"\bhttps?://\S{1,500}")
_IN_TAG = re.compile(r"[\[{【]\s*$")
_AFTER_TEAM = re.compile(
    r"\s*[\]}】)]|(?: (?:team|project|program|programme|management))?[ :/\-]{1,3}(?:ptl|plt"
    r"|candidacy|nomination|project (?:team|technical) lead)\b",
    re.I,
)
_WORD = re.compile(r"[^\W_][\w.'’\-]*")

_PTL = re.compile(
    r"\bptls?(?:hip)?\b|\bplt\b|\b(?:project|program|programme) (?:team|technical) lead(?:er)?\b"
    r"|\bteam lead\b",
    re.I,
)
_TC = re.compile(r"\btcs?\b|\btech(?:nical)?[ -]comm?itt?ee?e?\b", re.I)

# Words by which a subject offers its sender: nomination, running, a hat for the ring.
_OFFER = re.compile(
    r"\b(?:self[- ]?nominat\w{1,5}|nomination|nominat(?:ing|e) (?:myself|me)|nominating"
    r"|my nomination|nominat(?:e|ion) of myself"
    r"|(?:run(?:ning)?|stand(?:ing)?|apply(?:ing)?|volunteer(?:ing)?|going|bid(?:ding)?"
    r"|application|self[- ]?proposal) (?:again )?(?:for|as)"
    r"|(?:my |a )?hat (?:in|into)|candidat(?:ing|ion)|re-?election|throwing (?:in )?my"
    r"|put(?:ting)? my name"
    r"|seeking (?:re-?election|another|a second)|continu(?:e|ing) as|i(?:'d| would) like to)\b",
    re.I,
)
# A question about candidates offers nobody; "PTL for another cycle?" does.
_ASKS_WHO = re.compile(
    r"\W*(?:who|what|why|how|when|where|does|do|is|are|can|could|may|any|anyone|anybody|should)\b.{0,200}\?",
    re.I,
)
_RENOUNCED = re.compile(
    r"\bnon?[- ]?(?:re-?)?(?:can\w{4,12}|nomination|candidate)\b|\banti-?can\w{4,12}\b"
    r"|\bun-?can\w{4,12}\b|\bnot (?:a )?can\w{4,12}\b"
    r"|\bno (?:more|longer)\b|\b(?:not|n[o']t) (?:be )?(?:going to )?(?:run|re-?run|stand|seek"
    r"|continu|a candidate|nominat|serv)\w{0,4}\b"
    r"|\bwon['’]?t\b|\bstep(?:ping|s|ped)?[- ](?:down|away|back|aside)\b|\bwithdr[ae]w\w{0,4}\b"
    r"|\bdeclin\w{1,4}\b"
    r"|\bresign\w{0,6}\b|\bretir(?:e|ing|ement)\b|\brevo(?:ke|cation)\w{0,3}\b|\bcancel\w{0,6}\b"
    r"|\bfarewell\b|\bgoodbye\b"
    r"|\bpass(?:ing)? the (?:torch|baton)\b|\bhand(?:ing)?[- ]?over\b|\bnext ptl\b",
    re.I,
)
_OFFICIAL = re.compile(
    r"\b(?:nomination|candida\w{1,4}|election|poll|voting|campaign\w{0,3}"
    r"|announcement)s?(?: \w{1,12}){0,3} (?:(?:is|are|now) )*(?:open\w{0,3}|clos\w{1,3}"
    r"|begin\w{0,4}|begun|start\w{0,3}|end\w{0,3}|kick-?\s?off|deadline|over|extended|underway"
    r"|period|update|status|process|season|schedule|timeline|dates|results?|conclu\w{1,5}"
    r"|reminder|proposals?|questions?|instructions|official\w{0,2})\b"
    r"|\b(?:last|final) (?:call|hours|days?|chance|reminder)\b|\bresults?\b|\bcall for\b"
    r"|\breminder\b|\bdeadline\b|\bkick-?off\b"
    r"|\bcandidates\b|\bnominees\b|\bcandidacies\b|\bwelcome\b|\bcongratulations\b"
    r"|\bannouncing (?:the )?(?:\w+ )?(?:ptls?|tc|new|elected)\b"
    r"|\b(?:open|opening|closing|closed|needed|wanted|missing|seeking|looking for)\b|\b(?:ptl|tc"
    r"|technical committee)s? elections?\b"
    r"|\belections?:? (?:official|season|time|for|in|of|nomination)\w{0,2}\b|\bprocess\b"
    r"|\bvot(?:e|ing|ers?)\b|\bcampaign\w{0,3}\b|\bvacanc\w{1,3}\b|\bleaderless\b|\bappointment\b",
    re.I,
)
_CALL = re.compile(
    r"nominat|candida|\bcalls?\b|\bseeking\b|\bneeded\b|\bwanted\b|\bmissing\b|\bleaderless\b"
    r"|\bvacan|\bappointment|\belections?\b",
    re.I,
)
_NO_CALL = re.compile(
    r"\bcampaign|\bquestions?\b|\bvot(?:e|ing|ers?)\b|\bpolls?\b|\bresults?\b|\bconclu|\bcongrat"
    r"|\bwelcome\b|\bcore\b",
    re.I,
)
_CORE = re.compile(
    r"\bcore[- ]?(?:reviewers?|team|devs?|developers?|members?|maintainers?|nomination|group"
    r"|status|candida\w{1,4})\b|\b\w{1,30}[-_]?(?:stable-)?core\b(?! nova)|\bto core\b"
    r"|\bfor core\b|\bcores\b"
    r"|\b(?:maint|stable|release|root|driver|drivers)[- ]?(?:maint|team|core)\b(?: nomination)?"
    r"|\bchair(?:person)?\b|\bliaisons?\b|\bczars?\b|\bambassadors?\b|\bboard\b"
    r"|\buser committee\b|\bUC\b|\bCPLs?\b|\bdirectors?\b|\bcouncil\b|\bsecretary\b"
    r"|\btreasurer\b|\bpresident\b|\bproject leader\b|\bSIGs?\b",
    re.I,
)
_DIGEST = re.compile(
    r"\bdigest\b(?:,? vol\b.{0,40}issue\b)?|\bvol \d{1,4}, issue \d|\bweekly (?:news(?:letter)?"
    r"|summary)\b|\bnewsletter\b|\bcommunity weekly\b",
    re.I,
)
_OTHERS = re.compile(
    r"\b(?:[Nn]ominat(?:e|ing|ion of|ion for)|[Pp]ropos(?:e|ing|al)(?: of| for)?|[Ee]ndors(?:e"
    r"|ing|ement of)"
    r"|[Ss]upport(?:ing)?|[Rr]ecommend(?:ing)?|[Vv]ote for|[Pp]ut forward) "
    r"([^\W\d_a-z][\w'’\-]+ [^\W\d_a-z][\w'’\-]+)"
    r"|\b[Cc]andida(?:cy|ture) (?:of|from) ([^\W\d_a-z][\w'’\-]+(?: [^\W\d_a-z][\w'’\-]+)?)",
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
        return bool(self.asks) and bool(_CALL.search(self.bare)) and not _NO_CALL.search(self.bare)


_PLAIN_TAGS = {
    "all", "ptl", "ptls", "tc", "election", "elections", "electioneering", "openstack-dev",
    "openstack", "openstack-discuss", "openstack-infra", "candidacy", "nomination", "ptg", "vote",
    "announce", "governance", "dev", "release", "stackforge", "important", "ptl candidacy",
    "tc candidacy", "technical-committee", "ptl election", "tc election", "was", "operators", "ops",
    "user", "meta", "docs", "project",
}  # fmt: skip


@lru_cache(maxsize=512)
def read_subject(subject: str, table: ElectionTable) -> SubjectReading:
    """Read a decoded subject; reply and forward marks, list tags and "(was: ...)" go first.

    Cached, since a thread's mails bear one subject.
    """
    bare, replying, forwarding = strip_marks(subject)
    tags = tuple(tag.strip() for tag in _TAG.findall(bare))
    ptl, tc = _PTL.search(bare), _TC.search(bare)
    candidacy = next((w for w in _WORD.findall(bare) if is_candidacy_word(w)), "")
    offer = None if _ASKS_WHO.match(_TAG.sub(" ", bare)) else _OFFER.search(bare)
    words = [m.group() if m else "" for m in (_RENOUNCED.search(bare), _OFFICIAL.search(bare))]
    if (candidacy or offer) and words[0].lower() == "next ptl":
        words[0] = ""
    others = _OTHERS.search(bare)
    core = _CORE.search(bare)
    digest = _DIGEST.search(bare)
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
        match = _PREFIX.match(bare)
        if match is None:
            break
        forwarding = forwarding or bool(_FORWARD.match(match.group(1)))
        replying = replying or not _FORWARD.match(match.group(1))
        bare = bare[match.end() :]
    changed = _FORMER.sub("", bare).strip()
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
    text = _URL.sub(" ", text)
    for match in _team_pattern(table).finditer(text):
        name = table.project_named(match.group(1), cycle)
        before = text[max(match.start() - _NEAR, 0) : match.start()]
        after = text[match.end() : match.end() + _NEAR]
        in_tag = _IN_TAG.search(before) and after[:1] in ("]", "}", "】")
        if in_tag or fold(match.group(1)) not in table.ordinary_words:
            sure[name] = None
        elif _BEFORE_TEAM.search(before) or _AFTER_TEAM.match(after):
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
    return "" if about or _PTL.search(words) or _TC.search(words) else words


def _says_ptl(bare: str) -> bool:
    return bool(_PTL.search(_TAG.sub(" ", bare)))


def _unknown_tag(tags: tuple[str, ...], projects: tuple[str, ...], table: ElectionTable) -> str:
    """Give the first tag that may name a team which the table does not know."""
    for tag in () if projects else tags:
        key = tag.lower()
        if key in _PLAIN_TAGS or cycles_in(tag, table) or is_candidacy_word(key):
            continue
        about_office = _PTL.search(tag) or _TC.search(tag)
        if not about_office and re.fullmatch(r"[A-Za-z][\w.\- ]{1,30}", tag):
            return re.sub(r"[\s_.]+", "-", key)
    return ""
