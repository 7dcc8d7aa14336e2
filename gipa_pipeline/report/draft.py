"""A draft checked before publication, as a page (发布前自查): the same look and words as the office's page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from gipa_pipeline.model import CellReading, Reading
from gipa_pipeline.registry import Unit
from gipa_pipeline.report.facts import Row
from gipa_pipeline.report.findings import FindingView, finding_views
from gipa_pipeline.report.page import common_words, templates
from gipa_pipeline.report.picture import is_recognised, open_for_pictures, page_pictures, pictures

if TYPE_CHECKING:
    from expectations.outcomes import Finding

FORMS = {
    "2021": "2021年格式（国办公开办函〔2021〕30号）",
    "2019": "2019年格式（试行）",
    "pre2019": "2018年以前的统计表",
}
TABLES = {"t2": "表二（主动公开）", "t3": "表三（申请办理）", "t4": "表四（复议诉讼）"}
READ = {
    "reported": "直接读出",
    "inferred": "按勾稽关系或位置推定",
    "blank": "空白",
    "missing": "缺少",
    "ambiguous": "有几种读法",
    "unreadable": "不是数字",
}
WHY = {
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
NOT_CHECKED = "只核对了这一份文件本身；与上年报告的衔接、发布是否按时、与汇总数是否一致，自查时不能核对。"


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft with what was found: ``findings`` to act on, ``doubts`` where our own reading is not sure."""

    name: str
    title: str
    year: int | None
    form: str
    state: tuple[str, ...]
    findings: tuple[FindingView, ...]
    doubts: tuple[FindingView, ...]
    unread: str = ""
    explained: bool = True
    has_tables: bool = False

    @property
    def conclusion(self) -> str:
        """One sentence on top."""
        if self.unread:
            return f"未能读取：{self.unread}。"
        counts = Counter(f.severity for f in self.findings)
        told = []
        if counts["error"]:
            told.append(f"有{counts['error']}处须改正，请改正后再发布。")
        if counts["warning"]:
            told.append(f"有{counts['warning']}处请核实，属实的可以不改。")
        if counts["info"]:
            told.append(f"有{counts['info']}处提示，供参考。")
        if self.doubts:
            told.append(f"有{len(self.doubts)}处读数存疑，请对照草稿人工核对。")
        if told:
            return "".join(told)
        return "未发现问题。" if self.has_tables else "没有找到法定表格，无从核对。"


def draft_of(name: str, reading: Reading, findings: Sequence[Finding], data: bytes | None = None) -> Draft:
    """What a clerk is told of a draft; with its bytes also pictures of the places."""
    if reading.error is not None:
        why = WHY.get(reading.error[0])
        return Draft(name, "", None, "", (), (), (), unread=why or "文件无法识别", explained=why is not None)
    unit = Unit("draft", reading.agency or "本单位", "county", "department", "", None, "", "")
    printed = {("draft", cell_id): _row(cell) for cell_id, cell in reading.cells.items()}
    rows: list[Row] = [asdict(f) | {"unit_id": "draft"} for f in findings]
    views = finding_views(rows, {"draft": unit}, printed, ("draft",))
    seen = data if data and any(is_recognised(f.spots) for f in views) else None
    document = open_for_pictures(data) if data and not seen and any(f.spots for f in views) else None
    if seen is not None:
        views = [
            replace(f, pictures=page_pictures(seen, f.spots)) if f.severity == "error" else f for f in views
        ]
    if document is not None:
        views = [
            replace(f, pictures=pictures(document, f.spots)) if f.severity == "error" else f for f in views
        ]
    sure = [f for f in views if f.publishable]
    return Draft(
        name=name,
        title=reading.title or "（未找到）",
        year=reading.year,
        form=FORMS.get(reading.template or "", "未找到法定表格"),
        state=_state(reading),
        findings=tuple(replace(f, number=n) for n, f in enumerate(sure, 1)),
        doubts=tuple(
            replace(f, number=n) for n, f in enumerate((f for f in views if f not in sure), len(sure) + 1)
        ),
        has_tables=bool(reading.cells),
    )


def draft_page(drafts: Sequence[Draft]) -> str:
    """The drafts on one page that needs nothing else."""
    template = templates().get_template("check.html.j2")
    return template.render(drafts=drafts, not_checked=NOT_CHECKED, **common_words())


def _row(cell: CellReading) -> Row:
    place = cell.place.as_dict() if cell.place else {}
    return {"raw": cell.raw, "status": cell.status, "value": cell.value, "evidence": place}


def _state(reading: Reading) -> tuple[str, ...]:
    """How many cells of each table were read how; in one line where there is nothing to look at."""
    if reading.cells and all(cell.status == "reported" for cell in reading.cells.values()):
        return (f"三张表共{len(reading.cells)}格，已逐格读出",)
    counts: dict[str, Counter[str]] = {}
    for cell_id, cell in reading.cells.items():
        counts.setdefault(cell_id[:2], Counter())[cell.status] += 1
    return tuple(
        f"{TABLES[table]}：" + "，".join(f"{READ[s]}{of[s]}格" for s in READ if of[s])
        for table, of in sorted(counts.items())
    )
