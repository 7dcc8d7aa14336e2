"""The measured figures: ``python -m tests.bench``. Nothing is asserted: how fast a machine is proves nothing.

What to look at are the ratios to the bare libraries in the same run, and whether a document's cost grows with
their number.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.bench.clock import machine, run


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--count", type=int, default=100, help="documents; the chain runs on these and on four times as many"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="a tenth of the documents: to see that it runs")
    parser.add_argument(
        "--full",
        action="store_true",
        help="also old Word files, workbooks and scans, 1,600 documents, a year of 10,000 reports in memory, and 40 units with seven years: half an hour",
    )
    options = parser.parse_args()
    count = max(4, options.count // 10) if options.quick else options.count
    print(machine())
    print(f"{count} documents, seed {options.seed}, processor time, best of three rounds\n")
    with tempfile.TemporaryDirectory() as folder:
        _reading(_part("reading", count, options.seed))
        _media(_part("media", max(4, count // 5), options.seed))
        if options.full:
            _media(_part("slow_media", 4, options.seed))
        _chain(count, options.seed, Path(folder), (1, 4, 16) if options.full else (1, 4))
        if options.full:
            _year(10_000, options.seed, Path(folder) / "year")
            _office(40, options.seed, Path(folder) / "office")


def _part(name: str, count: int, seed: int, folder: Path | str = "-") -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.parts", name, str(count), str(seed), str(folder)]
    return dict(json.loads(run(command)[3]))


def _reading(took: dict[str, Any]) -> None:
    print(f"Reading web pages of {took['kilobytes']:.0f} KB, one process, peak {_mb(took['peak'])}")
    lines = {
        "lxml": "bare lxml parse",
        "trafilatura": "trafilatura's extract",
        "tables": "the tables (read_document, prose=False)",
        "whole": "tables, parts, claims, metadata",
    }
    for key, title in lines.items():
        print(f"  {title:42}{_rate(took[key])}{took[key] / took['lxml']:8.2f} × lxml")
    print(f"  {'whole : trafilatura':42}{took['whole'] / took['trafilatura']:31.2f} ×\n")


def _media(took: dict[str, Any]) -> None:
    print(f"By medium, everything read, beside the bare library; one process, peak {_mb(took.pop('peak'))}")
    for medium, of in took.items():
        print(
            f"  {medium:9}{of['kilobytes']:6.0f} KB{_rate(of['whole'])}"
            + (f"{of['whole'] / of['library']:9.1f} × {_LIBRARIES[medium]}" if medium in _LIBRARIES else "")
        )
    print()


_LIBRARIES = {
    "html": "lxml parse",
    "docx": "zipfile and lxml parse",
    "xlsx": "calamine",
    "pdf": "pdfium's plain text",
    "xls": "calamine",
    "doc": "LibreOffice's conversion",
    "ofd": "zipfile and lxml parse",
    "scan": "rapidocr on the same pages",
}


def _chain(count: int, seed: int, folder: Path, sizes: Sequence[int]) -> None:
    print("The whole chain (gipa run) on a registry of such pages, all processes together")
    spent = []
    for units in (count * size for size in sizes):
        place = folder / str(units)
        _part("registry", units, seed, place / "registry")
        command = [sys.executable, "-m", "gipa_pipeline.cli", "run", "--registry", str(place / "registry")]
        wall, processor, peak, _ = run([*command, "--data", str(place / "data")])
        spent.append(processor)
        print(
            f"  {units:5} units{_rate(processor / units)}, {units / wall:6.1f} documents/s of wall time,"
            f" largest process {_mb(peak)}"
        )
        again = run([*command, "--data", str(place / "data")])
        print(f"  {'':5} again, nothing changed: {again[1]:.1f} s of processor time, {again[0]:.1f} s in all")
    for n in range(1, len(sizes)):
        each = (spent[n] - spent[n - 1]) / (count * (sizes[n] - sizes[n - 1]))
        print(
            f"  from {count * sizes[n - 1]} to {count * sizes[n]} units: {each * 1000:.0f} ms for each more"
        )
        if n == 1:
            print(f"  start: {spent[0] - each * count:.1f} s whatever the number")
    print()
    took = _part("frames", 4 * count, seed, folder / str(4 * count) / "data")
    print(f"Frames in memory, {4 * count} reports, peak {_mb(took['peak'])}")
    lines = {
        "normalize": "normalize",
        "validate": "validate, without Great Expectations",
        "expectations": "Great Expectations on the residuals",
    }
    for key, title in lines.items():
        print(f"  {title:42}{_rate(took[key])}")
    share = took["expectations"] / (took["validate"] + took["expectations"])
    print(f"  Great Expectations takes {share:.0%} of validate")


def _year(count: int, seed: int, folder: Path) -> None:
    took = _part("large_year", count, seed, folder)
    checking = took["validate"] + took["expectations"]
    print(
        f"\nA year of {count:,} reports in memory, one process, peak {_mb(took['peak'])}, {took['findings']} findings"
    )
    print(f"  normalize {took['normalize']:.1f} s, validate {checking:.1f} s of processor time")
    print(f"  Great Expectations takes {took['expectations'] / checking:.0%} of validate")


def _office(count: int, seed: int, folder: Path) -> None:
    print(
        f"\nAn office with {count} units and seven years: everything it receives, written anew for every year"
    )
    _part("office_registry", count, seed, folder / "registry")
    places = ["--registry", str(folder / "registry"), "--data", str(folder / "data")]
    program = [sys.executable, "-m", "gipa_pipeline.cli"]
    run([*program, "run", *places])
    # What is unchanged is not written again: the run's own reports would make the first line show nothing.
    shutil.rmtree(folder / "data" / "reports")
    for what, command in (
        ("pages, workbooks, consolidated documents", ["report"]),
        ("the same with the pages as PDF", ["report", "--pdf"]),
        ("letters", ["letters"]),
    ):
        wall, processor, peak, _ = run([*program, *command, *places])
        print(f"  {what:42}{processor:8.1f} s of processor time, {wall:.1f} s in all, {_mb(peak)}")


def _rate(seconds: float) -> str:
    return f"{1 / seconds:9.1f} documents/s" if seconds else f"{'-':>9}"


def _mb(size: int) -> str:
    return f"{size / 2**20:.0f} MB"


if __name__ == "__main__":
    main()
