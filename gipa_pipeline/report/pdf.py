"""A page printed by a browser that is on the machine (导出 PDF). None comes with this program."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from datetime import date
from pathlib import Path

from gipa_pipeline.errors import GipaError

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
TIMEOUT_SECONDS = 120


class NoPdf(GipaError):
    """No browser to print with, or it did not print; the message says what to do."""


def find_browser() -> str | None:
    """The first browser of :data:`BROWSERS` on the path."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def page_to_pdf(page: Path, day: date | None, browser: str | None = None) -> bytes:
    """Print a page without opening a window; the same page and day give the same bytes.

    Args:
        page: the HTML file; it needs nothing else.
        day: what is written as the day it was made: that of the data, not the clock's.
        browser: the program to use, by default the one that is found.

    Raises:
        NoPdf: no browser, or it failed, or gave no PDF in time.
    """
    program = browser or find_browser()
    if program is None:
        raise NoPdf(
            "no browser to print with. Install Chromium or Chrome, or open the page in any browser and"
            " print it to PDF there."
        )
    with tempfile.TemporaryDirectory(prefix="gipa-pdf-", ignore_cleanup_errors=True) as folder:
        out = Path(folder) / "page.pdf"
        command = [
            program, "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions",
            f"--user-data-dir={Path(folder) / 'profile'}", "--no-pdf-header-footer", f"--print-to-pdf={out}",
        ]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            # The browser refuses its own sandbox to root; the page is ours and holds no script.
            command.append("--no-sandbox")
        try:
            done = subprocess.run(
                [*command, page.resolve().as_uri()], capture_output=True, timeout=TIMEOUT_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NoPdf(f"{program} did not print {page.name}: {error}") from error
        data = out.read_bytes() if out.is_file() else b""
        if not data.startswith(b"%PDF"):
            raise NoPdf(f"{program} gave no PDF of {page.name} (exit code {done.returncode}).")
    stamp = (day or date(2000, 1, 1)).strftime("%Y%m%d000000").encode()
    return re.sub(rb"(?<=Date \(D:)\d{14}", stamp, data)
