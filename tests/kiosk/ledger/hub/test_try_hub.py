"""`make hub`: somebody who wants to see a hub has one."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.command import uketsuke
from tests.support.postgres import free_port


def test_a_hub_to_try_is_there_until_it_is_interrupted_and_again_afterwards(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="uk-try-") as server:
        Path(server).chmod(0o711)
        arguments = [
            "--folder",
            str(tmp_path / "hub"),
            "--server",
            f"{server}/pg",
            "--port",
            str(free_port()),
        ]
        for _ in range(2):
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.try_hub", *arguments],
                stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[4],
            )  # fmt: skip
            assert process.stdout is not None
            try:
                assert "The hub is there" in process.stdout.readline()
                seen = uketsuke("--settings", tmp_path / "hub/R.toml", "hub", "status")
                assert (seen.returncode, "for trials" in seen.stdout) == (0, True), seen.stderr
                seen = uketsuke("--settings", tmp_path / "hub/A.toml", "hub", "status")
                assert seen.returncode == 0, seen.stderr
            finally:
                process.send_signal(signal.SIGINT)
                process.communicate(timeout=60)
            assert process.returncode == 0
