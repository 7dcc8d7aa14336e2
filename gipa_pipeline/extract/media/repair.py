"""What recognised figures are worth: seen twice, following from the sums, or left open (识别结果核定).

A figure seen alike by two looks is what is printed, whether the report's sums hold or not. A doubtful one is
settled by the sums only where one reading alone fits them and that reading was nearly seen; nothing is bent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from expectations.forms import Form, Identity
from gipa_pipeline.extract.media import ocr, picture
from gipa_pipeline.extract.media.document import Document
from gipa_pipeline.extract.media.looks import Candidate, Look, candidates_of, is_sure
from gipa_pipeline.model import CellReading, ReaderNote
from gipa_pipeline.normalize.numbers import parse_number

ONE, TWO = ("recogniser",), ("recogniser-page", "recogniser-cell")
"""Who agrees on a recognised value: one look, or the page's and the cell's own."""
_VERY_SURE = 0.995
"""Where a sum does not hold, each of its figures must be this clear to be held against the unit."""
_MOST_WAYS = 50_000
_MOST_COST = 12.0
_GAP = 3.0
"""The next best reading that fits must be twenty times less likely."""
_FAR = 6.0
"""A reading four hundred times less likely than the best was not seen, whatever the sums say."""
_MOST_CHANGES = 6

RECOGNISED = ("scan", "image")
"""Media whose characters were recognised in pictures, and who saw a place on them."""

Cells = dict[str, CellReading]


@dataclass(slots=True)
class _Open:
    """A doubtful cell and the numbers it may show."""

    candidates: list[Candidate]
    note: str


def settle(
    document: Document,
    form: Form,
    cells: Mapping[str, CellReading],
    notes: Sequence[ReaderNote],
    squares: Mapping[str, CellReading],
) -> tuple[Cells, list[ReaderNote]]:
    """Decide every recognised cell's status.

    Args:
        document: its grids hold the looks.
        form: the edition.
        cells: as the two readers agreed on the recognised text.
        notes: theirs.
        squares: as the structure reader alone gave them, for their places.

    Returns:
        The cells: ``reported`` where two looks agree, ``inferred`` where the sums leave one reading that was
        nearly seen, else ``ambiguous`` with the candidates; and the notes with one on repaired figures.
    """
    out: Cells = dict(cells)
    looks: dict[str, Look | None] = {}
    for cell, reading in cells.items():
        place = squares[cell].place if cell in squares else reading.place
        if reading.status == "missing" or (place is not None and place.reader not in RECOGNISED):
            continue
        seen = None
        if place is not None and None not in (place.table, place.row, place.column):
            square = document.grids[place.table or 0].at(place.row or 0, place.column or 0)
            seen = square.node if square is not None and isinstance(square.node, Look) else None
        looks[cell] = seen
        if out[cell].place is None:
            out[cell] = replace(reading, place=place)
    open_cells = _doubtful(form, out, looks)
    settled = _resolve(form, out, open_cells)
    _doubt_blanks(form, out)
    told = list(notes)
    changed = [cell for cell in settled if out[cell].note and "page" in (out[cell].note or "")]
    if settled:
        detail = (
            f"{len(settled)} recognised figure(s) follow from the sums, {len(changed)} against the first look"
        )
        told.append(ReaderNote("recognised", detail, tuple(settled)))
    return out, told


_MOST_OPEN = 0.2


def _doubt_blanks(form: Form, cells: Cells) -> None:
    """Leave blanks open in a table of which much could not be read: there a faint figure is none to be seen either."""
    for table in ("t2", "t3", "t4"):
        ids = form.table_cells(table)
        open_ = sum(cells[c].status in ("ambiguous", "unreadable") for c in ids if c in cells)
        if open_ <= _MOST_OPEN * len(ids):
            continue
        for cell in ids:
            if cell in cells and cells[cell].status == "blank":
                cells[cell] = replace(cells[cell], status="unreadable", note="faint page")


def _doubtful(form: Form, cells: Cells, looks: Mapping[str, Look | None]) -> dict[str, _Open]:
    """Mark what two looks agree on and collect the rest, after a third look where sums do not hold."""
    doubtful: dict[str, _Open] = {}
    for cell, look in looks.items():
        reading = cells[cell]
        if look is not None and is_sure(look):
            cells[cell] = replace(reading, readers=TWO)
            continue
        doubtful[cell] = _open(reading, look)
    broken = [i for i in form.identities if _holds(i, cells, doubtful) is False]
    suspects = [c for i in broken for c in i.cells if looks.get(c) is not None and c not in doubtful]
    for cell in _unconfirmed(dict.fromkeys(suspects), looks):
        look = looks[cell]
        doubtful[cell] = _open(cells[cell], look)
    return doubtful


def _open(reading: CellReading, look: Look | None) -> _Open:
    if look is None:
        own = [reading.value, *reading.candidates] if reading.value is not None else list(reading.candidates)
        return _Open([Candidate(format(v, "f"), 1.0) for v in dict.fromkeys(own)], "one look")
    best = look.figures[0].text if look.figures else ""
    return _Open(candidates_of(look), f"page {look.page!r}, cell {best!r}")


def _unconfirmed(suspects: Iterable[str], looks: Mapping[str, Look | None]) -> list[str]:
    """The cells of broken sums whose figures a third, sharper look does not bear out."""
    inked = [(c, look) for c in suspects if (look := looks[c]) is not None and look.ink]
    if not inked:
        return []
    third = ocr.recogniser().looks([picture.sharpened(look.crop) for _, look in inked])
    out = []
    for (cell, look), (_, figures) in zip(inked, third, strict=True):
        best = look.figures[0]
        if figures[0].text == best.text and best.probability >= _VERY_SURE:
            continue
        known = {f.text for f in look.figures}
        look.figures += [f for f in figures if f.text not in known]
        out.append(cell)
    return out


def _value(cell: str, cells: Mapping[str, CellReading]) -> Decimal | None:
    reading = cells.get(cell)
    if reading is None:
        return None
    return Decimal(0) if reading.status == "blank" else reading.value


def _holds(identity: Identity, cells: Cells, doubtful: Mapping[str, _Open]) -> bool | None:
    """Whether a sum holds; None when one of its cells is not known for certain."""
    if any(cell in doubtful for cell in identity.cells):
        return None
    left = [_value(c, cells) for c in identity.left]
    right = [_value(c, cells) for c in identity.right]
    if None in left or None in right:
        return None
    return sum(v for v in left if v is not None) == sum(v for v in right if v is not None)


def _resolve(form: Form, cells: Cells, doubtful: Mapping[str, _Open]) -> list[str]:
    """Settle doubtful cells group by group; the ids of those that the sums settled."""
    settled: list[str] = []
    for group in _groups(form, doubtful):
        chosen = _only_way(form, cells, group, doubtful)
        for cell in group:
            reading, open_cell = cells[cell], doubtful[cell]
            values = tuple(v for c in open_cell.candidates if (v := _parsed(form, cell, c.text)) is not None)
            if chosen is not None and cell in chosen:
                value = _parsed(form, cell, chosen[cell])
                note = open_cell.note if chosen[cell] != open_cell.candidates[0].text else "recognised"
                cells[cell] = CellReading(
                    "inferred", value, reading.raw, values[:4], reading.place, ONE, note
                )
                settled.append(cell)
            elif values:
                cells[cell] = CellReading(
                    "ambiguous", None, reading.raw, values[:4], reading.place, ONE, open_cell.note
                )
            else:
                cells[cell] = CellReading(
                    "unreadable", None, reading.raw, (), reading.place, ONE, open_cell.note
                )
    return settled


def _parsed(form: Form, cell: str, text: str) -> Decimal | None:
    return parse_number(text, form.cells[cell].kind).value


def _groups(form: Form, doubtful: Mapping[str, _Open]) -> list[list[str]]:
    """Doubtful cells that share sums, together."""
    group_of: dict[str, set[str]] = {cell: {cell} for cell in doubtful}
    for identity in form.identities:
        inside = [c for c in identity.cells if c in doubtful]
        for cell in inside[1:]:
            a, b = group_of[inside[0]], group_of[cell]
            if a is not b:
                a |= b
                for member in b:
                    group_of[member] = a
    unique = {id(g): g for g in group_of.values()}
    order = list(doubtful)
    return [sorted(g, key=order.index) for g in unique.values()]


def _only_way(
    form: Form, cells: Cells, group: Sequence[str], doubtful: Mapping[str, _Open]
) -> dict[str, str] | None:
    """The single choice of candidates under which every sum of the group holds, if it was nearly seen."""
    inside = set(group)
    sums = [
        i
        for i in form.identities
        if inside & set(i.cells) and all(c in inside or _value(c, cells) is not None for c in i.cells)
    ]
    support = {cell: sum(cell in i.cells for i in sums) for cell in group}
    choices = [
        [(c, v) for c in doubtful[cell].candidates[:6] if (v := _parsed(form, cell, c.text)) is not None]
        for cell in group
    ]
    ways = 1
    for of in choices:
        ways *= len(of)
    if not 0 < ways <= _MOST_WAYS or min(support.values()) == 0:
        return None
    fits: list[tuple[float, tuple[Candidate, ...]]] = []
    for way in product(*choices):
        given = dict(zip(group, (v for _, v in way), strict=True))

        def value(cell: str, given: Mapping[str, Decimal] = given) -> Decimal:
            return given[cell] if cell in given else _value(cell, cells) or Decimal(0)

        if all(sum(map(value, i.left)) == sum(map(value, i.right)) for i in sums):
            picked = tuple(c for c, _ in way)
            fits.append((sum(c.cost for c in picked), picked))
    if not fits:
        return None
    fits.sort(key=lambda f: f[0])
    cost, best = fits[0]
    if cost > _MOST_COST or (len(fits) > 1 and fits[1][0] - cost < _GAP):
        return None
    firsts = [of[0][0] for of in choices]
    changes = [n for n, c in enumerate(best) if c.text != firsts[n].text]
    far = any(best[n].cost - firsts[n].cost > _FAR for n in changes)
    # One sum alone bears out what was seen first, but does not overrule it: the unit may have erred there.
    if len(changes) > _MOST_CHANGES or far or any(support[group[n]] < 2 for n in changes):
        return None
    return {cell: c.text for cell, c in zip(group, best, strict=True)}
