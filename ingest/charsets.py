"""How bytes become text when their declaration is missing or lies.

The order is: declared, then UTF-8, then a guess by charset-normalizer, then Latin-1, which never
fails. Owns the names of charsets and nothing of where the bytes came from.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

CHARSET_UNKNOWN = "charset-unknown"
CHARSET_WRONG = "charset-wrong"
CHARSET_MISSING = "charset-missing"

# The guess reads this much around the first byte beyond ASCII: enough to tell, cheap on huge mails.
_SAMPLE = 4096
_GUESSES = [
    "cp1252",
    "cp1250",
    "cp1251",
    "koi8_r",
    "gb18030",
    "big5",
    "shift_jis",
    "euc_jp",
    "euc_kr",
]

# What mail programs write, and what they mean by it: the superset, which decodes all of the other
# too.
_MEANT = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "tis-620": "cp874",
    "x-mac-roman": "mac_roman",
    "big5": "big5hkscs",
    "ansi_x3.4-1968": "us-ascii",
    "utf8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
}
# Python also calls `idna`, `unicode_escape`, `rot13` and `zip` encodings; no mail may ask for
# those.
_IS_CHARSET = re.compile(
    r"(?:utf|us-ascii|ascii|latin|l\d|iso|cp|windows|ibm|koi8|big5|gb|hz|euc|ks_c|shift|s?jis|johab|mac|"
    r"tis|ptcp|kz|cs|8859|\d{3,4}$)",
)


def decode_bytes(data: bytes, declared: str = "") -> tuple[str, str]:
    """Give the text, and the name of the repair that was needed (empty for none).

    ASCII is right whatever was declared, unless the charset shifts (ISO-2022, HZ, UTF-7, UTF-16).
    """
    codec = find_codec(declared) if declared else ""
    if codec and codec != "ascii":
        try:
            return data.decode(codec), ""
        except (UnicodeError, ValueError):
            pass
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _guess(data, codec), CHARSET_WRONG if declared and codec else CHARSET_MISSING
    if not declared or data.isascii():
        return text, "" if codec or not declared else CHARSET_UNKNOWN
    return text, CHARSET_WRONG if codec else CHARSET_UNKNOWN


@lru_cache(maxsize=256)
def find_codec(declared: str) -> str:
    """Name Python's codec for a charset as mails write it; empty where there is none."""
    name = declared.strip().strip("\"'").lower()[:40]
    name = _MEANT.get(name, name)
    if not _IS_CHARSET.match(name):
        return ""
    try:
        found = codecs.lookup(name).name
        "".encode(found)
    except (LookupError, ValueError, UnicodeError):
        return ""
    return _MEANT.get(found, found)


def _guess(data: bytes, declared: str) -> str:
    """Decode what is neither the declared charset nor UTF-8 as a whole."""
    lines = data.split(b"\n")
    if declared in ("utf-8", "") and any(_is_utf8_beyond_ascii(line) for line in lines):
        # Several parts in several charsets, joined by an archiver; or a character cut in two.
        return "\n".join(_decode_line(line) for line in lines)
    if declared not in ("", "ascii", "utf-8"):
        return data.decode(declared, "replace")
    return data.decode(_guess_codec(data), "replace")


def _is_utf8_beyond_ascii(line: bytes) -> bool:
    if line.isascii():
        return False
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode_line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        # A cut character shows as one bad place among good ones; anything else is another charset.
        if line.decode("utf-8", "ignore").isascii():
            return _western(line)
        return line.decode("utf-8", "replace")


def _western(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _guess_codec(data: bytes) -> str:
    first = next(index for index, byte in enumerate(data) if byte > 127)
    sample = data[max(0, first - 256) : first + _SAMPLE]
    # Accents among ASCII letters: a guess on so few bytes would only find something exotic.
    if sum(byte > 127 for byte in sample) * 5 < len(sample):
        try:
            sample.decode("cp1252")
        except UnicodeDecodeError:
            return "latin-1"
        if not _has_byte_pairs(sample):
            return "cp1252"
    # Imported only for such a mail: most syncs see none, and begin sooner without.
    import charset_normalizer

    best = charset_normalizer.from_bytes(sample, cp_isolation=_GUESSES, explain=False).best()
    return find_codec(best.encoding) or "latin-1" if best is not None else "latin-1"


def _has_byte_pairs(sample: bytes) -> bool:
    """Whether bytes beyond ASCII mostly come in runs of even length, as in East Asian charsets."""
    runs = re.findall(rb"[\x80-\xff]+", sample)
    return sum(len(run) >= 2 and len(run) % 2 == 0 for run in runs) * 2 > len(runs)
