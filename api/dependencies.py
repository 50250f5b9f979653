"""What every route may ask for: the engine, the vocabulary, the settings, the last sync's report.

Routes never build these; `create_app` puts them on `app.state`, and tests put others there. What
does not wait is `async`: FastAPI gives every other dependency a thread, which costs more than it.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from api.archive_answers import read_report
from api.settings import Settings
from ingest.records import IngestReport, Vocabulary
from search.engine import SearchEngine


async def get_engine(request: Request) -> SearchEngine:
    """Give the engine, which shows addresses only if the settings say so."""
    engine: SearchEngine = request.app.state.engine
    return engine


async def get_vocabulary(request: Request) -> Vocabulary:
    vocabulary: Vocabulary = request.app.state.vocabulary
    return vocabulary


async def get_settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


__all__ = [
    "EngineDep",
    "ReportDep",
    "SettingsDep",
    "VocabularyDep",
    "read_report",
]

EngineDep = Annotated[SearchEngine, Depends(get_engine)]
VocabularyDep = Annotated[Vocabulary, Depends(get_vocabulary)]
SettingsDep = Annotated[Settings, Depends(get_settings)]


def get_report(engine: EngineDep) -> IngestReport | None:
    """Give the last sync's report: `.sample` tells whether the pages show the sample archive."""
    return read_report(engine.status().state)


ReportDep = Annotated[IngestReport | None, Depends(get_report)]
