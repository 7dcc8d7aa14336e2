"""``gipa check``: a clerk's draft checked before publication, in words and a table (发布前自查)."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from expectations.outcomes import Finding
from gipa_pipeline.commands.extract import read_files
from gipa_pipeline.model import Reading

_SEVERITY = {"error": "错误", "warning": "请核实", "info": "提示"}
_ORDER = {"error": 0, "warning": 1, "info": 2}
_TABLES = {"t2": "表二（主动公开）", "t3": "表三（申请办理）", "t4": "表四（复议诉讼）"}


def check(paths: Sequence[str], year: int | None) -> int:
    """Print what was found in each draft; 1 when an error stands or a draft could not be read."""
    from gipa_pipeline.validate import check_reading

    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    code = 0
    for path, reading in read_files(list(paths)):
        print(f"文件：{path}")
        if reading.error is not None:
            print(f"  未能读取：{_WHY.get(reading.error[0], '文件无法识别')}（{reading.error[1]}）\n")
            code = 1
            continue
        findings = sorted(check_reading(reading, year=year), key=lambda f: (_ORDER[f.severity], f.rule))
        for line in _told(reading, findings):
            print(line)
        code = max(code, int(any(f.severity == "error" and f.verdict == "fail" for f in findings)))
    return code


_WHY = {
    "empty": "文件是空的",
    "too_large": "文件过大",
    "encrypted": "文件设有密码，请解除后再试",
    "broken": "文件已损坏",
    "binary": "不是可识别的文档格式",
    "archive": "是压缩包，请解压后逐个检查",
    "needs_converter": "旧版 Word/WPS 格式，请另存为 DOCX 或 PDF",
    "needs_ocr": "是扫描件或图片，无法直接读取数字",
    "not_found": "找不到文件，请核对路径",
    "timeout": "读取超时",
    "crashed": "读取时程序异常",
}


def _told(reading: Reading, findings: Sequence[Finding]) -> list[str]:
    lines = [f"  标题：{reading.title or '（未找到）'}"]
    form = {"2021": "2021年格式", "2019": "2019年格式", "pre2019": "2018年以前的统计表"}.get(
        reading.template or "", "未找到法定表格"
    )
    lines.append(f"  年度：{reading.year or '（未找到）'}　表格：{form}")
    if reading.cells:
        lines += _table(reading)
    if not findings:
        lines.append("  未发现问题。" if reading.cells else "  没有可以核对的表格。")
    for number, finding in enumerate(findings, start=1):
        mark = _SEVERITY[finding.severity] if finding.verdict == "fail" else "读数存疑"
        lines.append(f"  {number}. 【{mark}】{finding.message}")
        if finding.suggestion:
            lines.append(f"     可能应为：{finding.suggestion}（仅供参考，以台账为准）")
        if finding.fix:
            lines.append(f"     处理建议：{finding.fix}")
        if finding.clause:
            lines.append(f"     依据：{finding.clause}")
    return [*lines, ""]


def _table(reading: Reading) -> list[str]:
    counts: dict[str, dict[str, int]] = {}
    for cell_id, cell in reading.cells.items():
        of = counts.setdefault(cell_id[:2], {})
        of[cell.status] = of.get(cell.status, 0) + 1
    words = {
        "reported": "直接读出",
        "inferred": "推定",
        "blank": "空白",
        "missing": "缺少",
        "ambiguous": "有歧义",
        "unreadable": "读不出",
    }
    lines = ["  读取情况："]
    for table, of in sorted(counts.items()):
        told = "，".join(f"{words[s]}{n}格" for s, n in of.items())
        lines.append(f"    {_TABLES[table]}：{told}")
    return lines
