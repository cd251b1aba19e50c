"""Looks at a camera's pictures a few times a second and reports each code once."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator

from drivers.interface import Camera, CodeListener, Failure, Frame, ScannedCode
from drivers.scanner.decode import LINEAR, decode

LOOKS_PER_SECOND = 5.0
_JOIN_S = 3.0

Read = Callable[[memoryview], tuple[ScannedCode, ...]]


class Looking:
    """What one watch has seen. Codes are remembered by their digest: nothing that was read stays here.

    A code of bars alone has no error correction, and some have no check digit: it counts when two pictures agree.
    """

    def __init__(self, read: Read = decode) -> None:
        self._read = read
        self._number = 0
        self._failure: Failure | None = None
        self._told: set[bytes] = set()
        self._seen_once: set[bytes] = set()

    def at(self, seen: Frame | Failure | None) -> Iterator[ScannedCode | Failure]:
        """What is new in what the camera gives now."""
        if isinstance(seen, Failure):
            if seen != self._failure:
                self._failure = seen
                yield seen
            return
        if seen is None or seen.number == self._number:
            return
        self._number, self._failure = seen.number, None
        for code in self._read(seen.pixels):
            if self._is_new(code):
                yield code

    def _is_new(self, code: ScannedCode) -> bool:
        digest = hashlib.sha256(code.format.encode() + b"\0" + code.content).digest()
        if digest in self._told:
            return False
        if code.format in LINEAR and digest not in self._seen_once:
            self._seen_once.add(digest)
            return False
        self._told.add(digest)
        return True


class CodeWatch:
    """A ``drivers.interface.CodeScanner`` over a camera of its own, which is open while it watches. ``watch`` and
    ``rest`` return at once: the camera is opened and closed on the thread that looks."""

    def __init__(self, camera: Camera, *, per_second: float = LOOKS_PER_SECOND, read: Read = decode) -> None:
        self._camera = camera
        self._interval = 1 / per_second
        self._read = read
        self._watching: _Watching | None = None

    def watch(self, listener: CodeListener) -> None:
        self.rest()
        last, looking = self._watching, Looking(self._read)
        self._watching = _Watching(self._camera, looking, listener, self._interval, last)
        self._watching.start()

    def rest(self) -> None:
        if self._watching is not None:
            self._watching.end()

    def close(self) -> None:
        """Returns when the camera is closed; one that hangs is left behind after three seconds."""
        self.rest()
        watching, self._watching = self._watching, None
        if watching is not None and watching is not threading.current_thread():
            watching.join(_JOIN_S)


class _Watching(threading.Thread):
    def __init__(
        self,
        camera: Camera,
        looking: Looking,
        listener: CodeListener,
        interval: float,
        last: threading.Thread | None,
    ) -> None:
        super().__init__(name="code-watch", daemon=True)
        self._camera, self._looking, self._listener, self._interval = camera, looking, listener, interval
        self._last = last
        self._ended = threading.Event()
        self._telling = threading.RLock()

    def end(self) -> None:
        """The listener is not called any more once this has returned; it may call this itself."""
        with self._telling:
            self._ended.set()

    def run(self) -> None:
        if self._last is not None:
            self._last.join()  # it has the camera until then
            self._last = None
        if self._ended.is_set():
            return
        failure = self._camera.open()
        try:
            self._tell(failure)
            began = time.monotonic()
            while not self._ended.wait(max(0.0, self._interval - (time.monotonic() - began))):
                began = time.monotonic()
                self._tell(self._camera.frame())
        finally:
            self._camera.close()

    def _tell(self, seen: Frame | Failure | None) -> None:
        for found in self._looking.at(seen):
            with self._telling:
                if not self._ended.is_set():
                    self._listener(found)
