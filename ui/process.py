"""What the kiosk asks of its own process: leave no memory behind, and end in good order when told to."""

from __future__ import annotations

import contextlib
import ctypes
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from types import FrameType

_PR_SET_DUMPABLE = 4  # linux/prctl.h


def harden() -> None:
    """No core dump, and no other process of this user may read this one's memory: PINs and proofs pass through it.
    Linux only; elsewhere nothing happens."""
    if not sys.platform.startswith("linux"):
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


@contextlib.contextmanager
def quit_on_signals(leave: Callable[[], None]) -> Iterator[None]:
    """SIGTERM, SIGINT and SIGHUP call ``leave`` on this thread, which runs a Qt event loop.

    Qt's loop sleeps in C, where Python's own handlers never run: the signal's number wakes it through a socket.
    """
    from PySide6.QtCore import QSocketNotifier

    numbers = [signal.SIGTERM, signal.SIGINT, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    ours, waker = socket.socketpair()
    with ours, waker:
        ours.setblocking(False)
        waker.setblocking(False)
        notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read)

        def woken() -> None:
            with contextlib.suppress(BlockingIOError):
                ours.recv(64)

        notifier.activated.connect(woken)

        def handle(_number: int, _frame: FrameType | None) -> None:
            leave()

        old_waker = signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        old = {number: signal.signal(number, handle) for number in numbers}
        try:
            yield
        finally:
            for number, handler in old.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(old_waker)
            notifier.setEnabled(False)
