"""One check a rule (规则目录), on the asset whose data the rule speaks of; not blocking.

The verdicts are those that ``findings`` left in the data folder: a check shows them and judges nothing, so
that the UI, the ledger and an office's report cannot disagree. An error while showing them is a crash of the
check, not a failed rule.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from assets.resources import ChainResource
from assets.stages import check_spec, plainly
from assets.summaries import Row, rows, source, table, unit, worded
from expectations.outcomes import Outcome
from expectations.rules import SEVERITY_LABELS, Rule, assessed
from gipa_pipeline.aggregate import wording
from gipa_pipeline.aggregate.rollup import OPEN_STATES
from gipa_pipeline.stages import Chain

SEVERITIES = {
    "error": dg.AssetCheckSeverity.ERROR,
    "warning": dg.AssetCheckSeverity.WARN,
    "info": dg.AssetCheckSeverity.WARN,
}
"""Dagster knows two. A hint (提示) that was found is shown as a warning: shown as passed, it would contradict
the office's report; its own severity stands beside it."""

VERDICTS = "findings"
"""The asset that reaches the verdicts."""


def described(rule: Rule) -> str:
    """A rule as an operator reads it beside the check: title, what it demands, how grave, on what ground."""
    grave = f"{SEVERITY_LABELS[rule.severity]}（{rule.severity}）"
    return f"{rule.title}：{rule.statement}\n\n严重程度：{grave}。依据：{rule.clause}"


def rule_checks(asset: str) -> dg.AssetChecksDefinition:
    """The checks of an asset, all shown by one step once the verdicts are reached."""
    rules = {rule.id: rule for rule in assessed() if rule.asset == asset}
    after = [] if asset == VERDICTS else [VERDICTS]
    specs = [
        check_spec(rule.id, asset, described(rule), additional_deps=after, metadata={"group": rule.group})
        for rule in rules.values()
    ]

    @dg.multi_asset_check(name=f"{asset}_rules", specs=specs, can_subset=True)
    def checks(context: dg.AssetCheckExecutionContext, chain: ChainResource) -> Iterator[dg.AssetCheckResult]:
        year = int(context.partition_key)
        with plainly():
            opened = chain.open()
            stands = opened.verdicts_stand(year)
        if not stands:
            # Yesterday's verdicts beside today's data would be taken for a judgement of today's.
            context.log.warning(
                "No verdicts on %s as it is now: materialize normalized_cells and findings, then run the checks.",
                year,
            )
            return
        wanted = {key.name for key in context.selected_asset_check_keys}
        outcomes = {outcome.rule: outcome for outcome in opened.outcomes(year)}
        shown = Shown(opened, year)
        for rule in rules.values():
            if rule.id in wanted:
                yield shown.result(rule, outcomes[rule.id])

    return checks


class Shown:
    """A year's outcomes as Dagster takes them: plain numbers, texts and tables."""

    def __init__(self, chain: Chain, year: int) -> None:
        wanted = ["unit_id", "rule", "verdict", "message", "state", "responsibility"]
        self._chain, self._reports = chain, chain.store.folder("reports", year)
        found = rows(chain, "validated", year, "findings", wanted)
        self._findings = [row for row in found if row["state"] in OPEN_STATES]
        reports = rows(chain, "normalized", year, "reports", ["unit_id", "url"])
        self._urls = {row["unit_id"]: row["url"] for row in reports}
        self._before: dict[str, Outcome] = {}
        if chain.store.has_frame("validated", year - 1, "rule_results"):
            self._before = {outcome.rule: outcome for outcome in chain.outcomes(year - 1)}

    def result(self, rule: Rule, outcome: Outcome) -> dg.AssetCheckResult:
        """An outcome with its first findings, where they stand, and how it was the year before."""
        own = [row for row in self._findings if row["rule"] == rule.id]
        failed = [row for row in own if row["verdict"] == "fail"]
        told = {row["unit_id"] for row in failed}
        elsewhere = [{**ELSEWHERE, "unit_id": unit_id} for unit_id in outcome.sample if unit_id not in told]
        names = [unit(self._chain, {"unit_id": unit_id}) for unit_id in outcome.sample]
        summary = f"{counted(outcome)}: {wording.listed(names)}" if names else counted(outcome)
        listed = self._table(failed + elsewhere)
        return dg.AssetCheckResult(
            check_name=rule.id,
            asset_key=rule.asset,
            passed=bool(outcome.passed),
            severity=SEVERITIES[outcome.severity],
            # The page shows tables of the description at once and those of the metadata only when asked.
            description=f"{summary}\n\n{listed.value}" if failed else summary,
            metadata={
                "units that fail": int(outcome.bad),
                "units assessed": int(outcome.total),
                "last year": counted(self._before.get(rule.id)),
                "trend": trend(self._before.get(rule.id), outcome),
                "severity": worded(outcome.severity, SEVERITY_LABELS),
                "findings": listed,
                "readings in doubt": self._table([row for row in own if row["verdict"] == "uncertain"]),
                "what to do": rule.fix,
                "where to look": dg.MetadataValue.path(str(self._reports / "index.html")),
            },
        )

    def _table(self, findings: Sequence[Row]) -> Any:
        return table(
            ("unit", "finding", "whose side", "source"),
            (
                (
                    unit(self._chain, row),
                    row["message"],
                    worded(row["responsibility"], wording.RESPONSIBILITY),
                    source(self._urls.get(row["unit_id"])),
                )
                for row in findings
            ),
        )


ELSEWHERE = {
    "message": "同一原因，已在该单位的另一问题中说明。(The same cause is told in another finding of this unit.)",
    "responsibility": "",
}


def trend(before: Outcome | None, now: Outcome) -> str:
    """How the share of failing units moved against the year before, in words; shares, since units come and go."""
    if before is None or not before.total or not now.total:
        return "not comparable: no unit was assessed last year or this year"
    then, share = before.bad / before.total, now.bad / now.total
    moved = (
        "as last year" if then == share else "more than last year" if share > then else "fewer than last year"
    )
    return f"{moved}: {then:.0%} → {share:.0%} of the units assessed"


def counted(outcome: Outcome | None) -> str:
    """How many units fail, in words."""
    if outcome is None or not outcome.total:
        return "no unit could be assessed"
    return f"{outcome.bad} of {outcome.total} units fail"
