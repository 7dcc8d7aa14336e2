"""What stands around a cell in its document (上下文): the row of its table, or the text around its span.

Documents are opened as the readers open them, so that places mean the same; what is read is not judged again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gipa_pipeline.errors import UnreadableDocument

if TYPE_CHECKING:
    from gipa_pipeline.extract.media.document import Document

AROUND = 40
"""Characters shown on either side of a printed number."""


def context_of(data: bytes, place: Mapping[str, Any]) -> str | None:
    """The surroundings of a place, the place itself between 【 and 】; None where the document has no text.

    A place in a table is shown with its row, any other with the characters around it.
    """
    from gipa_pipeline.extract.media.kinds import medium_of
    from gipa_pipeline.extract.reading import open_document

    try:
        document = open_document(data, medium_of(data))
    except UnreadableDocument:
        return None
    return _row(document, place) or _span(document.text, place) or _piece(document, place)


def _row(document: Document, place: Mapping[str, Any]) -> str | None:
    if not {"table", "row", "column"} <= place.keys():
        return None
    grid = next((g for g in document.grids if g.index == place["table"]), None)
    if grid is None or not (place["row"] < grid.height and place["column"] < grid.width):
        return None
    wanted = grid.at(place["row"], place["column"])
    cells = dict.fromkeys(cell for cell in grid.row(place["row"]) if cell is not None)
    texts = (f"【{_line(c.text.strip())}】" if c is wanted else _line(c.text.strip()) for c in cells)
    return " | ".join(texts)


def _span(text: str, place: Mapping[str, Any]) -> str | None:
    start, end = place.get("start"), place.get("end")
    if start is None or end is None or not 0 <= start <= end <= len(text):
        return None
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return f"…{_line(before.lstrip())}【{_line(text[start:end])}】{_line(after.rstrip())}…"


def _piece(document: Document, place: Mapping[str, Any]) -> str | None:
    """The piece of the text that has this very place: a paragraph, a line of a page."""
    wanted = {name: list(part) if isinstance(part, tuple) else part for name, part in place.items()}
    ends = [*(start for start, _ in document.spans[1:]), len(document.text)]
    for (start, place_of), end in zip(document.spans, ends, strict=bool(document.spans)):
        found = {n: list(p) if isinstance(p, tuple) else p for n, p in place_of().as_dict().items()}
        if found == wanted:
            kept = document.text[start:end].rstrip()
            return _span(document.text, {"start": start, "end": start + len(kept)})
    return None


def _line(text: str) -> str:
    """A piece of text on one line, line ends shown as ⏎ and other control characters left out."""
    shown = re.sub(r"\s*\n\s*", "⏎", text).replace("\t", " ")
    return "".join(c for c in shown if c.isprintable())
