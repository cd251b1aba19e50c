"""A ``drivers.interface.FrontReader`` whose eyes are in a process of their own, which is there only while it reads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import msgspec

from drivers.camera.report import WatchedCamera
from drivers.confined.files import models_dir
from drivers.confined.process import Process, command
from drivers.front import messages
from drivers.front.weights import check
from drivers.interface import CardFront, Failure, Fault, Frame, FrontHint, FrontListener

COMMAND = command("drivers.front.child")
READY_S, SILENT_S = 30.0, 8.0
"""How long the process may take to be ready, and how long it may say nothing after that: it speaks twice a second."""

_LOOK_AFTER_S = 0.1
_GRACE_S = 1.0  # a camera that was just opened may be without a word
_END_S = 5.0


class ProcessFrontReader:
    """``today``: no card is younger. ``models``: where the networks are, if not where set-up puts them. The camera is
    opened and closed here, and stays its owner's. One thread calls ``watch``; any may call the rest."""

    def __init__(
        self,
        camera: WatchedCamera,
        today: Callable[[], date],
        *,
        models: Path | None = None,
        threads: int = 2,
        command: Sequence[str] = COMMAND,
        silent_s: float = SILENT_S,
    ) -> None:
        self._camera = camera
        self._today = today
        self._models = models_dir(models)
        self._threads = threads
        self._command = command
        self._silent_s = silent_s
        self._lock = threading.Lock()
        self._reading: _Reading | None = None
        self._closed = False

    def ready(self) -> Failure | None:
        """None where fronts can be read; else what is missing (MODEL_WRONG). Loads nothing that stays."""
        return check(self._models)

    def watch(self, listener: FrontListener) -> None:
        """As the protocol says. MODEL_WRONG, TIMED_OUT and INTERNAL end it; CAMERA_GONE is told once, and passes where
        pictures come again."""
        self.rest()
        with self._lock:
            if self._closed:
                return
            begin = messages.Begin(str(self._models), self._today(), self._threads)
            self._reading = _Reading(self._camera, begin, self._command, listener, self._silent_s)
            self._reading.start()

    def picture(self) -> Frame | None:
        seen = self._camera.frame() if self._reading is not None else None
        return seen if isinstance(seen, Frame) else None

    def rest(self) -> None:
        with self._lock:
            reading, self._reading = self._reading, None
        if reading is not None:
            reading.end()

    def close(self) -> None:
        with self._lock:
            self._closed = True
        self.rest()


class _Reading(threading.Thread):
    """From ``watch`` to ``rest``: the camera is open and the process is there. The kernel ends the process with this
    thread, whatever else happens."""

    def __init__(
        self,
        camera: WatchedCamera,
        begin: messages.Begin,
        command: Sequence[str],
        listener: FrontListener,
        silent_s: float,
    ) -> None:
        super().__init__(name="front", daemon=True)
        self._camera, self._begin, self._command = camera, begin, command
        self._listener, self._silent_s = listener, silent_s
        self._ended = threading.Event()
        self._heard, self._spoken = 0.0, False
        self._opened = 0.0
        self._gone = False
        self.pid: int | None = None
        """Of the process; for those who watch over what it uses."""

    def end(self) -> None:
        """Returns when the process has ended. Idempotent."""
        self._ended.set()
        if threading.current_thread() is not self:
            self.join(_END_S)

    def run(self) -> None:
        process: Process | None = None
        try:
            self._camera.open()  # what is missing shows in its pictures, and may come yet
            self._opened = time.monotonic()
            process = Process(self._camera.ring.fd, self._command)
            self.pid = process.pid
            messages.send(process.link, self._begin)
            self._heard = time.monotonic()
            self._listen(process)
        except OSError as error:
            self._tell(Failure.of(Fault.INTERNAL, f"front process: {type(error).__name__}"))
        finally:
            try:
                if process is not None:
                    process.kill()
            finally:
                self._camera.close()

    def _listen(self, process: Process) -> None:
        while not self._ended.is_set():
            if process.link.poll(_LOOK_AFTER_S) and not self._hear(process):
                return
            if time.monotonic() - self._heard > (self._silent_s if self._spoken else READY_S):
                self._tell(Failure.of(Fault.TIMED_OUT, "front process: silent"))
                return
            self._look_after_camera()

    def _hear(self, process: Process) -> bool:
        """Passes on what the process says; False where it said its last word."""
        try:
            heard = messages.answer(process.link)
        except (EOFError, OSError, msgspec.DecodeError) as error:
            self._tell(Failure.of(Fault.INTERNAL, f"front process: {type(error).__name__}"))
            return False
        self._heard, self._spoken = time.monotonic(), True
        match heard:
            case messages.Hint(hint):
                self._tell(hint)
            case messages.Read(birth, expiry_year, security_code):
                self._tell(CardFront(birth, expiry_year, security_code))
            case messages.Failed(fault, detail):
                self._tell(Failure.of(fault, detail))
                return False
            case messages.Beat():
                pass
        return True

    def _look_after_camera(self) -> None:
        seen = self._camera.frame()
        gone = isinstance(seen, Failure) and time.monotonic() - self._opened > _GRACE_S
        if isinstance(seen, Failure) and gone and not self._gone:
            self._tell(Failure.of(Fault.CAMERA_GONE, seen.detail))
        self._gone = gone

    def _tell(self, told: FrontHint | CardFront | Failure) -> None:
        if not self._ended.is_set():
            self._listener(told)
