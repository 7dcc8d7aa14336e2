"""Write invented documents with their truth beside them: ``python -m tests.generator --help``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tests.generator.faults import FAULTS, YEAR_FAULTS
from tests.generator.layouts import LAYOUTS, SLOW_LAYOUTS
from tests.generator.produce import expected, generate, pages


def main() -> None:
    """Write the documents that the arguments ask for."""
    known = [*FAULTS, *YEAR_FAULTS]
    parser = argparse.ArgumentParser(prog="python -m tests.generator", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--layout",
        action="append",
        choices=[*LAYOUTS, *SLOW_LAYOUTS],
        help="may be repeated; default: all quick ones",
    )
    parser.add_argument(
        "--fault", action="append", choices=[*known, "all"], help="may be repeated; default: none"
    )
    parser.add_argument("--edition", choices=("2019", "2021"))
    parser.add_argument("--pages", action="store_true", help="web pages of 60 to 200 KB, for measuring speed")
    args = parser.parse_args()
    faults = known if args.fault and "all" in args.fault else args.fault or ()
    if args.pages:
        documents = pages(args.count, args.seed)
    else:
        documents = generate(args.seed, args.count, layouts=args.layout, faults=faults, edition=args.edition)
    truths = args.out / "expected"
    truths.mkdir(parents=True, exist_ok=True)
    for place, document in enumerate(documents):
        name = f"{place:05d}_{document.layout}_{document.name}"
        (args.out / name).write_bytes(document.data)
        truth = {**expected(document), "document": name}
        text = json.dumps(truth, ensure_ascii=False, indent=1)
        (truths / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
