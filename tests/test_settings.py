"""The table of settings, its manual, and how they are read from the environment."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from api.settings import load_settings, table

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in table():
        monkeypatch.delenv(f"HUSTINGS_{name.upper()}", raising=False)


def test_the_manual_follows_the_table() -> None:
    manual = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    told = [line.split("`")[1] for line in manual.splitlines() if line.startswith("| `HUSTINGS_")]
    assert told == [f"HUSTINGS_{name.upper()}" for name in table()]
    for name, field in table().items():
        row = next(line for line in manual.splitlines() if f"`HUSTINGS_{name.upper()}`" in line)
        assert field.metadata["description"] in row, name


def test_every_setting_has_an_example() -> None:
    assert all(one.metadata["description"] and one.metadata["examples"] for one in table().values())


def test_lists_are_words_with_spaces_or_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUSTINGS_ARCHIVES", "https://a.example.org/, /srv/b.mbox")
    monkeypatch.setenv("HUSTINGS_TRUSTED_PROXIES", "10.0.0.1 fd00::/8")
    settings = load_settings()
    assert settings.archives == ("https://a.example.org/", "/srv/b.mbox")
    assert [str(one) for one in settings.trusted_proxies] == ["10.0.0.1/32", "fd00::/8"]


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("15m", 900), ("6h", 21600), ("1d", 86400)]
)
def test_times_are_read_as_people_write_them(
    monkeypatch: pytest.MonkeyPatch, text: str, seconds: int
) -> None:
    monkeypatch.setenv("HUSTINGS_SYNC_EVERY", text)
    assert load_settings().sync_every == seconds


def test_an_option_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUSTINGS_PORT", "9000")
    assert load_settings().port == 9000
    assert load_settings(port=1).port == 1
    assert load_settings(port=None).port == 9000


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUSTINGS_PORT", "")
    assert load_settings().port == 8000


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("port", "http"),
        ("port", "70000"),
        ("sync_every", "soon"),
        ("sync_every", "1s"),
        ("trusted_proxies", "everybody"),
        ("base_url", "hustings.example.org"),
        ("base_url", "javascript:alert(1)"),
        ("base_url", "https://example.org/?q=1"),
        ("log_format", "xml"),
        ("show_addresses", "perhaps"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    monkeypatch.setenv(f"HUSTINGS_{name.upper()}", text)
    with pytest.raises(ValueError, match=f"HUSTINGS_{name.upper()}: "):
        load_settings()


def test_a_password_is_not_shown() -> None:
    settings = load_settings(index_password="secret")
    assert "secret" not in repr(settings)


def test_the_path_of_the_public_address_is_the_root() -> None:
    assert load_settings(base_url="https://example.org/hustings/").root_path == "/hustings"
    assert load_settings(base_url="https://example.org").root_path == ""


@pytest.mark.parametrize("path", sorted((ROOT / "api").glob("*.py")), ids=lambda path: path.name)
def test_nothing_else_reads_the_environment(path: Path) -> None:
    if path.name == "settings.py":
        return
    names = {
        node.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    assert not names & {"environ", "getenv"}
