"""The kiosk's end of a process that sees what must not stay."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from multiprocessing import connection

_GONE_S = 5.0
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}


def command(module: str) -> tuple[str, ...]:
    """Runs a module that takes RING, LINK and PARENT. Neither environment nor folder decide what it loads."""
    return (sys.executable, "-I", "-m", module)


class Process:
    """Started from nothing (no copy of the kiosk's memory), with two descriptors: the camera's pictures, to read, and
    the link. The thread that starts it must live as long: the kernel kills the process with that thread. Raises
    ``OSError`` where it cannot be started."""

    def __init__(self, ring: int, command: Sequence[str]) -> None:
        self.link, theirs = connection.Pipe()
        try:
            self._child = subprocess.Popen(  # noqa: S603  our own command
                [*command, str(ring), str(theirs.fileno()), str(os.getpid())],
                pass_fds=(ring, theirs.fileno()),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_ENVIRONMENT,
                start_new_session=True,  # Ctrl-C in a terminal is the kiosk's alone
            )
        except BaseException:
            self.link.close()
            raise
        finally:
            theirs.close()

    @property
    def pid(self) -> int:
        return self._child.pid

    def kill(self) -> int:
        """Ends it at once, whatever it does; returns when its memory is gone. The signal or status that ended it.
        Raises ``subprocess.TimeoutExpired`` where the kernel does not let go of it."""
        self._child.kill()
        try:
            return self._child.wait(_GONE_S)
        finally:
            self.link.close()
