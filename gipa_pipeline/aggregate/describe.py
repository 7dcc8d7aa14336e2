"""The published database's data dictionary as a page: ``python -m gipa_pipeline.aggregate.describe``."""

from __future__ import annotations

from gipa_pipeline.aggregate.dictionary import VIEWS, tables, view_meaning


def markdown() -> str:
    """The data dictionary of the published database as a page (``docs/database.md``)."""
    lines = [
        "# 发布库 gipa.duckdb",
        "",
        "本页由 `python -m gipa_pipeline.aggregate.describe` 生成，请勿手改；",
        "库内各表各列的注释（COMMENT）与本页同出一源。",
        "表名、列名及其含义长期不变，可以增加，不会改名。",
        "",
        "This page is generated. Tables and columns keep their names and meaning; more may be added. The database is",
        "replaced as a whole by a rename: a program that has it open keeps the old one. Open it read-only:",
        "",
        "```sql",
        "-- duckdb -readonly data/gipa.duckdb",
        "SELECT row_label, column_label, value, units_included, units_missing, units_doubtful",
        "FROM consolidated_labelled WHERE office_id = 'jichuan-office' AND year = 2024;",
        "",
        "SELECT unit, severity, message, fix FROM open_findings WHERE year = 2024;",
        "```",
        "",
        "数值一律为精确小数 DECIMAL(18,6)，不用浮点。空值（NULL）是“没有填报”，从不当作零。",
        "",
        "| 表 | 含义 | Meaning |",
        "|---|---|---|",
        *(f"| [{t.name}](#{t.name}) | {t.chinese} | {t.english} |" for t in tables()),
        *(f"| {name}（视图） | {' | '.join(view_meaning(name))} |" for name in VIEWS),
    ]
    for table in tables():
        lines += ["", f"## {table.name}", "", f"{table.chinese}。{table.english}.", ""]
        lines += [
            f"主键 key：{', '.join(table.key)}",
            "",
            "| 列 | 类型 | 含义 | Meaning |",
            "|---|---|---|---|",
        ]
        lines += [f"| {c.name} | {c.type} | {c.chinese} | {c.english} |" for c in table.columns]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import sys

    sys.stdout.buffer.write(markdown().encode())
