"""What candidacies add up to: persons, races, cycles, projects, trends.

Asked of the engine by facets and chosen values alone, so that every engine can answer. Used by the
JSON routes and by whoever else shows such an overview; nothing here knows a request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from api.answers import (
    CandidatesAnswer,
    CandidateSummary,
    CyclesAnswer,
    CycleSummary,
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
from search.query import Query, all_of, parse_query

MOST_VALUES = 20_000
MOST_IN_RACE = 200


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
    request = SearchRequest(
        query=query,
        chosen=chosen,
        sort=Sort.OLDEST,
        per_page=MOST_IN_RACE,
        facets=(),
        excerpts=False,
    )
    return [hit.candidacy for hit in engine.search(request).hits]


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
    cycle = vocabulary.cycle_aliases.get(cycle.lower(), cycle.lower())
    project = vocabulary.project_aliases.get(project.lower(), project.lower())
    chosen = {"office": (office.value,), "cycle": (cycle,)}
    if project:
        chosen["project"] = (project,)
    found = find_chosen(engine, parse_query("", vocabulary).query, chosen)
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


def answer_cycles(engine: SearchEngine, vocabulary: Vocabulary) -> CyclesAnswer:
    """List the cycles in which somebody stood, oldest first; unknown ones last."""
    everything = parse_query("", vocabulary).query
    ptl, tc = (
        {v.value: v.count for v in count_by(engine, "cycle", everything, {"office": (office,)})}
        for office in Office
    )
    total = {value.value: value.count for value in count_by(engine, "cycle", everything)}
    return CyclesAnswer(
        cycles=[
            CycleSummary(
                cycle=cycle, candidacies=total[cycle], ptl=ptl.get(cycle, 0), tc=tc.get(cycle, 0)
            )
            for cycle in order_cycles(total, vocabulary)
        ]
    )


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
