"""How bytes become text when their declaration is missing or lies."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.charsets import decode_bytes, find_codec

CHINESE = "大家好，我想竞选下一届技术委员会委员。我们应该更多地评审代码，欢迎新的贡献者。"
RUSSIAN = "Всем привет, я хочу выдвинуть свою кандидатуру в технический комитет проекта."

CASES = [
    ("Grüße".encode(), "utf-8", "Grüße", ""),
    ("Grüße".encode(), "", "Grüße", ""),
    ("Grüße".encode("latin-1"), "iso-8859-1", "Grüße", ""),
    ("“Grüße”".encode("cp1252"), "iso-8859-1", "“Grüße”", ""),
    ("“Grüße” an alle".encode("cp1252"), "", "“Grüße” an alle", "charset-missing"),
    ("Grüße an alle".encode("latin-1"), "utf-8", "Grüße an alle", "charset-wrong"),
    ("Grüße".encode(), "us-ascii", "Grüße", "charset-wrong"),
    ("Grüße".encode(), "unknown-8bit", "Grüße", "charset-unknown"),
    (CHINESE.encode("gb18030"), "gb2312", CHINESE, ""),
    (CHINESE.encode("gb18030"), "", CHINESE, "charset-missing"),
    (RUSSIAN.encode("cp1251"), "", RUSSIAN, "charset-missing"),
    ("日本語".encode("iso2022_jp"), "iso-2022-jp", "日本語", ""),
    (b"plain", "x-nonsense", "plain", "charset-unknown"),
    (b"plain", "", "plain", ""),
    (b"", "utf-8", "", ""),
    ("我想竞选".encode()[:-1] + "\nüber".encode(), "utf-8", "我想竞�\nüber", "charset-wrong"),
]


@pytest.mark.parametrize(("data", "declared", "text", "repair"), CASES)
def test_text_comes_out_as_it_was_written(
    data: bytes, declared: str, text: str, repair: str
) -> None:
    assert decode_bytes(data, declared) == (text, repair)


@pytest.mark.parametrize(
    "name", ["idna", "unicode_escape", "rot13", "zip", "hex", "base64", "undefined", "mbcs", ""]
)
def test_what_python_calls_an_encoding_is_not_always_a_charset(name: str) -> None:
    assert find_codec(name) == ""


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=60),
    st.sampled_from(["", "utf-8", "utf-7", "utf-16", "gb2312", "us-ascii", "hz", "big5", "nope"]),
)
def test_decoding_never_fails(data: bytes, declared: str) -> None:
    text, repair = decode_bytes(data, declared)
    assert isinstance(text, str)
    assert repair in ("", "charset-missing", "charset-wrong", "charset-unknown")
