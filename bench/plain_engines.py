"""Two engines as they come out of the box, to compare with: Whoosh's defaults, and SQLite's
FTS5.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from whoosh import fields, index
from whoosh.analysis import StemmingAnalyzer
from whoosh.qparser import MultifieldParser

from ingest.records import Candidacy

NAMES = ("subject", "candidate", "project", "cycle", "statement", "reply")
Finder = Callable[[str], Sequence[str]]


def rows_of(candidacies: Sequence[Candidacy]) -> list[dict[str, str]]:
    """Give each candidacy's texts by field."""
    return [
        {
            "id": each.id,
            "subject": each.subject,
            "candidate": each.candidate,
            "project": " ".join(each.projects),
            "cycle": each.cycle,
            "statement": each.statement,
            "reply": "\n".join(reply.text for reply in each.replies),
        }
        for each in candidacies
    ]


def plain_whoosh(folder: Path, candidacies: Sequence[Candidacy]) -> Finder:
    """Index with stemming in every field, and search them all with Whoosh's own parser."""
    texts = {name: fields.TEXT(analyzer=StemmingAnalyzer()) for name in NAMES}
    made = index.create_in(str(folder), fields.Schema(id=fields.ID(stored=True), **texts))
    writer = made.writer()
    for row in rows_of(candidacies):
        writer.add_document(**row)
    writer.commit()
    searcher = made.searcher()
    parser = MultifieldParser(list(NAMES), made.schema)
    return lambda text: [hit["id"] for hit in searcher.search(parser.parse(text), limit=10)]


def sqlite_fts5(folder: Path, candidacies: Sequence[Candidacy]) -> Finder:
    """Index with the porter tokenizer, and rank by FTS5's bm25 with its default weights."""
    base = sqlite3.connect(folder / "fts.sqlite")
    columns = ", ".join(NAMES)
    base.execute(
        f"CREATE VIRTUAL TABLE documents USING fts5(id UNINDEXED, {columns}, tokenize='porter')"
    )
    marks = ", ".join("?" * (len(NAMES) + 1))
    for row in rows_of(candidacies):
        base.execute(f"INSERT INTO documents VALUES ({marks})", tuple(row.values()))

    def find(text: str) -> list[str]:
        asked = "SELECT id FROM documents WHERE documents MATCH ? ORDER BY rank LIMIT 10"
        return [row[0] for row in base.execute(asked, (in_fts5(text),))]

    return find


def in_fts5(text: str) -> str:
    """Write a query of the judged set for FTS5, which wants marks in quotes."""
    parts = re.findall(r'(project:)?("[^"]*"|\S+)', text)
    written = []
    for name, word in parts:
        bare = word.strip('"')
        written.append(word if word == "OR" else f'{name and "project : "}"{bare}"')
    return " ".join(written)
