"""Linear text written together with its grids: cells closed by tabs, a row a line (线性文本).

Where a cell or a line stands in the file is told by the medium.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from gipa_pipeline.extract.media.document import Grid, GridCell
from gipa_pipeline.model import Place


class TextWriter:
    """Text, spans and grids of a document in the making."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.spans: list[tuple[int, Callable[[], Place]]] = []
        self.grids: list[Grid] = []
        self.length = 0

    @property
    def text(self) -> str:
        """What was written."""
        return "".join(self.parts)

    def put(self, text: str) -> None:
        """Add text."""
        self.parts.append(text)
        self.length += len(text)

    def cells(self, grid: Grid, place: Callable[[Grid, GridCell], Place]) -> None:
        """Add a table; its cells learn where their text begins and ends."""
        grid.index = len(self.grids)
        self.grids.append(grid)
        row = 0
        for cell in grid.cells:
            if cell.row != row:
                self.put("\n")
                row = cell.row
            cell.start = self.length
            self.spans.append((self.length, partial(place, grid, cell)))
            self.put(cell.text)
            cell.end = self.length
            self.put("\t")
        self.put("\n\n")
