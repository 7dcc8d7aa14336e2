"""The command line ``gipa``: what to type, and what is printed (命令行).

Only here is the environment read. Each command imports what it needs when it runs, so that ``gipa --help``
answers at once. Operators read English here; ``gipa check`` speaks Chinese to a clerk.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from gipa_pipeline.errors import GipaError

OK, FOUND, WRONG_USE = 0, 1, 2
"""Exit codes: all well; something was found or could not be read; wrong use."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except GipaError as error:
        print(f"gipa {options.command}: {error}", file=sys.stderr)
        return WRONG_USE
    except BrokenPipeError:
        # The reader of a pipe (head, less) has gone; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        print("\ninterrupted; what was finished is kept, run the same command to go on", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gipa",
        description="Collect, read, check and add up annual disclosure reports (政府信息公开工作年度报告).",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="the whole chain, for every year of the registry unless told one")
    _places(run)
    run.add_argument("--year", type=int, help="one report year only")
    run.add_argument(
        "--offline", action="store_true", help="take files and what was fetched before; ask no host"
    )
    run.add_argument(
        "--accept", action="append", default=[], metavar="RULE",
        help="add a year up although this tolerance rule (W01, W02, W03) stops it; goes on record",
    )  # fmt: skip
    run.add_argument("--reason", default="", help="why it is accepted")
    run.set_defaults(run=_run)

    extract = commands.add_parser("extract", help="read documents and print one JSON object each")
    extract.add_argument("paths", nargs="+", metavar="PATH", help="files, or folders of files")
    extract.add_argument("--format", choices=["jsonl"], default="jsonl")
    extract.add_argument(
        "--evidence",
        type=Path,
        metavar="DIR",
        help="also write a page a document: each cell beside its source",
    )
    extract.set_defaults(run=_extract)

    check = commands.add_parser("check", help="check a draft before publication, in words (发布前自查)")
    check.add_argument("paths", nargs="+", metavar="PATH")
    check.add_argument("--year", type=int, help="the report year, when the draft does not say it")
    check.add_argument("--html", type=Path, metavar="FILE", help="also write the result as a page (自查页)")
    check.set_defaults(run=_check)

    trace = commands.add_parser(
        "trace", help="which units' cells a consolidated figure is the sum of, and where they stand"
    )
    trace.add_argument("office", metavar="OFFICE")
    trace.add_argument("year", type=int, metavar="YEAR")
    trace.add_argument("cell", metavar="CELL")
    trace.add_argument("--unit", help="one unit's cell, back to its bytes")
    trace.add_argument("--tree", action="store_true", help="with the offices below")
    _places(trace)
    trace.set_defaults(run=_trace)

    report = commands.add_parser("report", help="write the office reports again from what is stored")
    _places(report)
    report.add_argument("--year", type=int)
    report.add_argument(
        "--pdf", action="store_true", help="also print the pages to PDF, with a Chromium on this machine"
    )
    report.add_argument(
        "--handed-over", action="store_true",
        help="note that the offices have these reports: the next ones tell what changed since",
    )  # fmt: skip
    report.set_defaults(run=_report)

    letters = commands.add_parser("letters", help="letters to the units, as Word documents (核对更正通知)")
    _places(letters)
    letters.add_argument("--office")
    letters.add_argument("--year", type=int)
    letters.add_argument("--unit")
    letters.add_argument(
        "--new-template", type=Path, metavar="FILE", help="write the template, to be changed"
    )
    letters.add_argument(
        "--sent", action="store_true",
        help="note on record that these letters went out; then `gipa decide … acknowledged` when a unit answers",
    )  # fmt: skip
    letters.set_defaults(run=_letters)

    decide = commands.add_parser(
        "decide", help="record what a person decides about a finding; --list shows them"
    )
    decide.add_argument("finding", nargs="?", metavar="FINDING_ID", help="its id, or the beginning of it")
    decide.add_argument(
        "action", nargs="?", choices=["sent", "acknowledged", "confirmed", "dismissed", "reopened", "note"],
        metavar="ACTION",
        help="sent, acknowledged, confirmed, dismissed, reopened or note; dismissed and note need a reason",
    )  # fmt: skip
    decide.add_argument("--reason", default="", help="why, in words")
    decide.add_argument("--person", help="who decides (default: the user logged in)")
    decide.add_argument(
        "--list", action="store_true", dest="listed", help="every finding with its id and state"
    )
    decide.add_argument(
        "--data", type=Path, metavar="DIR", help="data folder (default: GIPA_DATA, else ./data)"
    )
    decide.set_defaults(run=_decide)

    export = commands.add_parser("export", help="open data: Parquet, CSV and a Frictionless data package")
    _places(export)
    export.add_argument(
        "--out", type=Path, metavar="DIR", help="folder to write into (default: DATA/opendata)"
    )
    export.set_defaults(run=_export)

    send = commands.add_parser("send", help="the office reports by mail; without --really only drafts (.eml)")
    _places(send)
    send.add_argument("--office")
    send.add_argument("--year", type=int, help="a report year (default: the newest)")
    send.add_argument("--really", action="store_true", help="send, each version once")
    send.add_argument(
        "--again",
        action="append",
        default=[],
        metavar="KEY",
        help="a mail of unknown fate that did not arrive",
    )
    send.set_defaults(run=_send)

    ui = commands.add_parser("ui", help="open the Dagster UI on this instance")
    _places(ui)
    ui.add_argument("--port", type=int, default=3000)
    ui.set_defaults(run=_ui)

    init = commands.add_parser("init", help="write an instance: registry, settings and Dagster files")
    init.add_argument("folder", metavar="DIR", type=Path)
    init.set_defaults(run=_init)
    return parser


