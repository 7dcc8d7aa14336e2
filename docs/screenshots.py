"""The pictures of operate.md, taken from the real UI: ``make screenshots``.

Starts the Dagster UI on the sample registry with a fresh data folder, runs both report years as a backfill, and
visits every page that operate.md shows in a Chromium without a window, over its DevTools protocol. A page that does
not show what it should, or that shows an error, ends it with 1; pictures are written only when all pages are well.

    python docs/screenshots.py [--out docs/pictures] [--look]     --look writes pictures of failing pages too
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import io
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from PIL import Image

from gipa_pipeline.report.pdf import find_browser

HERE = Path(__file__).resolve().parent
YEARS = ("2023", "2024")
WIDTH, HEIGHT, COLOURS = 1400, 900, 48
TEMPORARY = "gipa-ui-"
BOOT_SECONDS, RUN_SECONDS, PAGE_SECONDS = 240, 600, 60
ERRORS = (
    "An unexpected error", "Unexpected GraphQL error", "GraphQL error", "PythonError", "Something went wrong",
    "Page not found", "This page does not exist", "failed to load", "Failed to load", "could not be found",
    "Sorry, something", "not found in this repository",
)  # fmt: skip
"""Texts of the UI's error banners and empty pages."""


@dataclass(frozen=True)
class Page:
    """A page of the UI and what must stand on it; ``click`` names texts to click on first, one after the other."""

    name: str
    path: str
    texts: tuple[str, ...]
    click: tuple[str, ...] = ()
    height: int = HEIGHT
    width: int = WIDTH


GROUPS = ("fetch", "extract", "normalize", "validate", "aggregate", "report")
PAGES = (
    Page(
        "graph",
        "/asset-groups?expanded=" + ",".join(f"global@global:{group}" for group in GROUPS),
        (
            "raw_reports",
            "extracted_cells",
            "normalized_cells",
            "findings",
            "consolidat",
            "published_database",
            "office_reports",
            "open_data",
        ),
        width=2200,
        height=760,
    ),
    Page(
        "findings",
        "/assets/findings?view=partitions&partition=2024",
        ("未见报告", "霁川市应急管理局", "first findings"),
        height=1150,
    ),
    Page(
        "check",
        "/assets/normalized_cells?view=checks&checkDetail=K01",
        ("K01", "units fail", "more than last year"),
    ),
    Page(
        "freshness",
        "/assets/raw_reports?view=checks&checkDetail=sources_asked_in_time",
        ("sources_asked_in_time", "is not followed at this time of the year"),
        height=620,
    ),
    Page(
        "automation",
        "/automation",
        (
            "disclosure_season",
            "registry_changes",
            "units_past_due",
            "sources_freshness",
            "failed_runs",
            "operator_mail",
        ),
        height=560,
    ),
    Page(
        "jobs",
        "/jobs",
        (
            "collect_reports",
            "report_year",
            "recheck_year",
            "unit_letters",
            "send_office_reports",
            "publish_open_data",
        ),
        height=460,
    ),
    Page("runs", "/runs", ("report_year", "Success"), height=580),
)


class NotRendered(Exception):
    """A page that does not show what it should."""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running_ui(folder: Path) -> Iterator[str]:
    """The UI on the bundled sample, with everything it writes in a folder; gives its address."""
    port = free_port()
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("GIPA_", "DAGSTER_"))}
    environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(HERE.parent), environ.get("PYTHONPATH", ""))))
    log = folder / "ui.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "gipa_pipeline", "ui", "--port", str(port), "--data", str(folder / "data")],
            cwd=folder, env=environ, stdout=out, stderr=out,
        )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + BOOT_SECONDS
        while not _answers(address):
            if process.poll() is not None or time.monotonic() > until:
                raise NotRendered(f"the UI did not start:\n{log.read_text(errors='replace')[-3000:]}")
            time.sleep(1)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=60)
        process.kill()


def _answers(address: str) -> bool:
    try:
        found = query(address, "{ workspaceOrError { ... on Workspace { locationEntries { loadStatus } } } }")
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
    entries = found["workspaceOrError"].get("locationEntries", [])
    return bool(entries) and all(entry["loadStatus"] == "LOADED" for entry in entries)


