"""Change documents in ways that leave their figures, or take one away, and see that no figure turns wrong unsaid.

``python -m tests.hardness.same --seed 1 --count 2000``. A figure that is left open is no error here; one that is given
and is not what is printed is. Exit code 1 when there was such a one.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from random import Random

from lxml import etree, html

from gipa_pipeline.extract.media.charset import decode
from gipa_pipeline.extract.reading import read_document
from gipa_pipeline.model import CellReading
from tests.generator import FAULTS, Document, generate
from tests.hardness.packages import main_part, packed_again, parts_of

PAGES = (
    "html",
    "html_gb18030",
    "html_word",
    "html_nested",
    "html_split",
    "html_traditional",
    "html_two_reports",
)
TEXTS = (
    "text_lines",
    "text_bar_rows",
    "text_bar_cells",
    "text_tabs",
    "markdown",
    "markdown_repeated",
    "text_pdf",
)
WORDS = ("docx",)

Change = Callable[[str, Random], str]
KEEP: dict[str, dict[str, Change]] = {"page": {}, "text": {}, "word": {}}
"""Changes after which the same figures stand there, by kind of document."""
_NUMBER = re.compile(r">(\s*)(\d+(?:\.\d+)?)(\s*)<")
_CELL = re.compile(r"<(td|th)\b([^>]*)>", re.IGNORECASE)


def keeps(*kinds: str) -> Callable[[Change], Change]:
    """Enter a change under its name."""

    def entered(change: Change) -> Change:
        for kind in kinds:
            KEEP[kind][change.__name__] = change
        return change

    return entered


def _some(text: str, pattern: re.Pattern[str], made: Callable[[re.Match[str]], str], rng: Random) -> str:
    """The text with all, half or a few of the pattern's places changed."""
    share = rng.choice((1.0, 0.5, 0.05))
    return pattern.sub(lambda m: made(m) if rng.random() < share else m.group(), text)


@keeps("page")
def attributes(text: str, rng: Random) -> str:
    """Classes, styles and data on every kind of tag."""
    # Of two styles the first one counts.
    style = "" if "display" in text.lower() else ' style="color:red;width:9px"'
    noise = rng.choice(
        (" class='a b'", style, " data-v-12", ' title="12"', ' id="t3" align=center', " bgcolor=#fff")
    )
    return _some(text, re.compile(r"<(p|td|tr|span|div|table)\b"), lambda m: m.group() + noise, rng)


@keeps("page")
def upper_case(text: str, rng: Random) -> str:
    """Tags in capitals, as old editors write them."""
    return _some(text, re.compile(r"</?(table|tbody|tr|td|th|p|span)\b"), lambda m: m.group().upper(), rng)


@keeps("page")
def white_space(text: str, rng: Random) -> str:
    """Spaces of all kinds and unseen characters around the figures."""
    pad = rng.choice(("\n    ", "&nbsp;", "\u3000", "&#8203;", "\ufeff", "\u00a0\t", "&ensp;", "\r\n"))
    return _some(text, _NUMBER, lambda m: f">{pad}{m[2]}{rng.choice((pad, ''))}<", rng)


@keeps("page")
def comments(text: str, rng: Random) -> str:
    """Comments before, behind and inside figures."""
    note = rng.choice(("<!-- 12 -->", "<!--[if !supportEmptyParas]-->", "<!---->", "<!--</td><td>9-->"))

    def made(m: re.Match[str]) -> str:
        cut = rng.randrange(len(m[2]) + 1)
        return f">{m[2][:cut]}{note}{m[2][cut:]}<"

    return _some(text, _NUMBER, made, rng)


