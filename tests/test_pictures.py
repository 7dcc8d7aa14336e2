"""The pictures of the operator's page: those that the script takes, all of them shown, none heavy."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
HEAVIEST = 150 * 1024


def taken() -> set[str]:
    """The names in the script's list of pages."""
    tree = ast.parse((ROOT / "docs" / "screenshots.py").read_text(encoding="utf-8"))
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "Page"]
    return {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}


def test_every_picture_is_taken_shown_and_there() -> None:
    shown = re.findall(
        r"\]\(pictures/([a-z]+)\.png\)", (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    )
    assert set(shown) == taken() == {path.stem for path in PICTURES.iterdir()}
    assert len(shown) == len(set(shown)) > 5


def test_pictures_are_light() -> None:
    for path in PICTURES.iterdir():
        assert path.read_bytes().startswith(b"\x89PNG")
        assert path.stat().st_size < HEAVIEST, path.name
