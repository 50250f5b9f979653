"""How a document lies in OpenSearch: its mapping, and what is written into each field.

Words are analysed and weighed on our side (`analysis.py`, `ranking.py`), so that both engines mean
the same by a word; OpenSearch is given finished words and splits at spaces only.

    stem, stem_<field>   stemmed words, each with its BM25F count as its frequency: the library's
                         BM25 without lengths gives just the score that Whoosh's side works out
    word, form_<field>   the same unstemmed; their score is the bare count, damped by the query
    pieces_<field>       a text as phrases are typed: compounds by their pieces, side by side
    wholes_, parts_      the surroundings of compounds, these whole, or in all their parts
    near_<field>         all forms and stems of a word at one place: loose phrases, nearness
    office ... has       exact values; mail: keys of every mail of the thread
    names                the candidate's name from each of its words on, for completion
    light, rest, marks, reply_marks     what is shown, packed; not searched

A second index holds the words themselves, for prefixes, spellings and completions.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from search.analysis import PARTS, Token, fold, phrase_forms, stem
from search.documents import TEXT_FIELDS, Document
from search.facets import UNKNOWN
from search.ranking import K1, field_count
from search.stored_words import STEP, count_words, in_steps, stored_blobs, tokens_of

# Raise it when what is written below changes: an index of another number is rebuilt.
INDEX_VERSION = 2

Json = dict[str, Any]
HALF = K1 * STEP  # the count at which a word has half of its most, in the steps of frequencies
AROUND = 8  # words on each side of a compound: longer phrases find it in one of its ways only
MOST_FORM_BYTES = 120
# Every field of every document has it, so that a word is as rare in a field that few documents
# have as it is among all documents. No text has it: it is no letter.
EVERYWHERE = "_"
_GAPS = re.compile(r"[\s|\x00-\x1f\ud800-\udfff]+")

# What facets and filters ask for, by the field's name in the query language.
VALUE_FIELDS = (
    "office", "project", "cycle", "year", "candidate", "status", "outcome", "nick", "is", "has",
)  # fmt: skip
_EXACT = ("id", "digest", "mail", "names", *VALUE_FIELDS)
_BLOBS = ("light", "rest", "marks", "reply_marks")


def index_body(shards: int) -> Json:
    """Give settings and mapping of a new index of candidacies."""
    return {
        "settings": {
            "index": {
                "number_of_shards": shards,
                # A copy from the beginning: a rebuild must survive the loss of a node.
                "auto_expand_replicas": "0-1",
                # Searches see a change when all of it is there, by a refresh of our own.
                "refresh_interval": "-1",
                "codec": "best_compression",
            },
            "similarity": {
                "damped": {"type": "BM25", "k1": HALF, "b": 0},
                "summed": {
                    "type": "scripted",
                    "script": {"source": "return doc.freq * query.boost"},
                },
            },
            "analysis": _ANALYSIS,
        },
        "mappings": {
            "dynamic": False,
            "_meta": {"hustings": INDEX_VERSION},
            "_source": {"excludes": _searched_fields()},
            "properties": _properties(),
        },
    }


def words_body() -> Json:
    """Give settings and mapping of a new index of words."""
    return {
        "settings": {
            "index": {
                "number_of_shards": 1,
                "auto_expand_replicas": "0-1",
                "refresh_interval": "-1",
            }
        },
        "mappings": {
            "dynamic": False,
            "properties": {"form": {"type": "keyword"}, "documents": {"type": "integer"}},
        },
    }


_ANALYSIS: Json = {
    "filter": {
        "counts": {"type": "delimited_term_freq", "delimiter": "|"},
        "stack": {
            "type": "pattern_capture",
            "preserve_original": False,
            "patterns": ["([^|]+)"],
        },
    },
    "analyzer": {
        "counted": {"type": "custom", "tokenizer": "whitespace", "filter": ["counts"]},
        "stacked": {"type": "custom", "tokenizer": "whitespace", "filter": ["stack"]},
    },
}


def _searched_fields() -> list[str]:
    rows = [f"{kind}_{name}" for kind in _ROWS for name in TEXT_FIELDS]
    return ["stem", "word", *rows]


_COUNTED = ("stem", "form")
_PLACED = ("pieces", "wholes", "parts", "near")
_ROWS = (*_COUNTED, *_PLACED)


def _properties() -> Json:
    found: Json = {name: {"type": "keyword", "ignore_above": 1000} for name in _EXACT}
    found |= {name: {"type": "binary"} for name in _BLOBS}
    found |= {
        "name": {"type": "keyword", "index": False, "doc_values": False},
        "posted": {"type": "double"},
        "day": {"type": "integer"},
        "stem": _counted("damped"),
        "word": _counted("summed"),
    }
    for name in TEXT_FIELDS:
        found[f"stem_{name}"] = _counted("damped")
        found[f"form_{name}"] = _counted("summed")
        for kind in _PLACED:
            found[f"{kind}_{name}"] = {
                "type": "text",
                "analyzer": "stacked",
                "norms": False,
                "similarity": "summed",
                "position_increment_gap": 100,
            }
    return found


def _counted(similarity: str) -> Json:
    return {
        "type": "text",
        "analyzer": "counted",
        "search_analyzer": "whitespace",
        "index_options": "freqs",
        "norms": False,
        "similarity": similarity,
    }


def encode_form(form: str) -> str:
    """Write a form as the index has it: no space or bar in it, an absurdly long one cut."""
    if form.isascii() and form.isalnum() and len(form) <= MOST_FORM_BYTES:
        return form
    cut = _GAPS.sub("_", form).encode()[:MOST_FORM_BYTES].decode("utf-8", "ignore")
    return cut or EVERYWHERE


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
    rows = [f"{EVERYWHERE}|1", *(f"{encode_form(form)}|{n}" for form, n in counts.items())]
    return " ".join(rows)


def _field_counts(name: str, tokens: list[Token]) -> dict[str, int]:
    places: dict[str, set[int]] = defaultdict(set)
    for token in tokens:
        places[token.form].add(token.position)
    return {
        form: in_steps(field_count(name, len(row), len(tokens))) for form, row in places.items()
    }


def _by_stem(forms: Mapping[str, int]) -> dict[str, int]:
    stems: dict[str, int] = defaultdict(int)
    for form, count in forms.items():
        stems[stem(form)] += count
    return stems


Words = list[list[Token]]


def _placed_rows(tokens: Iterable[Token]) -> dict[str, Any]:
    """Write a text's words side by side in each of the ways in which phrases look at them."""
    words = [list(row) for _, row in groupby(tokens, lambda token: token.position // PARTS)]
    wholes, parts = [_whole(word) for word in words], [_parts(word) for word in words]
    pieces = [_pieces(word) for word in words]
    found: dict[str, Any] = {
        "pieces": _written(pieces),
        "near": " ".join(_stacked(word) for word in words),
    }
    for name, rows in (("wholes", wholes), ("parts", parts)):
        differing = [i for i, row in enumerate(rows) if row != pieces[i]]
        found[name] = [_written(rows[low:high]) for low, high in _surroundings(differing)]
    return found


def _written(rows: Iterable[list[str]]) -> str:
    stacks = (form.split("|") for row in rows for form in row)
    return " ".join("|".join(map(encode_form, stack)) for stack in stacks)


def _has_whole(word: list[Token]) -> bool:
    """Tell whether a word begins with its whole form, at the place of its first part."""
    return len(word) > 1 and word[0].position == word[1].position and word[0].end >= word[-1].end


def _whole(word: list[Token]) -> list[str]:
    return [word[0].form] if _has_whole(word) else _pieces(word)


def _parts(word: list[Token]) -> list[str]:
    return [token.form for token in word[1:]] if _has_whole(word) else _pieces(word)


def _pieces(word: list[Token]) -> list[str]:
    """Give a word as a phrase is read: cut at its marks, not at its capitals (`phrase_forms`)."""
    if len(word) == 1:
        return [word[0].form]
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
    return joined


def _stacks(word: list[Token]) -> list[str]:
    """Give the letters and pairs of letters of a word without spaces, by their places."""
    rows = [list(row) for _, row in groupby(word, lambda token: token.position)]
    if len(rows) > 1 and len(rows[-1]) == 1 and rows[-1][0].end == rows[-2][-1].end:
        # The last letter has no pair: what follows the word follows its last pair.
        rows[-2:] = [rows[-2] + rows[-1]]
    return ["|".join(encode_form(token.form) for token in row) for row in rows]


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
