"""The shapes of whole answers: search, candidates, races, cycles, projects, suggestions, trends.

Each is made by a plain function from what the engine said, without a request at hand, so that
`hustings search --json` prints what the API answers. One candidacy's own shape is in `payloads.py`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from api.payloads import CandidacySummary, HitPayload, ReplyPayload


class FacetValuePayload(BaseModel):
    """One choice of a facet."""

    value: str = Field(description="What to send to choose it.", examples=["nova"])
    label: str = Field(description="What to show people.", examples=["nova"])
    count: int = Field(description="How many candidacies match it.", examples=[42])
    chosen: bool = Field(examples=[False])


class FacetPayload(BaseModel):
    """One facet; choices of the facet itself do not empty its list."""

    values: list[FacetValuePayload]
    more: int = Field(description="How many values there are beyond these.", examples=[0])


class NoticePayload(BaseModel):
    """Something the answer must say about the query."""

    code: str = Field(description="Stable, for programs.", examples=["unknown-field"])
    words: str = Field(description="The words concerned.", examples=["colour:red"])
    message: str = Field(description="For people.", examples=["there is no field colour"])


class PageLinks(BaseModel):
    """The same search elsewhere: its other pages, its feed, its download."""

    self: str = Field(examples=["/api/v1/candidacies?q=review&page=2"])
    first: str = Field(examples=["/api/v1/candidacies?q=review"])
    prev: str | None = Field(default=None, examples=["/api/v1/candidacies?q=review"])
    next: str | None = Field(default=None, examples=["/api/v1/candidacies?q=review&page=3"])
    last: str = Field(examples=["/api/v1/candidacies?q=review&page=9"])
    feed: str = Field(description="The search as an Atom feed.", examples=["/feed.atom?q=review"])
    export: str = Field(
        description="The search as a download.", examples=["/api/v1/export?q=review&format=csv"]
    )


class SearchAnswer(BaseModel):
    """What a search found."""

    total: int = Field(description="How many candidacies match.", examples=[42])
    hits: list[HitPayload] = Field(description="This page of them.")
    facets: dict[str, FacetPayload] = Field(description="By field.")
    suggestions: list[str] = Field(
        description="Whole queries that were perhaps meant; only where nothing matched.",
        examples=[["candidate:example"]],
    )
    notices: list[NoticePayload] = Field(description="What of the query was ignored or limited.")
    page: int = Field(examples=[1])
    per_page: int = Field(examples=[20])
    understood: str = Field(description="The query as it was read.", examples=["review"])
    links: PageLinks


class SimilarAnswer(BaseModel):
    """Candidacies whose statements are about the same things, the nearest first."""

    hits: list[HitPayload]


class ThreadAnswer(BaseModel):
    """A candidacy's thread."""

    id: str = Field(examples=["YQ6JXOQPCVBRUB4TTFTYTGXFVUXHTXGH"])
    subject: str = Field(examples=["[nova] PTL candidacy"])
    total: int = Field(description="How many mails answer the candidacy.", examples=[3])
    replies: list[ReplyPayload]


class CandidateSummary(BaseModel):
    """One person and how often they stood."""

    person: str = Field(examples=["ana-example"])
    candidate: str = Field(examples=["Ana Example"])
    candidacies: int = Field(examples=[4])


class CandidatesAnswer(BaseModel):
    """Everybody who stood, the most frequent first."""

    total: int = Field(examples=[310])
    candidates: list[CandidateSummary]
    page: int = Field(examples=[1])
    per_page: int = Field(examples=[100])


class CandidateAnswer(BaseModel):
    """One person through the years."""

    person: str = Field(examples=["ana-example"])
    candidate: str = Field(description="The newest spelling.", examples=["Ana Example"])
    names: list[str] = Field(description="Every spelling.", examples=[["Ana Example"]])
    irc_nicks: list[str] = Field(examples=[["ana"]])
    elected: int = Field(description="How often known to be elected.", examples=[2])
    candidacies: list[CandidacySummary] = Field(description="Oldest first.")


class RaceAnswer(BaseModel):
    """One race: everybody who stood, side by side, and who won where that is known."""

    race: str = Field(examples=["mitaka/PTL/nova"])
    cycle: str = Field(examples=["mitaka"])
    office: str = Field(examples=["PTL"])
    project: str = Field(description="Empty for TC.", examples=["nova"])
    contested: bool = Field(examples=[True])
    elected: list[str] = Field(description="Ids of the candidacies that won.", examples=[[]])
    candidacies: list[CandidacySummary] = Field(description="In order of time.")


class RaceSummary(BaseModel):
    """One race and how many stood in it; `/api/v1/races/{race}` tells who."""

    race: str = Field(examples=["mitaka/PTL/nova"])
    cycle: str = Field(description="`unknown` where it could not be told.", examples=["mitaka"])
    office: Literal["PTL", "TC"] = Field(examples=["PTL"])
    project: str = Field(description="Empty for TC.", examples=["nova"])
    candidates: int = Field(description="How many stood.", examples=[2])
    contested: bool = Field(description="Whether more than one stood.", examples=[True])


class RacesAnswer(BaseModel):
    """The races, the oldest cycle first."""

    total: int = Field(examples=[480])
    races: list[RaceSummary]
    page: int = Field(examples=[1])
    per_page: int = Field(examples=[100])


class CycleSummary(BaseModel):
    """One cycle and how many stood."""

    cycle: str = Field(examples=["mitaka"])
    candidacies: int = Field(examples=[61])
    ptl: int = Field(description="Of them for PTL.", examples=[50])
    tc: int = Field(description="Of them for TC.", examples=[11])
    races: int = Field(description="Races for the lead of a project.", examples=[43])
    contested: int = Field(description="Of them with more than one candidate.", examples=[6])


class CyclesAnswer(BaseModel):
    """The cycles in which somebody stood, oldest first."""

    cycles: list[CycleSummary]


class ProjectSummary(BaseModel):
    """One project and how many stood for its lead."""

    project: str = Field(examples=["neutron"])
    candidacies: int = Field(examples=[31])
    aliases: list[str] = Field(description="Other names of it.", examples=[["quantum"]])


class ProjectsAnswer(BaseModel):
    """The projects for whose lead somebody stood, the most frequent first."""

    projects: list[ProjectSummary]


class SuggestionPayload(BaseModel):
    """One completion of what is being typed."""

    kind: str = Field(description="candidate, project, cycle or word.", examples=["candidate"])
    text: str = Field(examples=["Ana Example"])
    query: str = Field(description="What to search for.", examples=['candidate:"Ana Example"'])
    count: int = Field(examples=[4])


class SuggestAnswer(BaseModel):
    """Completions, the most useful first."""

    suggestions: list[SuggestionPayload]


class TrendPoint(BaseModel):
    """One cycle of one line."""

    cycle: str = Field(examples=["mitaka"])
    matching: int = Field(description="Candidacies that match.", examples=[12])
    total: int = Field(description="Candidacies in the cycle.", examples=[61])
    share: float = Field(description="matching / total.", examples=[0.1967])


class TrendLine(BaseModel):
    """One query through the cycles."""

    query: str = Field(examples=["review"])
    notices: list[NoticePayload]
    points: list[TrendPoint] = Field(description="Oldest cycle first.")


class TrendsAnswer(BaseModel):
    """The share of candidacies of each cycle that match, for several queries side by side."""

    lines: list[TrendLine]
