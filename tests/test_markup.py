"""HTML mails read as if their authors had sent text."""

from __future__ import annotations

import time

import pytest

from ingest.markup import html_to_text

CASES = {
    "paragraphs stay apart": (
        "<html><p>Hi all,</p>\n<p>I would like to\nrun for <b>Nova</b> PTL.</p></html>",
        "Hi all,\n\nI would like to run for Nova PTL.\n",
    ),
    "line breaks are line breaks": ("one<br>two<BR/>\nthree", "one\ntwo\nthree\n"),
    "divisions are lines and an empty one is a blank line": (
        "<div>one</div><div>two</div><div><br></div><div>three</div>",
        "one\ntwo\n\nthree\n",
    ),
    "outlook's lines are not paragraphs": (
        '<p class="MsoNormal">one<o:p></o:p></p><p class=MsoNormal>two</p>'
        '<p class="MsoNormal">&nbsp;<o:p></o:p></p><p class="MsoNormal">three</p>',
        "one\ntwo\n\nthree\n",
    ),
    "lists are marked and nested": (
        "<p>Plans:</p><ul><li>reviews<ul><li>faster</li></ul></li><li><p>docs</p></li></ul>after",
        "Plans:\n\n* reviews\n  * faster\n* docs\n\nafter\n",
    ),
    "ordered lists are numbered": ("<ol><li>a<li>b</ol>", "1. a\n2. b\n"),
    "headings stand alone": ("text<h2>Plans</h2>more", "text\n\nPlans\n\nmore\n"),
    "quotations get their marks": (
        "<p>+1</p><blockquote><p>I run</p><p>for TC</p></blockquote><p>Ben</p>",
        "+1\n\n> I run\n>\n> for TC\n\nBen\n",
    ),
    "styles, scripts, titles and comments say nothing": (
        "<title>x</title><style><!-- p {} --></style><!-- no --><script>1<2</script>yes",
        "yes\n",
    ),
    "conditional comments of word processors say nothing": (
        "<![if !supportLists]>a<![endif]> <!--[if gte mso 9]><xml>b</xml><![endif]-->c",
        "a c\n",
    ),
    "a link is kept behind its words": (
        'see <a href="https://example.org/plan">my plan</a> and '
        '<a href="https://example.org/x/">example.org/x</a>',
        "see my plan <https://example.org/plan> and example.org/x\n",
    ),
    "only web links are shown": ('<a href="javascript:alert(1)">go</a>', "go\n"),
    "references are characters": ("&lt;b&gt; &amp; caf&eacute; &#8364;", "<b> & café €\n"),
    "an endless reference is one unreadable character": ("a&#" + "9" * 9000 + ";b", "a\ufffdb\n"),
    "preformatted text keeps its shape": ("<pre>a\n  b\n</pre>c", "a\n  b\n\nc\n"),
    "a bracket in an attribute does not end the tag": ('<p title="a > b">text</p>', "text\n"),
    "a lone bracket is text": ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2\n"),
    "tables are lines": (
        "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
        "a\tb\nc\n",
    ),
    "an unclosed comment hides nothing": ("one<!-- two<p>three</p>", "one two\n\nthree\n"),
    "an unclosed style hides nothing": ("one<style>two<p>three</p>", "onetwo\n\nthree\n"),
    "nothing is nothing": ("", ""),
    "tags alone are nothing": ("<html><body><p></p></body></html>", ""),
}


@pytest.mark.parametrize("title", CASES)
def test_html_reads_as_text(title: str) -> None:
    source, text = CASES[title]
    assert html_to_text(source) == text


HOSTILE = {
    "deep divisions": "<div>" * 200_000 + "x",
    "deep quotations": "<blockquote>" * 100_000 + "x",
    "deep lists": "<ul><li>" * 100_000 + "x",
    "open comments": "<!--" * 250_000 + ">",
    "open declarations": "<![" * 300_000 + ">",
    "open tags": "<a" * 500_000 + ">",
    "open attributes": '<a "' * 250_000 + ">",
    "odd quotes": "<a '\">" * 200_000,
    "quotes in quotes": "<a \">'\"'>" * 100_000,
    "half references": "&#" * 500_000,
    "many styles": "<style>" * 150_000 + ">",
    "blanks in a tag": "<a" + " " * 1_000_000 + "<b>",
    "closing tags": "</p>" * 250_000,
    "links": "<a href=x>" * 100_000,
}


@pytest.mark.parametrize("title", HOSTILE)
def test_a_megabyte_of_hostile_html_is_read_in_seconds(title: str) -> None:
    started = time.process_time()
    html_to_text(HOSTILE[title])
    assert time.process_time() - started < 10
