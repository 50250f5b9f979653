"""How the text of a setting becomes its value, and what is refused.

Own code and not pydantic's: importing that takes longer than all else of a sync that finds nothing
changed, and there are a dozen kinds of values. Which settings there are, `settings.py` says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any
from urllib.parse import urlsplit

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SHORTEST = 60
_YES, _NO = ("1", "true", "yes", "on", "t", "y"), ("0", "false", "no", "off", "f", "n")

# Turns text, or a value given by a program, into a value of the setting; raises `ValueError`.
Read = Callable[[Any], Any]


def read_words(value: Any) -> tuple[str, ...]:
    """Read a list as people write one in a variable: words with spaces or commas between."""
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else tuple(value)


def read_seconds(value: Any) -> int:
    """Read `90`, `90s`, `15m`, `6h` or `1d` as seconds."""
    text = str(value)
    unit = _SECONDS.get(text[-1:], 0)
    number = text[:-1] if unit else text
    if not number.isdecimal():
        raise ValueError(f"{text} is no length of time: write 90s, 15m, 6h or 1d")
    if int(number) * (unit or 1) < _SHORTEST:
        raise ValueError(f"{text} is too short: {_SHORTEST}s at least")
    return int(number) * (unit or 1)


def read_networks(value: Any) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(word, strict=False) for word in read_words(value))


def read_base_url(value: Any) -> str:
    if not value:
        return ""
    parts = urlsplit(str(value))
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ValueError(
            "must be like https://hustings.example.org or https://example.org/hustings"
        )
    return str(value).rstrip("/")


def read_flag(value: Any) -> bool:
    text = str(value).lower()
    if text not in _YES + _NO:
        raise ValueError(f"{value} is neither true nor false")
    return text in _YES


def number(kind: type[int] | type[float], least: float, most: float) -> Read:
    """Read a number of a kind within bounds."""

    def read(value: Any) -> float:
        try:
            found = kind(value)
        except (TypeError, ValueError):
            raise ValueError(f"{value} is no {'whole ' * (kind is int)}number") from None
        if not least <= found <= most:
            raise ValueError(f"{value} is not between {least} and {most}")
        return found

    return read


def one_of(*words: str) -> Read:
    def read(value: Any) -> str:
        if value not in words:
            raise ValueError(f"{value} is not one of: {', '.join(words)}")
        return str(value)

    return read


def or_none(read: Read) -> Read:
    return lambda value: None if value is None else read(value)


def setting(default: Any, read: Read, *, description: str, examples: list[Any]) -> Any:
    """Describe a setting; a function as default is called for it."""
    told = {"read": read, "description": description, "examples": examples}
    if callable(default):
        return field(default_factory=default, metadata=told)
    # What is secret is not shown with the rest.
    return field(default=default, metadata=told, repr="password" not in description)
