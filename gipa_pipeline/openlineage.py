"""Run events for a lineage catalogue (OpenLineage RunEvent), written to a file or posted to an address.

Off unless ``[lineage]`` names one of the two. A catalogue that does not answer never stops or fails a stage: the
event is lost and a warning says so. Nothing of what the reports hold goes out, only names, counts and digests.
"""

from __future__ import annotations

import functools
import http.client
import importlib.metadata
import json
import os
import urllib.request
import uuid
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from gipa_pipeline.errors import GipaError
from gipa_pipeline.settings import LineageSettings

if TYPE_CHECKING:
    from gipa_pipeline.stages import Chain, Step

P = ParamSpec("P")

SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
FACETS: Mapping[str, str] = {
    "schema": "https://openlineage.io/spec/facets/1-1-1/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet",
    "version": "https://openlineage.io/spec/facets/1-0-1/DatasetVersionDatasetFacet.json"
    "#/$defs/DatasetVersionDatasetFacet",
    "outputStatistics": "https://openlineage.io/spec/facets/1-0-2/OutputStatisticsOutputDatasetFacet.json"
    "#/$defs/OutputStatisticsOutputDatasetFacet",
    "errorMessage": "https://openlineage.io/spec/facets/1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet",
}
READS: Mapping[str, tuple[tuple[str, int], ...]] = {
    "raw": (),
    "extracted": (("raw", 0),),
    "normalized": (("extracted", 0),),
    "validated": (("raw", 0), ("normalized", 0), ("normalized", -1)),
    "aggregated": (("normalized", 0), ("validated", 0)),
    "reports": (("normalized", 0), ("validated", 0), ("aggregated", 0)),
}
"""What each stage reads: stages, and the year counted from its own."""
REGISTRY = ("units", "sources")
TIMEOUT_SECONDS = 5


class LineageNotTold(UserWarning):
    """An event that reached neither file nor address."""


def watched(
    stage: str,
) -> Callable[[Callable[Concatenate[Chain, int, P], Step]], Callable[Concatenate[Chain, int, P], Step]]:
    """Tell of a stage's every run: when it starts, and how it ends."""

    def decorate(
        work: Callable[Concatenate[Chain, int, P], Step],
    ) -> Callable[Concatenate[Chain, int, P], Step]:
        @functools.wraps(work)
        def run(chain: Chain, year: int, /, *args: P.args, **more: P.kwargs) -> Step:
            if not on(chain.settings.lineage):
                return work(chain, year, *args, **more)
            with observed(chain, stage, year) as ended:
                step = work(chain, year, *args, **more)
                ended.append(step)
            return step

        return run

    return decorate


@functools.cache
def producer() -> str:
    """This program and its version, as an address of its own kind."""
    try:
        version = importlib.metadata.version("gipa-pipeline")
    except importlib.metadata.PackageNotFoundError:
        version = "0"
    return f"urn:gipa-pipeline:{version}"


def on(settings: LineageSettings) -> bool:
    """Whether anybody wants to be told."""
    return bool(settings.file or settings.url)


@contextmanager
def observed(chain: Chain, stage: str, year: int) -> Iterator[list[Step]]:
    """Tell START, then COMPLETE with the step that was put into the list, or FAIL; errors pass through."""
    run, ended = str(uuid.uuid4()), list[Any]()
    _tell(chain, run_event(chain, stage, year, "START", run))
    try:
        yield ended
    except BaseException as error:
        message = str(error) if isinstance(error, GipaError) else type(error).__name__
        _tell(chain, run_event(chain, stage, year, "FAIL", run, message=message))
        raise
    _tell(chain, run_event(chain, stage, year, "COMPLETE", run, step=ended[-1]))


def run_event(
    chain: Chain, stage: str, year: int, kind: str, run: str, *, step: Step | None = None, message: str = ""
) -> dict[str, Any]:
    """One RunEvent.

    Args:
        chain: whose settings, store and clock.
        stage: the stage's folder.
        year: the report year.
        kind: ``START``, ``COMPLETE`` or ``FAIL``.
        run: the run's UUID, the same in all its events.
        step: what the stage did, for ``COMPLETE``.
        message: why it failed, for ``FAIL``.
    """
    namespace = chain.settings.lineage.namespace
    facets = {"errorMessage": _facet("errorMessage", message=message[:2000], programmingLanguage="PYTHON")}
    return {
        "eventType": kind,
        "eventTime": chain.clock().astimezone(UTC).isoformat(timespec="milliseconds"),
        "run": {"runId": run, "facets": facets if message else {}},
        "job": {"namespace": namespace, "name": f"{stage}.{year}"},
        "inputs": [{"namespace": namespace, "name": name} for name in _inputs(chain, stage, year)],
        "outputs": [] if step is None else _outputs(namespace, stage, year, step),
        "producer": producer(),
        "schemaURL": SCHEMA,
    }


def _inputs(chain: Chain, stage: str, year: int) -> list[str]:
    from expectations.frames import frames

    if not READS[stage]:
        return [f"registry/{name}" for name in REGISTRY]
    known = [name.split("/") for name in frames()]
    return [
        f"{source}/{year + offset}/{frame}"
        for source, offset in READS[stage]
        for folder, frame in known
        if folder == source and chain.store.has_frame(source, year + offset, frame)
    ]


def _outputs(namespace: str, stage: str, year: int, step: Step) -> list[dict[str, Any]]:
    from expectations.frames import frames

    made = []
    for name, rows in step.rows.items():
        contract = frames().get(f"{stage}/{name}")
        if contract is None and stage != "reports":
            continue  # a count that is no frame
        facets = {"version": _facet("version", datasetVersion=step.digest)}
        if contract is not None:
            fields = [{"name": c.name, "type": c.type, "description": c.english} for c in contract.columns]
            facets["schema"] = _facet("schema", fields=fields)
        made.append(
            {
                "namespace": namespace,
                "name": f"{stage}/{year}/{name}",
                "facets": facets,
                "outputFacets": {"outputStatistics": _facet("outputStatistics", rowCount=int(rows))},
            }
        )
    return made


def _facet(name: str, **values: Any) -> dict[str, Any]:
    return {"_producer": producer(), "_schemaURL": FACETS[name], **values}


def _tell(chain: Chain, event: Mapping[str, Any]) -> None:
    settings = chain.settings.lineage
    line = json.dumps(event, ensure_ascii=False).encode()
    try:
        if settings.file:
            _append(chain.store.root / settings.file, line + b"\n")
        if settings.url:
            _post(settings.url, line)
    except (OSError, http.client.HTTPException, ValueError) as error:
        where = settings.url or settings.file
        warnings.warn(f"lineage event not told to {where}: {error}", LineageNotTold, stacklevel=2)


def _append(path: Path, line: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # One write, so that lines of several processes do not mix.
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, line)
    finally:
        os.close(handle)


class _Straight(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: events go where the operator said."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _post(url: str, body: bytes) -> None:
    if not url.lower().startswith(("http://", "https://")):
        raise ValueError("[lineage] url must begin with http:// or https://")
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 (checked above)
    with urllib.request.build_opener(_Straight).open(request, timeout=TIMEOUT_SECONDS) as answer:
        answer.read(1024)
