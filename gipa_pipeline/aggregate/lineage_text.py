"""A trace as plain text, as ``gipa trace`` prints it."""

from __future__ import annotations

from collections.abc import Iterator

from gipa_pipeline.aggregate import wording
from gipa_pipeline.aggregate.lineage import Absent, Bytes, Source, Trace


def render(found: Trace) -> str:
    """The figure first, then every unit's cell with its place, then who is not in the sum and why."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Trace) -> Iterator[str]:
    scope = "汇总（含下级主管部门）" if found.tree else "汇总（本级）"
    value = (
        f"{wording.number(found.value)}{found.cell.unit}" if found.value is not None else "空（没有单位填报）"
    )
    yield f"{found.office}（{found.office_id}） {found.year}年度 {scope}"
    yield f"{found.cell.label}　{found.cell.id}"
    yield f"合计：{value}"
    yield (
        f"计入 {found.units_included} 个单位，缺 {found.units_missing} 个，本格有疑 {found.units_doubtful} 个"
    )
    if not found.agrees:
        yield "注意：各单位数字之和与汇总表不一致，汇总表已过时，请重新运行 gipa run。"
    included = [s for s in found.sources if s.included]
    left_out = [s for s in found.sources if not s.included]
    if included and found.unit is None:
        yield ""
        yield "计入的单位："
    for source in included:
        yield from _source(source)
    if left_out:
        yield ""
        yield "报告已识读，但本格没有可加的数："
        for source in left_out:
            yield from _source(source)
    if found.absent:
        yield ""
        yield "没有可用报告的单位："
        for unit in found.absent:
            yield f"  {unit.name}（{unit.unit_id}）：{_why(unit)}"
    if found.document is not None:
        yield ""
        yield from _document(found.document)


def _source(source: Source) -> Iterator[str]:
    value = wording.number(source.value) if source.included else "—"
    printed = f"原文“{source.raw}”，" if source.raw else ""
    yield f"  {value:>12}  {source.name}（{source.unit_id}）"
    yield f"{'':16}{printed}{wording.STATUS[source.status]}　{source.cell_id}"
    if source.candidates:
        yield f"{'':16}可能的读法：{'、'.join(map(wording.number, dict.fromkeys(source.candidates)))}"
    if where := wording.place(source.place, whole=True):
        yield f"{'':16}{where}"
    yield f"{'':16}原件 sha256 {source.document_sha256}"
    if source.url:
        yield f"{'':16}{source.url}"
    for doubt in source.doubts:
        if doubt not in wording.STATUS:
            yield f"{'':16}有疑：{doubt}"


def _why(unit: Absent) -> str:
    said = wording.REPORT.get(unit.report_state or "") or wording.COVERAGE.get(
        unit.coverage_state or "", "没有报告"
    )
    return f"{said}（{unit.reason}）" if unit.reason else said


def _document(document: Bytes) -> Iterator[str]:
    if document.size is None:
        yield f"原件不在数据目录中：{document.path}"
        return
    check = "与摘要相符" if document.intact else "与摘要不符，原件已损坏"
    yield f"原件：{document.path}　{document.size} 字节，{check}"
    if document.excerpt is not None:
        yield f"上下文：{document.excerpt}"
