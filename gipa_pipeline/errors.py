"""The project's own errors: what went wrong, where (file, row, column), and what to do.

Bad data is not an error here: it becomes a row, a status or a finding. These are for wrong use
(a registry that cannot be read) and for documents that no reader can open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class GipaError(Exception):
    """Base of all errors a user may see; the command line prints the message and exits 2."""


class SettingsError(GipaError):
    """A setting that cannot be used; names the file or variable and the key."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input table: file, row (1 = header), column, what and the remedy."""

    file: str
    row: int | None
    column: str | None
    what: str
    remedy: str

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", column {self.column}"
        return f"{place}: {self.what}. {self.remedy}"


class RegistryError(GipaError):
    """A registry that cannot be used; carries every problem found, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


class StoreError(GipaError):
    """The data folder is not as this program left it; names the file and how to rebuild it."""


class UnreadableDocument(GipaError):
    """A document that no reader can open.

    ``kind`` is a short code for rows and scripts: ``empty``, ``binary``, ``too_large``, ``encrypted``,
    ``broken``, ``needs_converter``, ``needs_ocr``, ``timeout``, ``not_found``.
    """

    def __init__(self, kind: str, message: str) -> None:
        self.kind = kind
        super().__init__(message)
