"""Which runs of a Word document are seen: styles that hide or strike, print in its ground's colour (隐藏文字).

Word keeps a run's colour with the run, with its character or paragraph style, or as a colour of the theme; what it
stands on with the run, the paragraph, the cell, the table or the table's style.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gipa_pipeline.extract.fold import is_count
from gipa_pipeline.extract.media.colours import RGB, WHITE, colour, contrast, theme_of, tinted, verdict
from gipa_pipeline.extract.media.package import named, parse_xml, part

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
GONE = (f"{_W}vanish", f"{_W}strike", f"{_W}dstrike")
"""Marks of a run that is hidden or struck through."""
_THEME_NAMES = {"background1": "lt1", "text1": "dk1", "background2": "lt2", "text2": "dk2"}
_HIGHLIGHTS = {"darkBlue": (0.0, 0.0, 139.0), "lightGray": (211.0, 211.0, 211.0), "cyan": (0.0, 255.0, 255.0)}
_MOST_STYLES = 5_000
_DEEPEST = 20
"""Styles that are based on one another."""
_TINIEST = 4
"""Half points of the smallest print that is still seen."""


@dataclass(slots=True)
class _Style:
    based_on: str | None
    run: Any
    paragraph: Any
    shades: bool


@dataclass(slots=True)
class Looks:
    """What a document's styles and theme say of its runs."""

    styles: dict[str, _Style] = field(default_factory=dict)
    theme: dict[str, RGB] = field(default_factory=dict)
    default: str = ""
    """The style of paragraphs that name none."""
    paper: RGB | None = WHITE
    plain: bool = False
    """Nothing in the document is light print, dark ground, tiny, or hidden by a style."""
    _grounds: dict[Any, RGB | str | None] = field(default_factory=dict)

    def of(self, run: Any) -> str:
        """How a run's text looks: ``seen``, ``gone`` (hidden, struck), ``unseen`` on its ground, or ``doubtful``."""
        own = run.find(f"{_W}rPr")
        if own is not None and len(own) and any(is_on(own.find(name)) for name in GONE):
            return "gone"
        if self.plain:
            return "seen"
        found = self._lookup(run, own)
        if found["gone"]:
            return "gone"
        seen = None if found.get("tiny") else verdict(found.get("colour"), [self._ground(run, own)])
        return "seen" if seen else "doubtful" if seen is None else "unseen"

    def veiled(self, element: Any) -> bool:
        """Whether there is text in an element, and no run of it is seen."""
        if self.plain:
            return False
        runs = [r for r in element.iter(f"{_W}r") if any((t.text or "").strip() for t in r.iter(f"{_W}t"))]
        return bool(runs) and all(self.of(run) in ("gone", "unseen") for run in runs)

    def paragraph_styles(self, properties: Any) -> list[Any]:
        """The paragraph properties that a paragraph with such properties has by its style, the nearest first."""
        styles = self._chain(properties, "pStyle") or self._based_on(self.default)
        return [style.paragraph for style in styles if style.paragraph is not None]

    def _lookup(self, run: Any, own: Any) -> dict[str, Any]:
        """The run's colour and whether a style hides it: what is nearest to the run counts."""
        paragraph = run.getparent()
        while paragraph is not None and paragraph.tag != f"{_W}p":
            paragraph = paragraph.getparent()
        held = paragraph.find(f"{_W}pPr") if paragraph is not None else None
        sources = [
            own,
            *(s.run for s in self._chain(own, "rStyle")),
            *(s.run for s in self._chain(held, "pStyle") or self._based_on(self.default)),
        ]
        found: dict[str, Any] = {}
        for properties in sources:
            if properties is None:
                continue
            for name in GONE:
                mark = properties.find(name)
                if mark is not None and name not in found:
                    found[name] = is_on(mark)
            mark, size = properties.find(f"{_W}color"), properties.find(f"{_W}sz")
            if mark is not None and "colour" not in found:
                found["colour"] = self._colour(mark, "val", "themeColor", "themeTint", "themeShade")
            if size is not None and "tiny" not in found:
                value = size.get(f"{_W}val", "")
                found["tiny"] = is_count(value) and int(value) <= _TINIEST
        found["gone"] = any(found.get(name) for name in GONE)
        return found

    def _chain(self, properties: Any, kind: str) -> list[_Style]:
        mark = properties.find(f"{_W}{kind}") if properties is not None else None
        return self._based_on(mark.get(f"{_W}val", "")) if mark is not None else []

    def _based_on(self, name: str) -> list[_Style]:
        chain: list[_Style] = []
        while name in self.styles and len(chain) < _DEEPEST:
            chain.append(self.styles[name])
            name = chain[-1].based_on or ""
        return chain

    def _colour(self, mark: Any, value: str, theme: str, tint: str, shade: str) -> RGB | None:
        """The colour of a mark; one of the theme goes before the one written beside it for old programs."""
        named = mark.get(f"{_W}{theme}")
        base = self.theme.get(_THEME_NAMES.get(named, named)) if named else None
        if base is None:
            return colour(mark.get(f"{_W}{value}"))
        for key, sign in ((tint, 1), (shade, -1)):
            amount = mark.get(f"{_W}{key}") or ""
            if len(amount) == 2 and all(c in "0123456789abcdefABCDEF" for c in amount):
                base = tinted(base, sign * (1 - int(amount, 16) / 255))
        return base

    def _ground(self, run: Any, own: Any) -> RGB | None:
        """What a run stands on; None when it is not known."""
        for properties in (own, *(s.run for s in self._chain(own, "rStyle"))):
            if properties is None:
                continue
            mark = properties.find(f"{_W}highlight")
            name = mark.get(f"{_W}val", "none") if mark is not None else "none"
            if name != "none":
                return _HIGHLIGHTS.get(name) or colour(name)
            shaded = self._shading(properties)
            if shaded is not False:
                return shaded or None
        way: list[Any] = []
        node = run.getparent()
        ground: RGB | str | None = self.paper
        while node is not None:
            if node in self._grounds:
                ground = self._grounds[node]
                break
            own_ground = self._own_ground(node)
            if own_ground is not False:
                ground = own_ground or None
                self._grounds[node] = ground
                break
            way.append(node)
            node = node.getparent()
        self._grounds.update(dict.fromkeys(way, ground))
        return ground if isinstance(ground, tuple) else None

    def _own_ground(self, node: Any) -> Any:
        """The ground that a paragraph, cell or table gives, None for one that is not known, False for none."""
        if node.tag == f"{_W}p":
            held = node.find(f"{_W}pPr")
            for properties in (held, *(s.paragraph for s in self._chain(held, "pStyle"))):
                shaded = self._shading(properties)
                if shaded is not False:
                    return shaded
        elif node.tag in (f"{_W}tc", f"{_W}tbl"):
            shaded = self._shading(node.find(f"{node.tag}Pr"))
            if shaded is not False:
                return shaded
            if node.tag == f"{_W}tbl" and any(
                s.shades for s in self._chain(node.find(f"{_W}tblPr"), "tblStyle")
            ):
                return None
        elif node.tag == f"{_W}txbxContent":
            return None
        return False

    def _shading(self, properties: Any) -> Any:
        """The fill of a shading, None for a pattern or an unknown colour, False where there is none."""
        mark = properties.find(f"{_W}shd") if properties is not None else None
        if mark is None:
            return False
        if mark.get(f"{_W}val", "clear") in ("clear", "nil"):
            fill = self._colour(mark, "fill", "themeFill", "themeFillTint", "themeFillShade")
            return fill if fill is not None else False
        return None


