"""From the command to the first usable screen, and the memory it takes: the kiosk as ``uketsuke run`` starts it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench.first_screen import BEGAN
from tests.bench.rows import Row, at_most, row

_PATIENCE_S = 30
_FROM_SOURCE, _AT_SCREEN, _AFTER_DOCUMENTS = at_most(1200.0), at_most(150.0), at_most(250.0)

Moment = tuple[float, float, float]  # milliseconds since the start, MiB, milliseconds of a processor


def rows(quick: bool) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder, "settings.toml")
        settings.write_text(f'data = "{folder}/data"\n')
        _start("ours", settings)  # makes the ledger, and warms the machine's page cache
        bare, ours = [_start("bare", settings)], [_start("ours", settings)]
        for _ in range(0 if quick else 8):
            bare.append(_start("bare", settings))
            ours.append(_start("ours", settings))
    floor_ms, floor_mib, floor_cpu = (median(one["screen"][part] for one in bare) for part in range(3))
    ms, mib, cpu = (median(one["screen"][part] for one in ours) for part in range(3))
    after = median(one["ticket"][1] for one in ours)
    window = "a bare PySide6 window with one sentence"
    return [
        row(
            "start.first_screen", "start → first usable screen, from source, warm", ms,
            floor=floor_ms, floor_what=window, target=_FROM_SOURCE, processor=cpu, floor_processor=floor_cpu,
            fastest=min(one["screen"][0] for one in ours), slowest=max(one["screen"][0] for one in ours),
            runs=len(ours),
        ),
        row(
            "memory.first_screen", "memory at the first screen", mib, "MiB",
            floor=floor_mib, floor_what=window, target=_AT_SCREEN,
        ),
        row(
            "memory.after_documents", "memory after two tickets", after, "MiB",
            floor=floor_mib, floor_what=window, target=_AFTER_DOCUMENTS,
        ),
    ]  # fmt: skip


def _start(what: str, settings: Path) -> dict[str, Moment]:
    """Runs one to its end; what it told, by word."""
    command = [sys.executable, "-m", "tests.bench.first_screen", what, str(settings)]
    done = subprocess.run(
        command,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", BEGAN: repr(time.monotonic())},
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
    )
    told = [line.split() for line in done.stdout.splitlines() if line.startswith(("screen ", "ticket "))]
    if done.returncode or len(told) < (2 if what == "ours" else 1):
        raise RuntimeError(f"{what} did not start: {done.stderr.strip()[-500:]}")
    return {word: (float(at), float(size), float(cpu)) for word, at, size, cpu in told}
