"""Makes a process one that keeps nothing: no core dump, no reading of its memory by others, no file, and no life
without its parent. Linux; elsewhere only what the platform has."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38


class NotConfined(Exception):
    """The kernel refused. Then nothing that must not last may be handed to this process."""


def confine(parent: int) -> None:
    """At the start of a child. ``parent``: the process that must be there, or this one ends. Raises
    ``NotConfined``."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)  # every write to a file fails
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # as an error
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        for option, value in (
            (_PR_SET_PDEATHSIG, signal.SIGKILL),
            (_PR_SET_DUMPABLE, 0),
            (_PR_SET_NO_NEW_PRIVS, 1),
        ):
            if libc.prctl(option, int(value), 0, 0, 0) != 0:
                raise NotConfined(f"prctl {option}: errno {ctypes.get_errno()}")
    if os.getppid() != parent:  # it ended before it could be noticed
        os._exit(0)
    silence()


def silence() -> None:
    """Nothing that a library prints can hold a picture: it goes nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def open_no_more() -> None:
    """When all is loaded: from here on this process can open no file at all, neither to read nor to write."""
    _limit(
        resource.RLIMIT_NOFILE, 1
    )  # descriptor 0 is taken; poll(2) refuses to wait for more than the limit


def _limit(which: int, value: int) -> None:
    try:
        resource.setrlimit(which, (value, value))
    except (OSError, ValueError) as error:
        raise NotConfined(f"setrlimit {which}: {type(error).__name__}") from None
