"""XLSX and XLS: every sheet that is shown as a grid with its merged ranges (电子表格).

What is hidden is not read: rows, columns and sheets that a person does not see. A formula without a result is no
value.
"""

from __future__ import annotations

import datetime
import io
import math
import re
from collections.abc import Sequence
from decimal import Decimal

from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.media.document import (
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_SQUARES,
    Document,
    Grid,
    GridCell,
    bounded_grids,
)
from gipa_pipeline.extract.media.html_drawn import DRAWN
from gipa_pipeline.extract.media.sheet_marks import Marks, marks_of
from gipa_pipeline.extract.media.sheet_records import marks_of_records
from gipa_pipeline.extract.media.sight import visible
from gipa_pipeline.extract.media.writer import TextWriter
from gipa_pipeline.model import Place

PENDING = "（公式未计算）"
"""Stands for the result of a formula that the file does not hold."""
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
"""What an XLS file begins with."""


def read_sheet(data: bytes) -> Document:
    """Read a workbook by its shown values.

    Raises:
        UnreadableDocument: a damaged or locked workbook.
    """
    import python_calamine

    marks: dict[str, Marks] = {}
    if data.startswith(b"PK"):
        from gipa_pipeline.extract.media.package import open_package, part

        # Unpacking bounds are checked here; the workbook reader itself has none.
        package = open_package(data)
        for name in package.namelist():
            content = part(package, name)
            if b"<!ENTITY" in content[:10_000]:
                raise UnreadableDocument("broken", f"the part {name} declares entities of its own")
            if name.startswith("xl/worksheets/"):
                _check_extent(name, content)
        marks = marks_of(package)
    elif data.startswith(_OLE):
        marks = marks_of_records(data)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [
            (sheet.name, book.get_sheet_by_name(sheet.name))
            for sheet in book.sheets_metadata
            if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
            and sheet.visible == python_calamine.SheetVisibleEnum.Visible
        ]
        loaded = [
            (name, sheet, sheet.to_python(skip_empty_area=False)) for name, sheet in sheets if sheet.height
        ]
    except python_calamine.PasswordError as error:
        raise UnreadableDocument("encrypted", "the workbook is locked with a password") from error
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise UnreadableDocument("broken", f"the workbook cannot be opened: {error}") from error
    except BaseException as error:
        # A panic of the Rust library underneath; its class can be had by name only.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableDocument("broken", "the workbook is damaged") from error
    writer = TextWriter()
    concealed: list[str] = []
    for name, sheet, rows in loaded:
        merged = getattr(sheet, "merged_cell_ranges", None) or []
        sheet_marks = marks.get(name, Marks())
        grid = _grid(rows, merged, len(writer.grids), sheet_marks)
        bounded_grids([*writer.grids, grid])
        for cell in grid.cells:
            cell.node = name
            if sheet_marks.hides(cell.row, cell.column, cell.rowspan, cell.colspan):
                concealed.append(_path(cell))
        writer.cells(grid, _cell_place)
    return Document(
        medium="xlsx",
        text=writer.text,
        grids=writer.grids,
        spans=writer.spans,
        locate_cell=_cell_place,
        concealed=frozenset(concealed),
    )


_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")


def _check_extent(name: str, content: bytes) -> None:
    """One cell far out makes the workbook reader fill the memory with the empty ones before it."""
    width = height = 1
    for letters, digits in _CELL.findall(content):
        column = 0
        for letter in letters:
            column = 26 * column + letter - 64
        width, height = max(width, column), max(height, int(digits))
    if width * height > MAX_SQUARES:
        raise UnreadableDocument("too_large", f"the sheet {name} stretches over {width} x {height} cells")


def _grid(
    rows: Sequence[Sequence[object]],
    merged: list[tuple[tuple[int, int], tuple[int, int]]],
    index: int,
    marks: Marks,
) -> Grid:
    if sum((b - t + 1) * (r - c + 1) for (t, c), (b, r) in merged) > MAX_SQUARES:
        raise UnreadableDocument("too_large", "the merged ranges of a sheet are without measure")
    extents = {start: (end[0] - start[0] + 1, end[1] - start[1] + 1) for start, end in merged}
    covered = {
        (r, c)
        for (top, left), (bottom, right) in merged
        for r in range(top, min(bottom, MAX_ROWS) + 1)
        for c in range(left, min(right, MAX_COLUMNS) + 1)
        if (r, c) != (top, left)
    }
    # The reader of values leaves out empty cells at the edges; a formula without a result is none.
    high = min(max((r + 1 for r, _ in marks.pending), default=0), MAX_ROWS)
    wide = min(max((c + 1 for _, c in marks.pending), default=0), MAX_COLUMNS)
    rows = [[*row, *[""] * (wide - len(row))] for row in [*rows, *[[]] * (high - len(rows))]]
    cells: list[GridCell] = []
    width = max((len(row) for row in rows[:MAX_ROWS]), default=0)
    for r, row in enumerate(rows[:MAX_ROWS]):
        for c, value in enumerate(row[:MAX_COLUMNS]):
            if (r, c) not in covered:
                high, wide = extents.get((r, c), (1, 1))
                high, wide = min(high, len(rows) - r), max(1, min(wide, MAX_COLUMNS - c, width - c))
                if all(row in marks.rows for row in range(r, r + high)):
                    # A row that is not shown is not there: it has no blank cells either.
                    continue
                text = "" if marks.hides(r, c, high, wide) else _shown(value)
                if text and (r, c) in marks.texts:
                    text = visible(marks.texts[r, c])
                elif text and (r, c) in marks.shares and isinstance(value, float):
                    text = f"{_shown(float(Decimal(repr(value)) * 100))}%"
                if (r, c) in marks.unseen and any(sign.isdigit() for sign in text):
                    # Nobody sees it there, or hardly: neither a number nor a blank. Words are no figures.
                    text = DRAWN
                if (r, c) in marks.odd or ((r, c) in marks.whole and "." in text):
                    # The cell shows another number than its value, or none.
                    text = DRAWN if not marks.hides(r, c, high, wide) else ""
                if (r, c) in marks.pending and not marks.hides(r, c, high, wide):
                    text = PENDING
                cells.append(GridCell(text, r, c, high, wide))
    return Grid(cells, index=index, reader="sheet")


def _shown(value: object) -> str:
    """A cell's value as a person sees it: whole numbers without the float's tail."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return repr(value)
        # As many digits as a workbook keeps: the rest is the float's own (0.30000000000000004).
        exact = Decimal(f"{value:.15g}")
        return str(int(exact)) if exact == exact.to_integral_value() else format(exact, "f")
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()[:10]
    return "" if value is None else visible(str(value))


def _path(cell: GridCell) -> str:
    """A cell's sheet and square: ``年报!D12``."""
    letters, number = "", cell.column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{cell.node}!{letters}{cell.row + 1}"


def _cell_place(grid: Grid, cell: GridCell) -> Place:
    return Place(reader="xlsx", path=_path(cell), table=grid.index, row=cell.row, column=cell.column)
