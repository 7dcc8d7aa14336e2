"""The whole catalogue: each rule passes on a report that keeps it, fails on one that breaks it, and accuses nobody
for what only looks like a breach. A rule without examples fails this test."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from expectations.forms import load_form
from expectations.rules import catalogue
from gipa_pipeline.extract.prose.narrative import claims_of
from gipa_pipeline.model import CellReading, ReaderNote, SectionText
from gipa_pipeline.settings import DateSettings, Due, RuleSettings, Settings
from gipa_pipeline.validate.alike import twins
from gipa_pipeline.validate.case import Case
from gipa_pipeline.validate.checks import check_case
from gipa_pipeline.validate.coverage import check_coverage, cover
from gipa_pipeline.validate.peers import peers_of
from gipa_pipeline.validate.rollup import check_rollup
from gipa_pipeline.validate.subject import Subject, subject_of
from tests.unit.validate.forms import TEXTS, Registry, Unit, consistent, reading, sections, told
from tests.unit.validate.test_rollup import PARTS, SUM, UNITS

TOWN = Unit()
BUREAU = Unit(name="中山市教育局", level="city", kind="department")
COUNTY = Unit(name="开平市人民政府", level="county", kind="government")
CITY = Unit(name="中山市人民政府", level="city", kind="government")
DOCS = "t2.normative_documents."
FEE = "t2.fees.amount_wan_yuan"
OLD_FEE = "t2.procurement.amount_wan_yuan"
ZERO = dict.fromkeys(consistent(1), Decimal(0))


def table(new=50, carried_in=3, total=51, carried_out=2, **more):
    """One column of applicants, all else zero but what is told; ``t2_fees__x`` stands for ``t2.fees.x``."""
    cells = dict(ZERO)
    for row, value in {
        "new": new,
        "carried_in": carried_in,
        "granted": total,
        "total": total,
        "carried_out": carried_out,
    }.items():
        for column in ("natural_person", "total"):
            cells[f"t3.{row}.{column}"] = Decimal(value)
    cells[DOCS + "in_force"] = Decimal(10)
    return cells | more


def put(**changes):
    """The usual table with cells changed; names with ``__`` for the dots."""
    return table() | {
        k.replace("__", "."): v if v is None or isinstance(v, CellReading) else Decimal(str(v))
        for k, v in changes.items()
    }


def verdicts(
    cells=None, unit=TOWN, year=2023, last=None, settings=None, subject: dict | None = None, **given
):
    """Every rule's verdict on one report."""
    given = {"sections": sections(), "published": date(2024, 1, 20)} | given
    now = subject_of(reading(table() if cells is None else cells, **given), unit, year)
    if subject:
        now = Subject(**{**now.__dict__, **subject})
    before = subject_of(last, unit, year - 1) if last is not None else None
    return {c.rule: c.verdict for c in check_case(Case(now, before, settings or Settings()))}


def v(rule: str, *args, **given) -> Callable[[], str]:
    return lambda: verdicts(*args, **given)[rule]


def last(cells=None, **given):
    return reading(table() if cells is None else cells, **({"year": 2022, "sections": sections()} | given))


SAME = table(carried_in=2, total=50)
"""A report that follows the usual one: two were carried over."""


def says(text: str):
    return told(text)


def part_six(text: str):
    parts = sections(p6=text)
    return {"sections": parts, "claims": tuple(claims_of(parts))}


def gov(rule: str, cells, parts=PARTS, text="本报告汇总全市各部门、各镇（街）数据。") -> Callable[[], str]:
    def judged() -> str:
        cases = {"gov": Case(subject_of(reading(cells, sections=sections(p1=text)), UNITS["gov"], 2023))}
        for unit, own in parts.items():
            cases[unit] = Case(subject_of(reading(own, sections=sections()), UNITS[unit], 2023))
        return {c.rule: c.verdict for unit, c in check_rollup(Registry(UNITS), cases) if unit == "gov"}[rule]

    return judged


