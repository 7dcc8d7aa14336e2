"""Labels of table 3 in words of the unit's own: shortened, extended, numbered otherwise, mistyped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from tests.generator.grids import Grid
from tests.generator.layouts.base import Document, document, full, layout
from tests.generator.layouts.cms import page
from tests.generator.layouts.html import HTML, article, plain_paragraph, plain_table
from tests.generator.layouts.text import TEXT, compose, furniture
from tests.generator.truth import Report

_TABLE_THREE = 10
_WORDINGS = {
    "new": "一、本年新收申请/1.本年度新收政府信息公开申请数量/本年新收政府信息公开申请/一、当年新收政府信息公开申请数",
    "carried_in": "二、上年结转申请/2.上年度结转政府信息公开申请数量/二、上年度结转/二、去年结转政府信息公开申请数量",
    "granted": "予以公开（件）/①予以公开/(一)予以公开的/1.予以公开/（一）予以公开信息",
    "partial": "部分公开（件）/②部分公开(区分处理的)/（二）部分公开（区分处理的，只计这一情形）/2.予以部分公开",
    "denied_state_secret": "国家秘密/（1）属于国家秘密/1、国家秘密类/属国家秘密/1.属于国家机密/1.涉及国家秘密",
    "denied_law_prohibits": "2.法律、行政法规禁止公开/（2）其他法律行政法规禁止公开的/2.其它法律法规禁止公开/其他法律、法规禁止公开",
    "denied_three_securities": "（3）危及“三安全一稳定”的/③危及“三安全、一稳定”/三安全一稳定/3.危害“三安全一稳定”",
    "denied_third_party": "4.第三方合法权益/④侵害第三方合法权益/保护第三人合法权益/4.保护第三方权益",
    "denied_internal_affairs": "5.三类内部事务信息/⑤内部事务信息/5.属于内部事务信息/三类内部事务",
    "denied_process_info": "6.四类过程性信息/⑥过程性信息/6.属于过程性信息/四类过程信息",
    "denied_enforcement_files": "7.行政执法案卷/7.属于行政执法案卷信息/执法案卷/7.属行政执法案卷",
    "denied_admin_query": "8.行政查询事项/⑧行政查询/8.属于行政查询类事项/行政查询",
    "unable_not_held": "1.本机关不掌握/①不掌握相关政府信息/1.本行政机关不掌握相关政府信息/本单位不掌握相关政府信息",
    "unable_needs_creation": "2.需要另行制作/（2）没有现成信息，需另行制作/没有现成信息/2.无现成信息需另行制作",
    "unable_unclear_after_correction": "3.补正后仍不明确/③补正后内容仍不明确/3.经补正后申请内容仍不明确",
    "reject_petition": "（1）信访投诉举报类申请/①信访举报投诉类/信访举报投诉/1.信访类申请",
    "reject_repeat": "重复申请的/②重复申请/2.重复提出申请/2.属于重复申请",
    "reject_publication": "3.公开出版物/（3）要求提供公开出版物的/提供公开出版物/3.申请公开出版物",
    "reject_excessive": "4.大量反复申请/④大量、反复申请/无正当理由反复申请/4.无正当理由大量重复申请",
    "reject_confirm_received": "5.确认或重新出具已获取信息/⑤要求确认或重新出具已获取信息/要求重新出具已获取信息",
    "other_overdue_correction": "1.申请人无正当理由逾期不补正/①逾期不补正/申请人逾期不补正，不再处理",
    "other_overdue_fee": "2.逾期未缴费/②逾期未缴纳费用/申请人逾期未缴纳费用，不再处理",
    "other_other": "其他/（3）其他/3.其他情形/3、其它/3.其他处理情形",
    "total": "(七)合计/总计/（七）总计（件）/（七）合计数/7.总计",
    "carried_out": "四、结转下年度/4.结转下年度继续办理/四、结转下一年度办理/结转至下年度继续办理",
}
"""By row, what units print for it; each is unlike the labels of all other rows."""
_MISTYPED = "已日申由政工公言信开外里的得"


def _mistype(rng: Random, text: str) -> str:
    """One sign of a label wrong, lost or doubled."""
    spots = [n for n, sign in enumerate(text) if "\u4e00" <= sign <= "\u9fff"]
    if len(spots) < 5:  # too short to be told with a sign wrong
        return text
    at = rng.choice(spots)
    return text[:at] + rng.choice((rng.choice(_MISTYPED), "", text[at] * 2)) + text[at + 1 :]


def reworded(report: Report, rng: Random) -> Callable[[Grid], Grid]:
    """What puts a share of table 3's labels into other words, and mistypes some of them."""
    share, mistyped = rng.choice((0.3, 0.6, 1.0)), rng.choice((0.0, 0.3))
    labels: dict[str, str] = {}
    for row in report.form.rows:
        own = rng.random() < share and row.key in _WORDINGS
        label = rng.choice(_WORDINGS[row.key].split("/")) if own else row.label
        labels[row.label] = labels[full(row.label)] = (
            _mistype(rng, label) if not own and rng.random() < mistyped else label
        )

    def change(grid: Grid) -> Grid:
        if grid.width != _TABLE_THREE:
            return grid
        rows = tuple(
            tuple(
                box if box.cell else replace(box, text=labels.get(box.text, box.text), broken="")
                for box in row
            )
            for row in grid.rows
        )
        return Grid(rows, grid.width)

    return change


@layout("page_reworded")
def page_reworded(report: Report, rng: Random) -> Document:
    """A web page whose table 3 has labels of the unit's own."""
    change = reworded(report, rng)
    text = page(report, rng, article(report, plain_paragraph, lambda grid: plain_table(change(grid))))
    return document(report, ".html", text.encode(), HTML)


@layout("text_reworded")
def text_reworded(report: Report, rng: Random) -> Document:
    """The same as text, a cell a line."""
    change = reworded(report, rng)

    def table(grid: Grid) -> str:
        return "\n".join(f"{box.text}\n" for row in change(grid).rows for box in row)

    return document(report, ".txt", (furniture(report) + compose(report, table)).encode(), TEXT)