def query(address: str, text: str, variables: dict[str, Any] | None = None) -> Any:
    """Ask the UI's GraphQL server."""
    body = json.dumps({"query": text, "variables": variables or {}}).encode()
    request = urllib.request.Request(  # noqa: S310 (our own server)
        f"{address}/graphql", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        found = json.load(answer)
    if found.get("errors"):
        raise NotRendered(f"the UI's server answers {found['errors']}")
    return found["data"]


def backfill(address: str) -> None:
    """Run the job ``report_year`` for both years, as *Materialize all* does, and wait for the end."""
    selector = {"repositoryLocationName": "gipa", "repositoryName": "__repository__"}
    launched = query(
        address,
        "mutation($p: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $p) { __typename "
        "... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }",
        {"p": {
            "selector": {"partitionSetName": "report_year_partition_set", "repositorySelector": selector},
            "partitionNames": list(YEARS),
        }},
    )["launchPartitionBackfill"]  # fmt: skip
    if launched["__typename"] != "LaunchBackfillSuccess":
        raise NotRendered(f"the backfill was not taken: {launched}")
    until = time.monotonic() + RUN_SECONDS
    while time.monotonic() < until:
        found = query(address, "{ runsOrError { ... on Runs { results { status } } } }")["runsOrError"][
            "results"
        ]
        states = [run["status"] for run in found]
        if "FAILURE" in states or "CANCELED" in states:
            raise NotRendered(f"a run of the backfill ended with {states}")
        if len(states) == len(YEARS) and set(states) == {"SUCCESS"}:
            return
        time.sleep(3)
    raise NotRendered(f"the backfill did not end in {RUN_SECONDS} seconds")


class Browser:
    """One tab of a Chromium, over its DevTools protocol."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket, self._number = socket, itertools.count(1)

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method and wait for its own answer; events in between are passed over."""
        number = next(self._number)
        await self._socket.send_json({"id": number, "method": method, "params": params})
        while True:
            answer = await self._socket.receive_json(timeout=PAGE_SECONDS)
            if answer.get("id") == number:
                if "error" in answer:
                    raise NotRendered(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result

    async def evaluate(self, script: str) -> Any:
        """The value of a script on the page."""
        found = await self.call("Runtime.evaluate", expression=script, returnByValue=True)
        return found["result"].get("value")

    async def text(self) -> str:
        """What a reader sees of the page."""
        return str(await self.evaluate("document.body ? document.body.innerText : ''") or "")


@contextlib.asynccontextmanager
async def browsing(folder: Path) -> Any:
    """A Chromium without a window and with a profile of its own."""
    program = find_browser()
    if program is None:
        raise NotRendered("no Chromium or Chrome on this machine")
    profile = folder / "profile"
    command = [
        program, "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--hide-scrollbars",
        "--remote-debugging-port=0", f"--user-data-dir={profile}", "--lang=en-GB", "about:blank",
    ]  # fmt: skip
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.insert(1, "--no-sandbox")
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        port = await _debugging_port(profile / "DevToolsActivePort")
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                tab = next(t for t in await answer.json() if t["type"] == "page")
            async with session.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0) as connected:
                yield Browser(connected)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)
        process.kill()


async def _debugging_port(path: Path) -> str:
    for _ in range(200):
        if path.is_file() and (lines := path.read_text().splitlines()):
            return lines[0]
        await asyncio.sleep(0.2)
    raise NotRendered("the browser did not start")


async def visit(browser: Browser, address: str, page: Page) -> tuple[bytes, str]:
    """A page's picture, and what is wrong with it: nothing, a text that is missing, or an error it shows."""
    await browser.call(
        "Emulation.setDeviceMetricsOverride",
        width=page.width,
        height=page.height,
        deviceScaleFactor=1,
        mobile=False,
    )
    await browser.call("Page.navigate", url=address + page.path)
    until = time.monotonic() + PAGE_SECONDS
    seen, clicks = "", list(page.click)
    while time.monotonic() < until:
        await asyncio.sleep(0.7)
        seen = await browser.text()
        if clicks and await browser.evaluate(_CLICK % json.dumps(clicks[0])):
            clicks.pop(0)
            continue
        if not clicks and all(text in seen for text in page.texts):
            break
    # Drawn graphs move into place after their texts are there.
    await asyncio.sleep(2.5)
    seen = await browser.text()
    # The folder of this one run means nothing to a reader, and would make every picture another one.
    await browser.evaluate(_SHORTEN % json.dumps(TEMPORARY))
    shot = await browser.call("Page.captureScreenshot", format="png")
    wrong = [f"no {text!r} on it" for text in page.texts if text not in seen]
    wrong += [f"it shows {text!r}" for text in ERRORS if text in seen]
    return base64.b64decode(shot["data"]), "; ".join(wrong)


_CLICK = """(() => {
  const wanted = %s;
  const all = [...document.querySelectorAll('a, button, [role=tab], [role=button], span, div')];
  const found = all.reverse().find(e => e.innerText && e.innerText.trim() === wanted && e.offsetParent !== null);
  if (!found) return false;
  found.click();
  return true;
})()"""


_SHORTEN = """(() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const folder = new RegExp('[^ ]*' + %s + '[^/ ]*/', 'g');
  while (walker.nextNode()) {
    const text = walker.currentNode.nodeValue;
    if (folder.test(text)) walker.currentNode.nodeValue = text.replace(folder, '…/');
  }
})()"""


def small(png: bytes) -> bytes:
    """The picture with few colours: a third of the bytes, and as legible."""
    out = io.BytesIO()
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


async def take(address: str, folder: Path) -> tuple[dict[str, bytes], list[str]]:
    """Every page's picture by name, and what is wrong, a line each."""
    pictures, wrong = {}, []
    async with browsing(folder) as browser:
        await browser.call("Page.enable")
        for page in PAGES:
            picture, what = await visit(browser, address, page)
            pictures[page.name] = small(picture)
            print(f"{page.name:<12}{len(pictures[page.name]) // 1024:>4} kB  {what or 'well'}", flush=True)
            if what:
                wrong.append(f"{page.path}: {what}")
    return pictures, wrong


def main() -> int:
    """Take the pictures; 1 when a page is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=HERE / "pictures")
    parser.add_argument("--look", action="store_true", help="write the pictures even when a page fails")
    parser.add_argument("--address", help="a UI that runs already, with both years made")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix=TEMPORARY))
    try:
        if options.address:
            pictures, wrong = asyncio.run(take(options.address, folder))
        else:
            with running_ui(folder) as address:
                backfill(address)
                pictures, wrong = asyncio.run(take(address, folder))
    except NotRendered as error:
        print(f"screenshots: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if not wrong or options.look:
        options.out.mkdir(parents=True, exist_ok=True)
        for name, data in pictures.items():
            (options.out / f"{name}.png").write_bytes(data)
    for line in wrong:
        print(f"screenshots: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
