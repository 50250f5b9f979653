"""The words by which a subject offers, declines, calls, votes, names others or teams.

Patterns only; `subject_reading.py` says what a subject that has them means. None of them takes
longer than a subject's length allows, since subjects are as long as their writers like.
"""

from __future__ import annotations

import re

_MARK = (
    r"(?:re|aw|sv|vs|antw|antwort|odp|ref|rif|res|ynt|回复|回覆|答复|答覆"
    r"|fwd?|wg|tr|rv|enc|i|转发|轉寄)"
)
PREFIX = re.compile(
    rf"^\s*(?:\[[^\[\]]{{1,60}}\]\s*)?({_MARK})\s?(?:\[\d+\]|\(\d+\))?\s?[:：]\s*", re.I
)
FORWARD = re.compile(r"(?:fwd?|wg|tr|rv|enc|i|转发|轉寄)$", re.I)
FORMER = re.compile(r"[\[(]\s?was\b\s?:?.*$", re.I)
TAG = re.compile(r"[\[{【(<]\s*([^\[\]{}【】()<>]{1,60})\s*[\]}】)>]")
# What stands beside an ordinary word that is a team's name: a bracket, the office, "candidacy".
BEFORE_TEAM = re.compile(
    r"(?:[\[{【(]\s*|\b(?:ptl|candidacy|nomination|lead|me|myself)(?: (?:of|for|as"
    r"|in))?(?: the)?(?: openstack)?[ :/\-]{1,3})$",
    re.I,
)
URL = re.compile(r"\bhttps?://\S{1,500}")
IN_TAG = re.compile(r"[\[{【]\s*$")
AFTER_TEAM = re.compile(
    r"\s*[\]}】)]|(?: (?:team|project|program|programme|management))?[ :/\-]{1,3}(?:ptl|plt"
    r"|candidacy|nomination|project (?:team|technical) lead)\b",
    re.I,
)
WORD = re.compile(r"[^\W_][\w.'’\-]*")

PTL = re.compile(
    r"\bptls?(?:hip)?\b|\bplt\b|\b(?:project|program|programme) (?:team|technical) lead(?:er)?\b"
    r"|\bteam lead\b",
    re.I,
)
TC = re.compile(r"\btcs?\b|\btech(?:nical)?[ -]comm?itt?ee?e?\b", re.I)

# Words by which a subject offers its sender: nomination, running, a hat for the ring.
OFFER = re.compile(
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
ASKS_WHO = re.compile(
    r"\W*(?:who|what|why|how|when|where|does|do|is|are|can|could|may|any|anyone|anybody|should)\b.{0,200}\?",
    re.I,
)
RENOUNCED = re.compile(
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
OFFICIAL = re.compile(
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
CALL = re.compile(
    r"nominat|candida|\bcalls?\b|\bseeking\b|\bneeded\b|\bwanted\b|\bmissing\b|\bleaderless\b"
    r"|\bvacan|\bappointment|\belections?\b",
    re.I,
)
NO_CALL = re.compile(
    r"\bcampaign|\bquestions?\b|\bvot(?:e|ing|ers?)\b|\bpolls?\b|\bresults?\b|\bconclu|\bcongrat"
    r"|\bwelcome\b|\bcore\b",
    re.I,
)
CORE = re.compile(
    r"\bcore[- ]?(?:reviewers?|team|devs?|developers?|members?|maintainers?|nomination|group"
    r"|status|candida\w{1,4})\b|\b\w{1,30}[-_]?(?:stable-)?core\b(?! nova)|\bto core\b"
    r"|\bfor core\b|\bcores\b"
    r"|\b(?:maint|stable|release|root|driver|drivers)[- ]?(?:maint|team|core)\b(?: nomination)?"
    r"|\bchair(?:person)?\b|\bliaisons?\b|\bczars?\b|\bambassadors?\b|\bboard\b"
    r"|\buser committee\b|\bUC\b|\bCPLs?\b|\bdirectors?\b|\bcouncil\b|\bsecretary\b"
    r"|\btreasurer\b|\bpresident\b|\bproject leader\b|\bSIGs?\b",
    re.I,
)
DIGEST = re.compile(
    r"\bdigest\b(?:,? vol\b.{0,40}issue\b)?|\bvol \d{1,4}, issue \d|\bweekly (?:news(?:letter)?"
    r"|summary)\b|\bnewsletter\b|\bcommunity weekly\b",
    re.I,
)
OTHERS = re.compile(
    r"\b(?:[Nn]ominat(?:e|ing|ion of|ion for)|[Pp]ropos(?:e|ing|al)(?: of| for)?|[Ee]ndors(?:e"
    r"|ing|ement of)"
    r"|[Ss]upport(?:ing)?|[Rr]ecommend(?:ing)?|[Vv]ote for|[Pp]ut forward) "
    r"([^\W\d_a-z][\w'’\-]+ [^\W\d_a-z][\w'’\-]+)"
    r"|\b[Cc]andida(?:cy|ture) (?:of|from) ([^\W\d_a-z][\w'’\-]+(?: [^\W\d_a-z][\w'’\-]+)?)",
)

# Tags that name no team, in small letters.
PLAIN_TAGS = {
    "all", "ptl", "ptls", "tc", "election", "elections", "electioneering", "openstack-dev",
    "openstack", "openstack-discuss", "openstack-infra", "candidacy", "nomination", "ptg", "vote",
    "announce", "governance", "dev", "release", "stackforge", "important", "ptl candidacy",
    "tc candidacy", "technical-committee", "ptl election", "tc election", "was", "operators", "ops",
    "user", "meta", "docs", "project",
}  # fmt: skip