def _places(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--registry",
        type=Path,
        metavar="DIR",
        help="folder with units.csv and sources.csv (default: GIPA_REGISTRY, ./registry, else the bundled sample)",
    )
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="data folder (default: GIPA_DATA, else ./data)"
    )


def _run(options: argparse.Namespace) -> int:
    from gipa_pipeline.commands.run import run

    return run(
        options.registry,
        options.data,
        options.year,
        offline=options.offline,
        environ=os.environ,
        accept=options.accept,
        reason=options.reason,
    )


def _extract(options: argparse.Namespace) -> int:
    from gipa_pipeline.commands.extract import extract

    return extract(options.paths, options.evidence)


def _check(options: argparse.Namespace) -> int:
    from gipa_pipeline.commands.check import check

    return check(options.paths, options.year, options.html)


def _trace(options: argparse.Namespace) -> int:
    from gipa_pipeline.commands.places import open_chain

    chain = open_chain(options.registry, options.data, os.environ)
    from gipa_pipeline.aggregate import NotTraceable, render, trace

    try:
        found = trace(
            chain.store,
            chain.registry,
            options.office,
            options.year,
            options.cell,
            unit=options.unit,
            tree=options.tree,
        )
    except NotTraceable as error:
        print(f"gipa trace: {error}", file=sys.stderr)
        return WRONG_USE
    print(render(found))
    return OK


def _report(options: argparse.Namespace) -> int:
    from gipa_pipeline.commands.report import report

    return report(
        options.registry, options.data, options.year, os.environ, pdf=options.pdf, handed=options.handed_over
    )


def _letters(options: argparse.Namespace) -> int:
    from gipa_pipeline.commands.letters import letters

    return letters(
        options.registry,
        options.data,
        os.environ,
        office=options.office,
        year=options.year,
        unit=options.unit,
        new_template=options.new_template,
        sent=options.sent,
    )


def _decide(options: argparse.Namespace) -> int:
    from gipa_pipeline.commands.decide import decide, list_findings

    if options.listed:
        return list_findings(options.data, os.environ)
    if options.finding is None or options.action is None:
        print("gipa decide: FINDING_ID and ACTION are needed, or --list", file=sys.stderr)
        return WRONG_USE
    return decide(
        options.data,
        options.finding,
        options.action,
        reason=options.reason,
        person=options.person,
        environ=os.environ,
    )


def _export(options: argparse.Namespace) -> int:
    from gipa_pipeline.commands.export import export_data

    return export_data(options.registry, options.data, options.out, os.environ)


def _send(options: argparse.Namespace) -> int:
    from gipa_pipeline.commands.send import send

    return send(
        options.registry,
        options.data,
        os.environ,
        office=options.office,
        year=options.year,
        really=options.really,
        again=options.again,
    )


def _ui(options: argparse.Namespace) -> int:
    from gipa_pipeline.commands.instance import ui

    return ui(options.registry, options.data, options.port, os.environ)


def _init(options: argparse.Namespace) -> int:
    from gipa_pipeline.commands.instance import init

    return init(options.folder)


if __name__ == "__main__":
    sys.exit(main())
