"""The rules that tell a candidacy from everything else: one table of names and weights.

A rule looks at a `Case` (the mail, its subject as read, its own words as read, its parent) and
gives the words it saw, or nothing. A mail is a candidacy when the weights of what was seen add up
to `ENOUGH`. No rule knows a mail, a person or a list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ingest.cases import Case
from ingest.names import clean_display_name, fold
from ingest.records import Reason
from ingest.speech import may_name_office

ENOUGH = 4.0
# Below this many own words a text says too little to be a statement by its length alone.
FEW_WORDS = 12
MANY_WORDS = 80
# Nominations begin early and end late; within so many days of a window a date speaks for a
# candidacy.
NEAR_WINDOW = 21
FAR_FROM_WINDOW = 75


def _subject_stands(case: Case) -> str:
    reading = case.subject
    if case.inherits_subject and case.answers_by_id and case.parent is not None:
        return ""
    named = reading.office or reading.projects or reading.unknown_tag
    return reading.candidacy if reading.candidacy and named else ""


def _subject_stands_for_nothing(case: Case) -> str:
    reading = case.subject
    named = reading.office or reading.projects or reading.unknown_tag
    return reading.candidacy if reading.candidacy and not named else ""


def _announces(case: Case) -> str:
    speech = case.speech
    return speech.announces if speech.is_plain or case.subject.candidacy else ""


def _may_announce(case: Case) -> str:
    return "" if _announces(case) else case.speech.announces


def _announces_late(case: Case) -> str:
    speech = case.speech
    return "" if speech.announces else speech.announces_late or speech.asks_support


def _office_named(case: Case) -> str:
    return (case.subject.office or "") or case.speech.office


def _no_office(case: Case) -> str:
    reading = case.subject
    # Teams nominate for much; a candidacy for one is for its PTL.
    stands = reading.candidacy and reading.candidacy.lower() != "nomination"
    named = reading.office or case.speech.office or (stands and reading.projects)
    return "" if named else "neither PTL nor TC"


def _statement_long(case: Case) -> str:
    words = case.speech.words
    return f"{words} words" if words >= 40 and case.speech.first_person else ""


def _statement_short(case: Case) -> str:
    words = case.speech.words
    return f"{words} words" if words < FEW_WORDS and not case.announces else ""


def _in_window(case: Case) -> str:
    return f"{case.days_off:.0f} days off" if case.days_off <= NEAR_WINDOW else ""


def _out_of_window(case: Case) -> str:
    if "date" in " ".join(case.message.repairs):
        return ""
    return f"{case.days_off:.0f} days off" if case.days_off > FAR_FROM_WINDOW else ""


def _no_text(case: Case) -> str:
    return "no text of its own" if case.speech.words == 0 else ""


def _subject_renounces(case: Case) -> str:
    return case.subject.renounced


def _subject_official(case: Case) -> str:
    return case.subject.asks if case.subject.asks and not case.announces else ""


def _call_answered(case: Case) -> str:
    """An announcement under the subject of a call: a candidacy sent as a reply to it has that."""
    reading = case.subject
    return reading.asks if reading.asks and reading.calls and case.announces else ""


def _other_official_answered(case: Case) -> str:
    reading = case.subject
    return reading.asks if reading.asks and not reading.calls and case.announces else ""


def _subject_core(case: Case) -> str:
    return case.subject.core


def _subject_names_other(case: Case) -> str:
    other = case.subject.others
    if not other:
        return ""
    own = fold(clean_display_name(case.message.sender, case.message.address))
    return "" if own and all(fold(word) in own for word in other.split()) else other


def _digest(case: Case) -> str:
    return case.subject.digest


def _forward(case: Case) -> str:
    if case.subject.forwarding:
        return "forward mark in the subject"
    return "forwarded mail inside" if case.forwarded else ""


def _answers(case: Case) -> str:
    return case.speech.answers


def _reply_to_candidacy(case: Case) -> str:
    if case.parent is None or not case.answers_by_id or case.parent_calls:
        return ""
    return case.parent.subject if case.inherits_subject else ""


def _reply_to_something(case: Case) -> str:
    if case.parent is None or not case.answers_by_id or case.inherits_subject:
        return ""
    return case.parent.subject


def _reply_mark(case: Case) -> str:
    return "reply mark" if case.subject.replying and not case.parent_calls else ""


def _parent_lost(case: Case) -> str:
    if case.parent is not None or not case.answers_by_id:
        return ""
    return case.message.references[-1]


def _same_subject_before(case: Case) -> str:
    if case.parent is None or case.answers_by_id or case.announces or case.parent_calls:
        return ""
    if case.speech.words >= MANY_WORDS and case.parent.address != case.message.address:
        return ""
    return case.parent.subject


def _quotes_another(case: Case) -> str:
    return "quoted mail" if case.quoting and not case.parent_calls else ""


def _talks_to_you(case: Case) -> str:
    speech = case.speech
    if case.announces or speech.words >= MANY_WORDS or speech.items >= 3:
        return ""
    if speech.questions and speech.second_person:
        return "a question to somebody"
    return "you, your" if speech.second_person > speech.first_person else ""


def _nobody_speaks(case: Case) -> str:
    speech = case.speech
    if case.announces or speech.announces_late or speech.first_person:
        return ""
    if speech.items >= 3 and case.subject.candidacy:
        return ""
    own = clean_display_name(case.message.sender, case.message.address)
    first = own.split()[:1]
    return "" if first and first[0] in case.message.text else "no first person"


def _renounces(case: Case) -> str:
    return "" if case.announces else case.speech.renounces


def _renounces_too(case: Case) -> str:
    return case.speech.renounces if case.announces else ""


def _names_other(case: Case) -> str:
    return "" if case.announces else case.speech.names_other


def _names_other_too(case: Case) -> str:
    return case.speech.names_other if case.announces else ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of evidence: its name as `explain` prints it, its weight, and how it is seen."""

    name: str
    weight: float
    see: Callable[[Case], str]


