from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html

from expectations.forms import load_form
from gipa_pipeline.commands.check import check

HEAD = (
    "<tr><td colspan=3 rowspan=3>(本列数据的勾稽关系为:第一项加第二项之和,等于第三项加第四项之和)</td><td colspan=7>申请人情况</td></tr>"
    "<tr><td rowspan=2>自然人</td><td colspan=5>法人或其他组织</td><td rowspan=2>总计</td></tr>"
    "<tr><td>商业企业</td><td>科研机构</td><td>社会公益组织</td><td>法律服务机构</td><td>其他</td></tr>"
)


def draft(
    folder: Path,
    *,
    total: int = 4,
    name: str = "草稿.html",
    title: str = "某县财政局2023年政府信息公开工作年度报告",
) -> Path:
    """A page with table 3 alone: four applications of natural persons, all granted; ``total`` stands as their sum."""
    form = load_form("2021")
    rows = []
    for row in form.rows:
        numbers = ["0"] * 7
        if row.key in ("new", "granted", "total"):
            numbers = ["4", "0", "0", "0", "0", "0", str(total if row.key == "new" else 4)]
        cells = "".join(f"<td>{n}</td>" for n in numbers)
        rows.append(f"<tr><td colspan=3>{row.label}</td>{cells}</tr>")
    path = folder / name
    body = f"<h1>{title}</h1><p>三、收到和处理政府信息公开申请情况</p><table border=1>{HEAD}{''.join(rows)}</table>"
    path.write_text(
        f"<html><head><meta charset=utf-8><title>{title}</title></head><body>{body}</body></html>",
        encoding="utf-8",
    )
    return path


def test_a_broken_sum_in_words_and_as_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, page = draft(tmp_path, total=7), tmp_path / "自查.html"
    assert check([str(path)], None, page) == 1
    told = capsys.readouterr().out
    assert f"文件：{path}\n  结论：有1处须改正，请改正后再发布。" in told
    assert "【须改正】表三“一、本年新收" in told or "【须改正】表三“本年新收" in told
    assert "如何处理：" in told
    assert "可能应为：表三“一、本年新收政府信息公开申请数量”行“总计”列改为4（仅供参考，以台账为准）" in told
    assert "与上年报告的衔接、发布是否按时、与汇总数是否一致，自查时不能核对。" in told
    assert told.endswith(f"自查页：{page}\n")
    shown = html.document_fromstring(page.read_text(encoding="utf-8"))
    assert shown.xpath("//h2/text()") == ["草稿.html"]
    assert shown.xpath("//details[@class='picture']//td[@class='likely']/mark/text()")[:1] == ["7"]
    assert shown.xpath("//script | //link | //img") == []


def test_sums_that_hold_are_not_accused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check([str(draft(tmp_path))], None)
    told = capsys.readouterr().out
    assert "勾稽" not in told.split("读取情况")[1].split("说明：")[0].replace("按勾稽关系或位置推定", "")
    assert "可能应为" not in told


def test_names_and_titles_are_inert(tmp_path: Path) -> None:
    page = tmp_path / "p.html"
    check(
        [str(draft(tmp_path, total=7, name="<b>x.html", title="<i>某局</i>2023年政府信息公开工作年度报告"))],
        None,
        page,
    )
    text = page.read_text(encoding="utf-8")
    assert "<b>x.html" not in text
    assert "&lt;b&gt;x.html" in text


def test_what_cannot_be_read_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "p.html"
    empty = tmp_path / "空.docx"
    empty.write_bytes(b"")
    assert check([str(empty), str(tmp_path / "没有.docx")], None, page) == 1
    told = capsys.readouterr().out
    assert "未能读取：文件是空的" in told
    assert "未能读取：找不到文件，请核对路径" in told
    assert "说明：" not in told
    leads = html.document_fromstring(page.read_text(encoding="utf-8")).xpath("//p[@class='lead']/text()")
    assert leads == ["未能读取：文件是空的。", "未能读取：找不到文件，请核对路径。"]


def test_a_page_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check([str(draft(tmp_path))], None, tmp_path / "no" / "p.html") == 2
    assert "无法写入" in capsys.readouterr().err
