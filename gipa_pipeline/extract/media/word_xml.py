"""Word documents saved as one XML file, of 2003 or with the parts of a DOCX in a row (Word XML 文档).

They are put into a package as a DOCX has it, and read as one. Units publish them under ``.doc`` and ``.xml``, and
their tables look like those of a web page to whoever does not know better.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.media.package import parse_xml

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OF_2003 = b"http://schemas.microsoft.com/office/word/2003/wordml"
_PARTS = "{http://schemas.microsoft.com/office/2006/xmlPackage}"
_AML, _HINT = (
    "{http://schemas.microsoft.com/aml/2001/core}",
    "{http://schemas.microsoft.com/office/word/2003/auxHint}",
)
_NOTE = f"{_AML}annotation"
WRAPPERS = frozenset((_NOTE, f"{_AML}content", f"{_HINT}sect", f"{_HINT}sub-section"))
"""What Word of 2003 puts around paragraphs, tables and rows: a tracked insertion, a section, a chapter."""
_SAID = re.compile(
    rb'<\?mso-application\s+progid="Word\.Document"|<(?:\w+:)?package\b[^>]*office/2006/xmlPackage'
    rb"|<(?:\w+:)?wordDocument\b"
)
_NEW_NAMES = {"vmerge": "vMerge", "hmerge": "hMerge", "listPr": "numPr", "ilfo": "numId"}
_OUT_OF_TEXT = ("Word.Deletion", "Word.Comment", "Word.Formatting")
"""Annotations whose content is not printed."""
_MOST_PARTS = 500


def is_word_xml(data: bytes) -> bool:
    """Whether some bytes begin like a Word document in one XML file."""
    return _SAID.search(data, 0, 4096) is not None


def as_package(data: bytes) -> bytes:
    """The document as a package of parts.

    Raises:
        UnreadableDocument: no such document, damaged, or without measure.
    """
    root = parse_xml(data.replace(_OF_2003, _W.strip("{}").encode()))
    if root.tag == f"{_PARTS}package":
        parts = {
            entry.get(f"{_PARTS}name", "").lstrip("/"): content[0]
            for entry in root.findall(f"{_PARTS}part")[:_MOST_PARTS]
            if (content := entry.find(f"{_PARTS}xmlData")) is not None and len(content)
        }
    elif root.find(f"{_W}body") is not None:
        parts = _of_2003(root)
    else:
        raise UnreadableDocument("broken", "the document says that it is Word's and holds no text")
    return _packed(parts)


def _of_2003(root: Any) -> dict[str, Any]:
    """The parts of a document of 2003, under the names that Word has given its marks since."""
    for note in list(root.iter(_NOTE)):
        if note.get(f"{_W}type") in _OUT_OF_TEXT and (around := note.getparent()) is not None:
            around.remove(note)
    for mark in root.iter(*(f"{_W}{name}" for name in _NEW_NAMES)):
        mark.tag = _W + _NEW_NAMES[mark.tag.removeprefix(_W)]
    styles = root.find(f"{_W}styles")
    return {"word/document.xml": root} | ({} if styles is None else {"word/styles.xml": styles})


def _packed(parts: dict[str, Any]) -> bytes:
    from lxml import etree

    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, root in parts.items():
            package.writestr(name, etree.tostring(root))
    return target.getvalue()
