"""Old Word, WPS and RTF files through LibreOffice, an optional program of the system (旧版文档转换).

Each conversion has a profile of its own and is ended, with all its children, when it takes too long.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from gipa_pipeline.errors import UnreadableDocument

SECONDS = 50
"""A cold start takes three to seven seconds; a file that needs more has hung the program."""
_PROGRAMS = ("soffice", "libreoffice")
_MACROS_OFF = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse">
<value>3</value></prop><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


def program() -> str | None:
    """The path of LibreOffice, or None where it is not installed."""
    return next((found for name in _PROGRAMS if (found := shutil.which(name))), None)


def to_docx(data: bytes, suffix: str = ".doc", *, seconds: float = SECONDS) -> bytes:
    """A document as DOCX.

    Args:
        data: an old Word, WPS or RTF file.
        suffix: its kind, with the point.
        seconds: how long the program may take.

    Raises:
        UnreadableDocument: ``needs_converter`` when LibreOffice is not installed, ``timeout`` when it hangs,
            ``broken`` when it cannot open the file.
    """
    found = program()
    if found is None:
        raise UnreadableDocument(
            "needs_converter",
            "an old Word, WPS or RTF file, which is read through LibreOffice, and that is not installed; install"
            " libreoffice-writer, or save the file as DOCX or PDF",
        )
    with tempfile.TemporaryDirectory(prefix="gipa-convert-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source, made = folder / f"source{suffix}", folder / "source.docx"
        source.write_bytes(data)
        user = folder / "profile" / "user"
        user.mkdir(parents=True)
        # The file comes from outside: its macros and links stay shut.
        (user / "registrymodifications.xcu").write_text(_MACROS_OFF, encoding="utf-8")
        command = [
            found,
            "--headless",
            "--norestore",
            "--nolockcheck",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--convert-to",
            "docx:MS Word 2007 XML",
            "--outdir",
            name,
            str(source),
        ]
        _run(command, folder, seconds)
        if not made.is_file() or not made.stat().st_size:
            raise UnreadableDocument(
                "broken", "LibreOffice cannot open the file; open it by hand and save it as DOCX"
            )
        return made.read_bytes()


def _run(command: list[str], folder: Path, seconds: float) -> None:
    # Its own home and temporary folder, so that nothing is left behind when it is killed.
    environment = {**os.environ, "HOME": str(folder), "TMPDIR": str(folder)}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired as error:
        raise UnreadableDocument(
            "timeout",
            f"LibreOffice did not finish with the file in {seconds:g} seconds; save it as DOCX or PDF",
        ) from error
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and the processes it started: they share its group."""
    if process.poll() is None and not hasattr(os, "killpg"):
        process.kill()
    elif process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
