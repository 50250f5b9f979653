"""A statement's plain text as blocks: paragraphs, headings, lists, quotes, preformatted text.

Owns how the habits of plain-text mail (underlined titles, starred lists, `>` quotes, lines
wrapped at 72 columns) are read. Nothing is taken away and nothing becomes markup here: a template
shows the blocks. Not a Markdown reader, because most writers did not write Markdown: `*` and `_`
in a sentence stay as they were written. Every pass is linear, and nesting is bounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.text_lines import (
    ATX,
    NEXT_PART,
    SCRUBBED,
    SCRUBBED_FIELD,
    Marker,
    heading_alone,
    indent_of,
    is_rule,
    read_marker,
    was_wrapped,
    wrap_width,
)
from api.text_spans import Span, normalise_lines, split_spans

DEEPEST = 6
FOLD_QUOTES_OVER = 3


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that the writer broke on purpose; what a mail program wrapped is joined again.

    One of the kind `apart` is the archive's note that a piece of the mail is kept elsewhere.
    """

    lines: tuple[tuple[Span, ...], ...]
    kind: str = "paragraph"


@dataclass(frozen=True, slots=True)
class Heading:
    """A title; `level` counts from 1 and leaves no level out."""

    level: int
    spans: tuple[Span, ...]
    kind: str = "heading"


@dataclass(frozen=True, slots=True)
class Listing:
    """A list; each item is blocks of its own, and bears the number that its writer gave it.

    `numbering` is `1`, `a` or, for a list without order, empty.
    """

    numbering: str
    numbers: tuple[int, ...]
    items: tuple[tuple[Block, ...], ...]
    kind: str = "list"


@dataclass(frozen=True, slots=True)
class Quote:
    """Quoted lines; a long quote is folded where it is shown."""

    blocks: tuple[Block, ...]
    lines: int
    kind: str = "quote"

    @property
    def folded(self) -> bool:
        return self.lines > FOLD_QUOTES_OVER


@dataclass(frozen=True, slots=True)
class Preformatted:
    """Text whose columns matter: code, tables, drawings."""

    text: str
    kind: str = "preformatted"


@dataclass(frozen=True, slots=True)
class Rule:
    kind: str = "rule"


Block = Paragraph | Heading | Listing | Quote | Preformatted | Rule


def read_blocks(text: str) -> tuple[Block, ...]:
    """Read a mail's text; headings come out numbered from 1 without gaps."""
    lines = [line.rstrip() for line in normalise_lines(text).split("\n")]
    return _Reader(lines, 0).read()


def _without_gaps(blocks: list[Block]) -> tuple[Block, ...]:
    """Number the levels of titles from 1, none left out on the way down."""
    levels = sorted({block.level for block in blocks if isinstance(block, Heading)})
    above = 0
    for place, block in enumerate(blocks):
        if isinstance(block, Heading):
            above = min(levels.index(block.level), above) + 1
            blocks[place] = Heading(above, block.spans)
    return tuple(blocks)


