"""How a document lies in OpenSearch: the mapping of an index. `opensearch_rows.py` fills it.

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
    light, rest, marks, reply_marks     what is shown, packed, in columns: a hit that is only
                         ranked or counted then costs no look at what is stored of it

A second index holds the words themselves, for prefixes, spellings and completions.
"""

from __future__ import annotations

import re
from typing import Any

from search.documents import TEXT_FIELDS
from search.ranking import K1
from search.stored_words import STEP

# Raise it when what is written below changes: an index of another number is rebuilt.
INDEX_VERSION = 5

Json = dict[str, Any]
HALF = K1 * STEP  # the count at which a word has half of its most, in the steps of frequencies
MOST_FORM_BYTES = 120
MOST_KEPT = 200_000  # forms whose writing is remembered
# Every field of every document has it, so that a word is as rare in a field that few documents
# have as it is among all documents. No text has it: it is no letter.
EVERYWHERE = "_"
_GAPS = re.compile(r"[\s|\x00-\x1f\ud800-\udfff]+")

# What facets and filters ask for, by the field's name in the query language.
VALUE_FIELDS = (
    "office", "project", "cycle", "year", "candidate", "status", "outcome", "nick", "is", "has",
)  # fmt: skip
_EXACT = ("id", "digest", "mail", "names", *VALUE_FIELDS)
BLOBS = ("light", "rest", "marks", "reply_marks")


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
    return ["stem", "word", *rows, *BLOBS]


_COUNTED = ("stem", "form")
_PLACED = ("pieces", "wholes", "parts", "near")
_ROWS = (*_COUNTED, *_PLACED)


def _properties() -> Json:
    found: Json = {name: {"type": "keyword", "ignore_above": 1000} for name in _EXACT}
    found |= {name: {"type": "binary", "doc_values": True} for name in BLOBS}
    found |= {
        "name": {"type": "keyword", "index": False, "ignore_above": 8000},
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


class _Encoded(dict[str, str]):
    """Forms as the index has them, each worked out once: indexing asks for the same ones always."""

    def __missing__(self, form: str) -> str:
        if len(self) > MOST_KEPT:
            self.clear()
        self[form] = found = _encode(form)
        return found


def _encode(form: str) -> str:
    if form.isascii() and form.isalnum() and len(form) <= MOST_FORM_BYTES:
        return form
    cut = _GAPS.sub("_", form).encode()[:MOST_FORM_BYTES].decode("utf-8", "ignore")
    return cut or EVERYWHERE


ENCODED = _Encoded()


def encode_form(form: str) -> str:
    """Write a form as the index has it: no space or bar in it, an absurdly long one cut."""
    return ENCODED[form]
