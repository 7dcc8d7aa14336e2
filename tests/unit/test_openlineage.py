"""Run events: their shape, when they are told, and that nobody's silence stops a stage."""

from __future__ import annotations

import json
import threading
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gipa_pipeline.errors import StoreError
from gipa_pipeline.openlineage import READS, LineageNotTold
from gipa_pipeline.registry import load_registry
from gipa_pipeline.samples import sample_registry
from gipa_pipeline.settings import LineageSettings, Settings
from gipa_pipeline.stages import STAGES, Chain
from gipa_pipeline.store import Store

NOON = datetime(2025, 2, 1, 12, tzinfo=UTC)
FACETS = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "required": ["_producer", "_schemaURL"],
        "properties": {
            "_producer": {"type": "string", "format": "uri"},
            "_schemaURL": {"type": "string", "format": "uri"},
        },
    },
}
DATASET = {
    "type": "object",
    "required": ["namespace", "name"],
    "properties": {
        "namespace": {"type": "string"},
        "name": {"type": "string"},
        "facets": FACETS,
        "outputFacets": FACETS,
    },
    "additionalProperties": False,
}
EVENT = {
    "type": "object",
    "required": ["eventTime", "producer", "schemaURL", "run", "job"],
    "properties": {
        "eventType": {"enum": ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]},
        "eventTime": {"type": "string", "format": "date-time"},
        "producer": {"type": "string", "format": "uri"},
        "schemaURL": {"type": "string", "format": "uri"},
        "run": {
            "type": "object",
            "required": ["runId"],
            "properties": {"runId": {"type": "string", "format": "uuid"}, "facets": FACETS},
            "additionalProperties": False,
        },
        "job": {
            "type": "object",
            "required": ["namespace", "name"],
            "properties": {"namespace": {"type": "string"}, "name": {"type": "string"}, "facets": FACETS},
            "additionalProperties": False,
        },
        "inputs": {"type": "array", "items": DATASET},
        "outputs": {"type": "array", "items": DATASET},
    },
    "additionalProperties": False,
}


def chain(root: Path, **lineage: str) -> Chain:
    settings = replace(Settings(), lineage=LineageSettings(**lineage))
    return Chain(load_registry(sample_registry(), settings), settings, Store(root), lambda: NOON)


def told(root: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (root / "lineage.jsonl").read_text(encoding="utf-8").splitlines()]


def test_off_by_default(tmp_path: Path) -> None:
    chain(tmp_path).fetch(2024)
    assert not (tmp_path / "lineage.jsonl").exists()


def test_a_stage_tells_start_and_end(tmp_path: Path) -> None:
    made = chain(tmp_path, file="lineage.jsonl", namespace="province")
    step = made.fetch(2024)
    start, end = told(tmp_path)
    check = jsonschema.Draft202012Validator(EVENT, format_checker=jsonschema.FormatChecker())
    for event in (start, end):
        assert list(check.iter_errors(event)) == []
        assert datetime.fromisoformat(event["eventTime"]) == NOON
    assert [start["eventType"], end["eventType"]] == ["START", "COMPLETE"]
    assert start["run"]["runId"] == end["run"]["runId"] == str(uuid.UUID(end["run"]["runId"]))
    assert end["job"] == {"namespace": "province", "name": "raw.2024"}
    assert [d["name"] for d in end["inputs"]] == ["registry/units", "registry/sources"]
    [output] = end["outputs"]
    assert (output["namespace"], output["name"]) == ("province", "raw/2024/fetches")
    assert output["outputFacets"]["outputStatistics"]["rowCount"] == step.rows["fetches"] == 15
    assert output["facets"]["version"]["datasetVersion"] == step.digest
    assert {"name": "unit_id", "type": "string"}.items() <= output["facets"]["schema"]["fields"][0].items()


def test_a_stage_that_fails_says_so_and_still_fails(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="gipa run --year 2024"):
        chain(tmp_path, file="lineage.jsonl").normalize(2024)
    _, end = told(tmp_path)
    assert (end["eventType"], end["outputs"]) == ("FAIL", [])
    assert "gipa run --year 2024" in end["run"]["facets"]["errorMessage"]["message"]


def test_every_stage_is_known() -> None:
    assert tuple(READS) == STAGES


@contextmanager
def catalogue(status: int) -> Iterator[tuple[str, list[Any]]]:
    """A server that takes events, or does not."""
    got: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/v1/lineage", got
    finally:
        server.shutdown()
        server.server_close()


def test_events_are_posted(tmp_path: Path) -> None:
    with catalogue(201) as (url, got), warnings.catch_warnings():
        warnings.simplefilter("error")
        chain(tmp_path, url=url).fetch(2024)
    assert [event["eventType"] for event in got] == ["START", "COMPLETE"]


@pytest.mark.parametrize("status", [500, 302])
def test_a_catalogue_that_refuses_stops_nothing(tmp_path: Path, status: int) -> None:
    with catalogue(status) as (url, got), pytest.warns(LineageNotTold, match=str(status)):
        step = chain(tmp_path, url=url).fetch(2024)
    assert step.rows["fetches"] == 15
    assert len(got) == 2


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "file:///etc/passwd", "nonsense"])
def test_an_address_that_does_not_answer_stops_nothing(tmp_path: Path, url: str) -> None:
    with pytest.warns(LineageNotTold):
        assert chain(tmp_path, url=url).fetch(2024).rows["fetches"] == 15
