"""The documents: no dead link, all documented that can be set, asked or typed, answers real."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

from api.commands import main
from api.settings import table
from ingest.sample import SAMPLE_LIST, sample_site
from search.documents import FIELDS

ROOT = Path(__file__).resolve().parent.parent
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("bench/*.md")])
COMMANDS = main.list_commands(click.Context(main))
README = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def without_code(text: str) -> str:
    return CODE.sub("", text)


def anchors(text: str) -> set[str]:
    """Give the anchors of a document's headings, as they are made where Markdown is shown."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_link_of_a_document_is_dead(path: Path) -> None:
    dead = []
    for link in LINK.findall(without_code(path.read_text(encoding="utf-8"))):
        if re.match(r"https?:|mailto:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if not target.exists() or (
            anchor and anchor not in anchors(target.read_text(encoding="utf-8"))
        ):
            dead.append(link)
    assert dead == []


def test_a_dead_link_would_be_seen() -> None:
    assert LINK.findall(without_code("see [this](docs/no-such-file.md#part), `[not](this)`")) == [
        "docs/no-such-file.md#part"
    ]


def test_the_readme_leads_to_every_document() -> None:
    linked = {link.partition("#")[0] for link in LINK.findall(README)}
    documents = {path.relative_to(ROOT).as_posix() for path in DOCS} - {"README.md"}
    assert documents - linked == set()


def test_every_setting_is_in_the_manual_in_the_order_of_the_table() -> None:
    manual = read("docs/settings.md")
    places = {name: manual.find(f"`HUSTINGS_{name.upper()}`") for name in table()}
    assert [name for name, place in places.items() if place < 0] == []
    assert list(places.values()) == sorted(places.values())


def test_no_document_names_a_setting_that_is_none() -> None:
    known = {f"HUSTINGS_{name.upper()}" for name in table()}
    # What the compose file and the tests read beside the program's own.
    known |= {"HUSTINGS_PUBLISH", "HUSTINGS_NAME"}
    for path in DOCS:
        for name in re.findall(r"\bHUSTINGS_[A-Z_]+[A-Z]\b", path.read_text(encoding="utf-8")):
            assert name in known or name.startswith("HUSTINGS_TEST_"), (path.name, name)


def test_every_field_of_a_query_is_in_its_manual() -> None:
    manual = read("docs/query-language.md")
    assert [field.name for field in FIELDS if f"`{field.name}:" not in manual] == []


def test_every_command_is_documented() -> None:
    everything = "\n".join(path.read_text(encoding="utf-8") for path in DOCS)
    assert [name for name in COMMANDS if f"hustings {name}" not in everything] == []


def test_no_document_names_a_command_that_is_none() -> None:
    for path in DOCS:
        for name in re.findall(r"^\$? ?hustings ([a-z]+)", path.read_text(encoding="utf-8"), re.M):
            assert name in COMMANDS, (path.name, name)


def hustings(*arguments: str, data: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", "from api.commands import main; main()", *arguments],
        cwd=ROOT,
        env={**os.environ, "HUSTINGS_DATA": str(data), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        timeout=120,
        check=True,
    )
    return done.stdout.decode("utf-8")


def test_the_answer_in_the_readme_is_the_programs(tmp_path: Path) -> None:
    match = re.search(r"```console\n\$ hustings search '(.+)'\n(.+?)```", README, re.DOTALL)
    assert match
    query, answer = match.groups()
    hustings("sync", str(sample_site() / "pipermail" / SAMPLE_LIST), data=tmp_path)
    assert hustings("search", query, data=tmp_path) == answer


def test_the_commands_of_the_readme_find_what_they_name() -> None:
    for path in re.findall(r"hustings sync (\S+/\S+)", README):
        assert (ROOT / path).is_dir()


def test_the_alerts_of_the_operations_manual_can_be_read_and_name_real_figures() -> None:
    from api.metrics import Metrics
    from search.engine import EngineStatus

    (block,) = re.findall(r"```yaml\n(.*?)```", OPERATIONS, re.DOTALL)
    rules = yaml.safe_load(block)["groups"][0]["rules"]
    source = read("api/metrics.py")
    shown = Metrics(lambda: EngineStatus("whoosh", "1", 0, 0), lambda _: None).render().decode()
    for rule in rules:
        for figure in re.findall(r"\bhustings_\w+", rule["expr"]):
            stem = re.sub(r"_(?:total|bucket)$", "", figure)
            sync_figure = stem.removeprefix("hustings_sync_")
            assert stem in shown or f'"{stem}"' in source or f'"{sync_figure}"' in source, figure


def test_no_document_speaks_of_the_machine_it_was_written_on() -> None:
    for path in DOCS:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?<![\w.])/(?:root|work|home/\w+)/", text), path.name


def test_the_change_log_is_in_the_agreed_form() -> None:
    log = read("CHANGELOG.md")
    assert log.startswith("# Changelog\n")
    titles = re.findall(r"^### (.+)$", log, re.M)
    assert set(titles) <= {"Added", "Changed", "Fixed", "Removed"}
    assert re.findall(r"^## (.+)$", log, re.M)[0] == "Unreleased"


def test_every_file_is_in_the_architecture_and_every_file_there_exists() -> None:
    architecture = read("docs/architecture.md")
    for package in ("ingest", "search", "api"):
        section = architecture.split(f"### {package}\n")[1].split("\n#")[0]
        named = set(re.findall(r"`(\w+\.py)`", section))
        patterns = [name[:-1] for name in re.findall(r"`(\w+_\*)\.py`", section)]
        there = {path.name for path in (ROOT / package).glob("*.py")} - {"__init__.py"}
        missing = {name for name in there - named if not name.startswith(tuple(patterns) or "\0")}
        assert missing == set()
        assert named - there - {"__init__.py"} == set()
