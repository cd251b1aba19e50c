"""Printing through the ``lp`` command of CUPS."""

from __future__ import annotations

import os
import shutil
import subprocess

from drivers.interface import Failure, Fault

TIMEOUT_S = 20.0

_DETAIL_LIMIT = 200


class LpPrinter:
    """Hands PDFs to a print queue; ``name`` None means the system's default printer.

    The document goes through a pipe, never through a file of ours. The title is shown in the queue's job list to
    whoever may read it: keep names out of it.
    """

    def __init__(self, name: str | None = None, *, timeout_s: float = TIMEOUT_S, command: str = "lp") -> None:
        self._name = name
        self._timeout = timeout_s
        self._command = command

    def print_pdf(self, title: str, pdf: bytes) -> Failure | None:
        """None when the queue took it. SERVICE_GONE without CUPS, PRINTER_GONE where the queue refuses,
        TIMED_OUT where it does not answer; then the job may or may not be printed."""
        program = shutil.which(self._command)
        if program is None:
            return Failure.of(Fault.SERVICE_GONE, f"{self._command}: not installed")
        destination = ["-d", self._name] if self._name else []
        try:
            done = subprocess.run(  # noqa: S603 - a fixed program, its arguments never pass a shell
                [program, *destination, "-t", title, "-"],
                input=pdf,
                capture_output=True,
                timeout=self._timeout,
                check=False,
                env={**os.environ, "LC_ALL": "C"},  # its messages go to staff and logs in one language
            )
        except subprocess.TimeoutExpired:
            return Failure.of(Fault.TIMED_OUT, f"{self._command}: no answer in {self._timeout:g} s")
        except OSError as error:
            return Failure.of(Fault.SERVICE_GONE, f"{self._command}: {error.strerror}")
        if done.returncode == 0:
            return None
        message = done.stderr.decode("utf-8", "replace").strip()[:_DETAIL_LIMIT]
        return Failure.of(_fault_of(message), message or f"{self._command}: exit {done.returncode}")


def _fault_of(message: str) -> Fault:
    """A scheduler that does not run is told from a printer that is unknown or takes no jobs."""
    lost = ("scheduler", "connect", "bad file descriptor", "no such file or directory")
    return Fault.SERVICE_GONE if any(word in message.lower() for word in lost) else Fault.PRINTER_GONE
