"""Which optional helpers are installed: the recogniser and LibreOffice (可选部件)."""

from __future__ import annotations

from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.media import convert, ocr


def installed() -> dict[str, bool]:
    """Each helper and whether it is there; what can be read depends on it."""
    try:
        ocr.require()
    except UnreadableDocument:
        recogniser = False
    else:
        recogniser = True
    return {"ocr": recogniser, "libreoffice": convert.program() is not None}
