"""What the user meant: query text to our own tree and back. No engine in it.

This is the door: the nodes are `query_tree.py`, the grammar `query_parser.py`, pieces of text
`query_leaves.py`; rendering stands here, since it must undo exactly what those do.
"""

from __future__ import annotations

import re

from search.query_parser import (
    MOST_CHARACTERS,
    MOST_DEPTH,
    MOST_LEAVES,
    parse_query,
)
from search.query_tree import (
    And,
    Everything,
    FieldIs,
    FieldRange,
    Fuzzy,
    Leaf,
    Not,
    Nothing,
    Notice,
    Or,
    ParsedQuery,
    Phrase,
    Prefix,
    Query,
    Span,
    Word,
    all_of,
    any_of,
    wanted_leaves,
)
from search.query_values import slug

__all__ = [
    "MOST_CHARACTERS",
    "MOST_DEPTH",
    "MOST_LEAVES",
    "And",
    "Everything",
    "FieldIs",
    "FieldRange",
    "Fuzzy",
    "Leaf",
    "Not",
    "Nothing",
    "Notice",
    "Or",
    "ParsedQuery",
    "Phrase",
    "Prefix",
    "Query",
    "Span",
    "Word",
    "all_of",
    "any_of",
    "parse_query",
    "render_query",
    "wanted_leaves",
]

# A value that needs no quotation marks to be read back as it is.
_BARE = re.compile(r"[^\W_][\w.+/-]*\Z")


def render_query(query: Query) -> str:
    """Write a tree as text that parses back to an equal tree; `Nothing` has no text and gives
    none.
    """
    match query:
        case Or(parts):
            return " OR ".join(_inside(part, Or) for part in parts)
        case And(parts):
            return " ".join(_inside(part, And) for part in parts)
        case Not(part):
            return "-" + _inside(part, Not)
        case Everything() | Nothing():
            return ""
        case _:
            return _render_leaf(query)


def _inside(part: Query, parent: type[Query]) -> str:
    text = render_query(part)
    closed = not isinstance(part, And | Or) or (parent is Or and isinstance(part, And))
    return text if closed else f"({text})"


def _render_leaf(leaf: Leaf) -> str:
    prefix = f"{leaf.field}:" if leaf.field else ""
    match leaf:
        case Word():
            return prefix + leaf.text
        case Phrase():
            return f'{prefix}"{leaf.text}"' + (f"~{leaf.slop}" if leaf.slop else "")
        case Prefix():
            return f"{prefix}{leaf.text}*"
        case Fuzzy():
            return f"{prefix}{leaf.text}~"
        case FieldIs():
            return prefix + _render_value(leaf)
        case FieldRange():
            ends = [leaf.low] if leaf.low == leaf.high else [leaf.low, leaf.high]
            return prefix + "..".join(ends)


def _render_value(leaf: FieldIs) -> str:
    value = slug(leaf.value) if leaf.field == "outcome" else leaf.value
    return value if _BARE.match(value) and ".." not in value else f'"{value}"'
