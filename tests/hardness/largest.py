"""The largest inputs that a hostile sender can make of each medium: as much of one thing as the bounds let in.

``python -m tests.hardness.largest`` reads them in workers like any other document.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from random import Random

from gipa_pipeline.extract.media.kinds import MAX_BYTES
from gipa_pipeline.extract.workers import Job, read_all
from tests.generator import LAYOUTS, make_report
from tests.generator.layouts.package import repacked
from tests.hardness.crowds import crowds
from tests.hardness.fuzz import TIMEOUT, judged, summary, timed
from tests.hardness.packages import main_part, packed_again, parts_of

_FULL = MAX_BYTES - 200_000
_PIECES = (
    " ", "1", "1 ", "1,", "1|2|3\n", "1\t2\t3\n", "一", "一 ", "一、", "(一)", "\n", "收到申请1件，", "2023年1月1日，",
    "政府信息公开工作年度报告", "本年新收政府信息公开申请数量 1 1 1 1 1 1 7\n", "第二十条第一项\n", "某某市某某县", "()", "（", "A", "\U00020000",
)  # fmt: skip
_MARKUP = (
    "<p>1</p>", "<br>", "<td>1", "<tr><td>1</td><td>2</td></tr>", "<table><tr><td>1<td>2</table>", "<b>", "<div>", "<!---->",
    "&nbsp;", "&#1;", "<a href=x>", "<img src=x>", "<p style='display:none'>", "<td rowspan=4000 colspan=120>",
    "<!--", "<?x?>", "<script>", "</p>",
)  # fmt: skip


def largest() -> Iterator[tuple[str, bytes]]:
    """Names and bytes."""
    report = make_report(Random(1), 2023)
    text = LAYOUTS["text_lines"](report, Random(1)).data
    page = LAYOUTS["html"](report, Random(1)).data
    word = repacked(LAYOUTS["docx"](report, Random(1)).data)
    book = repacked(LAYOUTS["xlsx"](report, Random(1)).data)
    half = len(page) // 2
    for n, piece in enumerate(_PIECES):
        much = piece.encode() * (_FULL // len(piece.encode()))
        yield f"{n:06d}-text.txt", much + text
        yield f"{n + 100:06d}-before-the-table.html", b"<html><body><p>" + much + page
        yield f"{n + 200:06d}-in-the-page.html", page[:half] + much + page[half:]
    for n, piece in enumerate(_MARKUP):
        most = 290_000 // max(1, piece.count("<"))
        for k, count in enumerate((min(_FULL // len(piece), most), _FULL // len(piece))):
            yield f"{300 + 2 * n + k:06d}-marks.html", b"<html><body>" + piece.encode() * count + page
    rows = "<w:tr><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc><w:tc/></w:tr>"
    for n, piece in enumerate(
        ("<w:p/>", "<w:p><w:r><w:t>1</w:t></w:r></w:p>", f"<w:tbl>{rows}</w:tbl>", "<w:sdt/>", rows)
    ):
        parts = parts_of(word)
        name = main_part(parts)
        content = piece.encode() * (60_000_000 // len(piece))
        parts[name] = parts[name].replace(b"<w:body>", b"<w:body>" + content)
        yield f"{400 + n:06d}-word.docx", packed_again(parts)
    cells = "".join(f'<c r="{c}%d" t="inlineStr"><is><t>一二三</t></is></c>' for c in "ABCDEFGH")
    for n, piece in enumerate(('<row r="%d"><c r="A%d"><v>1</v></c></row>', f'<row r="%d">{cells}</row>')):
        parts = parts_of(book)
        name = main_part(parts)
        high = 60_000_000 // len(piece)
        content = "".join(piece.replace("%d", str(r)) for r in range(100, min(high, 1_000_000))).encode()
        parts[name] = parts[name].replace(b"</sheetData>", content + b"</sheetData>")
        yield f"{500 + n:06d}-book.xlsx", packed_again(parts)


def main() -> int:
    """Read them and report."""
    parser = argparse.ArgumentParser(prog="python -m tests.hardness.largest", description=__doc__)
    parser.add_argument("--crowds", action="store_true", help="only those whose parts multiply")
    made = crowds() if parser.parse_args().crowds else chain(largest(), crowds())
    lines = {}
    with tempfile.TemporaryDirectory(prefix="gipa-largest-") as folder:

        def jobs() -> Iterator[Job]:
            for name, data in made:
                path = Path(folder) / name
                path.write_bytes(data)
                yield Job("", str(path), str(path))

        for job, reading in read_all(jobs(), workers=1, timeout=TIMEOUT, max_bytes=MAX_BYTES, read=timed):
            path = Path(job.path)
            line = judged(reading, path.name, path.stat().st_size)
            path.unlink()
            lines[int(path.name[:6])] = line
            print(
                f"{line['seconds']:7.2f} s {line['megabytes']:6} MB {line['outcome']:14} {path.name}",
                flush=True,
            )
    print("\n".join(summary(lines)[:12]))
    return 1 if any(line["wrong"] for line in lines.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
