"""One visit's thread: it opens the camera, starts the process, passes orders on and watches over both."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import connection
from pathlib import Path

import msgspec

from drivers.camera.oddities import doubt_of, hint_of
from drivers.camera.report import WatchedCamera
from drivers.confined.process import Process
from drivers.face import messages
from drivers.face.rules import Rules, Side
from drivers.interface import CardPhoto, FaceHint, FaceListener, FaceVerdict, Failure, Fault

READY_S = 20.0
SILENT_S = 4.0
"""How long the process may take to be ready, and how long it may say nothing after that: it speaks twice a second."""

_WATCH_S = 0.1
_GRACE_S = 1.0
"""How often camera and process are looked after; how long a camera that was just opened may be without a word."""

_END_S = 5.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of this visit now: hints, or with a photograph one attempt with these turns."""

    listener: FaceListener
    photo: CardPhoto | None = None
    turns: tuple[Side, ...] = ()


class Visit(threading.Thread):
    """Ends with ``end``, and takes the process with it."""

    def __init__(
        self,
        camera: WatchedCamera,
        rules: Rules,
        models: Path,
        threads: int,
        command: Sequence[str],
    ) -> None:
        super().__init__(name="face", daemon=True)
        self._camera, self._rules, self._models = camera, rules, models
        self._threads, self._command = threads, command
        self._wishes: deque[Wish | None] = deque()
        self._awake, self._wake = os.pipe()
        self._ended = threading.Event()
        self._closing = threading.Lock()
        self._process: Process | None = None
        self._heard = 0.0
        self._spoken = False
        self._wish: Wish | None = None
        self._hint: FaceHint | None = None
        self._said: FaceHint | None = None
        self._attempt = 0
        self._opened: float | None = None
        self._gone = False

    @property
    def open(self) -> bool:
        return self._opened is not None

    @property
    def pid(self) -> int | None:
        """Of the process; for those who watch over what it uses."""
        process = self._process
        return None if process is None else process.pid

    def wish(self, wish: Wish | None) -> None:
        """Takes the place of the last one; None: rest."""
        self._wishes.append(wish)
        self._stir()

    def end(self) -> None:
        """Kills the process; returns when it has ended. Idempotent."""
        self._ended.set()
        self._stir()
        if threading.current_thread() is self:
            self._kill()  # asked by the listener
        else:
            self.join(_END_S)

    def _stir(self) -> None:
        with self._closing:
            if self._wake >= 0:
                os.write(self._wake, b".")

    def run(self) -> None:
        try:
            while not self._ended.is_set():
                self._once()
        finally:
            try:
                self._kill()
            finally:
                self._shut()
                with self._closing:
                    os.close(self._awake)
                    os.close(self._wake)
                    self._wake = -1

    def _once(self) -> None:
        waiting: list[connection.Connection | int] = [self._awake]
        if self._process is not None:
            waiting.append(self._process.link)
        for ready in connection.wait(waiting, _WATCH_S):
            if ready == self._awake:
                os.read(self._awake, 64)
            else:
                self._hear()
        while self._wishes and not self._ended.is_set():
            self._take(self._wishes.popleft())
        if not self._ended.is_set():
            self._look_after()

    # What is asked.

    def _take(self, wish: Wish | None) -> None:
        self._wish, self._gone = wish, False
        self._hint = self._said = None
        self._attempt += 1
        if wish is None:
            self._order(messages.Rest())
            self._shut()
            return
        if self._process is None and not self._start():
            return
        if self._opened is None:
            self._camera.open()  # what is missing shows in its pictures, and may come yet
            self._opened = time.monotonic()
        if wish.photo is None:
            self._order(messages.Look(self._attempt))
        else:
            self._order(messages.Match(self._attempt, wish.turns, bytes(wish.photo.jpeg2000)))

    def _start(self) -> bool:
        try:
            self._process = Process(self._camera.ring.fd, self._command)
        except OSError as error:
            self._tell(Failure.of(Fault.INTERNAL, f"face process: {type(error).__name__}"))
            return False
        self._heard, self._spoken = time.monotonic(), False
        return self._order(messages.Begin(str(self._models), self._rules, self._threads))

    def _order(self, message: messages.Order) -> bool:
        """False where nobody listens any more."""
        if self._process is None:
            return False
        try:
            messages.send(self._process.link, message)
        except OSError:
            return False
        return True

    # What is answered.

    def _hear(self) -> None:
        if self._process is None:
            return
        try:
            heard = messages.answer(self._process.link)
        except (EOFError, OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
            self._broken(Fault.INTERNAL, f"face process: {type(error).__name__}")
            return
        self._heard, self._spoken = time.monotonic(), True
        if isinstance(heard, messages.Failed) and heard.attempt == 0:
            self._broken(heard.fault, heard.detail)
        elif not isinstance(heard, messages.Beat) and heard.attempt == self._attempt:
            self._pass_on(heard)

    def _pass_on(self, heard: messages.Hint | messages.Verdict | messages.Failed) -> None:
        if isinstance(heard, messages.Hint):
            self._hint = heard.hint
            self._say_hint()
        elif isinstance(heard, messages.Verdict):
            self._finish(FaceVerdict(heard.doubt, heard.likeness, heard.turned, heard.frames))
        else:
            self._finish(Failure.of(heard.fault, heard.detail))

    def _say_hint(self) -> None:
        """The process sees no face; the camera's judge may know that nothing at all can be seen."""
        hint = self._hint
        if hint is FaceHint.NO_FACE:
            hint = hint_of(self._camera.report().odd) or hint
        if hint is not None and hint is not self._said:
            self._said = hint
            self._tell(hint)

    def _tell(self, told: FaceHint | FaceVerdict | Failure) -> None:
        if self._wish is not None and not self._wishes and not self._ended.is_set():
            self._wish.listener(told)

    def _finish(self, told: FaceVerdict | Failure) -> None:
        """The last word of an attempt; whatever the process still says of it is not passed on."""
        self._tell(told)
        self._wish = None
        self._attempt += 1
        self._order(messages.Rest())

    # What may go wrong beside it.

    def _look_after(self) -> None:
        now = time.monotonic()
        if self._process is not None and now - self._heard > (SILENT_S if self._spoken else READY_S):
            self._broken(Fault.TIMED_OUT, "face process: silent")
        if self._wish is None or self._opened is None:
            return
        seen = self._camera.frame()
        if isinstance(seen, Failure) and now - self._opened > _GRACE_S:
            self._camera_gone(seen)
        elif not isinstance(seen, Failure):
            self._gone = False
            self._say_hint()
            self._doubt()

    def _camera_gone(self, failure: Failure) -> None:
        gone = Failure.of(Fault.CAMERA_GONE, failure.detail)
        if self._wish is not None and self._wish.photo is not None:
            self._finish(gone)
        elif not self._gone:
            self._gone = True
            self._tell(gone)

    def _doubt(self) -> None:
        """Pictures that no camera took then are no face's, whatever they show."""
        doubt = doubt_of(self._camera.report().odd)
        if doubt is not None and self._wish is not None and self._wish.photo is not None:
            self._finish(FaceVerdict(doubt, 0, None, 0))

    def _broken(self, fault: Fault, detail: str) -> None:
        self._kill()
        if self._wish is not None:
            self._finish(Failure.of(fault, detail))

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()

    def _shut(self) -> None:
        if self._opened is not None:
            self._opened = None
            self._camera.close()
