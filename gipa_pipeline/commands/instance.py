"""``gipa init`` writes an instance's files; ``gipa ui`` opens the Dagster UI on it."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from gipa_pipeline.commands.places import DATA, REGISTRY, data_folder, registry_folder
from gipa_pipeline.errors import GipaError

_UNITS = "unit_id,name,level,kind,region_code,supervising_unit_id,host,contact_email\n"
_SOURCES = "unit_id,year,url\n"
_SETTINGS = """\
# Settings of this instance. Every key is optional; the values shown are the defaults.
# The statutory dates (条例 §49) are not settings.

[fetch]
# pace_seconds = 1.0        # least time between two requests to one host
# allowed_hosts = []        # besides the hosts in units.csv, e.g. ["*.gd.gov.cn"]
# allow_private = false     # intranet hosts

[dates]
# towns_due = "01-31"       # the law sets no date for towns: yours, from your own notice

[extract]
# workers = 0               # 0: one for each processor
# timeout_seconds = 60.0

[report]
# contact = ""              # whom to ask, printed in the offices' reports
# sender = ""               # the address that mails are sent from; without it not even drafts are made

[mail]
# host = ""                 # mail server; the password goes into the variable GIPA_MAIL_PASSWORD
# operator = ""             # who is told of failed runs and of units past their date
# send_notices = false      # send such mail; otherwise it is only written into outbox/notices
"""


_QUIET = "ignore:Function `dev_command`,ignore:Parameter `owners` of initializer"
"""What Dagster says of its own functions to developers, and what an operator cannot act on."""


def init(folder: Path) -> int:
    """Write an instance into a folder; files that are there already are left alone.

    Raises:
        GipaError: something cannot be written there.
    """
    try:
        wrote = _written(folder)
    except OSError as error:
        raise GipaError(f"{error.filename or folder} cannot be written: {error.strerror}") from error
    for path in wrote:
        print(f"wrote {path}")
    print(
        f"\nList your units in {folder / 'registry' / 'units.csv'} and their reports in sources.csv,\n"
        f"then, in {folder}: gipa run, and gipa ui for the Dagster UI."
    )
    return 0


def _written(folder: Path) -> list[Path]:
    wrote: list[Path] = []
    (folder / "registry").mkdir(parents=True, exist_ok=True)
    texts = {
        folder / "registry" / "units.csv": "\ufeff" + _UNITS,
        folder / "registry" / "sources.csv": "\ufeff" + _SOURCES,
        folder / "registry" / "gipa.toml": _SETTINGS,
    }
    for path, text in texts.items():
        if not path.exists():
            path.write_text(text, encoding="utf-8", newline="\n")
            wrote.append(path)
    for name in ("dagster.yaml", "workspace.yaml"):
        if not (folder / name).exists():
            shutil.copyfile(_own(name), folder / name)
            wrote.append(folder / name)
    return wrote


def _own(name: str) -> Path:
    """A Dagster file of this installation: inside the package, or at the root of a checkout."""
    package = Path(__file__).resolve().parent.parent
    for path in (package / "instance" / name, package.parent / name):
        if path.is_file():
            return path
    raise GipaError(f"{name} is not part of this installation; install the package again")


def _free(port: int) -> None:
    """Dagster would quietly take another port than the one that we tell."""
    try:
        with socket.socket() as probe:
            if sys.platform != "win32":
                # A server that has just ended leaves its port waiting for a minute; it can be had all the same.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no such port"
        raise GipaError(
            f"port {port} cannot be used ({reason}). Another UI may be running; choose another: gipa ui --port "
            f"{3001 if port == 3000 else 3000}"
        ) from error


def ui(registry: Path | None, data: Path | None, port: int, environ: Mapping[str, str]) -> int:
    """Run ``dagster dev`` with this instance's files until it is interrupted.

    Raises:
        GipaError: the port is taken, or a file of the instance cannot be written.
    """
    _free(port)
    workspace = (
        Path("workspace.yaml").resolve() if Path("workspace.yaml").is_file() else _own("workspace.yaml")
    )
    home = Path(environ["DAGSTER_HOME"]) if environ.get("DAGSTER_HOME") else Path.cwd()
    if not (home / "dagster.yaml").is_file():
        try:
            shutil.copyfile(_own("dagster.yaml"), home / "dagster.yaml")
        except OSError as error:
            raise GipaError(
                f"{home}: dagster.yaml cannot be written here ({error.strerror}). Start in the instance's folder."
            ) from error
        print(f"wrote {home / 'dagster.yaml'}")
    child = {
        "PYTHONWARNINGS": _QUIET,
        **environ,
        "DAGSTER_HOME": str(home.resolve()),
        REGISTRY: str(registry_folder(registry, environ).resolve()),
        DATA: str(data_folder(data, environ).resolve()),
    }
    command = [
        sys.executable,
        "-m",
        "dagster",
        "dev",
        "-w",
        str(workspace),
        "-p",
        str(port),
        "-h",
        "127.0.0.1",
    ]
    print(f"Dagster UI: http://127.0.0.1:{port}  (Ctrl+C ends it)", flush=True)
    # A shell starts background jobs with SIGINT ignored; inherited, it would make the server deaf to its end.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(command, env=child, cwd=home, start_new_session=sys.platform != "win32")
    # Ended politely, the server ends its own processes; ended with us, it would leave them behind.
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        return process.wait(timeout=30)
