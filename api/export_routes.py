"""Any search as a download: JSON Lines, CSV or mbox, streamed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from api.caching import answer_cached
from api.dependencies import EngineDep, VocabularyDep
from api.exports import FORMS, ExportFormat
from api.json_routes import COMMON
from api.parameters import SelectionDep, refuse_unknown_parameters
from search.engine import SearchRequest
from search.query import parse_query

router = APIRouter(prefix="/api/v1", dependencies=[Depends(refuse_unknown_parameters)])

_TEXT = {"schema": {"type": "string"}}


@router.get(
    "/export",
    operation_id="export_candidacies",
    summary="Download candidacies",
    tags=["candidacies"],
    response_class=Response,
    responses=COMMON
    | {
        200: {
            "description": "The file, streamed.",
            "content": {form.media_type.split(";")[0]: _TEXT for form in FORMS.values()},
        }
    },
)
def export_candidacies(
    request: Request,
    selection: SelectionDep,
    engine: EngineDep,
    vocabulary: VocabularyDep,
    format: Annotated[ExportFormat, Query(description="The kind of file.")] = ExportFormat.JSONL,
) -> Response:
    """Give every match of a search as one file, whole candidacies, as many as there are."""

    def make() -> Response:
        query = parse_query(selection.q, vocabulary).query
        asked = SearchRequest(query=query, chosen=selection.chosen, sort=selection.sort)
        form = FORMS[format]
        name = f"candidacies.{format.value}"
        return StreamingResponse(
            begin(form.write(engine.scan(asked))),
            media_type=form.media_type,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    return answer_cached(request, engine.status().generation, make)


def begin(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Make the first piece at once, so that an engine that fails is answered with a problem."""
    first = next(pieces, None)
    return pieces if first is None else chain([first], pieces)
