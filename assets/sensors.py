"""What watches while the operator sleeps: dates that pass, sources nobody asks, runs that fail, mail that waits."""

import json

import dagster as dg

from assets.changes import BECAUSE, partition_keys
from assets.freshness import SOURCES_ASKED, freshness
from assets.jobs import report_year
from assets.resources import ChainResource, settings_and_data
from assets.season import last_looked, past_due_notice
from assets.stages import plainly
from gipa_pipeline.calendar import CHINA, latest_year, system_clock, today
from gipa_pipeline.errors import GipaError, StoreError

HOUR = 3600


@dg.sensor(jobs=[past_due_notice, report_year], minimum_interval_seconds=HOUR)
def units_past_due(context: dg.SensorEvaluationContext, chain: ChainResource) -> dg.SensorResult:
    """期限一过，按主管部门逐一说明哪些单位没有报告；先再查一次来源，再点名。

    When a date has passed: first one run of the year, so that the sources are asked after the date; then, for each
    office and date with units that have no report, one run of past_due_notice, once for good.
    """
    from gipa_pipeline.validate.past_due import due_dates, past_due

    with plainly():
        opened = chain.open()
        day = today(opened.settings, opened.clock)
        year = latest_year(day)
        looked = last_looked(opened, year)
        registry, settings = opened.registry, opened.settings
        over = sorted({due for _, due in due_dates(registry, settings, year) if due < day})
        known = set(json.loads(context.cursor)) if context.cursor else set()
        if not over or str(year) not in partition_keys():
            return _nothing(f"No date of {year} has passed.", known)
        if looked is None or looked <= over[-1]:
            asked = f"{year} after {over[-1]}"
            if asked in known:
                return _nothing(f"The sources of {year} have not been asked since {over[-1]} passed.", known)
            run = dg.RunRequest(
                run_key=asked, job_name=report_year.name, partition_key=str(year),
                tags={BECAUSE: f"{over[-1]} has passed"},
            )  # fmt: skip
            return dg.SensorResult(run_requests=[run], cursor=json.dumps(sorted(known | {asked})))
        if not opened.verdicts_stand(year):
            return _nothing(f"The findings of {year} are not those of what was last fetched; run it.", known)
        rows = opened.store.read_table("validated", year, "coverage").to_pylist()
        events = [e for e in past_due(registry, settings, year, rows, looked) if e.key not in known]
    requests = [
        dg.RunRequest(
            run_key=event.key,
            job_name=past_due_notice.name,
            partition_key=str(year),
            run_config={
                "ops": {"tell_past_due": {"config": {"office": event.office_id, "due": str(event.due)}}}
            },
            tags={"gipa/office": event.office_id, BECAUSE: f"{event.due} has passed"},
        )
        for event in events
        if event.units
    ]
    known |= {event.key for event in events}
    if not requests:
        return _nothing(f"Everybody whose date has passed was told of or has reported for {year}.", known)
    return dg.SensorResult(run_requests=requests, cursor=json.dumps(sorted(known)))


def _nothing(why: str, known: set[str]) -> dg.SensorResult:
    return dg.SensorResult(skip_reason=dg.SkipReason(why), cursor=json.dumps(sorted(known)))


@dg.sensor(minimum_interval_seconds=HOUR)
def sources_freshness(context: dg.SensorEvaluationContext, chain: ChainResource) -> dg.SensorResult:
    """来源是否按时查询：结果有变化时，更新 raw_reports 的自查项。

    Holds the newest year's sources against the clock and tells the check sources_asked_in_time of raw_reports when
    its result has changed, or once a day.
    """
    with plainly():
        opened = chain.open()
        now = opened.clock().astimezone(CHINA)
        year = latest_year(now.date())
        if year not in opened.registry.years() or str(year) not in partition_keys():
            return dg.SensorResult(skip_reason=dg.SkipReason(f"No source is named for {year} yet."))
        found = freshness(opened, year, now)
    told = json.dumps([str(now.date()), year, found.passed, found.description], ensure_ascii=False)
    if told == context.cursor:
        return dg.SensorResult(skip_reason=dg.SkipReason(found.description), cursor=told)
    return dg.SensorResult(
        asset_events=[
            dg.AssetCheckEvaluation(
                asset_key=dg.AssetKey("raw_reports"),
                check_name=SOURCES_ASKED,
                passed=found.passed,
                severity=dg.AssetCheckSeverity.WARN,
                description=found.description,
                metadata=found.metadata,
                partition=str(year),
            )
        ],
        cursor=told,
    )


@dg.run_failure_sensor(default_status=dg.DefaultSensorStatus.RUNNING)
def failed_runs(context: dg.RunFailureSensorContext, chain: ChainResource) -> None:
    """运行失败时，给运维写一封通知，放入发件箱。

    Puts a notice of each failed run into the outbox, once; the sensor operator_mail hands it over. It needs the
    settings only: a registry with mistakes is itself a reason for such mail.
    """
    from gipa_pipeline.deliver import write_notice

    settings, root = settings_and_data(chain)
    run = context.dagster_run
    year = run.tags.get("dagster/partition", "")
    steps = [f"{event.step_key}: {_cause(event)}" for event in context.get_step_failure_events()]
    lines = [
        f"Job: {run.job_name}", f"Report year: {year or '-'}", f"Run: {run.run_id}",
        f"In the UI: /runs/{run.run_id}", "", *(steps or [context.failure_event.message or ""]), "",
    ]  # fmt: skip
    record = context.instance.get_run_record_by_id(run.run_id)
    when = record.update_timestamp if record else system_clock()
    written = write_notice(
        root, settings, ("failed run", run.run_id), f"[GIPA] run failed: {run.job_name} {year}",
        "\n".join(lines), when.astimezone(CHINA),
    )  # fmt: skip
    context.log.info("Notice: %s", written or "none, [mail] operator is not set")


def _cause(event: dg.DagsterEvent) -> str:
    data = event.step_failure_data
    if data.user_failure_data is not None and data.user_failure_data.description:
        return data.user_failure_data.description
    error = data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return error.message.strip() if error is not None else event.message or ""


@dg.sensor(minimum_interval_seconds=300, default_status=dg.DefaultSensorStatus.RUNNING)
def operator_mail(context: dg.SensorEvaluationContext, chain: ChainResource) -> dg.SkipReason:
    """发件箱中给运维的通知，逐封寄出一次；没有打开 send_notices 时只保留文件。

    Hands the waiting notices to the mail server, each once, and tries again what was surely not taken. Without
    [mail] send_notices they stay in outbox/notices/ to be read there.
    """
    from gipa_pipeline.deliver import hand_over_notices

    settings, root = settings_and_data(chain)
    if not settings.mail.send_notices:
        return dg.SkipReason("[mail] send_notices is off: notices are written and not sent.")
    try:
        done = list(hand_over_notices(root, settings, system_clock))
    except StoreError as busy:
        return dg.SkipReason(str(busy))
    except GipaError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    return dg.SkipReason("; ".join(f"{d.outcome}: {d.detail}" for d in done) or "No notice is waiting.")
