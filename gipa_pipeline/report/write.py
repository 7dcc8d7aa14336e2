"""Writing the offices' pages and workbooks into the data folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gipa_pipeline.report.consolidated import consolidated_document, consolidated_fragment
from gipa_pipeline.report.facts import YearFacts, load_facts
from gipa_pipeline.report.letter import FOLDER as LETTERS
from gipa_pipeline.report.letter import office_letters
from gipa_pipeline.report.page import index_page, office_line, office_report, operator_page
from gipa_pipeline.report.view import office_view
from gipa_pipeline.report.workbook import consolidated_workbook

if TYPE_CHECKING:
    from gipa_pipeline.registry import Registry
    from gipa_pipeline.settings import Settings
    from gipa_pipeline.store import Store

PAGE, WORKBOOK, TABLES, FRAGMENT = "index.html", "consolidated.xlsx", "consolidated.docx", "tables.html"
PRINTED, OPERATOR = "report.pdf", "operator.html"
"""The page, the workbook, and the consolidated tables as Word and as HTML to paste; the page as PDF; and, in the
year's folder and in no office's, what the operator has to look at."""


def write_office_reports(store: Store, registry: Registry, settings: Settings, year: int) -> list[Path]:
    """Write the page and the workbook of every office in scope, and the list of offices; equal files stay untouched.

    Of an office none of whose units has a source in that year there is nothing to tell, and nothing is written.
    Files of offices that are no longer in the registry or in scope are removed.

    Returns:
        The paths of the offices' pages, then of their workbooks and other files, then of the list.

    Raises:
        StoreError: a stage before this one has not been run.
    """
    facts = load_facts(store, registry, settings, year)
    return write_reports(store, facts)


def write_reports(store: Store, facts: YearFacts) -> list[Path]:
    """The same from frames that are at hand already."""
    folder = store.folder("reports", facts.year)
    pages, workbooks, others, lines, doubts = [], [], [], [], []
    for office_id in facts.registry.offices_in(facts.year):
        view = office_view(facts, office_id)
        lines.append(office_line(view))
        if view.internal:
            doubts.append((view.office, view.internal))
        pages.append(folder / office_id / PAGE)
        _page(store, pages[-1], office_report(view))
        workbooks.append(folder / office_id / WORKBOOK)
        store.write_file(workbooks[-1], consolidated_workbook(view))
        if (tables := consolidated_document(view)) and (fragment := consolidated_fragment(view)):
            others += [folder / office_id / TABLES, folder / office_id / FRAGMENT]
            store.write_file(others[-2], tables)
            store.write_file(others[-1], fragment.encode("utf-8"))
        if (folder / office_id / LETTERS).is_dir():
            # Letters that were asked for once stay in step with the findings.
            office_letters(store, view, facts)
    index = folder / PAGE
    _page(store, index, index_page(lines, facts.year))
    if doubts:
        others.append(folder / OPERATOR)
        store.write_file(others[-1], operator_page(doubts, facts.year).encode("utf-8"))
    else:
        (folder / OPERATOR).unlink(missing_ok=True)
    paths = [*pages, *workbooks, *others, index]
    # Only what this program writes is taken away; a clerk's own files stay.
    kept = frozenset(paths)
    for path in folder.glob("*/*"):
        ours = path.name in (PAGE, WORKBOOK, TABLES, FRAGMENT) and path not in kept
        if ours or (path.name == PRINTED and path.with_name(PAGE) not in kept):
            path.unlink()
    for path in folder.glob(f"*/{LETTERS}/*.docx"):
        if path.parent.with_name(PAGE) not in kept:
            path.unlink()
    return paths


def _page(store: Store, path: Path, text: str) -> None:
    """Write a page; what was printed of an earlier one must not be taken for it."""
    if store.write_file(path, text.encode("utf-8")):
        path.with_name(PRINTED).unlink(missing_ok=True)
