"""How a mail's HTML reads as text.

A statement that was sent as HTML only must come out as if its author had sent text: paragraphs,
lists, headings and quotations kept, everything that is looks left out. How HTML is taken apart is
`tags.py`'s business, and whose words they are that of the stages behind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.tags import Tag, read_tokens

_PARAGRAPHS = frozenset(
    ["h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "pre", "hr"]
)
_LINES = frozenset(
    [
        "div",
        "tr",
        "dt",
        "dd",
        "address",
        "center",
        "section",
        "article",
        "header",
        "footer",
        "form",
        "fieldset",
        "caption",
        "thead",
        "tbody",
        "body",
        "html",
        "main",
        "aside",
        "figure",
    ]
)
_DEEPEST = 8
# Outlook writes each line as a paragraph without margins, and a blank line as one of `&nbsp;`.
_NO_MARGIN = re.compile(r"\bMso(?:Normal|PlainText|NoSpacing)\b|margin(?:-top|-bottom)?\s*+:\s*+0")
_SPACES = re.compile(r"[ \t\r\n\f]+")


def html_to_text(source: str) -> str:
    """Give what a reader of the HTML sees: paragraphs apart, items marked, quotations led by `>`.

    One pass, whatever the size and nesting. Every line ends with a newline; a link's
    address follows its text in angle brackets where the text is not the address itself.
    """
    page = _Page()
    for token in read_tokens(source):
        if isinstance(token, str):
            page.add_text(token)
        else:
            page.add_tag(token)
    return page.text()


@dataclass(slots=True)
class _List:
    """A list that is open, and how many items it had so far."""

    numbered: bool
    items: int = 0


class _Page:
    """The lines so far, and what is open: quotations, lists, a paragraph, a link."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._quotes = 0
        self._lists: list[_List] = []
        self._mark = ""
        self._pre = 0
        self._has_margin = True
        self._link = ""
        self._link_words: list[str] = []

    def add_text(self, text: str) -> None:
        if not self._pre:
            words = _SPACES.sub(" ", text)
            if not self._line or self._line[-1].endswith((" ", "\t")):
                words = words.lstrip(" ")
            self._add_words(words)
            return
        for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
            if number:
                self._break_line()
            self._add_words(line)

    def add_tag(self, tag: Tag) -> None:
        name, closing = tag.name, tag.closing
        if name == "br":
            self._break_line()
        elif name == "p":
            self._add_paragraph(tag)
        elif name in _LINES:
            self._end_line()
        elif name in _PARAGRAPHS:
            self._open_or_close(name, closing)
        elif name == "li":
            self._add_item(closing)
        elif name == "blockquote":
            self._end_line()
            if closing:
                self._drop_blank()
                self._quotes = max(0, self._quotes - 1)
            self._push("")
            self._quotes += 0 if closing else 1
        elif name in ("td", "th") and not closing and self._line:
            self._add_words("\t")
        elif name == "a":
            self._close_link()
            if not closing:
                self._link = tag.attributes().get("href", "").strip()

    def text(self) -> str:
        self._close_link()
        self._end_paragraph()
        text = "".join(f"{line}\n" for line in self._lines).strip("\n")
        return f"{text}\n" if text else ""

    def _add_words(self, words: str) -> None:
        if self._mark and words.strip():
            self._line.append(self._mark)
            self._mark = ""
            words = words.lstrip()
        if words:
            self._line.append(words)
        if self._link:
            self._link_words.append(words)

    def _add_paragraph(self, tag: Tag) -> None:
        if not tag.closing:
            self._has_margin = not _NO_MARGIN.search(tag.source)
        if self._has_margin:
            self._end_paragraph()
        else:
            self._end_line()

    def _add_item(self, closing: bool) -> None:
        self._end_line()
        self._mark = ""
        if closing:
            return
        mark = "*"
        if self._lists:
            current = self._lists[-1]
            if current.items:
                self._drop_blank()
            current.items += 1
            mark = f"{current.items}." if current.numbered else "*"
        indent = "  " * min(len(self._lists) - 1, _DEEPEST)
        self._mark = f"{indent}{mark} "

    def _open_or_close(self, name: str, closing: bool) -> None:
        is_list = name in ("ul", "ol")
        if is_list and closing and self._lists:
            self._lists.pop()
        if is_list and self._lists:
            self._end_line()
        else:
            self._end_paragraph()
        if is_list and not closing:
            self._lists.append(_List(numbered=name == "ol"))
        elif name == "pre":
            self._pre = max(0, self._pre + (-1 if closing else 1))

    def _close_link(self) -> None:
        address, words = self._link, "".join(self._link_words).strip()
        self._link, self._link_words = "", []
        bare = address.removeprefix("http://").removeprefix("https://").rstrip("/")
        if bare != address.rstrip("/") and bare not in words:
            self._line.append(f" <{address}>" if words else f"<{address}>")

    def _break_line(self) -> None:
        line = "".join(self._line)
        self._line.clear()
        line = (line if self._pre else line.replace("\N{NO-BREAK SPACE}", " ")).rstrip()
        self._push(line)

    def _end_line(self) -> None:
        if self._line:
            self._break_line()

    def _end_paragraph(self) -> None:
        self._end_line()
        if not self._mark:
            self._push("")

    def _drop_blank(self) -> None:
        if self._lines and not self._lines[-1].strip("> "):
            self._lines.pop()

    def _push(self, line: str) -> None:
        """Add a line behind its quote marks; blank lines never follow one another."""
        marks = ">" * min(self._quotes, _DEEPEST)
        line = f"{marks} {line}" if marks and line else marks or line
        is_blank = not line.strip("> ")
        if is_blank and (not self._lines or not self._lines[-1].strip("> ")):
            return
        self._lines.append(line)
