"""Filters are links: each chooses a value or takes it back, and hostile values stay values."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from api.asking import Asking
from api.filters import FOLDED, SHOWN, make_chips, show_facet
from api.links import Links, toggle
from api.templating import show_marks
from search.engine import Facet, FacetValue, Sort

ASKINGS = [
    Asking(),
    Asking(q="a & b=c?"),
    Asking(q="x", chosen={"cycle": ("juno", "kilo")}, sort=Sort.NEWEST),
    Asking(chosen={"project": ("nova",), "cycle": ("juno",), "office": ("PTL",)}, page=4),
    Asking(chosen={"cycle": ("juno",), "project": ("a&b", "é \x00")}, sort=Sort.OLDEST),
]


@pytest.mark.parametrize("asking", ASKINGS)
@pytest.mark.parametrize("field", ["project", "cycle", "candidate"])
@pytest.mark.parametrize("value", ["swift", "a b", "é&q=1#", "\udc80", ""])
def test_adding_a_value_is_what_choosing_it_is(asking: Asking, field: str, value: str) -> None:
    links = Links(root="/below")
    address = links.adding(asking, field)(value)
    assert address == links.search(toggle(asking, field, value))
    pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    assert (field, value.replace("\udc80", "?")) in pairs


def test_a_chosen_value_is_in_sight_and_is_taken_back() -> None:
    values = [FacetValue(f"p{n}", f"p{n}", 90 - n, chosen=n == 60) for n in range(80)]
    asking = Asking(q="x", chosen={"project": ("p60",)})
    shown = show_facet(Facet("project", tuple(values), more=5), asking, Links())
    assert (shown.shown[0].label, shown.shown[0].href) == ("p60", "/?q=x")
    assert (len(shown.shown), len(shown.folded)) == (SHOWN, FOLDED)
    assert shown.more == 5 + 80 - SHOWN - FOLDED


def test_a_chip_names_its_filter_by_the_label() -> None:
    facets = [Facet("candidate", (FacetValue("ana-example", "Ana Example", 3, True),))]
    chips = list(make_chips(Asking(chosen={"candidate": ("ana-example", "x")}), facets, Links()))
    assert [chip.label for chip in chips] == ["Ana Example", "x"]
    assert chips[0].href == "/?candidate=x"


def test_marked_pieces_are_escaped_wherever_they_are_cut() -> None:
    shown = show_marks(["a <b", "> & <i>", "\u202e'x'", "\x00\udc80y"])
    assert str(shown) == ("a &lt;b<mark>&gt; &amp; &lt;i&gt;</mark>&#39;x&#39;<mark>y</mark>")
