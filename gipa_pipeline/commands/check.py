"""``gipa check``: a clerk's draft checked before publication, in words, and as a page (发布前自查)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from gipa_pipeline.aggregate import wording
from gipa_pipeline.commands.extract import read_files
from gipa_pipeline.report.draft import NOT_CHECKED, Draft, draft_of, draft_page
from gipa_pipeline.report.findings import FindingView


def check(paths: Sequence[str], year: int | None, page: Path | None = None) -> int:
    """Print what was found in each draft; 1 when an error stands or a draft could not be read.

    Args:
        paths: the drafts.
        year: the report year, when a draft does not say it.
        page: where to write the same as a page; 2 when it cannot be written.
    """
    from gipa_pipeline.validate import check_reading

    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    code = 0
    drafts: list[Draft] = []
    for path, reading in read_files(list(paths)):
        findings = [] if reading.error is not None else check_reading(reading, year=year)
        data = Path(path).read_bytes() if page is not None and reading.error is None else None
        draft = draft_of(Path(path).name, reading, findings, data)
        drafts.append(draft)
        for line in _told(path, draft, reading.error[1] if reading.error else ""):
            print(line)
        grave = any(f.severity == "error" and f.verdict == "fail" for f in (*draft.findings, *draft.doubts))
        code = max(code, int(bool(draft.unread) or grave))
    if any(not d.unread for d in drafts):
        print(f"说明：{NOT_CHECKED}")
    if page is not None:
        try:
            page.write_text(draft_page(drafts), encoding="utf-8")
        except OSError as error:
            print(f"gipa check: {page} 无法写入（{error.strerror}）", file=sys.stderr)
            return 2
        print(f"自查页：{page}")
    return code


def _told(path: str, draft: Draft, detail: str) -> list[str]:
    lines = [f"文件：{path}"]
    if draft.unread:
        # Of the causes that have no words here, the readers' own say more than nothing.
        more = "" if draft.explained else f"（{detail}）"
        return [*lines, f"  {draft.conclusion.removesuffix('。')}{more}。", ""]
    lines.append(f"  结论：{draft.conclusion}")
    lines.append(f"  标题：{draft.title}")
    lines.append(f"  年度：{draft.year or '（未找到）'}　表格：{draft.form}")
    if draft.state:
        lines += ["  读取情况：", *(f"    {line}" for line in draft.state)]
    for f in draft.findings:
        lines += _finding(f, wording.SEVERITY[f.severity])
    for f in draft.doubts:
        lines += _finding(f, "读数存疑")
    return [*lines, ""]


def _finding(f: FindingView, mark: str) -> list[str]:
    lines = [f"  {f.number}. 【{mark}】{f.message}"]
    if f.suggestion:
        where = f.likely[0].label if len(f.likely) == 1 else ""
        lines.append(f"     可能应为：{where}{'改为' if where else ''}{f.suggestion}（仅供参考，以台账为准）")
    if f.fix:
        lines.append(f"     如何处理：{f.fix}")
    if f.clause:
        lines.append(f"     依据：{f.clause}")
    return lines