# Those that see neither text nor date; with all that may speak for a mail, they can rule it out.
_QUICK = (
    _subject_stands,
    _subject_stands_for_nothing,
    _subject_renounces,
    _subject_core,
    _subject_names_other,
    _digest,
    _reply_to_candidacy,
    _reply_to_something,
    _reply_mark,
    _parent_lost,
)
RULES = (
    Rule("subject of a candidacy", 4, _subject_stands),
    Rule("subject offers, for nothing named", 2, _subject_stands_for_nothing),
    Rule("announces in the first person", 4, _announces),
    Rule("may announce, but not plainly", 0.5, _may_announce),
    Rule("asks for support further down", 2, _announces_late),
    Rule("names the office", 1, _office_named),
    Rule("long text in the first person", 1, _statement_long),
    Rule("in or near a nomination window", 1, _in_window),
    Rule("far from every nomination window", -1, _out_of_window),
    Rule("names no office", -6, _no_office),
    Rule("few words, no announcement", -2, _statement_short),
    Rule("no text", -12, _no_text),
    Rule("subject declines", -9, _subject_renounces),
    Rule("subject of an official mail", -6, _subject_official),
    Rule("subject of a call, announced under it", -2, _call_answered),
    Rule("subject of campaigning, voting or results", -5, _other_official_answered),
    Rule("subject of another role", -6, _subject_core),
    Rule("subject names somebody else", -6, _subject_names_other),
    Rule("digest", -12, _digest),
    Rule("forwarded", -9, _forward),
    Rule("opens as an answer", -9, _answers),
    Rule("answers in a thread of this subject", -9, _reply_to_candidacy),
    Rule("answers another subject", -1, _reply_to_something),
    Rule("reply mark in the subject", -5, _reply_mark),
    Rule("answers a mail that is missing", -2, _parent_lost),
    Rule("same subject before, no announcement", -4, _same_subject_before),
    Rule("quotes another mail", -5, _quotes_another),
    Rule("talks to somebody", -4, _talks_to_you),
    Rule("nobody speaks for himself", -3, _nobody_speaks),
    Rule("declines", -5, _renounces),
    Rule("declines something, too", -0.5, _renounces_too),
    Rule("names somebody else", -6, _names_other),
    Rule("names somebody else, too", -1, _names_other_too),
)


_QUICK_RULES = tuple(rule for rule in RULES if rule.see in _QUICK)
_BEST_OF_OTHERS = sum(rule.weight for rule in RULES if rule.weight > 0 and rule.see not in _QUICK)


def is_hopeless(case: Case) -> bool:
    """Whether a candidacy is ruled out before the text is taken apart, which costs most.

    Sure, since every other rule that speaks for a mail is taken to have seen something; and most
    mails of a candidacy's thread are replies. Where no office stands anywhere, only wishes, length
    and date could speak for a mail, and they are not enough.
    """
    seen = sum(rule.weight for rule in _QUICK_RULES if rule.see(case))
    if seen + _BEST_OF_OTHERS < ENOUGH:
        return True
    reading = case.subject
    return not (reading.candidacy or reading.office or may_name_office(case.text))


def weigh(case: Case) -> tuple[Reason, ...]:
    """Give every rule that saw something, with its words cut to what a person reads."""
    reasons = []
    for rule in RULES:
        seen = rule.see(case)
        if seen:
            reasons.append(Reason(rule.name, float(rule.weight), _shorten(seen)))
    return tuple(reasons)


def _shorten(words: str, limit: int = 160) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"