def missing(outcome: str, as_of=date(2024, 4, 10)) -> Callable[[], str]:
    def judged() -> str:
        unit = Unit("unit", "中山市教育局", "county", "department")
        office = Unit("office", "中山市人民政府办公室", "city", "department", supervising_unit_id=None)
        registry = Registry({"unit": unit, "office": office})
        read = {
            "state": "read",
            "published": date(2024, 1, 9),
            "first_fetched": date(2024, 2, 1),
            "identity": "",
        }
        reports = {"unit": read} if outcome == "stored" else {}
        rows = cover(registry, Settings(), 2023, reports, {"unit": [outcome], "office": ["timeout"]})
        _, results = check_coverage(registry, Settings(), rows, reports, as_of)
        return next(r.verdict for r in results if r.unit_id == "unit")

    return judged


def beside_peers(share: int, peers: int = 12) -> Callable[[], str]:
    """A unit that answers so many of 40 applications by 不掌握, beside others that answer 4 so."""

    def one(name: str, held: int) -> Subject:
        cells = table(40, 0, 40, 0) | {"t3.unable_not_held.total": Decimal(held)}
        return subject_of(reading(cells), Unit(name, f"某市{name}局", "city", "department"), 2023)

    def judged() -> str:
        subjects = {f"u{n}": one(f"u{n}", 4) for n in range(peers)} | {"unit": one("unit", share)}
        known = peers_of(subjects, 20)["city", "department"]
        return {c.rule: c.verdict for c in check_case(Case(subjects["unit"], peers=known))}["X06"]

    return judged


LONG = "".join(
    f"围绕{c}领域持续推进公开，完善制度，优化服务。"
    for c in "教育医疗住房就业社保交通环境食品养老托幼消防气象统计水利渔业林业矿业信用采购招标"
)


def beside_twin(own: str, other: str) -> Callable[[], str]:
    def one(unit_id: str, name: str, text: str) -> Subject:
        return subject_of(reading(table(), sections=sections(p1=text)), Unit(unit_id, name), 2023)

    def judged() -> str:
        subjects = {
            "unit": one("unit", "某市甲镇人民政府", own),
            "twin": one("twin", "某市乙镇人民政府", other),
        }
        known = twins(subjects, 0.9)
        case = Case(
            subjects["unit"], peers=peers_of(subjects, 20)["town", "government"], twin=known.get("unit")
        )
        return {c.rule: c.verdict for c in check_case(case)}["S11"]

    return judged


def suits(direct: int, after: int = 0, denied: int = 9):
    return put(
        t4__litigation_direct__total=direct, t4__litigation_direct__upheld=direct,
        t4__litigation_after_reconsideration__total=after, t4__litigation_after_reconsideration__upheld=after,
        t3__partial__total=denied,
    )  # fmt: skip


LOCAL = Settings(dates=DateSettings(departments_due=Due((1, 26)), towns_due=Due((1, 31))))
PASSES: dict[str, Callable[[], str]] = {
    **{r: v(r) for r in ("C01", "C02", "C03", "C04", "C05", "R01", "R02", "K01", "K02", "K03", "L01", "L02", "L03")},
    **{r: v(r) for r in ("X01", "X03", "X04", "X05", "X07", "N08", "S01", "S02", "S06", "S07", "S08", "S09", "S10", "S12", "S13", "S14", "T05")},
    **{r: v(r, SAME, last=last()) for r in ("L06", "X02", "Y01", "Y02", "Y03", "Y05", "Y06")},
    "L05": v("L05", suits(3), year=2024),
    "X06": beside_peers(5),
    "N01": v("N01", **says("收到政府信息公开申请50件，办结51件。")),
    "N02": v("N02", **says("收到政府信息公开申请50件，其中当面10件，信函20件，网络20件。")),
    "N03": v("N03", **says("收到政府信息公开申请50件，其中网上申请30件，占60%。")),
    "N04": v("N04", **says("收到政府信息公开申请50件。")),
    "N05": v("N05", **says("因政府信息公开被申请行政复议0件。")),
    "N06": v("N06", **says("现行有效行政规范性文件10件。")),
    "N07": v("N07", **says("收到政府信息公开申请50件，其中自然人50件。")),
    "N09": v("N09", **says("主动公开政府信息100条，分别为网站60条、公示栏40条。")),
    "S03": v("S03", title="古镇镇2023年政府信息公开工作年度报告"),
    "S04": v("S04", period=(date(2023, 1, 1), date(2023, 12, 31))),
    "S05": v("S05", **says("现将古镇镇2023年政府信息公开工作情况报告如下。")),
    "S11": beside_twin(LONG, LONG[::-1]),
    "T01": v("T01", unit=BUREAU, published=date(2024, 1, 31)),
    "T02": v("T02", unit=COUNTY, published=date(2024, 3, 31)),
    "T03": v("T03", settings=LOCAL, published=date(2024, 1, 31)),
    "T04": v("T04", unit=BUREAU, settings=LOCAL, published=date(2024, 1, 26)),
    "A01": gov("A01", SUM), "A02": gov("A02", SUM), "A03": gov("A03", SUM), "L04": gov("L04", SUM),
    "A04": missing("stored"),
}  # fmt: skip

