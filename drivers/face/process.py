"""The kiosk's end of the process of one visit."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from multiprocessing import connection

from drivers.face import messages

COMMAND = (sys.executable, "-I", "-m", "drivers.face.child")
_GONE_S = 5.0
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}


class Process:
    """Started from nothing (no copy of the kiosk's memory), with two descriptors: the camera's pictures, to read, and
    the link. The thread that starts it must live as long: the kernel kills the process with that thread."""

    def __init__(self, ring: int, command: Sequence[str] = COMMAND) -> None:
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

    def order(self, message: messages.Order) -> bool:
        """False where it does not listen any more."""
        try:
            messages.send(self.link, message)
        except OSError:
            return False
        return True

    def kill(self) -> int:
        """Ends it at once, whatever it does; returns when its memory is gone. The signal or status that ended it."""
        self._child.kill()
        status = self._child.wait(_GONE_S)
        self.link.close()
        return status
