"""One check a rule (规则目录), on the asset whose data the rule speaks of; not blocking.

The verdicts are those that ``findings`` left in the data folder: a check shows them and judges nothing, so
that the UI, the ledger and an office's report cannot disagree. An error while showing them is a crash of the
check, not a failed rule.
"""

from collections.abc import Iterator, Sequence

import dagster as dg

from assets.resources import ChainResource
from assets.stages import check_spec, plainly
from assets.summaries import rows, source, table, unit
from expectations.outcomes import Outcome
from expectations.rules import SEVERITY_LABELS, Rule, assessed
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
    return (
        f"{rule.title}：{rule.statement}\n\n严重程度：{SEVERITY_LABELS[rule.severity]}。依据：{rule.clause}"
    )


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
        if not opened.store.has_frame("validated", year, "rule_results"):
            context.log.warning("No verdicts for %s yet: materialize findings, then run the checks.", year)
            return
        wanted = {key.name for key in context.selected_asset_check_keys}
        found = rows(opened, "validated", year, "findings", ["unit_id", "rule", "verdict", "message"])
        reports = rows(opened, "normalized", year, "reports", ["unit_id", "url"])
        urls = {row["unit_id"]: row["url"] for row in reports}
        before = last_year(opened, year)
        for outcome in opened.outcomes(year):
            if outcome.rule in wanted & rules.keys():
                lines = [
                    (row["verdict"], unit(opened, row), row["message"], source(urls.get(row["unit_id"])))
                    for row in found
                    if row["rule"] == outcome.rule
                ]
                yield result(rules[outcome.rule], outcome, before.get(outcome.rule), lines)

    return checks


def last_year(chain: Chain, year: int) -> dict[str, Outcome]:
    """The outcomes of the year before, for comparison; empty when it has none."""
    if not chain.store.has_frame("validated", year - 1, "rule_results"):
        return {}
    return {outcome.rule: outcome for outcome in chain.outcomes(year - 1)}


def result(
    rule: Rule, outcome: Outcome, before: Outcome | None, findings: Sequence[tuple[str, str, str, str]]
) -> dg.AssetCheckResult:
    """An outcome as Dagster takes it: plain numbers, texts and tables.

    Args:
        rule: what was checked.
        outcome: the verdicts of the year.
        before: those of the year before.
        findings: verdict, unit, message and source of each.
    """
    heads = ("unit", "finding", "source")
    return dg.AssetCheckResult(
        check_name=rule.id,
        asset_key=rule.asset,
        passed=bool(outcome.passed),
        severity=SEVERITIES[outcome.severity],
        description=str(outcome.description),
        metadata={
            "units that fail": int(outcome.bad),
            "units assessed": int(outcome.total),
            "last year": f"{before.bad} of {before.total} units fail" if before else "not assessed",
            "severity": SEVERITY_LABELS[outcome.severity],
            "findings": table(heads, [line[1:] for line in findings if line[0] == "fail"]),
            "readings in doubt": table(heads, [line[1:] for line in findings if line[0] == "uncertain"]),
            "what to do": rule.fix,
        },
    )