@keeps("page")
def wrapped(text: str, rng: Random) -> str:
    """Figures in inline elements, or a digit in each."""
    opening, closing = rng.choice((("<span>", "</span>"), ("<b><font size=2>", "</font></b>"), ("<p>", "</p>"), ("<div><p>", "</p></div>"), ("<a name=x>", "</a>"), ("<o:p>", "</o:p>"), ("<ins>", "</ins>")))  # fmt: skip
    apart = rng.random() < 0.3 and "p>" not in opening

    def made(m: re.Match[str]) -> str:
        inner = "".join(f"{opening}{d}{closing}" for d in m[2]) if apart else opening + m[2] + closing
        return f">{inner}<"

    return _some(text, _NUMBER, made, rng)


@keeps("page")
def unclosed(text: str, rng: Random) -> str:
    """Closing tags that a browser can do without."""
    return _some(text, re.compile(r"</(td|tr|th|tbody)>", re.IGNORECASE), lambda m: "", rng)


@keeps("page")
def hidden_extras(text: str, rng: Random) -> str:
    """What no visitor sees: hidden figures, scripts, templates."""
    extra = rng.choice(("<span style='display:none'>9</span>", "<script>var a=9</script>", "<style>td{width:9px}</style>", "<span style='DISPLAY : NONE;'>9</span>", "<template>9</template>", "<span hidden>9</span>"))  # fmt: skip
    return _some(
        text, _NUMBER, lambda m: f">{extra}{m[2]}<" if rng.random() < 0.5 else f">{m[2]}{extra}<", rng
    )


@keeps("page")
def hidden_cells(text: str, rng: Random) -> str:
    """Cells and rows that are not shown."""
    if rng.random() < 0.5:
        return _some(text, _CELL, lambda m: "<td style='display:none'>8</td>" + m.group(), rng)
    row = "<tr style='display: none'><td>1</td><td>2</td><td>3</td></tr>"
    return _some(text, re.compile(r"<tr\b", re.IGNORECASE), lambda m: row + m.group(), rng)


@keeps("page")
def references(text: str, rng: Random) -> str:
    """Digits as character references."""
    way = rng.choice((lambda d: f"&#{ord(d)};", lambda d: f"&#x{ord(d):X};"))
    return _some(text, _NUMBER, lambda m: ">" + "".join(map(way, m[2])) + "<", rng)


@keeps("page", "text")
def wide_digits(text: str, rng: Random) -> str:
    """Figures in full width: all of a table's or none, as one keyboard writes them."""
    start = text.find("本年新收")
    head, tail = text[: max(start, 0)], text[max(start, 0) :]
    wide = {ord(str(d)): chr(0xFF10 + d) for d in range(10)}
    if "<" in text:
        return head + _NUMBER.sub(lambda m: f">{m[2].translate(wide)}<", tail)
    return head + re.sub(
        r"(?<=[|\t\n])([ ]*)(\d+)(?=[ ]*[|\t\n])", lambda m: m[1] + m[2].translate(wide), tail
    )


@keeps("page")
def empty_rows(text: str, rng: Random) -> str:
    """Rows without cells, captions and column groups."""
    extra = rng.choice(("<tr></tr>", "<tr height=0></tr>\n"))
    out = _some(text, re.compile(r"<tr\b", re.IGNORECASE), lambda m: extra + m.group(), rng)
    group = rng.choice(("", "<colgroup><col width=9><col span=2></colgroup>", "<caption>表</caption>"))
    return re.sub(r"(<table\b[^>]*>)", rf"\1{group}", out, flags=re.IGNORECASE)


@keeps("page")
def framed(text: str, rng: Random) -> str:
    """Tables inside further elements."""
    opening, closing = rng.choice((("<div align=center>", "</div>"), ("<center>", "</center>"), ("<table><tr><td>", "</td></tr></table>"), ("<section><article>", "</article></section>")))  # fmt: skip
    out = re.sub(r"<table\b", lambda m: opening + m.group(), text, flags=re.IGNORECASE)
    return re.sub(r"</table>", lambda m: m.group() + closing, out, flags=re.IGNORECASE)


