"""The published database's tables, columns and views as data (数据字典)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

VIEWS = ("consolidated_labelled", "open_findings")
"""Ready-made questions; each is an SQL file whose first line says in Chinese | English what it answers."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: name, DuckDB type, meaning in Chinese and in English."""

    name: str
    type: str
    chinese: str
    english: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns in order, its key, its meaning, and the frame it is filled from.

    ``source`` is ``stage/frame``, or None where the registry or the forms fill it. ``yearly`` says whether
    that frame lies in one file a year.
    """

    name: str
    key: tuple[str, ...]
    chinese: str
    english: str
    columns: tuple[Column, ...]
    source: str | None
    yearly: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(column.name for column in self.columns)


@cache
def tables() -> tuple[Table, ...]:
    """All tables, in the order of ``tables.toml``."""
    data = tomllib.loads((resources.files(__package__) / "tables.toml").read_text(encoding="utf-8"))
    return tuple(
        Table(
            name=item["name"],
            key=tuple(item["key"]),
            chinese=item["chinese"],
            english=item["english"],
            columns=tuple(Column(*column) for column in item["columns"]),
            source=item.get("from"),
            yearly=item.get("yearly", True),
        )
        for item in data["table"]
    )


@cache
def view_sql(name: str) -> str:
    """The text of a view."""
    return (resources.files(__package__) / "sql" / "views" / f"{name}.sql").read_text(encoding="utf-8")


def view_meaning(name: str) -> tuple[str, str]:
    """What a view answers, in Chinese and in English: the first line of its file."""
    chinese, english = view_sql(name).splitlines()[0].removeprefix("--").split("|")
    return chinese.strip(), english.strip()
