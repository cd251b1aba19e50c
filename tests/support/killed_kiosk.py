"""A kiosk's program that is killed, and what it leaves running."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent


def child_of_a_killed_kiosk(program: str) -> int:
    """Runs ``program``, which prints the number of a process it has started, and kills it then; gives the number."""
    running = subprocess.Popen([sys.executable, "-c", dedent(program)], stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    pid = int(running.stdout.readline())
    running.kill()
    running.wait(10)
    running.stdout.close()
    return pid
