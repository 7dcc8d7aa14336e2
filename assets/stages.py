"""What every yearly asset has in common: its definition's facts, and how a stage's step is told to Dagster.

Without ``from __future__ import annotations`` here and in the modules beside it that define assets: Dagster
looks at the annotations of their functions and takes no strings for them.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import dagster as dg
from dagster._utils.warnings import PreviewWarning

from assets.partitions import YEARS
from assets.resources import ChainResource
from assets.summaries import Summary, column_schema, of_step
from expectations.frames import FrameBroken
from gipa_pipeline.errors import GipaError, StoreError
from gipa_pipeline.registry import SOURCES
from gipa_pipeline.stages import CODE_VERSIONS, Chain, Progress, Step

Results = Iterator[dg.MaterializeResult | dg.AssetCheckResult]

CONTRACT = "frames_keep_contract"
"""The one check of ourselves: columns, types, keys and codes of what a stage leaves behind."""


def yearly(
    asset: str,
    stage: str,
    frame: str | None,
    *,
    kinds: set[str],
    owner: str,
    group: str,
    also: Sequence[dg.AssetCheckSpec] = (),
) -> dict[str, Any]:
    """The arguments of ``dg.asset`` for a stage that makes one folder a report year.

    Args:
        asset: the asset's name.
        stage: the stage folder, by which its code version is known.
        frame: the frame whose columns and rows the catalogue shows; None when it leaves no frame.
        kinds: what it is made of and stored as.
        owner: the team that answers for it.
        group: the step of the chain.
        also: checks besides the contract that its own step tells.
    """
    schema = {"dagster/column_schema": column_schema(stage, frame)} if frame else {}
    return {
        "partitions_def": YEARS,
        "group_name": group,
        "kinds": kinds,
        "owners": [f"team:{owner}"],
        "code_version": CODE_VERSIONS[stage],
        "metadata": {"folder": f"<data>/{stage}/<year>/", **schema},
        "check_specs": [contract(asset), *also] if frame else [],
        # Nothing is materialized for a year without sources, nor when a frame breaks its contract.
        "output_required": False,
    }


def contract(asset: str) -> dg.AssetCheckSpec:
    """The blocking check that a stage's frames are as the next stage expects them."""
    return check_spec(
        CONTRACT,
        asset,
        "本系统自查：本阶段数据表的字段、类型、主键和代码符合约定。不通过是程序缺陷，不是填报单位的问题。\n\n"
        "A defect of this program, never of a unit's report. It blocks the later stages; nothing was written, and "
        "last time's data are still in place.",
        blocking=True,
    )


def check_spec(name: str, asset: str, description: str, **more: Any) -> dg.AssetCheckSpec:
    """A check with a result of its own for every year; without partitions the newest year hides all others."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PreviewWarning)
        return dg.AssetCheckSpec(name, asset=asset, description=description, partitions_def=YEARS, **more)


def made(
    context: dg.AssetExecutionContext,
    resource: ChainResource,
    work: Callable[[Chain, int], Step],
    summary: Summary,
    frame: str | None = None,
    also: Mapping[str, Callable[[Chain, int], dg.AssetCheckResult]] = MappingProxyType({}),
) -> Results:
    """Run a stage for the partition's year and tell what came of it.

    A year without sources is left alone, and then so are the later stages. A frame that breaks its contract fails
    the blocking check and is not materialized. Every other error is a crash and stays one.
    """
    year = int(context.partition_key)
    with plainly():
        chain = resource.open()
        if not chain.registry.sources_of(year):
            # Made of nothing, a year would show every unit as missing though nobody has looked for its report.
            nothing = f"{chain.registry.folder / SOURCES} names no source for {year}: nothing was made."
            context.log.warning(nothing)
            if frame:
                for name in (CONTRACT, *also):
                    yield dg.AssetCheckResult(passed=True, check_name=name, description=nothing)
            return
        try:
            step = work(chain, year)
        except FrameBroken as broken:
            yield dg.AssetCheckResult(
                passed=False, check_name=CONTRACT, metadata={"broken": dg.MetadataValue.text(str(broken))}
            )
            yield from (check(chain, year) for check in also.values())
            return
        shown = {**of_step(step, frame), **summary(chain, year, step)}
        checks = [check(chain, year) for check in also.values()]
    if frame:
        checks.append(dg.AssetCheckResult(passed=True, check_name=CONTRACT))
    yield dg.MaterializeResult(metadata=shown, data_version=dg.DataVersion(step.digest), check_results=checks)


@contextmanager
def plainly() -> Iterator[None]:
    """Show what an operator has to put right as a message, not as an exception inside an exception.

    Waiting helps against a data folder in use; it does not help against a registry with mistakes in it.
    """
    try:
        yield
    except GipaError as error:
        raise dg.Failure(description=str(error), allow_retries=isinstance(error, StoreError)) from error


def told(context: dg.AssetExecutionContext, every: int = 100) -> Progress:
    """Progress of long work in the run's log, a line each ``every`` items."""

    def tell(done: int, total: int, name: str) -> None:
        if done % every == 0 or done == total:
            context.log.info("%d of %d (%s)", done, total, name)

    return tell
