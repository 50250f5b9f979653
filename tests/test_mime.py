"""The text of a mail that still has its MIME structure."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.mime import read_mime, unwrap_flowed

FLOWED = [
    ("one \ntwo\n", "one two\n"),
    ("one\ntwo\n", "one\ntwo\n"),
    ("> one \n> two\nthree\n", "> one two\nthree\n"),
    ("> one \n>> two\n", "> one \n>> two\n"),
    ("one \n-- \nAna \n", "one \n-- \nAna \n"),
    (" From the start\n", "From the start\n"),
    ("\n\n", "\n\n"),
    ("", ""),
]


@pytest.mark.parametrize(("sent", "read"), FLOWED)
def test_soft_line_ends_are_joined_within_one_depth_of_quoting(sent: str, read: str) -> None:
    assert unwrap_flowed(sent, delete_space=False) == read


def test_delsp_takes_the_blank_at_a_soft_line_end_away() -> None:
    assert unwrap_flowed("竞 \n选\n", delete_space=True) == "竞选\n"


def test_attached_texts_follow_the_text_and_programs_are_only_named() -> None:
    body = read_mime(
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello.\n"
        b"--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=plan.txt\n\n"
        b"The plan.\n--b\nContent-Type: text/plain\n"
        b"Content-Disposition: attachment; filename=core.bin\n\nxx\n--b--\n"
    )
    assert body.text == "Hello.\n\nThe plan.\n"
    assert [part.name for part in body.parts] == ["core.bin"]


def test_a_mail_of_thousands_of_parts_is_read_up_to_a_bound() -> None:
    parts = b"".join(b"--b\nContent-Type: image/png\n\nx\n" for _ in range(3000))
    body = read_mime(b"Content-Type: multipart/mixed; boundary=b\n\n" + parts + b"--b--\n")
    assert len(body.parts) <= 501
    assert "mime-too-deep" in body.repairs


LINES = [
    b"Content-Type: multipart/alternative; boundary=b",
    b'Content-Type: multipart/mixed; boundary="c',
    b"Content-Type: message/rfc822",
    b'Content-Type: text/plain; charset="\xff"; format=flowed',
    b"Content-Type: text/html",
    b"Content-Transfer-Encoding: base64",
    b"Content-Transfer-Encoding: uuencode",
    b"Content-Disposition: attachment; filename*=utf-8''%ff%fe; filename*0=x",
    b"begin 644 x",
    b"--b",
    b"--b--",
    b"--c",
    b"",
    b"<p>text",
]


def test_lines_are_not_compared_with_boundaries_without_end() -> None:
    parts = [
        f'--b{depth}\nContent-Type: multipart/mixed; boundary="b{depth + 1}"\n\n'
        for depth in range(150)
    ]
    head = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b0"\n\n'
    body = read_mime((head + "".join(parts) + "I run for nova PTL\n" * 100_000).encode())
    assert list(body.repairs) == ["mime-too-deep"]
    assert body.text.count("I run for nova PTL") == 100_000


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(LINES), st.binary(max_size=16)), max_size=25))
def test_no_structure_is_too_broken(lines: list[bytes]) -> None:
    assert isinstance(read_mime(b"\n".join(lines)).text, str)
