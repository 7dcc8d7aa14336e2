"""What a materialization shows of itself: counts in words, who is missing, the first problems, paths to open.

Read from the stored frames after the stage has run; nothing here decides anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import dagster as dg

from expectations.frames import Column, columns
from expectations.rules import SEVERITY_LABELS, catalogue
from gipa_pipeline.aggregate import wording
from gipa_pipeline.aggregate.rollup import OPEN_STATES
from gipa_pipeline.stages import Chain, Step

Metadata = dict[str, Any]
Row = dict[str, Any]
Summary = Callable[[Chain, int, Step], Metadata]

MOST = 20
"""Rows shown of a list; the whole list is in the data folder and in the office reports."""

FETCHED = {
    "stored": "已取得",
    "unchanged": "已取得，与上次相同",
    "not_found": "页面不存在",
    "gone": "页面已删除",
    "refused": "网站拒绝访问",
    "too_large": "文件过大",
    "timeout": "超时",
    "unreachable": "连接不上",
    "server_error": "网站出错",
    "robots": "网站不允许采集",
    "blocked": "访问受限",
    "redirected_out": "转到名录以外的网站",
    "not_allowed": "不在允许的范围内",
    "bad_source": "来源地址有误",
    "empty": "内容为空",
}
"""Outcomes of asking a source, in words."""

OBTAINED = ("stored", "unchanged")
PUBLISHED = ("on_time", "late", "undated")
HEADLINES = {
    "t3.new.total": "新收",
    "t3.carried_in.total": "上年结转",
    "t3.total.total": "办结",
    "t3.carried_out.total": "结转下年",
}
"""What an office looks at first."""


def of_step(step: Step, main: str | None = None) -> Metadata:
    """What every stage says: whether anything changed, and its rows by frame."""
    told: Metadata = {
        "changed": "yes" if step.changed else "no, the same as last time",
        **({"rows": table(("frame", "rows"), step.rows.items())} if len(step.rows) > 1 else {}),
        **{name: str(value) for name, value in step.notes.items()},
    }
    if main is not None and main in step.rows:
        told["dagster/row_count"] = int(step.rows[main])
    return told


def fetched(chain: Chain, year: int, step: Step) -> Metadata:
    """Outcomes of the sources, and those that gave nothing (未取得的来源)."""
    asked = rows(chain, "raw", year, "fetches", ["unit_id", "url", "outcome", "message"])
    named = {source.unit_id for source in chain.registry.sources_of(year)}
    return {
        "rows": table(("frame", "rows"), [("fetches", len(asked))]),
        "sources": len({(row["unit_id"], row["url"]) for row in asked}),
        "outcomes": counted((row["outcome"] for row in asked), FETCHED),
        "not obtained": table(
            ("unit", "source", "outcome", "message"),
            (
                (unit(chain, row), source(row["url"]), worded(row["outcome"], FETCHED), row["message"])
                for row in asked
                if row["outcome"] not in OBTAINED
            ),
        ),
        "where to look": where(chain, "raw", year),
        "units without a source": table(
            ("unit", "office"),
            (
                (known.name, unit(chain, {"unit_id": chain.registry.office_of(known.unit_id)}))
                for known in chain.registry.units.values()
                if known.unit_id not in named
            ),
        ),
    }


def extracted(chain: Chain, year: int, step: Step) -> Metadata:
    """Documents by what they are, cells by how surely they were read, and what no reader could open."""
    wanted = ["unit_id", "url", "medium", "template", "state", "error_message"]
    documents = rows(chain, "extracted", year, "documents", wanted)
    return {
        "documents": len(documents),
        "documents by medium": counted(row["medium"] for row in documents),
        "documents by form": counted(row["template"] for row in documents),
        "cells by status": statuses(chain, "extracted", year),
        "where to look": where(chain, "extracted", year),
        "not read": table(
            ("unit", "source", "state", "why"),
            (
                (
                    unit(chain, row),
                    source(row["url"]),
                    worded(row["state"], wording.REPORT),
                    row["error_message"],
                )
                for row in documents
                if row["state"] != "read"
            ),
        ),
    }


def normalized(chain: Chain, year: int, step: Step) -> Metadata:
    """Reports by state, cells by status, and what was set aside unread (隔离)."""
    reports = rows(chain, "normalized", year, "reports", ["state"])
    aside = rows(chain, "normalized", year, "quarantine")
    return {
        "reports": len(reports),
        "reports by state": counted((row["state"] for row in reports), wording.REPORT),
        "cells by status": statuses(chain, "normalized", year),
        "where to look": where(chain, "normalized", year),
        "set aside": table(
            ("unit", "cell", "printed", "why"),
            ((unit(chain, row), row["cell_id"], row["raw"], row["detail"]) for row in aside),
        ),
    }


def validated(chain: Chain, year: int, step: Step) -> Metadata:
    """Findings by severity and rule, and who has not reported (未报单位)."""
    wanted = ["unit_id", "office_id", "rule", "severity", "verdict", "state", "message", "responsibility"]
    found = [r for r in rows(chain, "validated", year, "findings", wanted) if r["state"] in OPEN_STATES]
    failed = [row for row in found if row["verdict"] == "fail"]
    coverage = rows(chain, "validated", year, "coverage")
    urls = {r["unit_id"]: r["url"] for r in rows(chain, "normalized", year, "reports", ["unit_id", "url"])}
    return {
        "where to look": dg.MetadataValue.path(str(chain.store.folder("reports", year) / "index.html")),
        "units due": len(coverage),
        "not reported": table(
            ("unit", "office", "state", "due"),
            (
                (
                    unit(chain, row),
                    unit(chain, row, "office_id"),
                    worded(row["state"], wording.COVERAGE),
                    row["due"],
                )
                for row in coverage
                if row["state"] not in PUBLISHED
            ),
        ),
        "first findings": table(
            ("office", "unit", "severity", "whose side", "finding", "source"),
            (
                (
                    unit(chain, row, "office_id"),
                    unit(chain, row),
                    worded(row["severity"], SEVERITY_LABELS),
                    worded(row["responsibility"], wording.RESPONSIBILITY),
                    f"{row['rule']} {row['message']}",
                    source(urls.get(row["unit_id"])),
                )
                for row in sorted(failed, key=_gravest_first)
            ),
        ),
        "coverage": counted((row["state"] for row in coverage), wording.COVERAGE),
        "findings by severity": counted((row["severity"] for row in failed), SEVERITY_LABELS),
        "findings by rule": counted(
            (row["rule"] for row in failed), {rule.id: rule.title for rule in catalogue().values()}
        ),
        "readings in doubt": len(found) - len(failed),
        "where the doubts are": dg.MetadataValue.path(
            str(chain.store.folder("reports", year) / "operator.html")
        ),
    }


def _gravest_first(row: Row) -> tuple[int, str, str]:
    return (list(SEVERITY_LABELS).index(row["severity"]), row["unit_id"], row["rule"])


def aggregated(chain: Chain, year: int, step: Step) -> Metadata:
    """Each office's first sums, with how many units are in them, missing from them, and in doubt."""
    import pyarrow as pa
    import pyarrow.compute as pc

    sums = chain.store.read_table("aggregated", year, "consolidated")
    first = sums.filter(pc.is_in(sums["cell_id"], value_set=pa.array(HEADLINES))).to_pylist()
    by_cell = {(row["office_id"], row["cell_id"]): row for row in first}
    offices = dict.fromkeys(row["office_id"] for row in first)
    return {
        "offices": len(pc.unique(sums["office_id"])),
        "where to look": where(chain, "aggregated", year),
        "applications (件) by office": table(
            ("office", *HEADLINES.values(), "units included", "missing", "in doubt"),
            (
                _line(chain, office, [by_cell.get((office, cell), {}) for cell in HEADLINES])
                for office in offices
            ),
        ),
    }


