"""Every value of a page is written escaped, whatever it is and however it comes there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from api import templating

SCRIPT = "<script>alert('\"&')</script>\x1b[2J\u202e"


class Shown:
    """A value that is no text, and says something dangerous when it is asked to be."""

    def __str__(self) -> str:
        return SCRIPT


class Text(str):
    """A text of another type."""


@given(st.text() | st.integers() | st.floats() | st.booleans() | st.none() | st.text().map(Text))
def test_a_value_is_written_as_it_would_be_escaped(value: Any) -> None:
    written = str(templating.write_value(value))
    assert written == str(escape(templating._finalize(value)))
    assert not set("<>\"'").intersection(written)


@pytest.mark.parametrize("value", [SCRIPT, Text(SCRIPT), Shown(), [SCRIPT]])
@pytest.mark.parametrize(
    "template", ["{{ it }}", "{{ it ~ '' }}", "<a title='{{ it }}'>", "{{ it|string }}"]
)
def test_templates_escape_each_kind_of_value(template: str, value: Any) -> None:
    page = templating._environment().from_string(template).render(it=value)
    assert "<script" not in page
    assert page.count("'") == template.count("'") - 2 * template.count("''")


def test_what_was_made_safe_before_is_not_escaped_again() -> None:
    assert templating.write_value(Markup("<b>")) == "<b>"


def test_templates_write_values_by_that_call_alone() -> None:
    environment = templating._environment()
    source = environment.compile("{{ name }} & {{ 1 + number }}{{ x | e }}", raw=True)
    assert source.count("environment.write_value(") == 3
    template = environment.from_string(
        "{% macro m(x) %}{{ x }}<{% endmacro %}{{ m(it) }}{{ it|e }}"
    )
    assert template.render(it="<&>") == "&lt;&amp;&gt;<&lt;&amp;&gt;"


def test_what_is_not_there_is_an_error_and_no_empty_place() -> None:
    with pytest.raises(Exception, match="missing"):
        templating._environment().from_string("{{ missing }}").render()
