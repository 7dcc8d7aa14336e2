"""The one catalogue of rules (规则目录): what each demands, on what ground, and how a finding is worded.

The rules are data (``rules.json``). How a relation is computed stands in ``gipa_pipeline.validate``; what it
is called, how grave it is and what a unit is told stand here. ``python -m expectations.rules`` prints the
catalogue for people.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType

KINDS = MappingProxyType(
    {
        "identity": "恒等关系",
        "predicate": "单项条件",
        "cross_year": "跨年比较",
        "narrative": "正文核对",
        "structure": "结构",
        "timeliness": "时限",
        "aggregate": "汇总",
        "derived": "归类说明",
    }
)
SEVERITY_LABELS = MappingProxyType({"error": "须改正", "warning": "请核实", "info": "提示"})
"""The one set of words for severities (严重程度): what the reader is to do, not what the unit is accused of."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule (规则).

    Attributes:
        id: stable, ASCII, e.g. ``K01``.
        group: Chinese name of the group it belongs to.
        title, statement: Chinese, as told to a clerk.
        kind: one of :data:`KINDS`.
        severity: ``error``, ``warning`` or ``info``; a finding may be milder, an office may change it.
        assessed: whether it gives verdicts of its own; ``note`` tells why not.
        asset: the asset whose data it speaks of.
        needs: what must be there for it to be assessed.
        editions: the form editions it applies to.
        clause: the legal ground in Chinese, or that it is practice only.
        grounds: the same for each form edition, since an older report is held to its own form.
        source, cause, fix: where it comes from, the usual cause, and what the unit may do.
        message: the sentence of a finding, with places for the printed numbers.
        note: what is left out, in Chinese.
        options: thresholds that settings may replace by ``<id>.<name>``.
        choices: points that no national text settles, answered with care; settings may answer them otherwise.
    """

    id: str
    group: str
    title: str
    statement: str
    kind: str
    severity: str
    assessed: bool
    asset: str
    needs: tuple[str, ...]
    editions: tuple[str, ...]
    clause: str
    source: str
    cause: str
    fix: str
    message: str
    grounds: Mapping[str, str]
    note: str = ""
    options: Mapping[str, float] = field(default_factory=dict)
    choices: Mapping[str, bool] = field(default_factory=dict)


@cache
def catalogue() -> Mapping[str, Rule]:
    """All rules by id, in the catalogue's order."""
    text = (resources.files(__package__) / "rules.json").read_text(encoding="utf-8")
    data = json.loads(text)
    rules = {}
    for item in data["rules"]:
        grounds = {edition: item["clause"].replace("{form}", form) for edition, form in data["forms"].items()}
        known = item | {
            "group": data["groups"][item["id"][0]],
            "clause": grounds[max(grounds)],
            "grounds": MappingProxyType(grounds),
            "needs": tuple(item["needs"]),
            "editions": tuple(item["editions"]),
        }
        rules[item["id"]] = Rule(**known)
    return MappingProxyType(rules)


def assessed() -> tuple[Rule, ...]:
    """The rules that give verdicts."""
    return tuple(rule for rule in catalogue().values() if rule.assessed)


def markdown() -> str:
    """The catalogue as a page for people (规则清单)."""
    rules = catalogue().values()
    lines = [
        "# 规则清单",
        "",
        f"共{len(rules)}条，其中{len(assessed())}条出具结论。本页由 `python -m expectations.rules` 生成，请勿手改。",
        "",
        "严重程度：须改正（由数据、结构、格式或日期即可判定）、请核实（由单位核实，属实的不必修改）、提示（供参考）。识读尚有疑问的，至多“请核实”，且不作为单位的问题。",
        "",
        "依据一栏写“实务要求”“推断”的，没有全国性条文，主管部门可在设置中调整严重程度（`rules.severity`）、参数（`rules.thresholds`）和口径（`rules.options`）。",
    ]
    group = ""
    for rule in rules:
        if rule.group != group:
            group = rule.group
            lines += ["", f"## {group}"]
        lines += ["", f"### {rule.id} {rule.title}", "", rule.statement, ""]
        lines += [f"- {name}：{text}" for name, text in _facts(rule) if text]
    return "\n".join(lines) + "\n"


def _facts(rule: Rule) -> list[tuple[str, str]]:
    return [
        ("类别", KINDS[rule.kind]),
        ("严重程度", SEVERITY_LABELS[rule.severity] if rule.assessed else "不单独出具结论"),
        ("适用格式", "、".join(f"{edition}年格式" for edition in rule.editions)),
        ("依据", rule.clause),
        ("来源", rule.source),
        ("常见原因", rule.cause),
        ("如何处理", rule.fix),
        (
            "可调参数",
            "；".join(f"`{rule.id}.{name}`（默认 {value:g}）" for name, value in rule.options.items()),
        ),
        (
            "可选口径",
            "；".join(
                f"`{rule.id}.{name}`（默认 {str(value).lower()}）" for name, value in rule.choices.items()
            ),
        ),
        ("说明", rule.note),
    ]


if __name__ == "__main__":
    import sys

    sys.stdout.buffer.write(markdown().encode())
