"""What candidacies add up to: persons, one race, projects, trends.

Asked of the engine by facets and chosen values alone, so that every engine can answer. Used by the
JSON routes and by whoever else shows such an overview; nothing here knows a request. All races
and cycles by their numbers are `race_counts.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from api.answers import (
    CandidatesAnswer,
    CandidateSummary,
    NoticePayload,
    ProjectsAnswer,
    ProjectSummary,
    TrendLine,
    TrendPoint,
    TrendsAnswer,
)
from api.asking import Asking
from api.payloads import Json, clean, summarise
from api.searching import show_notices
from ingest.records import Candidacy, Office, Outcome, Vocabulary
from search.engine import FacetValue, SearchEngine, SearchRequest, Sort
from search.query import Everything, Query, all_of, parse_query

MOST_VALUES = 20_000
AT_ONCE = 500
DEEPEST = 10_000  # an engine pages no further


def count_by(
    engine: SearchEngine,
    facet: str,
    query: Query,
    chosen: Mapping[str, tuple[str, ...]] | None = None,
) -> tuple[FacetValue, ...]:
    """Count what matches by the values of one facet, all of them."""
    request = SearchRequest(
        query=query, chosen=chosen or {}, per_page=0, facets=(facet,), facet_size=MOST_VALUES
    )
    found = engine.search(request).facets
    return tuple(value for one in found for value in one.values if value.count)


def find_chosen(
    engine: SearchEngine, query: Query, chosen: Mapping[str, tuple[str, ...]]
) -> list[Candidacy]:
    """Give the candidacies with those facet values, oldest first, without their threads."""
    found: list[Candidacy] = []
    for page in range(1, DEEPEST // AT_ONCE + 1):
        request = SearchRequest(query, chosen, Sort.OLDEST, page, AT_ONCE, excerpts=False)
        hits = engine.search(request).hits
        found += (hit.candidacy for hit in hits)
        if len(hits) < AT_ONCE:
            break
    return found


def find_race(
    engine: SearchEngine, vocabulary: Vocabulary, cycle: str, office: Office, project: str
) -> list[Candidacy]:
    """Find who stood in a race, oldest first; other names of cycle and project are understood.

    Without a project these are the candidacies that stand for none: for TC all, for PTL those
    whose project could not be told.
    """
    cycle, project = _official(vocabulary, cycle, project)
    chosen = {"office": (office.value,), "cycle": (cycle,)}
    if project:
        chosen["project"] = (project,)
    found = find_chosen(engine, Everything(), chosen)
    return found if project else [one for one in found if not one.projects]


def _official(vocabulary: Vocabulary, cycle: str, project: str) -> tuple[str, str]:
    cycle, project = cycle.lower(), project.lower()
    return (
        vocabulary.cycle_aliases.get(cycle, cycle),
        vocabulary.project_aliases.get(project, project),
    )


def answer_candidates(
    engine: SearchEngine, vocabulary: Vocabulary, asking: Asking, page: int, per_page: int
) -> CandidatesAnswer:
    """List one page of the persons whose candidacies match."""
    query = parse_query(asking.q, vocabulary).query
    values = count_by(engine, "candidate", query, asking.chosen)
    start = (page - 1) * per_page
    return CandidatesAnswer(
        total=len(values),
        candidates=[
            CandidateSummary(person=value.value, candidate=value.label, candidacies=value.count)
            for value in values[start : start + per_page]
        ],
        page=page,
        per_page=per_page,
    )


def answer_candidate(engine: SearchEngine, person: str) -> Json | None:
    """Give one person through the years; None if nobody is called so."""
    everything = parse_query("", Vocabulary()).query
    found = find_chosen(engine, everything, {"candidate": (person,)})
    if not found:
        return None
    return {
        "person": clean(person),
        "candidate": clean(found[-1].candidate),
        "names": list(dict.fromkeys(clean(one.candidate) for one in found)),
        "irc_nicks": list(dict.fromkeys(clean(one.irc_nick) for one in found if one.irc_nick)),
        "elected": sum(one.outcome is Outcome.ELECTED for one in found),
        "candidacies": [summarise(one) for one in found],
    }


def answer_race(
    engine: SearchEngine, vocabulary: Vocabulary, cycle: str, office: Office, project: str
) -> Json | None:
    """Give one race; other names of cycles and projects are understood. None if nobody stood."""
    cycle, project = _official(vocabulary, cycle, project)
    found = find_race(engine, vocabulary, cycle, office, project)
    if not found:
        return None
    return {
        "race": "/".join(filter(None, (cycle, office.value, project))),
        "cycle": cycle,
        "office": office.value,
        "project": project,
        "contested": len(found) > 1,
        "elected": [one.id for one in found if one.outcome is Outcome.ELECTED],
        "candidacies": [summarise(one) for one in found],
    }


def order_cycles(cycles: Mapping[str, object], vocabulary: Vocabulary) -> list[str]:
    """Put cycles in the order of time, those the vocabulary does not know last."""
    order = {cycle: number for number, cycle in enumerate(vocabulary.cycles)}
    return sorted(cycles, key=lambda cycle: (order.get(cycle, len(order)), cycle))


def answer_projects(engine: SearchEngine, vocabulary: Vocabulary) -> ProjectsAnswer:
    """List the projects for whose lead somebody stood, with their other names."""
    aliases: dict[str, list[str]] = {}
    for alias, project in vocabulary.project_aliases.items():
        if alias != project:
            aliases.setdefault(project, []).append(alias)
    everything = parse_query("", vocabulary).query
    return ProjectsAnswer(
        projects=[
            ProjectSummary(
                project=value.value,
                candidacies=value.count,
                aliases=sorted(aliases.get(value.value, [])),
            )
            for value in count_by(engine, "project", everything)
        ]
    )


def answer_trends(
    engine: SearchEngine, vocabulary: Vocabulary, queries: Sequence[str], within: str
) -> TrendsAnswer:
    """Give one line a query: how large a share of each cycle's candidacies match it."""
    ground = parse_query(within, vocabulary).query
    total = {value.value: value.count for value in count_by(engine, "cycle", ground)}
    cycles = [cycle for cycle in order_cycles(total, vocabulary) if cycle in vocabulary.cycles]
    return TrendsAnswer(
        lines=[_line(engine, vocabulary, text, ground, cycles, total) for text in queries]
    )


def _line(
    engine: SearchEngine,
    vocabulary: Vocabulary,
    text: str,
    ground: Query,
    cycles: Sequence[str],
    total: Mapping[str, int],
) -> TrendLine:
    parsed = parse_query(text, vocabulary)
    query = all_of([parsed.query, ground])
    found = {value.value: value.count for value in count_by(engine, "cycle", query)}
    return TrendLine(
        query=text,
        notices=[NoticePayload(**notice) for notice in show_notices(parsed)],
        points=[
            TrendPoint(
                cycle=cycle,
                matching=found.get(cycle, 0),
                total=total[cycle],
                share=round(found.get(cycle, 0) / total[cycle], 4),
            )
            for cycle in cycles
        ],
    )