FAILS: dict[str, Callable[[], str]] = {
    "C01": v("C01", put(t2__licensing__decisions=-3)),
    "C02": v("C02", put(t2__licensing__decisions=None)),
    "C03": v("C03", put(t2__licensing__decisions=CellReading("reported", Decimal(22), "22件", readers=("a", "b")))),
    "C04": v("C04", {**table(), FEE: Decimal(-1)}),
    "C05": v("C05", table() | {c: CellReading("missing") for c in table() if c.startswith("t3.granted.")}, medium="html",
             notes=(ReaderNote("row_missing", "t3.granted", tuple(c for c in table() if c.startswith("t3.granted."))),)),
    "R01": v("R01", put(t3__new__total=52)),
    "R02": v("R02", table() | {c: None for c in table() if c.startswith("t3.new.") and not c.endswith("total")}),
    "K01": v("K01", put(t3__carried_out__natural_person=9, t3__carried_out__total=9)),
    "K02": v("K02", put(t3__granted__natural_person=40, t3__granted__total=40)),
    "K03": v("K03", put(t3__new__natural_person=49, t3__new__other=1)),
    "K04": v("K04", put(t3__partial__natural_person=6, t3__partial__total=6)),
    "L01": v("L01", put(t4__reconsideration__total=2)),
    "L02": v("L02", put(t4__litigation_direct__total=2)),
    "L03": v("L03", put(t4__litigation_after_reconsideration__total=2)),
    "L04": gov("L04", SUM | {"t4.litigation_direct.total": SUM["t4.litigation_direct.total"] + 4}),
    "L05": v("L05", suits(20), year=2024),
    "L06": v("L06", suits(0, 30), last=last()),
    "X01": v("X01", put(t3__other_overdue_fee__total=2), **part_six(TEXTS[6])),
    "X02": v("X02", SAME, last=last(put(t2__penalties__decisions=300))),
    "X03": v("X03", put(t2__regulations__in_force=6)),
    "X04": v("X04", {**table(), DOCS + "issued": Decimal(30)}),
    "X05": v("X05", suits(4000)),
    "X06": beside_peers(30),
    "X07": v("X07", ZERO, **says("全年收到政府信息公开申请6件。")),
    "Y01": v("Y01", put(t3__carried_in__natural_person=3, t3__carried_in__total=3), last=last()),
    "Y02": v("Y02", {**SAME, DOCS + "in_force": Decimal(12)}, last=last()),
    "Y03": v("Y03", SAME, last=last(put(t4__reconsideration__pending=4, t4__reconsideration__total=4))),
    "Y05": v("Y05", SAME, last=last(table(500, 3, 501, 2))),
    "Y06": v("Y06", consistent(8), last=last(consistent(8))),
    "N01": v("N01", **says("收到政府信息公开申请57件。")),
    "N02": v("N02", **says("收到政府信息公开申请50件，其中当面10件，信函20件，网络21件。")),
    "N03": v("N03", **says("收到政府信息公开申请50件，其中网上申请30件，占71%。")),
    "N04": v("N04", **says("2023年未收到政府信息公开申请。")),
    "N05": v("N05", put(t4__reconsideration__total=2, t4__reconsideration__upheld=2), **says("没有因政府信息公开被申请行政复议。")),
    "N06": v("N06", **says("现行有效行政规范性文件12件。")),
    "N07": v("N07", **says("收到政府信息公开申请50件，其中自然人45件。")),
    "N08": v("N08", put(t3__granted__total=0, t3__partial__total=4), **says("申请的信息均已公开。")),
    "N09": v("N09", **says("主动公开信息100条，其中网站80条，公示栏72条。")),
    "S01": v("S01", sections=sections(p6=None)),
    "S02": v("S02", consistent(7, "2019"), template="2019"),
    "S03": v("S03", title="古镇镇2022年政府信息公开工作年度报告"),
    "S04": v("S04", period=(date(2022, 1, 1), date(2022, 12, 31))),
    "S05": v("S05", **says("现将古镇镇2022年政府信息公开工作情况报告如下。")),
    "S06": v("S06", sections=sections(p1="推进主动公开。")),
    "S07": v("S07", sections=sections(p5="无。")),
    "S08": v("S08", sections=sections(p6="无。")),
    "S09": v("S09", **says("依据国办公开办函〔2019〕60号编制。")),
    "S10": v("S10", **says("该部分以表格形式报告。表格如下。")),
    "S11": beside_twin("某市甲镇人民政府" + LONG, "某市乙镇人民政府" + LONG),
    "S12": v("S12", **says("联系电话：0760-883210。")),
    "S13": v("S13", {}, state="table_absent", template=None, notes=(ReaderNote("picture_tables", "3"),)),
    "S14": v("S14", subject={"changes": (("t3.new.total", Decimal(13), Decimal(50)),)}),
    "T01": v("T01", unit=BUREAU, published=date(2024, 2, 1)),
    "T02": v("T02", unit=COUNTY, published=date(2024, 4, 1)),
    "T03": v("T03", settings=LOCAL, published=date(2024, 2, 1)),
    "T04": v("T04", unit=BUREAU, settings=LOCAL, published=date(2024, 1, 28)),
    "T05": v("T05", published=date(2023, 11, 2)),
    "A01": gov("A01", SUM | {"t3.granted.other": SUM["t3.granted.other"] + 5}),
    "A02": gov("A02", SUM, text="2023年，推进主动公开。"),
    "A03": gov("A03", SUM | {DOCS + "in_force": SUM[DOCS + "in_force"] + 5}),
    "A04": missing("not_found"),
}  # fmt: skip

