"""Runs the command ``uketsuke`` as a person does: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


def uketsuke(
    *arguments: str | Path, environment: Mapping[str, str] | None = None, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """stdout, stderr and exit code. Neither settings of this machine's user nor this process's pcscd are used."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("UKETSUKE_", "PCSCLITE_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "ui.cli", *map(str, arguments)],
        env={**clean, "QT_QPA_PLATFORM": "offscreen", **(environment or {})},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def refused(result: subprocess.CompletedProcess[str]) -> str:
    """The one line that a command says when it cannot be done as asked."""
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr
    lines = result.stderr.strip().splitlines()
    assert lines
    return lines[-1]
