"""What the season needs besides the assets (报告季的手工步骤): letters, sending, and telling who is missing.

Jobs of one step each: they make files and mails, nothing that a later stage reads.
"""

from datetime import date
from typing import Any

import dagster as dg
from pydantic import Field

from assets.partitions import YEARS
from assets.resources import ChainResource
from assets.stages import plainly
from assets.summaries import source, table, unit, worded
from gipa_pipeline.aggregate import wording
from gipa_pipeline.calendar import CHINA
from gipa_pipeline.stages import Chain


class PastDueConfig(dg.Config):
    """Whose date is over: filled in by the sensor."""

    office: str
    due: str


class SendConfig(dg.Config):
    """Drafts, or mails."""

    really: bool = False
    """Hand the mails to the server. Without it only drafts are written (``outbox/*.eml``)."""
    again: list[str] = Field(default_factory=list)
    """Keys of mails whose fate is unknown and that did not arrive."""


@dg.op(
    description="整改通知：给每个有问题的单位写一份 Word 通知，只写不寄。A letter for each unit with findings; "
    "none is sent.",
    tags={"kind": "word"},
)
def write_letters(context: dg.OpExecutionContext, chain: ChainResource) -> None:
    """The units' letters."""
    from gipa_pipeline.report.letter import write_letters as write

    year = int(context.partition_key)
    with plainly():
        opened = chain.open()
        written, own = write(
            opened.store, opened.registry, opened.settings, year, offices=opened.registry.offices()
        )
    context.log.info("%d letter(s) for %d. Told on an office's page only: %s", len(written), year, own)
    lines = ((path.parent.name, f"`{path}`") for path in written)
    context.add_output_metadata({"letters": len(written), "files": table(("office", "file"), lines)})


@dg.op(
    description="寄送：把各主管部门的报告写成邮件；默认只写草稿。The offices' reports as mails, drafts by default; "
    "each version is sent once.",
    tags={"kind": "email"},
)
def send_reports(context: dg.OpExecutionContext, config: SendConfig, chain: ChainResource) -> None:
    """The offices' mails; fails when one was not delivered, after all have been tried."""
    from gipa_pipeline.deliver import deliver

    year = int(context.partition_key)
    with plainly():
        opened = chain.open()
        opened.report(year)
        done = list(
            deliver(
                opened.store, opened.registry, opened.settings, [year],
                now=opened.clock, really=config.really, again=config.again,
            )
        )  # fmt: skip
    lines = [(unit(opened, {"unit_id": d.office_id}), d.outcome.replace("_", " "), d.detail) for d in done]
    shown = table(("office", "outcome", "where"), lines)
    context.log.info("%s", "\n".join(" · ".join(line) for line in lines))
    if left := [line for line in lines if line[1] not in ("sent", "already", "draft")]:
        told = "; ".join(f"{name}: {outcome} ({detail})" for name, outcome, detail in left[:5])
        raise dg.Failure(
            f"{len(left)} of {len(lines)} mails were not delivered. {told}",
            metadata={"mails": shown},
            allow_retries=False,
        )
    context.add_output_metadata({"mails": shown})


@dg.op(
    description="逾期未报：期限已过仍没有报告的单位，按主管部门逐一说明。Who has no report after an office's date; a "
    "note on findings and a notice to the operator.",
    tags={"kind": "email"},
)
def tell_past_due(context: dg.OpExecutionContext, config: PastDueConfig, chain: ChainResource) -> None:
    """One office and date, as an event on ``findings`` and a notice in the outbox."""
    from gipa_pipeline.deliver import write_notice
    from gipa_pipeline.validate.past_due import past_due

    year, due = int(context.partition_key), date.fromisoformat(config.due)
    with plainly():
        opened = chain.open()
        looked = last_looked(opened, year)
        rows = opened.store.read_table("validated", year, "coverage").to_pylist()
        found = past_due(opened.registry, opened.settings, year, rows, looked) if looked else []
        event = next((e for e in found if (e.office_id, e.due) == (config.office, due)), None)
        if event is None:
            context.log.warning("Nothing is due for %s by %s any more.", config.office, due)
            return
        name = unit(opened, {"unit_id": event.office_id})
        urls = {s.unit_id: s.url for s in opened.registry.sources_of(year)}
        lines = [
            (unit(opened, {"unit_id": u}), worded(state, wording.COVERAGE), source(urls.get(u)))
            for u, state in event.units
        ]
        page = opened.store.folder("reports", year) / event.office_id / "index.html"
        told = f"{name}：截至{due}，{event.expected}个单位中有{len(lines)}个没有可用的{year}年度报告"
        text = "\n".join(
            [told + "。", "", *(" · ".join(filter(None, line)) for line in lines), "", str(page), ""]
        )
        written = write_notice(
            opened.store.root, opened.settings, ("past due", event.key), f"[GIPA] {told}", text,
            opened.clock().astimezone(CHINA),
        )  # fmt: skip
    metadata: dict[str, Any] = {
        "office": name,
        "due": due.isoformat(),
        "units without a report": len(lines),
        "units": table(("unit", "state", "source"), lines),
        "office report": dg.MetadataValue.path(str(page)),
        "notice": dg.MetadataValue.path(str(written)) if written else "none: [mail] operator is not set",
    }
    context.log_event(
        dg.AssetObservation("findings", description=told, metadata=metadata, partition=str(year))
    )


def last_looked(chain: Chain, year: int) -> date | None:
    """The day in China on which the year's sources were last asked."""
    if not chain.store.has_frame("raw", year, "fetches"):
        return None
    moments = chain.store.read_table("raw", year, "fetches", ["last_checked"])["last_checked"].to_pylist()
    last = max((m for m in moments if m is not None), default=None)
    return None if last is None else last.astimezone(CHINA).date()


@dg.job(
    partitions_def=YEARS,
    executor_def=dg.in_process_executor,
    description="4 整改通知：给每个有问题的单位写一份通知，写入数据目录，不寄送。Letters to the units, written and not "
    "sent.",
)
def unit_letters() -> None:
    """Letters of a year."""
    write_letters()


@dg.job(
    partitions_def=YEARS,
    executor_def=dg.in_process_executor,
    description="5 寄送：给各主管部门的邮件；默认只写草稿，really: true 才寄出。The offices' mails: drafts, unless "
    "really is true.",
)
def send_office_reports() -> None:
    """Mails of a year."""
    send_reports()


@dg.job(
    partitions_def=YEARS,
    executor_def=dg.in_process_executor,
    description="逾期未报：由传感器 units_past_due 启动。Started by that sensor, once an office and date.",
)
def past_due_notice() -> None:
    """One office, one date."""
    tell_past_due()