SPARED: dict[str, dict[str, Callable[[], str]]] = {
    "C01": {"not read for certain": v("C01", put(t2__licensing__decisions=CellReading("unreadable", raw="若干", readers=("a",))))},
    "C02": {"a cell we did not find": v("C02", put(t2__licensing__decisions=CellReading("missing")))},
    "C03": {"a unit where the head prints none": v("C03", {**consistent(7, "2019"), OLD_FEE: CellReading("reported", Decimal("12.5"), "12.5万元", readers=("a", "b"))}, template="2019", year=2020)},
    "C04": {"money to the fen": v("C04", {**table(), FEE: Decimal("4219.394178")})},
    "C05": {"a row that one reader alone did not find": v("C05", table() | {c: CellReading("missing") for c in table() if c.startswith("t3.granted.")}, notes=(ReaderNote("row_missing", "t3.granted", ("t3.granted.total",)),))},
    "R01": {"a blank part may hold the rest": v("R01", put(t3__new__other=None, t3__new__total=52)),
            "a part that is not known": v("R01", put(t3__new__other=CellReading("ambiguous", raw="12"), t3__new__total=52))},
    "R02": {"all zero": v("R02", ZERO)},
    "K01": {"a blank 结转": v("K01", put(t3__carried_out__total=None, t3__carried_out__natural_person=None)),
            "readers disagree": v("K01", put(t3__carried_out__natural_person=9, t3__carried_out__total=9), notes=(ReaderNote("readers_disagree", "", ("t3.carried_out.total",)),))},
    "K02": {"a blank result": v("K02", put(t3__granted__natural_person=40, t3__granted__total=40, t3__partial__natural_person=None, t3__partial__total=None))},
    "K03": {"总计 does not balance either": v("K03", put(t3__carried_out__natural_person=9, t3__carried_out__total=9))},
    "K04": {"nothing to see in one report": v("K04")},
    "L01": {"a blank state": v("L01", put(t4__reconsideration__total=2, t4__reconsideration__pending=None))},
    "L02": {"a blank state": v("L02", put(t4__litigation_direct__total=2, t4__litigation_direct__other=None))},
    "L03": {"a blank state": v("L03", put(t4__litigation_after_reconsideration__total=2, t4__litigation_after_reconsideration__upheld=None))},
    "L04": {"a unit is missing": gov("L04", SUM | {"t4.litigation_direct.total": SUM["t4.litigation_direct.total"] + 4}, {u: PARTS[u] for u in ("office", "shuikou")}),
            "fewer suits": gov("L04", SUM | {"t4.litigation_direct.total": Decimal(0)})},
    "L05": {"before 2024": v("L05", suits(20), year=2023), "nothing was denied": v("L05", suits(20, denied=0), year=2024)},
    "L06": {"counted by instance": v("L06", suits(0, 30), last=last(), settings=Settings(rules=RuleSettings(options={"L06.counted_by_instance": True}))),
            "no last year": v("L06", suits(0, 30))},
    "X01": {"the notices are told": v("X01", put(t3__other_overdue_fee__total=2), **part_six("发出收费通知2件，实际收取0元。"))},
    "X02": {"few last year": v("X02", SAME, last=last(put(t2__penalties__decisions=3)))},
    "X03": {"a city government": v("X03", put(t2__regulations__in_force=6), unit=CITY)},
    "X04": {"repealed in the same year": v("X04", {**table(), DOCS + "issued": Decimal(30), DOCS + "repealed": Decimal(25)})},
    "X05": {"last year's answers led to them": v("X05", suits(100), last=last(table(900, 3, 901, 2)))},
    "X06": {"few peers": beside_peers(30, 3), "a department's state secret": v("X06", put(t3__denied_state_secret__total=1), unit=BUREAU)},
    "X07": {"of the whole city": v("X07", ZERO, **says("全市各部门共收到政府信息公开申请600件。"))},
    "Y01": {"a doubtful cell last year": v("Y01", put(), last=last(put(t3__carried_out__total=CellReading("inferred", Decimal(2), "?", readers=("s",))))),
            "no last year": v("Y01", put())},
    "Y02": {"the other form": v("Y02", SAME, last=last(consistent(8, "2019"), template="2019"))},
    "Y03": {"an office that counts new cases": v("Y03", SAME, last=last(put(t4__reconsideration__pending=4, t4__reconsideration__total=4)), settings=Settings(rules=RuleSettings(options={"Y03.counted_again": False})))},
    "Y05": {"small numbers": v("Y05", table(12, 0, 12, 0), last=last(table(2, 0, 2, 0))), "the money's unit is printed otherwise in 2019": v("Y05", {**consistent(9, "2019"), OLD_FEE: Decimal(5000)}, template="2019", year=2020, last=last({**consistent(9, "2019"), OLD_FEE: Decimal("0.5")}, template="2019"))},
    "Y06": {"two quiet years": v("Y06", ZERO, last=last(ZERO))},
    "N01": {"with those carried in": v("N01", **says("收到政府信息公开申请53件（含上年结转3件）。")), "carried in, unsaid": v("N01", **says("收到政府信息公开申请53件。")),
            "of the whole district": v("N01", **says("全区各部门共收到政府信息公开申请550件。")), "another year": v("N01", **says("2022年收到政府信息公开申请34件。")),
            "a blank table": v("N01", put(t3__new__total=None, t3__carried_in__total=None), **says("收到政府信息公开申请57件。"))},
    "N02": {"examples": v("N02", **says("收到政府信息公开申请50件，其中当面10件，信函20件。"))},
    "N03": {"rounded": v("N03", **says("收到政府信息公开申请50件，其中网上申请17件，占34.0%。")), "of another number": v("N03", **says("收到政府信息公开申请50件，网络30件，其中自然人28件，占93.3%。"))},
    "N04": {"one channel": v("N04", **says("2023年未收到当面提出的政府信息公开申请。"))},
    "N05": {"cases heard as authority": v("N05", **says("全年办理行政复议案件230件。"))},
    "N06": {"of the whole city": v("N06", **says("全市现行有效行政规范性文件120件。"))},
    "N07": {"of a part": v("N07", **says("网上收到政府信息公开申请30件，自然人28件，法人或其他组织2件。"))},
    "N08": {"answered, not disclosed": v("N08", put(t3__granted__total=0, t3__partial__total=4), **says("所有申请均已按时答复。"))},
    "N09": {"其中 leaves some out": v("N09", **says("主动公开信息100条，其中网站60条，公示栏30条。"))},
    "S01": {"a part under another heading": v("S01", sections=sections(p6=None, p5=TEXTS[5] + "其他需要报告的事项：未收取信息处理费。"))},
    "S02": {"the old form in its own year": v("S02", consistent(7, "2019"), template="2019", year=2020)},
    "S03": {"a renamed body": v("S03", title="中山市古镇镇党政办公室2023年政府信息公开工作年度报告")},
    "S04": {"no period": v("S04")},
    "S05": {"another body that did something": v("S05", **says("会同中山市教育局2022年开展培训。"))},
    "S06": {"traditional characters": v("S06", sections=sections(p1=TEXTS[1].replace("监督", "監督").replace("申请", "申請")))},
    "S07": {"traditional characters": v("S07", sections=sections(p5="存在的問題是更新慢。下一步將改進。"))},
    "S08": {"the fee in part one": v("S08", sections=sections(p1=TEXTS[1] + "未收取信息处理费。", p6="其他事项：无。"))},
    "S09": {"its own year": v("S09", year=2020, **says("依据国办公开办函〔2019〕60号编制。"))},
    "S10": {"a director's title": v("S10", **says("某局长主持培训。"))},
    "S11": {"the usual words alone": beside_twin(TEXTS[1], TEXTS[1]), "last year's other text": v("S11", sections=sections(p1=LONG), last=last(sections=sections(p1=LONG[::-1])))},
    "S12": {"numbers that are right": v("S12", **says("联系电话：0760-88321000，手机：13800138000，热线：12345，电话：010-6600****。"))},
    "S13": {"glued digits are our doubt": v("S13", put(t2__licensing__decisions=CellReading("ambiguous", raw="3746")))},
    "S14": {"nothing changed": v("S14")},
    "T01": {"had in time": v("T01", unit=BUREAU, published=date(2024, 2, 9), subject={"seen": date(2024, 1, 30)}), "a town": v("T01", published=date(2024, 6, 1))},
    "T02": {"a department": v("T02", unit=BUREAU, published=date(2024, 6, 1))},
    "T03": {"no local date": v("T03", published=date(2024, 6, 1))},
    "T04": {"late by law is told once": v("T04", unit=BUREAU, settings=LOCAL, published=date(2024, 2, 5))},
    "T05": {"a date we did not find": v("T05", published=None)},
    "A01": {"a unit is missing": gov("A01", SUM, {u: PARTS[u] for u in ("office", "shuikou")}), "no unit has reported": gov("A01", PARTS["office"], {})},
    "A02": {"scope told": gov("A02", SUM, text="本報告統計範圍為本級及所屬各部門。")},
    "A03": {"a unit is missing": gov("A03", SUM, {u: PARTS[u] for u in ("office", "shuikou")})},
    "A04": {"a host that does not answer": missing("timeout"), "not due yet": missing("not_found", date(2024, 1, 20))},
}  # fmt: skip

