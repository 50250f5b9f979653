"""What stands around every page: its head, the site's state, and how a page becomes an answer.

Owns titles, descriptions and canonical addresses, the sample's mark, and caching of pages; what
is in the middle is each page's own view model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from api.caching import answer_cached
from api.dependencies import read_report
from api.links import Links
from api.settings import Settings
from api.static_files import static_version
from api.templating import render_template
from api.trouble import tell_problem
from search.engine import EngineStatus, SearchEngine


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page's head. `path` is its canonical one; `section` is the part of the site that it is in.

    `indexed` is false for what search engines should leave out, such as every possible search.
    """

    title: str
    description: str
    path: str
    section: str = ""
    q: str = ""
    indexed: bool = True
    og_type: str = "website"

    @property
    def at_section(self) -> bool:
        return self.path == self.section


@dataclass(frozen=True, slots=True)
class Site:
    """What every page says of the whole: sample or not, when last synced, any trouble."""

    sample: bool = False
    synced_at: datetime | None = None
    documents: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """One page before it is drawn: head, template, view model."""

    page: Page
    template: str
    view: object


def read_site(engine: SearchEngine, status: EngineStatus) -> Site:
    """Read the site's state from what the last sync left in the index."""
    report = read_report(status.state)
    problem = tell_problem(engine, status)
    if report is None:
        return Site(documents=status.documents, problem=problem)
    finished = [archive.finished_at for archive in report.archives]
    return Site(report.sample, max(finished, default=None), status.documents, problem)


def make_links(request: Request, settings: Settings) -> Links:
    """Make the links for a request: below the path, and at the address, that the public sees."""
    root = settings.root_path.rstrip("/")
    return Links(root, settings.base_url or str(request.base_url).rstrip("/"))


def answer_page(
    request: Request, engine: SearchEngine, settings: Settings, make: Callable[[Links], Content]
) -> Response:
    """Answer with a page under a tag, or 304 without making it.

    The tag knows the sync's state beside the generation: the foot of every page tells of it.
    """
    status = engine.status()
    links = make_links(request, settings)
    state = hashlib.sha256(f"{status.state}{status.problem}".encode(errors="replace")).hexdigest()
    style = static_version("hustings.css") + static_version("hustings.js")
    tag = f"{status.generation} {state} {style} {links.base}"
    return answer_cached(
        request, tag, lambda: HTMLResponse(draw(make(links), links, read_site(engine, status)))
    )


def draw(content: Content, links: Links, site: Site) -> str:
    """Draw a page inside its frame."""
    return render_template(
        content.template, page=content.page, view=content.view, links=links, site=site
    )