@keeps("page", "text")
def unseen_in_words(text: str, rng: Random) -> str:
    """Characters without width between the ideographs."""
    sign = rng.choice(("\u200b", "\ufeff", "\u00ad", "\u2060"))
    return _some(text, re.compile(r"(?<=[\u4e00-\u9fff])(?=[\u4e00-\u9fff])"), lambda m: sign, rng)


@keeps("text")
def line_ends(text: str, rng: Random) -> str:
    """Other line ends, spaces at the end of lines, a byte order mark."""
    end = rng.choice(("\r\n", "  \n", "\r", "\u3000\n", "\n"))
    return rng.choice(("", "\ufeff")) + text.replace("\n", end)


@keeps("text")
def spaces(text: str, rng: Random) -> str:
    """Other spaces for those there are."""
    return text.replace(" ", rng.choice(("\u00a0", "\u3000", "\u2002")))


@keeps("word")
def split_runs(text: str, rng: Random) -> str:
    """Figures in several runs, with what Word leaves between them."""
    between = rng.choice(("", "<w:proofErr w:type='spellStart'/>", "<w:bookmarkStart w:id='0' w:name='a'/>", "<w:r><w:lastRenderedPageBreak/></w:r>", "<w:r/>", "<w:del><w:r><w:delText>9</w:delText></w:r></w:del>"))  # fmt: skip

    def made(m: re.Match[str]) -> str:
        cut = rng.randrange(len(m[2]) + 1)
        return f"{m[1]}{m[2][:cut]}</w:t></w:r>{between}<w:r><w:t>{m[2][cut:]}</w:t></w:r>"

    return _some(text, re.compile(r"(<w:t(?: [^>]*)?>)(\d+)</w:t></w:r>"), made, rng)


@keeps("word")
def wrapped_cells(text: str, rng: Random) -> str:
    """Cells and paragraphs inside content controls and changes that were kept."""
    if rng.random() < 0.5:
        return _some(text, re.compile(r"<w:tc>.*?</w:tc>", re.DOTALL), lambda m: f"<w:sdt><w:sdtPr/><w:sdtContent>{m.group()}</w:sdtContent></w:sdt>", rng)  # fmt: skip
    return _some(text, re.compile(r"<w:r>(?:(?!</w:r>).)*</w:r>", re.DOTALL), lambda m: f"<w:ins w:id='1'>{m.group()}</w:ins>", rng)  # fmt: skip


@keeps("word")
def hidden_runs(text: str, rng: Random) -> str:
    """Runs that are not printed."""
    extra = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>9</w:t><w:t/></w:r>"
    return _some(
        text, re.compile(r"<w:r>(?=(?:(?!</w:r>).)*<w:t[ >])", re.DOTALL), lambda m: extra + m.group(), rng
    )


def kind_of(document: Document) -> str:
    """Which changes make sense for a document."""
    return (
        "word" if document.name.endswith(".docx") else "page" if document.name.endswith(".html") else "text"
    )


def _text_of(document: Document) -> str:
    if kind_of(document) == "word":
        return parts_of(document.data)["word/document.xml"].decode()
    return decode(document.data)[0]


def _with_text(document: Document, text: str) -> Document:
    if kind_of(document) == "word":
        parts = parts_of(document.data)
        parts[main_part(parts)] = text.encode()
        return replace(document, data=packed_again(parts))
    return replace(document, data=text.encode("utf-8", "replace"))


def kept(document: Document, rng: Random) -> tuple[Document, str]:
    """The document with one to three changes that leave its figures, and their names."""
    known = KEEP[kind_of(document)]
    text, names = _text_of(document), rng.sample(sorted(known), k=min(len(known), rng.choice((1, 1, 2, 3))))
    for name in names:
        text = known[name](text, rng)
    return _with_text(document, text), "-".join(names)


