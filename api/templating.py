"""Page templates: the one place that knows Jinja2, and how values look on a page.

Owns the environment (everything escaped, nothing undefined passes silently) and the filters that
turn a date, a cycle or an outcome into words. What is on a page is decided by the view models.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Expr
from markupsafe import Markup, escape

from api.static_files import static_version
from api.text_spans import check_link, neutralise

TEMPLATES = Path(__file__).parent / "templates"
OFFICES = {"PTL": "Project Team Lead", "TC": "Technical Committee"}


def render_template(name: str, **values: Any) -> str:
    """Render one template with what it is given, and nothing else."""
    return _environment().get_template(name).render(**values)


def read_templates() -> None:
    """Read every template now, which the first request for each page would otherwise wait for."""
    for name in _environment().list_templates():
        _environment().get_template(name)


@cache
def _environment() -> Environment:
    environment = _Environment(
        auto_reload=False,  # the templates are part of the release
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters |= {
        "day": show_day,
        "iso": show_iso,
        "moment": show_moment,
        "cycle": show_cycle,
        "office": show_office,
        "count": show_count,
        "clip": clip,
        "marks": show_marks,
        "safe_link": check_link,
        "size": show_size,
    }
    environment.globals["static_version"] = static_version
    return environment


class _Generator(CodeGenerator):
    """Writes each value by one call, as `escape(_finalize(value))` would.

    A page of hits has 1,400 values, and the three calls for each took half of the page's time. The
    methods are those that Jinja2's own native templates override; were they gone, its own would
    escape as before.
    """

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("(environment.write_value(")


_SPECIAL = re.compile("[&<>\"']")


def write_value(value: Any) -> str:
    """Write a value as it stands on a page: stray characters neutralised, the special escaped."""
    if type(value) is str:
        text = value if value.isprintable() else neutralise(value)
        return text if _SPECIAL.search(text) is None else escape(text)
    if isinstance(value, Markup):
        return value
    return str(value) if type(value) in (int, float) else escape(_finalize(value))


class _Environment(Environment):
    code_generator_class = _Generator
    write_value = staticmethod(write_value)


def _finalize(value: Any) -> Any:
    """Let no stray character of a mail onto a page, whichever field it came by."""
    if isinstance(value, str) and not isinstance(value, Markup):
        # What can be printed holds nothing stray, and asking costs a fraction of looking.
        return value if value.isprintable() else neutralise(value)
    return "" if value is None else value


def show_marks(pieces: Sequence[str]) -> Markup:
    """Write an excerpt, whose pieces are unmarked and marked in turn, beginning unmarked.

    A loop of a template over as many pieces as a page of hits has would take most of its time.
    """
    shown = [str(escape(_finalize(piece))) for piece in pieces]
    shown[1::2] = [f"<mark>{piece}</mark>" for piece in shown[1::2]]
    return Markup("".join(shown))  # noqa: S704 every piece was escaped above


@lru_cache(maxsize=4096)
def show_day(moment: datetime | None) -> str:
    """Write a day as people of every country read it alike: 14 Sep 2015."""
    if moment is None:
        return "unknown"
    moment = moment.astimezone(UTC)
    return f"{moment.day} {moment:%b %Y}"


@lru_cache(maxsize=4096)
def show_iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def show_moment(moment: datetime) -> str:
    """Write a day and the time of it, in UTC."""
    return f"{show_day(moment)}, {moment.astimezone(UTC):%H:%M} UTC"


def show_cycle(name: str) -> str:
    """Write a cycle's name with its capital; `unknown` where a mail does not tell."""
    return name.capitalize() if name not in ("", "unknown") else "unknown cycle"


def show_office(name: str) -> str:
    return OFFICES.get(name.upper(), name)


def show_count(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun: `1 reply`, `2 replies`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def show_size(size: int) -> str:
    """Write a number of bytes as kB or MB."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(1, round(size / 1000))} kB"


def clip(text: str, longest: int = 120) -> str:
    """Cut a name or subject that is longer than any line should be, and say so with an ellipsis."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