ASSESSED = {r.id for r in catalogue().values() if r.assessed}
NO_PASS = {"K04": "one report cannot show that no case was counted twice"}
"""Rules that can fail and never pass, with the reason that stands in the catalogue's note."""


def test_every_rule_has_an_example_of_each_kind() -> None:
    assert set(PASSES) | set(NO_PASS) == ASSESSED
    assert set(FAILS) == ASSESSED
    assert set(SPARED) == ASSESSED
    for rule in set(catalogue()) - ASSESSED | set(NO_PASS):
        assert catalogue()[rule].note


@pytest.mark.parametrize("rule", sorted(PASSES))
def test_it_passes_where_it_is_kept(rule: str) -> None:
    assert PASSES[rule]() == "pass"


@pytest.mark.parametrize("rule", sorted(FAILS))
def test_it_fails_where_it_is_broken(rule: str) -> None:
    assert FAILS[rule]() == "fail"


@pytest.mark.parametrize(("rule", "why"), [(r, why) for r, of in SPARED.items() for why in of])
def test_it_accuses_nobody_for_what_only_looks_like_it(rule: str, why: str) -> None:
    assert SPARED[rule][why]() != "fail"


def test_the_examples_are_reports_that_keep_every_sum() -> None:
    form = load_form("2021")
    for cells in (table(), SAME, ZERO):
        assert all(sum(cells[c] for c in i.left) == sum(cells[c] for c in i.right) for i in form.identities)
    assert isinstance(sections()[0], SectionText)
