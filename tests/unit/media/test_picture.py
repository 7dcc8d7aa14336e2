"""Pictures of pages made even, their rules found and their cells emptied of rules."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageDraw

from gipa_pipeline.errors import UnreadableDocument
from gipa_pipeline.extract.media import picture
from gipa_pipeline.extract.media.lattice import Glyph, lattices

LEFTS, TOPS = (200, 500, 800, 1100, 1400), (300, 380, 460, 540)


def page(tilt: float = 0.0, scale: float = 1.0) -> np.ndarray:
    """A page with a table of 3 rows and 4 columns; the first row's last two cells are one."""
    image = Image.new("L", (1654, 2339), 235)
    pen = ImageDraw.Draw(image)
    for y in TOPS:
        pen.line((LEFTS[0], y, LEFTS[-1], y), fill=40, width=3)
    for x in LEFTS:
        top = TOPS[1] if x == LEFTS[3] else TOPS[0]
        pen.line((x, top, x, TOPS[-1]), fill=40, width=3)
    # A figure, a stroke of a large character and an underlined word: no rules of a table.
    pen.ellipse((600, 405, 622, 437), outline=40, width=4)
    pen.line((300, 800, 380, 800), fill=40, width=4)
    image = image.rotate(tilt, resample=Image.Resampling.BICUBIC, fillcolor=235)
    return np.asarray(image.resize((round(1654 * scale), round(2339 * scale))))


@pytest.mark.parametrize("tilt", [0.0, 0.6, -1.5, 3.0])
@pytest.mark.parametrize("scale", [0.6, 1.0])
def test_rules_of_a_tilted_page_give_the_table(tilt: float, scale: float) -> None:
    (even,) = picture.evened(page(tilt, scale))
    horizontal, vertical = picture.rules_of(even)
    assert (len(horizontal), len(vertical)) == (4, 5)
    inside = Glyph("0", 220, 150, 224, 156)
    ((table), rest) = lattices(horizontal, vertical, [inside], 1)
    grid = table[0].grid
    assert (grid.height, grid.width, rest) == (3, 4, [])
    assert grid.at(0, 2) is grid.at(0, 3)
    assert grid.at(1, 2) is not grid.at(1, 3)


def test_ink_is_found_without_the_rules_and_an_empty_cell_has_none() -> None:
    (even,) = picture.evened(page(0.5))
    horizontal, vertical = picture.rules_of(even)
    ((table,), _) = lattices(horizontal, vertical, [Glyph("0", 220, 150, 224, 156)], 1)
    bare = picture.without_rules(even)
    filled = {
        (cell.row, cell.column)
        for cell in table.grid.cells
        if cell.box and picture.ink_in(bare, cell.box) is not None
    }
    assert filled == {(1, 1)}
    crop = picture.ink_in(bare, table.grid.at(1, 1).box)  # type: ignore[union-attr, arg-type]
    assert 30 <= crop.shape[0] <= 60


def test_a_white_page_has_no_rules() -> None:
    (even,) = picture.evened(np.full((1000, 700), 255, np.uint8))
    assert picture.rules_of(even) == ([], [])


def test_a_long_strip_is_cut_between_lines() -> None:
    strip = np.full((7000, 800), 255, np.uint8)
    for y in range(0, 7000, 100):
        strip[y : y + 60, 100:700] = 60
    pieces = picture.evened(strip)
    assert len(pieces) == 5
    assert all(piece[0].min() > 200 for piece in pieces[1:])


def test_every_frame_of_a_fax_is_a_page_and_transparency_is_paper() -> None:
    frames = [Image.new("1", (400, 500), 1) for _ in range(3)]
    fax = BytesIO()
    frames[0].save(fax, "TIFF", save_all=True, append_images=frames[1:])
    assert [f.shape for f in picture.frames_of(fax.getvalue())] == [(500, 400)] * 3
    clear = BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(clear, "PNG")
    assert picture.frames_of(clear.getvalue())[0].min() == 255


def test_a_damaged_picture_is_broken_not_a_crash() -> None:
    whole = BytesIO()
    Image.effect_noise((300, 300), 80).save(whole, "PNG")
    for data in (whole.getvalue()[:500], b"\x89PNG\r\n\x1a\nrubbish", b"GIF89a"):
        with pytest.raises(UnreadableDocument) as caught:
            picture.frames_of(data)
        assert caught.value.kind == "broken"


def test_a_picture_beyond_all_pages_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "MAX_PIXELS", 1000)
    small = BytesIO()
    Image.new("L", (100, 100), 255).save(small, "PNG")
    with pytest.raises(UnreadableDocument) as caught:
        picture.frames_of(small.getvalue())
    assert caught.value.kind == "too_large"


@pytest.mark.parametrize(
    ("top", "bottom", "leaning"), [(20, 20, False), (21, 19, False), (27, 13, True), (13, 27, True)]
)
def test_a_slanting_stroke_is_told_from_a_one(top: int, bottom: int, leaning: bool) -> None:
    crop = Image.new("L", (40, 50), 255)
    ImageDraw.Draw(crop).line((top, 8, bottom, 42), fill=0, width=4)
    assert picture.leans(np.asarray(crop)) is leaning
