"""Word documents, written and filled (DOCX): paragraphs, tables, placeholders. No other program is needed.

Everything that comes from outside is text: it is escaped, what does not print is left out, and a placeholder
inside a value stays as it is. Equal content gives equal bytes.
"""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from lxml import etree

from gipa_pipeline.aggregate.wording import clean
from gipa_pipeline.errors import GipaError

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MAX_TEMPLATE_BYTES = 20 * 1024 * 1024
_MAIN = "word/document.xml"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_TEXT_PART = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, RuntimeError, ValueError,
)  # fmt: skip
"""All that ``zipfile`` raises for what is no package, or half of one."""
_PLACE = re.compile(r"\{\{\s*([^{}]{0,60}?)\s*\}\}")


class TemplateError(GipaError):
    """A template that cannot be filled; the message names the file and what to change."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a paragraph looks; sizes in points, ``indent`` in characters of the first line."""

    size: float = 16
    bold: bool = False
    align: str = "both"
    indent: float = 2
    font: str = "仿宋"
    before: float = 0
    after: float = 0
    line: float | None = 28
    keep: bool = False
    fresh_page: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A box of a table; ``mark`` is a superscript after the text, ``shade`` a colour such as ``FFF3D6``."""

    text: str
    rows: int = 1
    columns: int = 1
    align: str = "center"
    bold: bool = False
    shade: str = ""
    mark: str = ""


def paragraph(text: str, look: Look | None = None, *, lead: str = "") -> Any:
    """A paragraph; ``lead`` stands before the text in bold."""
    look = look or Look()
    made = _new("p")
    about = _add(made, "pPr")
    if look.keep:
        _add(about, "keepNext")
    if look.fresh_page:
        _add(about, "pageBreakBefore")
    spacing: dict[str, object] = {"before": round(look.before * 20), "after": round(look.after * 20)}
    if look.line:
        spacing |= {"line": round(look.line * 20), "lineRule": "exact"}
    _add(about, "spacing", **spacing)
    if look.indent:
        _add(
            about,
            "ind",
            firstLineChars=round(look.indent * 100),
            firstLine=round(look.indent * look.size * 20),
        )
    _add(about, "jc", val=look.align)
    if lead:
        _run(made, lead, look.size, look.font, bold=True)
    _run(made, text, look.size, look.font, bold=look.bold)
    return made


def table(rows: Sequence[Sequence[Box]], widths: Sequence[int], *, size: float = 10.5, heads: int = 0) -> Any:
    """A table of boxes with their spans; ``widths`` in twentieths of a point, ``heads`` rows repeat on each page."""
    made = _new("tbl")
    about = _add(made, "tblPr")
    _add(about, "tblW", w=sum(widths), type="dxa")
    _add(about, "jc", val="center")
    borders = _add(about, "tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        _add(borders, side, val="single", sz=4, space=0, color="000000")
    _add(about, "tblLayout", type="fixed")
    margins = _add(about, "tblCellMar")
    for side in ("left", "right"):
        _add(margins, side, w=60, type="dxa")
    grid = _add(made, "tblGrid")
    for width in widths:
        _add(grid, "gridCol", w=width)
    open_spans: dict[int, tuple[int, int]] = {}
    for number, boxes in enumerate(rows):
        row = _add(made, "tr")
        kind = _add(row, "trPr")
        _add(kind, "cantSplit")
        if number < heads:
            _add(kind, "tblHeader")
        column, waiting = 0, list(boxes)
        while column < len(widths):
            if column in open_spans:
                left, columns = open_spans.pop(column)
                _cell(
                    row, Box("", columns=columns), widths[column : column + columns], size, merge="continue"
                )
                if left > 1:
                    open_spans[column] = (left - 1, columns)
            elif waiting:
                box = waiting.pop(0)
                columns = box.columns
                _cell(
                    row, box, widths[column : column + columns], size, merge="restart" if box.rows > 1 else ""
                )
                if box.rows > 1:
                    open_spans[column] = (box.rows - 1, columns)
            else:
                columns = 1
                _cell(row, Box(""), widths[column : column + 1], size, merge="")
            column += columns
    return made


def _cell(row: Any, box: Box, widths: Sequence[int], size: float, *, merge: str) -> None:
    cell = _add(row, "tc")
    about = _add(cell, "tcPr")
    _add(about, "tcW", w=sum(widths), type="dxa")
    if box.columns > 1:
        _add(about, "gridSpan", val=box.columns)
    if merge:
        _add(about, "vMerge", **({"val": "restart"} if merge == "restart" else {}))
    if box.shade:
        _add(about, "shd", val="clear", color="auto", fill=box.shade)
    _add(about, "vAlign", val="center")
    look = Look(size=size, bold=box.bold, align=box.align, indent=0, font="宋体", line=None)
    text = paragraph(box.text, look)
    if box.mark:
        _run(text, box.mark, size, "宋体", raised=True)
    cell.append(text)


def _run(parent: Any, text: str, size: float, font: str, *, bold: bool = False, raised: bool = False) -> None:
    run = _add(parent, "r")
    about = _add(run, "rPr")
    _add(about, "rFonts", ascii="Times New Roman", hAnsi="Times New Roman", eastAsia=font)
    if bold:
        _add(about, "b")
    _add(about, "sz", val=round(size * 2))
    _add(about, "szCs", val=round(size * 2))
    if raised:
        _add(about, "vertAlign", val="superscript")
    _text(run, text)


def _text(run: Any, text: str) -> None:
    node = _add(run, "t")
    node.text = clean(text)
    node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def document(blocks: Iterable[Any], *, landscape: bool = False) -> bytes:
    """A whole document on A4 from paragraphs and tables."""
    root = etree.Element(f"{{{W}}}document", nsmap={"w": W})
    body = _add(root, "body")
    for block in blocks:
        body.append(block)
    section = _add(body, "sectPr")
    wide, high = (16838, 11906) if landscape else (11906, 16838)
    _add(section, "pgSz", w=wide, h=high, **({"orient": "landscape"} if landscape else {}))
    side = 1134 if landscape else 1531
    _add(section, "pgMar", top=side, bottom=side, left=side, right=side, header=851, footer=851, gutter=0)
    parts = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _RELATIONS,
        _MAIN: etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True),
    }
    return _zip(parts)


def fill(template: bytes, values: Mapping[str, str], blocks: Mapping[str, Sequence[Any]], name: str) -> bytes:
    """A template with its placeholders filled: ``{{name}}`` in a text, or alone in a paragraph for blocks.

    Texts are filled wherever Word keeps them: main text, text boxes, headers, footers, notes.

    Args:
        template: a DOCX.
        values: texts by name.
        blocks: paragraphs and tables by name; each must stand in the main text, alone in a paragraph.
        name: the template's name, for messages.

    Raises:
        TemplateError: no Word document, an unknown or broken placeholder, or one of ``blocks`` is not in it.
    """
    parts = _open(template, name)
    placed: set[str] = set()
    for part in (p for p in parts if _TEXT_PART.fullmatch(p)):
        try:
            root = etree.fromstring(parts[part], _parser())
        except etree.XMLSyntaxError as error:
            raise TemplateError(
                f"{name}: its {part} is no XML ({error}); save the template again in Word"
            ) from error
        here = blocks if part == _MAIN else {}
        filled = [_fill_paragraph(node, values, blocks, here, name) for node in list(root.iter(f"{{{W}}}p"))]
        placed.update(word for word in filled if word)
        for node in root.iter(f"{{{_DRAWING}}}t"):
            if "{{" in (node.text or ""):
                raise TemplateError(
                    f"{name}: {node.text!r} stands inside a drawing, where nothing can be filled in; use a text box"
                )
        parts[part] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    if absent := sorted(set(blocks) - placed):
        raise TemplateError(f"{name}: {{{{{absent[0]}}}}} must stand alone in a paragraph of the template")
    return _zip(parts)


def _fill_paragraph(
    node: Any, values: Mapping[str, str], blocks: Mapping[str, Any], here: Mapping[str, Any], name: str
) -> str | None:
    """Fill a paragraph; returns the name of the blocks that took its place.

    The paragraphs of a text box inside it are filled by themselves.
    """
    texts = [t for t in node.iter(f"{{{W}}}t") if next(t.iterancestors(f"{{{W}}}p")) is node]
    whole = "".join(t.text or "" for t in texts)
    alone = _PLACE.fullmatch(whole.strip())
    if alone and alone[1] in here:
        # A text box is kept twice, for newer and older programs.
        _replace(node, [deepcopy(block) for block in here[alone[1]]])
        return alone[1]
    if (rest := _PLACE.sub("", whole)) and ("{{" in rest or "}}" in rest):
        raise TemplateError(f"{name}: broken placeholder in “{whole.strip()[:60]}”; write it as {{{{unit}}}}")
    _fill_texts(texts, whole, values, blocks, name)
    return None


def _fill_texts(
    texts: Sequence[Any], whole: str, values: Mapping[str, str], blocks: Mapping[str, Any], name: str
) -> None:
    """Replace within a paragraph; office programs cut a placeholder into several pieces of text at will."""
    for match in reversed(list(_PLACE.finditer(whole))):
        if match[1] not in values:
            hint = (
                "must stand alone in a paragraph of the main text" if match[1] in blocks else "is not known"
            )
            known = ", ".join(sorted([*values, *blocks]))
            raise TemplateError(f"{name}: {match[0]} {hint}. Known are: {known}")
        start, end, at = match.start(), match.end(), 0
        value: str | None = clean(values[match[1]])
        for node in texts:
            old = node.text or ""
            first, last = max(start - at, 0), min(end - at, len(old))
            if first < last:
                node.text = old[:first] + (value or "") + old[last:]
                node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
                value = None
            at += len(old)


def _replace(node: Any, blocks: Sequence[Any]) -> None:
    parent = node.getparent()
    at = parent.index(node)
    parent.remove(node)
    for offset, block in enumerate(blocks):
        parent.insert(at + offset, block)


def _open(template: bytes, name: str) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as package:
            if sum(info.file_size for info in package.infolist()) > MAX_TEMPLATE_BYTES:
                raise TemplateError(f"{name}: more than {MAX_TEMPLATE_BYTES // 2**20} MB when unpacked")
            parts = {info.filename: package.read(info) for info in package.infolist()}
    except _DAMAGED as error:
        raise TemplateError(f"{name}: no Word document (DOCX); save it as .docx in Word or WPS") from error
    if _MAIN not in parts:
        raise TemplateError(f"{name}: no Word document (DOCX); save it as .docx in Word or WPS")
    return parts


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def _zip(parts: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for part, data in parts.items():
            # The clock would make every run's file another one.
            info = zipfile.ZipInfo(part, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            package.writestr(info, data)
    return file.getvalue()


def _new(tag: str, **attributes: object) -> Any:
    made = etree.Element(f"{{{W}}}{tag}", nsmap={"w": W})
    for key, value in attributes.items():
        made.set(f"{{{W}}}{key}", str(value))
    return made


def _add(parent: Any, tag: str, **attributes: object) -> Any:
    made = etree.SubElement(parent, f"{{{W}}}{tag}")
    for key, value in attributes.items():
        made.set(f"{{{W}}}{key}", str(value))
    return made


_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
).encode()
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
).encode()