def _line(chain: Chain, office: str, sums: Sequence[Row]) -> tuple[Any, ...]:
    counts = ("units_included", "units_missing", "units_doubtful")
    most = (max(row.get(count, 0) for row in sums) for count in counts)
    return (unit(chain, {"unit_id": office}), *(row.get("value") for row in sums), *most)


def reported(chain: Chain, year: int, step: Step) -> Metadata:
    """The files that offices receive, to open from here."""
    folder = chain.store.folder("reports", year)
    files = sorted((path for path in step.files if path.parent != folder), key=lambda path: path.parent.name)
    named = ((unit(chain, {"unit_id": path.parent.name}), f"`{path}`") for path in files)
    return {
        "list of offices": dg.MetadataValue.path(str(folder / "index.html")),
        "files": len(step.files),
        "office reports": table(("office", "file"), named),
    }


def where(chain: Chain, stage: str, year: int) -> Any:
    """The folder in which the whole of it stands."""
    return dg.MetadataValue.path(str(chain.store.folder(stage, year)))


def column_schema(stage: str, frame: str) -> dg.TableSchema:
    """A frame's columns for the catalogue, with what each holds."""
    return dg.TableSchema([_column(column) for column in columns(stage, frame)])


def _column(column: Column) -> dg.TableColumn:
    # The cells' ids are too many to list.
    codes = [", ".join(column.codes)] if column.codes not in ((), ("cell_id",)) else []
    return dg.TableColumn(
        column.name,
        column.type,
        description=f"{column.chinese} {column.english}",
        constraints=dg.TableColumnConstraints(nullable=column.nullable, other=codes),
    )