def is_on(mark: Any) -> bool:
    """Whether a switch is there and not turned off."""
    return mark is not None and mark.get(f"{_W}val", "true") not in ("0", "false", "off")


def looks_of(package: Any, root: Any) -> Looks:
    """The looks of a document part.

    Args:
        package: the DOCX package.
        root: the root of ``word/document.xml``.

    Raises:
        UnreadableDocument: a part is damaged or without measure.
    """
    names = package.namelist()
    looks = Looks()
    theme, sheet = named(names, "word/theme/theme"), named(names, "word/styles")
    looks.theme = theme_of(parse_xml(part(package, theme)) if theme else None)
    marks = [root]
    if sheet:
        marks.append(parse_xml(part(package, sheet)))
        _read_styles(marks[-1], looks)
    page = root.find(f"{_W}background")
    if page is not None and looks._colour(page, "color", "themeColor", "", "") != WHITE:
        looks.paper = None  # shown on the screen, not on paper
    looks.plain = not any(_stands_out(looks, of) for of in marks)
    return looks


def _read_styles(sheet: Any, looks: Looks) -> None:
    for n, style in enumerate(sheet.iter(f"{_W}style")):
        if n >= _MOST_STYLES:
            break
        based = style.find(f"{_W}basedOn")
        kind = style.get(f"{_W}type")
        read = _Style(
            based.get(f"{_W}val") if based is not None else None,
            style.find(f"{_W}rPr"),
            style.find(f"{_W}pPr"),
            kind == "table" and any(_fills(mark) for mark in style.iter(f"{_W}shd")),
        )
        name = style.get(f"{_W}styleId")
        if name:
            looks.styles[name] = read
            if kind == "paragraph" and style.get(f"{_W}default") in ("1", "true", "on"):
                looks.default = name


def _fills(mark: Any) -> bool:
    return mark.get(f"{_W}fill", "auto") != "auto" or mark.get(f"{_W}themeFill") is not None


def _stands_out(looks: Looks, root: Any) -> bool:
    """Whether anything in a part makes it worth asking what is seen; in most documents nothing does."""
    for mark in root.iter(f"{_W}color", f"{_W}shd", f"{_W}highlight", f"{_W}sz"):
        if mark.tag == f"{_W}color":
            of = looks._colour(mark, "val", "themeColor", "themeTint", "themeShade")
            if of is not None and contrast(of, WHITE) < 3:
                return True
        elif mark.tag == f"{_W}sz":
            value = mark.get(f"{_W}val", "")
            if is_count(value) and int(value) <= _TINIEST:
                return True
        elif mark.tag == f"{_W}shd":
            of = looks._colour(mark, "fill", "themeFill", "themeFillTint", "themeFillShade")
            if of is not None and contrast(of, WHITE) > 3:
                return True
    return any(
        any(is_on(mark) for mark in style.run.iter(*GONE))
        for style in looks.styles.values()
        if style.run is not None
    )
