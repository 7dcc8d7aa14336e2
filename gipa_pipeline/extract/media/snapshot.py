"""Pages as a person sees them, in the measure in which places are given (页面截图).

For pages of a PDF and for everything whose figures were recognised in pictures. Nothing is recognised again: a page is
drawn, evened like its reader evened it, and made small.
"""

from __future__ import annotations

import base64
import importlib.util
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.media.breaks import Box
from gipa_pipeline.model import Place

READERS = ("pdf", "scan", "image")
"""Who gives places as boxes on pages."""
MOST = 12
"""So many pages of a document are shown; statutory tables stand on three to eight."""
_WIDE = 1000
_QUALITY = 55
Page = tuple[str, int]
"""Who read a page, and its number."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A page, or a stripe of it, as a JPEG.

    ``left``, ``top``, ``width`` and ``height`` tell in points which part of the page it shows.
    """

    jpeg: bytes
    left: float
    top: float
    width: float
    height: float

    @property
    def address(self) -> str:
        """The picture as an address that needs no file."""
        return "data:image/jpeg;base64," + base64.b64encode(self.jpeg).decode("ascii")


def page_of(place: Place | None) -> Page | None:
    """The page on which a place is a box; None for places of other kinds."""
    if place is None or place.page is None or place.box is None or place.reader not in READERS:
        return None
    return place.reader, place.page


def snapshots(
    data: bytes, pages: Iterable[Page], around: dict[Page, Box] | None = None
) -> dict[Page, Snapshot]:
    """The pages asked for, as far as they can be drawn.

    Args:
        data: the document.
        pages: who read which page.
        around: parts to which pages are cut, in points.
    """
    wanted = list(dict.fromkeys(pages))[:MOST]
    drawn: dict[Page, Snapshot] = {}
    try:
        for page, image, wide in _drawn(data, set(wanted)):
            drawn[page] = _shot(image, wide, (around or {}).get(page))
    except UnreadableDocument:
        return drawn
    return drawn


def _drawn(data: bytes, wanted: set[Page]) -> Iterator[tuple[Page, Any, float]]:
    """Each wanted page as a grey picture with its width in points."""
    if b"%PDF-" in data[:1024]:
        yield from _of_pdf(data, wanted)
        return
    last = max((number for reader, number in wanted if reader == "image"), default=0)
    if not last or not _can_even():
        return
    from gipa_pipeline.extract.media.picture import POINT
    from gipa_pipeline.extract.media.scan import pictures_of

    for number, image in enumerate(pictures_of(data), start=1):
        if ("image", number) in wanted:
            yield ("image", number), image, image.shape[1] * POINT
        if number >= last:
            return


def _can_even() -> bool:
    return importlib.util.find_spec("cv2") is not None


def _of_pdf(data: bytes, wanted: set[Page]) -> Iterator[tuple[Page, Any, float]]:
    import pypdfium2

    from gipa_pipeline.extract.media.upright import view_of

    try:
        book = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return
    try:
        for reader, number in sorted(wanted):
            if not 1 <= number <= len(book):
                continue
            page = book[number - 1]
            if reader == "pdf":
                text = page.get_textpage()
                turn = 90 * view_of(page, text).turn
                text.close()
                wide = page.get_size()[(turn - page.get_rotation()) % 180 // 90]
                scale = 2 * _WIDE / max(wide, 20)
                drawn = page.render(
                    scale=min(scale, 6), rotation=(turn - page.get_rotation()) % 360, grayscale=True
                )
                yield (reader, number), drawn.to_numpy().squeeze(), wide
            elif reader == "scan" and _can_even():
                from gipa_pipeline.extract.media.picture import POINT
                from gipa_pipeline.extract.media.scan import pieces_of_page

                pieces = pieces_of_page(page)
                # Pieces of a long strip share a page's number: which of them is meant cannot be told.
                if len(pieces) == 1:
                    yield (reader, number), pieces[0], pieces[0].shape[1] * POINT
            page.close()
    except pypdfium2.PdfiumError:
        return
    finally:
        book.close()


def _shot(image: Any, wide: float, around: Box | None) -> Snapshot:
    from PIL import Image

    whole = Image.fromarray(image)
    k = whole.width / wide
    left, top, right, bottom = around or (0.0, 0.0, wide, whole.height / k)
    edges = (
        max(0, round(left * k)),
        max(0, round(top * k)),
        min(whole.width, round(right * k)),
        min(whole.height, round(bottom * k)),
    )
    if edges[2] - edges[0] < 8 or edges[3] - edges[1] < 8:
        edges = (0, 0, whole.width, whole.height)
    part = whole.crop(edges).convert("L")
    if part.width > _WIDE:
        part = part.resize((_WIDE, max(1, round(part.height * _WIDE / part.width))), Image.Resampling.LANCZOS)
    target = io.BytesIO()
    part.save(target, "JPEG", quality=_QUALITY)
    return Snapshot(
        target.getvalue(),
        round(edges[0] / k, 2),
        round(edges[1] / k, 2),
        round((edges[2] - edges[0]) / k, 2),
        round((edges[3] - edges[1]) / k, 2),
    )
