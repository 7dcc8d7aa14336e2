"""The documentation keeps up: links lead somewhere, made pages are current, commands and versions exist."""

from __future__ import annotations

import argparse
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from gipa_pipeline.cli import _parser
from gipa_pipeline.registry import OPTIONAL_UNIT_COLUMNS, SOURCE_COLUMNS, UNIT_COLUMNS
from tests.reference import BEGIN, DOCS, END, MADE, MEANINGS, SECTIONS, settings

ROOT = DOCS.parent
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")


def pages() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def prose(text: str) -> str:
    """The text without fenced code."""
    return re.sub(r"(?ms)^ *```.*?^ *```", "", text)


def code(text: str) -> str:
    """The fenced code of a page."""
    return "\n".join(re.findall(r"(?ms)^ *```\w*\n(.*?)^ *```", text))


def links(text: str) -> Iterator[str]:
    yield from re.findall(r"\]\(([^)\s]+)\)", text)
    yield from re.findall(r'(?:src|srcset|href)="([^"]+)"', text)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found = set()
    for heading in re.findall(r"(?m)^#+ (.+)$", prose(page.read_text(encoding="utf-8"))):
        plain = re.sub(r"[^\w\- ]", "", heading.replace("`", "")).strip().lower()
        found.add(plain.replace(" ", "-"))
    return found


def broken(page: Path, text: str) -> list[str]:
    found = []
    for link in links(prose(text)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = page if not path else (page.parent / path)
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("page", pages(), ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert broken(page, page.read_text(encoding="utf-8")) == []


def test_a_link_that_leads_nowhere_is_noticed() -> None:
    text = (
        "[a](docs/nowhere.md) [b](docs/index.md) [c](docs/registry.md#sourcescsv) [d](docs/registry.md#moon)"
    )
    assert broken(ROOT / "README.md", text) == ["docs/nowhere.md", "docs/registry.md#moon"]


def test_every_page_is_reached_from_the_index() -> None:
    index = DOCS / "index.md"
    seen, waiting = {index}, [index]
    while waiting:
        page = waiting.pop()
        for link in links(prose(page.read_text(encoding="utf-8"))):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.is_file() and target not in seen:
                seen.add(target)
                waiting.append(target)
    assert {str(p) for p in DOCS.rglob("*.md")} - {str(p) for p in seen} == set()


@pytest.mark.parametrize("name", sorted(MADE))
def test_pages_made_from_the_code_are_current(name: str) -> None:
    page = (DOCS / name).read_text(encoding="utf-8")
    assert MADE[name](page) == page, "run: python -m tests.reference"


def test_every_setting_is_explained() -> None:
    known = {f"{section}.{name}" for section, kind in SECTIONS.items() for name in kind.__dataclass_fields__}
    assert known == set(MEANINGS)
    assert settings().startswith(BEGIN)
    assert settings().endswith(END)


def test_every_column_of_the_registry_is_explained() -> None:
    page = (DOCS / "registry.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"(?m)^\| `(\w+)` \|", page.partition(BEGIN)[0]))
    assert explained == {*UNIT_COLUMNS, *OPTIONAL_UNIT_COLUMNS, *SOURCE_COLUMNS}


def subcommands() -> dict[str, argparse.ArgumentParser]:
    (action,) = (a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction))
    return dict(action.choices)


def invocations(text: str) -> set[str]:
    """The lines of code that call ``gipa``, without comments and prompts."""
    lines = (re.sub(r"\s+#.*$", "", line).strip() for line in code(text).splitlines())
    return {line for line in lines if re.match(r"gipa [a-z]", line)}


def strangers(text: str) -> list[str]:
    """Commands and options of ``gipa`` in a page that the program does not know."""
    known = subcommands()
    found = []
    for line in sorted(invocations(text)):
        _, command, *words = re.split(r"\s+", line.partition("|")[0].partition(">")[0].strip())
        if command not in known:
            found.append(line)
            continue
        options = set(known[command]._option_string_actions)
        found += [f"{line}: {w}" for w in words if w.startswith("--") and w.partition("=")[0] not in options]
    return found


@pytest.mark.parametrize("page", pages(), ids=lambda p: str(p.relative_to(ROOT)))
def test_commands_exist(page: Path) -> None:
    assert strangers(page.read_text(encoding="utf-8")) == []


def test_a_command_that_does_not_exist_is_noticed() -> None:
    text = "```sh\ngipa run --moon DIR\ngipa fly\ngipa trace A 2024 t3.new.total  # fine\n```\n"
    assert strangers(text) == ["gipa fly", "gipa run --moon DIR: --moon"]


def test_both_readmes_list_the_same_commands() -> None:
    english, chinese = (invocations(page.read_text(encoding="utf-8")) for page in READMES)
    assert english == chinese
    assert {"run", "extract", "check", "trace", "report", "ui", "init"} <= {
        line.split()[1] for line in english
    }


def test_make_targets_exist() -> None:
    known = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
    for page in pages():
        named = set(re.findall(r"\bmake ([a-z-]+)\b", code(page.read_text(encoding="utf-8"))))
        assert named - known == set(), page


def test_versions_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    low, high = re.findall(r"3\.(\d+)", project["requires-python"])
    supported = {f"3.{n}" for n in range(int(low), int(high))}
    for page in READMES:
        text = page.read_text(encoding="utf-8")
        assert set(re.findall(r"\b3\.1\d\b", text)) == supported, page
        assert f"{project['license'].split('-')[0]} License 2.0" in text or project["license"] in text, page
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{project['version']}]" in changes
    assert project["readme"] == READMES[0].name
