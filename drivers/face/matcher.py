"""A ``drivers.interface.FaceMatcher`` whose eyes are in a process of their own."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from drivers.camera.report import WatchedCamera
from drivers.confined.files import models_dir
from drivers.confined.process import command
from drivers.face.rules import Rules, Side
from drivers.face.visit import Visit, Wish
from drivers.face.weights import check
from drivers.interface import CardPhoto, FaceListener, Failure, Fault, Frame

Chance = Callable[[int], int]
"""Like ``secrets.randbelow``. It must not be guessable: it draws the turns."""

COMMAND = command("drivers.face.child")
_SIDES: tuple[Side, Side] = ("left", "right")


class ProcessFaceMatcher:
    """``models``: where the networks are, if not where set-up puts them. The camera is opened and closed here, and
    stays its owner's. Any thread may call."""

    def __init__(
        self,
        camera: WatchedCamera,
        *,
        rules: Rules | None = None,
        models: Path | None = None,
        chance: Chance = secrets.randbelow,
        threads: int = 2,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self._camera = camera
        self._rules = rules or Rules()
        self._models = models_dir(models)
        self._chance = chance
        self._threads = threads
        self._command = command
        self._lock = threading.Lock()
        self._visit: Visit | None = None
        self._closed = False

    def ready(self) -> Failure | None:
        if find_spec("cv2") is None:
            return Failure.of(Fault.MODEL_WRONG, "OpenCV is not installed; make setup-camera installs it")
        if missing := check(self._models):
            return missing
        if absent := self._camera.absent():
            return absent
        visit = self._visit
        seen = self._camera.frame() if visit is not None and visit.open else None
        return Failure.of(Fault.CAMERA_GONE, seen.detail) if isinstance(seen, Failure) else None

    def look(self, listener: FaceListener) -> None:
        self._wish(Wish(listener))

    def match(self, photo: CardPhoto, listener: FaceListener) -> None:
        turns = tuple(_SIDES[self._chance(2)] for _ in range(self._rules.turns))
        self._wish(Wish(listener, photo, turns))

    def _wish(self, wish: Wish) -> None:
        with self._lock:
            if self._closed:
                return
            if self._visit is None or not self._visit.is_alive():
                self._visit = Visit(self._camera, self._rules, self._models, self._threads, self._command)
                self._visit.start()
            self._visit.wish(wish)

    def picture(self) -> Frame | None:
        seen = self._camera.frame()
        return seen if isinstance(seen, Frame) else None

    def rest(self) -> None:
        with self._lock:
            if self._visit is not None:
                self._visit.wish(None)

    def forget(self) -> None:
        with self._lock:
            visit, self._visit = self._visit, None
        if visit is not None:
            visit.end()

    def close(self) -> None:
        with self._lock:
            self._closed = True
        self.forget()