def rows(chain: Chain, stage: str, year: int, frame: str, wanted: Sequence[str] | None = None) -> list[Row]:
    """A frame's rows as plain values, with None for null."""
    table: list[Row] = chain.store.read_table(stage, year, frame, wanted).to_pylist()
    return table


def statuses(chain: Chain, stage: str, year: int) -> Any:
    """How many cells have each status; counted in the column, since there may be millions."""
    column = chain.store.read_table(stage, year, "cells", ["status"])["status"]
    counts = {row["values"]: row["counts"] for row in column.value_counts().to_pylist()}
    return _counts(counts, wording.STATUS)


def counted(values: Iterable[str | None], words: Mapping[str, str] | None = None) -> Any:
    """How often each value stands there, most frequent first."""
    return _counts(Counter(value for value in values if value is not None), words or {})


def _counts(counts: Mapping[str, int], words: Mapping[str, str]) -> Any:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return table(("kind", "count"), ((worded(code, words), count) for code, count in ordered))


def worded(code: str, words: Mapping[str, str]) -> str:
    """A code in words, with the code beside it."""
    return f"{words[code]} ({code})" if code in words else code


def table(heads: Sequence[str], lines: Iterable[Sequence[Any]]) -> Any:
    """A table as the UI shows it: the first rows, and how many more there are."""
    listed = list(lines)
    if not listed:
        return dg.MetadataValue.text("none")
    text = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    text += ["| " + " | ".join(map(_cell, line)) + " |" for line in listed[:MOST]]
    if len(listed) > MOST:
        text += ["", f"and {len(listed) - MOST} more"]
    return dg.MetadataValue.md("\n".join(text))


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = wording.number(value) if isinstance(value, Decimal) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")


def unit(chain: Chain, row: Row, column: str = "unit_id") -> str:
    """The name of a row's unit; its id when the registry no longer has it."""
    unit_id: str = row[column]
    known = chain.registry.units.get(unit_id)
    return known.name if known else unit_id


def source(url: str | None) -> str:
    """A source as a link, or the path of a file beside the registry."""
    if not url:
        return ""
    return f"[{url}]({url})" if url.startswith(("http://", "https://")) else url
