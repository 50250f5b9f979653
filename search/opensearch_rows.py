"""What is written of a document into OpenSearch: counted words, rows of words for phrases, values.

Where each lies and how it is indexed says the mapping, in `opensearch_schema.py`.
"""

from __future__ import annotations

from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from search.analysis import PARTS, Token, fold, phrase_forms, stem
from search.documents import Document
from search.facets import UNKNOWN
from search.opensearch_schema import ENCODED, EVERYWHERE, MOST_KEPT, encode_form
from search.ranking import field_count
from search.stored_words import count_words, in_steps, stored_blobs, tokens_of

Json = dict[str, Any]
AROUND = 8  # words on each side of a compound: longer phrases find it in one of its ways only


def stored_document(document: Document) -> tuple[Json, set[str]]:
    """Turn a document into what is indexed, and give the forms it has beside."""
    tokens = tokens_of(document)
    stems, words = count_words(document, tokens)
    stored: Json = {"stem": write_counts(stems), "word": write_counts(words)}
    for name, row in tokens.items():
        forms = _field_counts(name, row)
        stored[f"form_{name}"] = write_counts(forms)
        stored[f"stem_{name}"] = write_counts(_by_stem(forms))
        stored |= {f"{kind}_{name}": rows for kind, rows in _placed_rows(row).items()}
    blobs = stored_blobs(document, tokens)
    stored |= {name: b64encode(blob).decode() for name, blob in blobs.items()}
    return stored | _values(document), {encode_form(form) for form in words}


def write_counts(counts: Mapping[str, int]) -> str:
    """Write forms with their frequencies, as the analyser reads them."""
    return " ".join([f"{EVERYWHERE}|1", *[f"{ENCODED[form]}|{n}" for form, n in counts.items()]])


def _field_counts(name: str, tokens: list[Token]) -> dict[str, int]:
    places: dict[str, set[int]] = defaultdict(set)
    for token in tokens:
        places[token.form].add(token.position)
    often = {len(row) for row in places.values()}
    steps = {count: in_steps(field_count(name, count, len(tokens))) for count in often}
    return {form: steps[len(row)] for form, row in places.items()}


def _by_stem(forms: Mapping[str, int]) -> dict[str, int]:
    stems: dict[str, int] = defaultdict(int)
    for form, count in forms.items():
        stems[stem(form)] += count
    return stems


class _Near(dict[str, str]):
    """A form and its stem as they stand at one place, worked out once for each form."""

    def __missing__(self, form: str) -> str:
        if len(self) > MOST_KEPT:
            self.clear()
        self[form] = found = f"{encode_form(form)}|~{encode_form(stem(form))}"
        return found


_NEAR = _Near()


def _placed_rows(tokens: Iterable[Token]) -> dict[str, Any]:
    """Write a text's words side by side in each of the ways in which phrases look at them."""
    pieces: list[str] = []
    near: list[str] = []
    ways: dict[str, dict[int, str]] = {"wholes": {}, "parts": {}}
    for place, (_, group) in enumerate(groupby(tokens, lambda token: token.position // PARTS)):
        word = list(group)
        if len(word) == 1:  # most words by far
            pieces.append(ENCODED[word[0].form])
            near.append(_NEAR[word[0].form])
            continue
        pieces.append(_pieces(word))
        near.append(_stacked(word))
        if _has_whole(word):
            ways["wholes"][place] = encode_form(word[0].form)
            ways["parts"][place] = _in_a_row(token.form for token in word[1:])
    found: dict[str, Any] = {"pieces": " ".join(pieces), "near": " ".join(near)}
    for name, rows in ways.items():
        unlike = {place: row for place, row in rows.items() if row != pieces[place]}
        found[name] = [
            " ".join(rows.get(i, pieces[i]) for i in range(low, min(high, len(pieces))))
            for low, high in _surroundings(unlike)
        ]
    return found


def _in_a_row(forms: Iterable[str]) -> str:
    return " ".join(map(encode_form, forms))


def _has_whole(word: list[Token]) -> bool:
    """Tell whether a word begins with its whole form, at the place of its first part."""
    return len(word) > 1 and word[0].position == word[1].position and word[0].end >= word[-1].end


def _pieces(word: list[Token]) -> str:
    """Give a word as a phrase is read: cut at its marks, not at its capitals (`phrase_forms`)."""
    if not _has_whole(word):
        return _stacks(word)
    joined: list[str] = []
    last_end = -1
    for token in word[1:]:
        # Parts of one piece touch each other; a mark stands between pieces.
        if token.start == last_end:
            joined[-1] += token.form
        else:
            joined.append(token.form)
        last_end = token.end
    return _in_a_row(joined)


def _stacks(word: list[Token]) -> str:
    """Give the letters and pairs of letters of a word without spaces, by their places."""
    rows = [list(row) for _, row in groupby(word, lambda token: token.position)]
    if len(rows) > 1 and len(rows[-1]) == 1 and rows[-1][0].end == rows[-2][-1].end:
        # The last letter has no pair: what follows the word follows its last pair.
        rows[-2:] = [rows[-2] + rows[-1]]
    return " ".join("|".join(encode_form(token.form) for token in row) for row in rows)


def _stacked(word: list[Token]) -> str:
    forms = {encode_form(token.form) for token in word}
    stems = {f"~{encode_form(stem(token.form))}" for token in word}
    return "|".join((*sorted(forms), *sorted(stems)))


def _surroundings(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Join the neighbourhoods of some places into ranges that do not overlap."""
    low = high = -1
    for place in places:
        if low >= 0 and place - AROUND <= high:
            high = place + AROUND + 1
            continue
        if low >= 0:
            yield low, high
        low, high = max(place - AROUND, 0), place + AROUND + 1
    if low >= 0:
        yield low, high


def _values(document: Document) -> Json:
    c = document.candidacy
    words = [encode_form(form) for form in phrase_forms(c.candidate)]
    has = [word for word, present in (("replies", c.replies), ("nick", c.irc_nick)) if present]
    values: Json = {
        "id": c.id, "digest": document.digest, "mail": document.mails, "office": str(c.office),
        "project": c.projects, "cycle": c.cycle or UNKNOWN, "year": str(c.posted_at.year),
        "candidate": c.person, "name": c.candidate, "status": str(c.status),
        "outcome": str(c.outcome), "nick": fold(c.irc_nick), "has": has,
        "is": "contested" if c.race_size > 1 else "uncontested",
        "posted": c.posted_at.timestamp(), "day": c.posted_at.toordinal(),
        "names": [" ".join(words[i:]) for i in range(len(words))][:8],
    }  # fmt: skip
    return {name: _readable(value) for name, value in values.items()}


def _readable(value: Any) -> Any:
    """Make text that JSON can carry: a lone half of a letter, as broken mail has, is replaced."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode() if not value.isascii() else value
    if isinstance(value, list | tuple):
        return [_readable(each) for each in value]
    return value
