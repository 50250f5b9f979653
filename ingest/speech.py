"""Who speaks in a text, and what he says of himself: running, declining, answering.

Works sentence by sentence: a sentence is an announcement when it is in the first person, wishes
or acts, and names running or an office; "I was the PTL of ..." is none. How much each finding
counts is `evidence.py`'s matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ingest.misspellings import is_candidacy_word
from ingest.speech_forms import (
    ANSWER,
    AS_LONG_AS,
    BUT,
    CALL_ON_ME,
    DECIDED,
    DENIAL,
    DENIAL_WORDS,
    GREETING,
    HESITATES,
    ITEM,
    ME,
    MY_CANDIDACY,
    MYSELF,
    OFFICE,
    OFFICE_WORD,
    OTHER_PERSON,
    OTHERS_RUN,
    OWN_THINGS,
    PLAIN,
    RUN,
    SELF_WORDS,
    SENTENCE,
    SHORT_ANSWER,
    TALKS_ABOUT,
    TERM,
    TERM_WORDS,
    TODAY,
    WISH,
    YOU,
)

# How far an opening goes: an announcement stands in the first paragraphs, after greetings and
# thanks.
OPENING_WORDS = 150
_LONGEST_SENTENCE = 600
_MOST_TEXT = 30_000
# Words of an answer that says little else.
_SHORT = 40


@dataclass(frozen=True, slots=True)
class Speech:
    """What one mail's own words say; each field holds the words seen, empty where there are
    none."""

    announces: str = ""
    is_plain: bool = False
    announces_late: str = ""
    asks_support: str = ""
    renounces: str = ""
    names_other: str = ""
    answers: str = ""
    office: str = ""
    first_person: int = 0
    second_person: int = 0
    questions: int = 0
    words: int = 0
    items: int = 0


# A mail is weighed, and its fields are read right after.
@lru_cache(maxsize=8)
def read_speech(own: str) -> Speech:
    """Read the words that the sender wrote himself, quotes already taken out."""
    own = own[:_MOST_TEXT]
    sentences = split_sentences(own)
    said: dict[str, str] = {}
    before = 0
    for sentence in sentences:
        opening = before < OPENING_WORDS
        for kind, seen in _judge(sentence, opening):
            said.setdefault(kind, seen)
        before += len(sentence.split())
    answer = _answering(sentences, before, bool(said.get("announces")))
    is_plain = any(
        announces_plainly(said.get(kind, "")) for kind in ("announces", "announces_late")
    )
    office = OFFICE.search(said.get("announces", "")) or OFFICE.search(" ".join(sentences))
    return Speech(
        announces=said.get("announces", ""),
        is_plain=is_plain,
        announces_late=said.get("announces_late", ""),
        asks_support=said.get("asks_support", ""),
        renounces=said.get("renounces", ""),
        names_other=said.get("names_other", ""),
        answers=answer,
        office=office.group() if office else "",
        first_person=len(ME.findall(own)),
        second_person=len(YOU.findall(own)),
        questions=own.count("?"),
        words=before,
        items=len(ITEM.findall(own)),
    )


def may_name_office(text: str) -> bool:
    """Tell quickly whether a text is worth reading for an office; never no where it names one."""
    return OFFICE_WORD.search(text) is not None


def split_sentences(text: str) -> list[str]:
    """Split prose into sentences, list items and headings; white space is collapsed, giants are
    cut."""
    pieces = (" ".join(piece.split()) for piece in SENTENCE.split(text))
    return [piece[:_LONGEST_SENTENCE] for piece in pieces if piece]


def announces_plainly(sentence: str) -> bool:
    """Whether an announcement names both the running and the office, so that nothing else is
    meant."""
    sentence = AS_LONG_AS.sub("", sentence)
    if not OFFICE.search(sentence):
        return False
    return (
        bool(MYSELF.search(sentence) or CALL_ON_ME.search(sentence))
        or any(is_candidacy_word(word) for word in re.findall(r"\bc\w{6,13}\b", sentence, re.I))
        or any(pattern.search(sentence) for pattern in PLAIN)
    )


def announcement_in(sentence: str) -> str:
    """Give back the sentence if in it the speaker offers himself for an office."""
    if not _offers_himself(sentence):
        return ""
    # Asked last, since few sentences come this far.
    return "" if HESITATES.search(sentence) and not DECIDED.search(sentence) else sentence


def _offers_himself(sentence: str) -> bool:
    if _has_any(SELF_WORDS, sentence.casefold()) and (
        MYSELF.search(sentence) or _offers_own_thing(sentence)
    ):
        return True
    if not OFFICE.search(sentence) or OTHERS_RUN.search(sentence) or TALKS_ABOUT.search(sentence):
        return False
    if CALL_ON_ME.search(sentence):
        return True
    # Who runs stands before the running: "Ben will act as PTL while I am out" offers nobody.
    then = TODAY.sub("I ", AS_LONG_AS.sub("", sentence))
    wish = WISH.search(then)
    return wish is not None and RUN.search(then, wish.start()) is not None


def _offers_own_thing(sentence: str) -> bool:
    for match in MY_CANDIDACY.finditer(sentence):
        thing = match.group(1).lower()
        if is_candidacy_word(thing) or (thing in OWN_THINGS and OFFICE.search(sentence)):
            return True
    return False


def _answering(sentences: list[str], words: int, announces: bool) -> str:
    """Tell by which words a text opens as an answer; a greeting before them does not count."""
    spoken = [sentence for sentence in sentences[:4] if not GREETING.match(sentence)]
    if not spoken:
        return ""
    match = ANSWER.match(spoken[0])
    if match is None and words < _SHORT and not announces:
        match = SHORT_ANSWER.match(spoken[0])
    return match.group().strip() if match else ""


def _judge(sentence: str, opening: bool) -> list[tuple[str, str]]:
    low = sentence.casefold()
    denial = DENIAL.search(sentence) if _has_any(DENIAL_WORDS, low) else None
    turn = BUT.search(sentence, denial.end()) if denial else None
    if turn and announces_plainly(sentence[turn.end() :]):
        sentence = sentence[turn.end() :].strip()
    elif denial:
        return [("renounces", sentence)] if opening and ME.search(sentence) else []
    found = []
    other = OTHER_PERSON.search(sentence)
    if other and not OFFICE.search(other.group(1)):
        found.append(("names_other", other.group()))
    elif announcement_in(sentence):
        found.append(("announces" if opening else "announces_late", sentence))
    support = TERM.search(sentence) if _has_any(TERM_WORDS, low) else None
    if support:
        found.append(("asks_support", support.group()))
    return found


def _has_any(words: tuple[str, ...], low: str) -> bool:
    """Tell whether any of the words stands in a sentence of small letters."""
    return any(word in low for word in words)
