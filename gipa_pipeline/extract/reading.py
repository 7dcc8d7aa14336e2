"""One document's bytes to its reading: cells by two readers, parts, claims, metadata (文档读取).

The only door of this package: the command line, the chain and the tests call ``read_document``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

from expectations.forms import Form, editions, load_form
from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.beside import taken_apart
from gipa_pipeline.extract.copies import Chosen, chosen, contested
from gipa_pipeline.extract.media.document import Document, bounded_text
from gipa_pipeline.extract.media.html import read_html
from gipa_pipeline.extract.media.kinds import MAX_BYTES, medium_of
from gipa_pipeline.extract.media.repair import RECOGNISED, settle
from gipa_pipeline.extract.media.text import read_text
from gipa_pipeline.extract.media.unruled import both_agree, cautious, grids_of, untorn
from gipa_pipeline.extract.media.upright import turned_upright
from gipa_pipeline.extract.prose.metadata import Metadata, metadata_of
from gipa_pipeline.extract.prose.narrative import claims_of
from gipa_pipeline.extract.prose.sections import sections_of
from gipa_pipeline.extract.reports import FIRST_ROW, years_listed
from gipa_pipeline.extract.tables.agreement import compare
from gipa_pipeline.extract.tables.labels import Ideographs
from gipa_pipeline.extract.tables.reshaped import reshaped
from gipa_pipeline.extract.tables.sequence import read_sequence
from gipa_pipeline.extract.tables.structure import StructureReading, known_words, read_structure
from gipa_pipeline.extract.tables.task import SequenceReading
from gipa_pipeline.extract.template import template_of
from gipa_pipeline.model import CellReading, Place, ReaderNote, Reading, SectionText

VERSION = "5"
"""Raised when any reader changes what it gives; cached readings of other versions are made again."""


_FIRST_ROW = "本年新收政府信息公开申请数量"
_LISTED = 3
"""Titles of this many years without any part make a list of reports."""
_NARROW = 6
"""Table 3 has more columns than this."""


def read_document(
    data: bytes,
    name: str = "",
    *,
    prose: bool = True,
    max_bytes: int = MAX_BYTES,
    on_page: Callable[[], None] | None = None,
    year: int | None = None,
) -> Reading:
    """Read one document.

    Args:
        data: the bytes as received.
        name: a file name or address, for messages only.
        prose: also find parts, claims and metadata; without it only the tables are read.
        max_bytes: larger documents are refused.
        on_page: called before the first page is recognised and after each, which takes seconds.
        year: the year whose report is wanted, for documents that hold several.

    Returns:
        The reading. A document that cannot be read gives one with ``state`` ``unreadable`` and ``error``
        filled; nothing is raised for bad data.
    """
    digest = hashlib.sha256(data).hexdigest()
    try:
        medium = medium_of(data, name, max_bytes=max_bytes)
        document = bounded_text(open_document(data, medium, whole=prose, on_page=on_page))
    except UnreadableDocument as error:
        return Reading(sha256=digest, medium="unknown", state="unreadable", error=(error.kind, str(error)))
    return understand(document, digest, data if prose else None, year)


def open_document(
    data: bytes, medium: str, *, whole: bool = True, on_page: Callable[[], None] | None = None
) -> Document:
    """Turn bytes of a known medium into text and grids; ``on_page`` is called before and after a recognised page.

    Raises:
        UnreadableDocument: the document is damaged, locked, or needs a converter that is not there.
    """
    if medium == "html":
        return _page(data, whole=whole, on_page=on_page)
    if medium == "mhtml":
        from gipa_pipeline.extract.media.page_pictures import read_archive

        return read_archive(data, whole=whole, on_page=on_page)
    if medium == "text":
        return read_text(data)
    if medium == "pdf":
        return _pdf(data, on_page)
    if medium == "docx":
        return _word(data, on_page)
    if medium in ("xlsx", "xls"):
        from gipa_pipeline.extract.media.sheet import read_sheet

        return read_sheet(data)
    if medium == "ofd":
        from gipa_pipeline.extract.media.ofd import read_ofd

        return read_ofd(data)
    if medium == "image":
        from gipa_pipeline.extract.media.scan import read_picture

        return read_picture(data, on_page)
    from gipa_pipeline.extract.media.convert import to_docx

    document = _word(to_docx(data, ".rtf" if data.lstrip().startswith(b"{") else ".doc"), on_page)
    return replace(document, medium="doc") if document.medium == "docx" else document


def _page(data: bytes, *, whole: bool, on_page: Callable[[], None] | None) -> Document:
    """A web page by its text, or by the pictures it holds too where that has no table."""
    document = read_html(data, whole=whole)
    if not document.pictures or b"data:image" not in data:
        return document
    from gipa_pipeline.extract.media.page_pictures import inline_pictures, with_pictures

    pictures = inline_pictures(data)
    if not pictures:
        return document
    try:
        return with_pictures(data, "", pictures, on_page) or document
    except UnreadableDocument as error:
        if error.kind != "needs_ocr":
            raise
        return document


def _word(data: bytes, on_page: Callable[[], None] | None) -> Document:
    """A Word document by its text, or by its pictures too where that has no table."""
    from gipa_pipeline.extract.media.word import read_docx

    document = read_docx(data)
    if not document.pictures or _FIRST_ROW in Ideographs(document.text).string:
        return document
    from gipa_pipeline.extract.media.scan import read_docx_pictures

    try:
        return read_docx_pictures(data, document, on_page)
    except UnreadableDocument as error:
        if error.kind != "needs_ocr":
            raise
        return document


def _pdf(data: bytes, on_page: Callable[[], None] | None) -> Document:
    """A PDF by its text layer, or by its pictures where that has no table."""
    from gipa_pipeline.extract.media.pdf import read_pdf

    document: Document | None = None
    try:
        document = read_pdf(data)
    except UnreadableDocument as error:
        if error.kind != "needs_ocr":
            raise
    if document is not None and _FIRST_ROW in Ideographs(document.text).string:
        if not any(grid.width > _NARROW for grid in document.grids):
            document.grids += grids_of(turned_upright(data), known_words(), len(document.grids))
            document.locate_cell = None
        return document
    if document is not None and not document.pictures:
        return document
    from gipa_pipeline.extract.media.scan import read_scanned_pdf

    try:
        return read_scanned_pdf(data, on_page)
    except UnreadableDocument as error:
        if document is None or error.kind != "needs_ocr":
            raise
        return document


def understand(
    document: Document, digest: str, data: bytes | None = None, asked: int | None = None
) -> Reading:
    """Decide the form, read the cells twice, compare, and read the parts.

    ``data`` is given when the prose is wanted too, ``asked`` when the report of one year is.
    """
    text = Ideographs(document.text, document.folded)
    if (apart := taken_apart(document)) is not document:
        document, text = apart, Ideographs(apart.text)
    choice = Chosen(document)
    page: Metadata | None = None
    # Labels that stand there again may be those of the same table's other columns.
    joint = _columns_joined(document, text) if text.string.count(FIRST_ROW) > 1 else None
    if joint is not None:
        document, text = joint, Ideographs(joint.text)
    elif text.string.count(FIRST_ROW) > 1:
        page = metadata_of(document)
        choice = chosen(document, text, page.year, asked)
        document = choice.document
        if choice.of is not None and choice.of != page.year:
            # The first title is another report's.
            document = replace(document, meta=replace(document.meta, title=None))
        text = Ideographs(document.text)
    several = choice.whole_report
    meta = metadata_of(document) if data is not None else Metadata()
    if several and page is not None and data is not None and page.year == (meta.year or page.year):
        # What the page says of itself stands above all its reports.
        meta = replace(page, period=meta.period, notice=meta.notice)
    template = template_of(text.string)
    cells: dict[str, CellReading] = {}
    notes: list[ReaderNote] = []
    tables: set[str] = set()
    edition = template.name if template.name != "pre2019" else None
    hybrid = template.hybrid
    if edition is not None:
        form = load_form(edition)
        cells, notes, tables = _tables(document, form, text, table3_moved=joint is not None)
        if differing := contested(cells, choice.rivals):
            detail = f"{choice.count} tables differ in {len(differing)} cell(s)"
            notes.append(ReaderNote("readers_disagree", detail, tuple(differing)))
    if "t3" not in tables and "t4" not in tables:
        cells, edition = {}, None
    name = template.name if template.name == "pre2019" or edition else None
    if choice.count > 1:
        notes.append(ReaderNote("second_report", f"the page holds {choice.count} reports or tables"))
    sections: list[SectionText] = []
    if data is not None:
        sections, part_notes = _sections(document, None if several else data, edition, text)
        notes += part_notes
    state = "read" if cells else _state(document, name, meta.title, sections, text.string)
    if document.pictures and not cells and state == "table_absent":
        notes.append(ReaderNote("picture_tables", str(document.pictures)))
    return Reading(
        sha256=digest,
        medium=document.medium,
        state=state,
        template=name,
        hybrid=hybrid,
        year=meta.year or choice.of,
        years=choice.years if len(choice.years) > 1 else (),
        agency=meta.agency,
        title=meta.title,
        published=meta.published,
        index_number=meta.index_number,
        notice=meta.notice,
        period=meta.period,
        cells=cells,
        sections=tuple(sections),
        claims=tuple(claims_of(sections)) if sections else (),
        notes=tuple(notes),
        error=None,
    )


def _columns_joined(document: Document, text: Ideographs) -> Document | None:
    """The document with table 3 in one piece, where its columns stand in several tables."""
    edition = template_of(text.string).name
    return reshaped(document, load_form(edition)) if edition in editions() and edition else None


def _tables(
    document: Document, form: Form, text: Ideographs, *, table3_moved: bool
) -> tuple[dict[str, CellReading], list[ReaderNote], set[str]]:
    """The cells of the three tables, what is to be said of them, and which tables there are.

    ``table3_moved``: the figures of table 3 do not stand in the form's order.
    """
    structure = read_structure(document, form)
    if not table3_moved and (other := reshaped(document, form, structure.cells)) is not None:
        return _tables(other, form, Ideographs(other.text), table3_moved=True)
    sequence = read_sequence(document, form, text, without="t3" if table3_moved else None)

    def place_of(cell: str) -> Place | None:
        span = sequence.span(cell)
        return document.place(*span) if span else None

    cells, notes = compare(form, structure.cells, sequence, place_of)
    if document.concealed:
        cells = {c: _shown(r, document.concealed) for c, r in cells.items()}
    if any(grid.reader == "words" for grid in document.grids):
        cells = both_agree(form, cells, structure.cells, sequence.cells)
    elif document.medium == "pdf":
        cells = untorn(document.grids, cells)
    if document.medium == "pdf" and "t3" not in structure.tables:
        cells = cautious(form, cells)
    if document.medium in RECOGNISED:
        cells, notes = settle(document, form, cells, notes, structure.cells)
    tables = structure.tables | sequence.tables
    notes += _row_notes(structure, sequence)
    notes += _missing_rows(cells, form.rows, tables)
    return cells, notes, tables


def _shown(reading: CellReading, concealed: frozenset[str]) -> CellReading:
    """A reading, unless it is the blank of a cell that is not shown: what that holds is not known."""
    hidden = reading.status == "blank" and reading.place is not None and reading.place.path in concealed
    return CellReading("missing", place=reading.place, readers=reading.readers) if hidden else reading


def _row_notes(structure: StructureReading, sequence: SequenceReading) -> list[ReaderNote]:
    """Rows of table 3 whose labels both readers miss, and rows that stand there twice."""
    lost = [
        row for row in dict.fromkeys(sequence.lost_rows) if row in structure.lost_rows or not structure.cells
    ]
    notes = [ReaderNote("label_lost", row) for row in lost]
    return notes + [ReaderNote("row_repeated", row) for row in structure.repeated_rows]


def _missing_rows(cells: dict[str, CellReading], rows: object, tables: set[str]) -> list[ReaderNote]:
    if "t3" not in tables or not any(r.status == "missing" for r in cells.values()):
        return []
    lines: dict[tuple[str, str], list[str]] = {}
    for cell in cells:
        table, row, column = [*cell.split("."), ""][:3]
        lines.setdefault(("row_missing", f"{table}.{row}"), []).append(cell)
        if table == "t3":
            lines.setdefault(("column_missing", column), []).append(cell)
    return [
        ReaderNote(kind, line, tuple(ids))
        for (kind, line), ids in lines.items()
        if all(cells[c].status == "missing" for c in ids)
    ]


def _sections(
    document: Document, data: bytes | None, edition: str | None, text: Ideographs
) -> tuple[list[SectionText], list[ReaderNote]]:
    """The parts, from the text extractor's article where it kept all headings, else from the whole text."""
    form = load_form(edition or "2021")
    sections, notes = sections_of(document.text, form, text)
    if document.medium != "html" or data is None:
        return sections, notes
    from gipa_pipeline.extract.prose.article import article_of

    article = article_of(data)
    if article:
        clean, clean_notes = sections_of(article, form)
        if [s.part for s in clean] == [s.part for s in sections]:
            return clean, clean_notes
    return sections, notes


def _state(
    document: Document, template: str | None, title: str | None, sections: list[SectionText], string: str
) -> str:
    if template == "pre2019":
        return "read"
    named = title is not None and "公开" in title and "报告" in title
    if not any(s.part > 0 for s in sections) and len(years_listed(document)) >= _LISTED:
        # The titles of several years, and nothing of a report: a list of reports.
        return "not_a_report"
    parts = sum(s.part > 0 for s in sections)
    if parts >= 3 or (named and (parts or "信息公开" in string)):
        return "table_absent"
    return "not_a_report"