def lost(
    document: Document, readings: dict[str, CellReading], rng: Random
) -> tuple[Document, str, str] | None:
    """The document with one figure taken away, what was done, and which cell it was; None where there is no way."""
    seen = [
        c
        for c, r in readings.items()
        if r.value is not None and r.place is not None and r.status == "reported"
    ]
    if not seen:
        return None
    cell = rng.choice(seen)
    place = readings[cell].place
    assert place is not None
    text = _text_of(document)
    if place.path is not None and kind_of(document) == "page":
        root = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
        found = root.getroottree().xpath(place.path)
        if len(found) != 1 or found[0].tag not in ("td", "th"):
            return None
        square = found[0]
        way = rng.choice(("blanked", "blanked", "slashed", "removed", "row removed"))
        if way == "removed":
            square.getparent().remove(square)
        elif way == "row removed":
            if square.getparent().xpath(".//*[@rowspan]"):
                return None
            square.getparent().getparent().remove(square.getparent())
        else:
            for child in list(square):
                square.remove(child)
            square.text = "/" if way == "slashed" else None
        made = etree.tostring(root, encoding="unicode", method="html")
        return _with_text(document, made), way, cell
    if place.start is not None and place.end is not None and kind_of(document) == "text":
        way = rng.choice(("blanked", "dashed", "removed"))
        end = place.end
        if way == "removed" and text[end : end + 1] in ("\t", "\n", "|"):
            end += 1
        return (
            _with_text(document, text[: place.start] + ("—" if way == "dashed" else "") + text[end:]),
            way,
            cell,
        )
    return None


def wrong_now(
    document: Document, before: dict[str, CellReading], changed: Document, gone: str | None = None
) -> Iterator[str]:
    """The cells that are given otherwise than they are printed, and were not before."""
    after = read_document(changed.data, changed.name, prose=False).cells
    printed: dict[str, Decimal | None] = dict(document.report.cells)
    # Table 4 is one row.
    row = gone.split(".")[0] if gone and gone.startswith("t4") else gone.rsplit(".", 1)[0] if gone else None
    for cell, reading in after.items():
        if reading.status not in ("reported", "inferred", "blank"):
            continue
        old = before.get(cell)
        if (
            old is not None
            and old.status in ("reported", "inferred", "blank")
            and old.value != printed.get(cell)
        ):
            continue  # wrong already: for the gate
        allowed = {printed.get(cell)}
        if cell == gone or (row is not None and cell.startswith(f"{row}.") and reading.value is None):
            allowed.add(None)
        if reading.value not in allowed:
            yield f"{cell}: {reading.status} {reading.value}, printed {printed.get(cell)}, raw {reading.raw!r}"


def run(seed: int, count: int) -> tuple[Counter[str], list[str]]:
    """How many documents of each change were read, and what went wrong."""
    done: Counter[str] = Counter()
    wrong: list[str] = []
    layouts = [*PAGES, *PAGES, *TEXTS, *WORDS]
    for number, document in enumerate(generate(seed, count, layouts=layouts, faults=tuple(FAULTS))):
        if document.state != "read":
            continue
        rng = Random(f"{seed}/{number}/same")
        before = dict(read_document(document.data, document.name, prose=False).cells)
        changed, how = kept(document, rng)
        cases = [(changed, how, None)]
        if (taken := lost(document, before, rng)) is not None:
            cases.append((taken[0], f"one figure {taken[1]}", taken[2]))
        for made, name, gone in cases:
            done[name] += 1
            found = list(wrong_now(document, before, made, gone))
            if found:
                wrong.append(
                    f"{number} {document.layout} {name} ({gone or 'all kept'}): {len(found)} cells, {found[0]}"
                )
    return done, wrong


def main() -> int:
    """Run and report."""
    parser = argparse.ArgumentParser(prog="python -m tests.hardness.same", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=400)
    options = parser.parse_args()
    done, wrong = run(options.seed, options.count)
    print(f"{sum(done.values())} changed documents, {len(wrong)} with a wrong figure")
    for line in wrong:
        print("WRONG", line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
