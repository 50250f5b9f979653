"""How HTML is taken apart: a row of tags and texts, in the order in which they stand.

HTML mails and the pages of an archive come from strangers, so the reader here looks at no character
more than a few times, whatever is left open, nested or repeated. The standard `html.parser` takes
quadratic time on such input up to Python 3.11, and a tree costs ten times as much as the one pass
that text and lists of links need. What the tags mean is for others to know.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

# Attributes are matched with possessive quantifiers, so that a quote that is never closed is given
# up at once; quoted values are tried within a window only.
_PLAIN_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]*+)([^<>\"']*+)>")
_QUOTED_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]*+)((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")
_OPEN_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]*+)([^<>]*+)>")
_TAG_WINDOW = 2000
_ATTRIBUTE = re.compile(r"([\w:.-]++)\s*+(?:=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++)))?+")
# int() refuses more than 4,300 digits, and html.unescape asks it.
_ENDLESS_REFERENCE = re.compile(r"&#[xX]?[0-9a-fA-F]{9,}+;?")
_HIDDEN = frozenset({"script", "style", "title", "template", "noframes"})


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as it stands: lower-case name, whether it closes, and its attributes unread."""

    name: str
    closing: bool
    source: str

    def attributes(self) -> Mapping[str, str]:
        """Read the attributes: names in lower case, values unescaped, the first of a name."""
        found: dict[str, str] = {}
        for match in _ATTRIBUTE.finditer(self.source):
            value = next((group for group in match.groups()[1:] if group is not None), "")
            found.setdefault(match[1].lower(), unescape(value))
        return found


def unescape(text: str) -> str:
    """Turn character references into characters, absurdly long ones into U+FFFD."""
    return html.unescape(_ENDLESS_REFERENCE.sub("\N{REPLACEMENT CHARACTER}", text))


def read_tokens(source: str) -> Iterator[Tag | str]:
    """Give tags and the unescaped texts between them in order, comments and scripts left out."""
    last_bracket = source.rfind(">")
    unclosed: set[str] = set()
    position = 0
    while (opening := source.find("<", position)) >= 0 and opening < last_bracket:
        if opening > position:
            yield unescape(source[position:opening])
        if source.startswith(("<!", "<?"), opening):
            position = _end_of_declaration(source, opening, unclosed)
            continue
        tag = _match_tag(source, opening)
        if tag is None:
            yield "<"
            position = opening + 1
            continue
        found = Tag(tag[2].lower(), bool(tag[1]), tag[3])
        yield found
        position = tag.end()
        if found.name in _HIDDEN and not found.closing:
            position = _end_of_hidden(source, position, found.name, unclosed)
    if position < len(source):
        yield unescape(source[position:])


def _match_tag(source: str, opening: int) -> re.Match[str] | None:
    return (
        _PLAIN_TAG.match(source, opening)
        or _QUOTED_TAG.match(source, opening, opening + _TAG_WINDOW)
        or _OPEN_TAG.match(source, opening)
    )


def _end_of_declaration(source: str, opening: int, unclosed: set[str]) -> int:
    """Find where a comment or declaration ends; one that never does hides nothing but its mark."""
    closing = "-->" if source.startswith("<!--", opening) else ">"
    end = source.find(closing, opening + 2) if closing not in unclosed else -1
    if end < 0:
        unclosed.add(closing)
        return opening + (4 if closing == "-->" else 2)
    return end + len(closing)


def _end_of_hidden(source: str, position: int, name: str, unclosed: set[str]) -> int:
    if name in unclosed:
        return position
    match = re.compile(f"</{name}", re.IGNORECASE).search(source, position)
    if match is None:
        unclosed.add(name)
        return position
    return match.start()