class _Reader:
    """Reads one run of lines; items and quotes get readers of their own."""

    def __init__(self, lines: Sequence[str], depth: int) -> None:
        self.lines = lines
        self.depth = depth
        self.at = 0
        self.width = wrap_width(lines)

    def read(self) -> tuple[Block, ...]:
        blocks: list[Block] = []
        while self.at < len(self.lines):
            if not self.lines[self.at].strip():
                self.at += 1
                continue
            blocks.append(self._next_block())
        return _without_gaps(blocks)

    def _next_block(self) -> Block:
        line = self.lines[self.at]
        nests = self.depth < DEEPEST
        if line.startswith(">"):
            return self._quote()
        if NEXT_PART.match(line):
            self.at += 1
            return self._apart() if SCRUBBED.match(self._peek(0)) else Rule()
        if SCRUBBED.match(line):
            return self._apart()
        heading = self._heading()
        if heading:
            return heading
        if is_rule(line):
            self.at += 1
            return Rule()
        marker = read_marker(line)
        if marker and nests:
            return self._listing(marker)
        if indent_of(line) >= 4:
            return self._preformatted()
        return self._paragraph()

    def _peek(self, ahead: int = 1) -> str:
        at = self.at + ahead
        return self.lines[at] if at < len(self.lines) else ""

    def _heading(self) -> Heading | None:
        line, below = self.lines[self.at].strip(), self._peek()
        if is_rule(line) and below.strip() and self._peek(2).strip() == line:
            return self._take_heading(3, 1, below.strip())
        if not is_rule(line) and is_rule(below) and len(line) <= 100 and not read_marker(line):
            level = 2 if below.strip()[0] == "=" else 3
            return self._take_heading(2, level, line)
        if ATX.match(line):
            marks = len(line) - len(line.lstrip("#"))
            return self._take_heading(1, marks, line.strip("#").strip())
        alone = not below.strip() and (self.at == 0 or not self.lines[self.at - 1].strip())
        title = heading_alone(line) if alone else ""
        return self._take_heading(1, 7, title) if title else None

    def _take_heading(self, lines: int, level: int, title: str) -> Heading:
        self.at += lines
        return Heading(level, split_spans(title))

    def _quote(self) -> Quote:
        inner = []
        while self.at < len(self.lines) and self.lines[self.at].startswith(">"):
            line = self.lines[self.at]
            bare = line[1:] if self.depth < DEEPEST else line.lstrip("> ")
            inner.append(bare.removeprefix(" "))
            self.at += 1
        return Quote(_Reader(inner, self.depth + 1).read(), len(inner))

    def _preformatted(self) -> Preformatted:
        start = self.at
        while self.at < len(self.lines) and indent_of(self.lines[self.at]) >= 4:
            self.at += 1
        lines = self.lines[start : self.at]
        margin = min(indent_of(line) for line in lines)
        return Preformatted("\n".join(line[margin:] for line in lines))

    def _paragraph(self) -> Paragraph:
        lines = [self.lines[self.at].strip()]
        self.at += 1
        while self.at < len(self.lines) and not self._interrupts(self.lines[self.at]):
            line = self.lines[self.at].strip()
            if was_wrapped(self.lines[self.at - 1], line, self.width):
                lines[-1] = f"{lines[-1]} {line}"
            else:
                lines.append(line)
            self.at += 1
        return Paragraph(tuple(split_spans(line) for line in lines))

    def _apart(self) -> Paragraph:
        """Take the note that a piece is kept elsewhere: what it is, its name, its address."""
        start = self.at
        self.at += 1
        while SCRUBBED_FIELD.match(self._peek(0)):
            self.at += 1
        words = " ".join(self.lines[start : self.at])
        return Paragraph((split_spans(words),), kind="apart")

    def _interrupts(self, line: str) -> bool:
        """Whether a line ends the paragraph above it; a number does only where counting begins."""
        if NEXT_PART.match(line) or SCRUBBED.match(line):
            return True
        if not line.strip() or line.startswith(">") or is_rule(line) or ATX.match(line):
            return True
        marker = read_marker(line)
        return bool(marker and (not marker.numbering or marker.value == 1))

    def _listing(self, first: Marker) -> Listing:
        items: list[list[str]] = []
        numbers: list[int] = []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            marker = read_marker(line)
            if marker and abs(marker.indent - first.indent) <= 1:
                if marker.numbering != first.numbering:
                    break
                items.append([marker.text])
                numbers.append(marker.value)
            elif not line.strip():
                if not self._list_goes_on(first):
                    break
                items[-1].append("")
            elif self._leaves_list(line, first):
                break
            else:
                items[-1].append(line[min(indent_of(line), first.width) :])
            self.at += 1
        blocks = tuple(_Reader(item, self.depth + 1).read() for item in items)
        return Listing(first.numbering, tuple(numbers), blocks)

    def _list_goes_on(self, first: Marker) -> bool:
        """Whether the list has more after a blank line; two blank lines end it."""
        below = self._peek()
        marker = read_marker(below)
        if marker and marker.indent >= first.indent - 1:
            return marker.numbering == first.numbering or marker.indent > first.indent + 1
        return indent_of(below) >= max(first.width, 2)

    def _leaves_list(self, line: str, first: Marker) -> bool:
        if line.startswith(">") or (is_rule(line) and indent_of(line) <= first.indent):
            return True
        above_blank = not self.lines[self.at - 1].strip()
        marker = read_marker(line)
        outdented = indent_of(line) < first.indent
        return (above_blank and indent_of(line) <= first.indent) or bool(marker and outdented)
