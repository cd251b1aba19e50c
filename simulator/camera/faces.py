"""The simulated camera for faces: a ``drivers.camera.report.WatchedCamera`` whose pictures are drawn."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from drivers.camera.opencv import FIRST_S, STALE_S
from drivers.camera.report import CameraReport, Judge
from drivers.camera.ring import FrameRing
from drivers.interface import FaceHint, Failure, Fault, Frame
from simulator.camera.camera import GONE, pixels_of
from simulator.camera.plays import Attempt, Pace, Play, standing
from simulator.camera.scenes import SIZE, Scene, shot

RATE = 30.0
TURNING_MS = 600.0
"""How long somebody takes to turn the head."""

REACTION_MS = 400.0
FOLLOWED = {FaceHint.TURN_LEFT: 25.0, FaceHint.TURN_RIGHT: -25.0, FaceHint.LOOK_AHEAD: 0.0}
"""How far somebody turns who is asked to, and how soon he begins."""

_NAME = "simulated camera"
_HEAP = 5


class SimulatedFaceCamera:
    """``show`` changes what is before it, ``turn`` lets whoever is there turn the head (or the sheet that he holds up),
    ``unplug``, ``plug``, ``hang`` and ``resume`` are what befalls a device. Any thread may call.

    Its pictures hang on seed, size and ``clock`` alone. By default a picture is drawn when ``frame`` is asked for one
    that is due; with ``by_itself`` a thread draws, as long as it is open, for those who look into the ring.
    """

    def __init__(
        self,
        shown: Scene | Play | Attempt | None = None,
        *,
        size: tuple[int, int] = SIZE,
        rate: float = RATE,
        seed: str = "",
        clock: Callable[[], float] = time.monotonic,
        by_itself: bool = False,
    ) -> None:
        self._size, self._rate, self._seed, self._clock = size, rate, seed, clock
        self._ring = FrameRing.create(*size)
        self._lock = threading.RLock()
        self._by_itself = by_itself
        self._drawing: _Drawing | None = None
        self._attempt = Attempt(standing(Scene()))
        self._plugged, self._hangs = True, False
        self._report = CameraReport(name=_NAME, asked=size, promised=rate, exposes=True)
        self._opened: float | None = None
        self._last = -1
        self._arrived_ms = 0.0
        self._judge: Judge | None = None
        self._shown_at = clock()
        self._turn = (0.0, 0.0, clock())
        self.show(shown)

    @property
    def ring(self) -> FrameRing:
        return self._ring

    def show(self, shown: Scene | Play | Attempt | None) -> None:
        """What is before it from now on; None for nobody. A scene with somebody in it sways as the living do."""
        with self._lock:
            if isinstance(shown, Attempt):
                self._attempt = shown
            elif isinstance(shown, Scene) or shown is None:
                self._attempt = Attempt(standing(shown or Scene(), self._seed))
            else:
                self._attempt = Attempt(shown)
            self._shown_at = self._clock()

    def turn(self, degrees: float, after_ms: float = 0.0) -> None:
        """Towards the person's own left; below 0 to the right, 0 ahead."""
        with self._lock:
            now = self._clock()
            self._turn = (self._turned(now), degrees, now + after_ms / 1000)

    def follow(self, hint: FaceHint) -> None:
        """Whoever is there does what the screen asks, as soon as people do."""
        if hint in FOLLOWED:
            self.turn(FOLLOWED[hint], REACTION_MS)

    def unplug(self) -> None:
        with self._lock:
            if self._plugged and self._opened is not None:
                self._report = replace(self._report, lost=self._report.lost + 1)
            self._plugged = False

    def plug(self) -> None:
        with self._lock:
            if not self._plugged and self._opened is not None:
                self._begin()
            self._plugged = True

    def hang(self) -> None:
        """No picture comes any more, and no word why."""
        with self._lock:
            self._hangs = True

    def resume(self) -> None:
        with self._lock:
            self._hangs = False

    def open(self) -> Failure | None:
        with self._lock:
            if self._opened is None:
                self._begin()
                if self._by_itself:
                    self._drawing = _Drawing(self)
                    self._drawing.start()
            return self.absent()

    def absent(self) -> Failure | None:
        return None if self._plugged else GONE

    def frame(self) -> Frame | Failure | None:
        with self._lock:
            if self._opened is None or not self._plugged:
                return GONE
            if not self._by_itself:
                self.draw()
            seen = self._last >= 0
            age = self._clock() - (self._arrived_ms / 1000 if seen else self._opened)
            most = STALE_S if seen else FIRST_S
            if age > most:
                return Failure.of(Fault.TIMED_OUT, f"{_NAME}: no picture for {most:g} s")
            return self._ring.latest() if seen else None

    def close(self) -> None:
        with self._lock:
            drawing, self._drawing = self._drawing, None
            if self._opened is not None:
                self._opened, self._judge = None, None
                self._ring.wipe()
        if drawing is not None and drawing is not threading.current_thread():
            drawing.ended.set()
            drawing.join()

    def discard(self) -> None:
        """Closes camera and ring for good. Idempotent."""
        self.close()
        self._ring.close()

    def report(self) -> CameraReport:
        with self._lock:
            judge = self._judge
            if judge is None:
                return self._report
            told = judge.told
            return replace(self._report, rate=told.rate, jitter_ms=told.jitter_ms, odd=told.odd)

    def draw(self) -> float:
        """Puts the picture that is due into the ring, once; seconds until the next is."""
        with self._lock:
            if self._opened is None or self._hangs or not self._plugged:
                return 1 / self._rate
            now = self._clock()
            due = int((now - self._opened) * self._rate)
            while due >= 0 and self._arrival_ms(due) > now * 1000:
                due -= 1
            if due > self._last:
                self._take(due)
            return max(0.0, self._opened + (due + 1) / self._rate - now)

    def _begin(self) -> None:
        self._opened, self._last = self._clock(), -1
        self._judge = Judge(self._rate)

    def _take(self, number: int) -> None:
        arrived = self._arrival_ms(number)
        counted = number % self._attempt.again_after if self._attempt.again_after else number
        shown_ms = self._taken_ms(counted) - self._shown_at * 1000
        scene = self._attempt.play(max(0.0, shown_ms), self._turned(arrived / 1000))
        pixels = pixels_of(shot(scene, self._size, f"{self._seed}/{counted}"))
        assert self._judge is not None  # it is open
        self._judge.look(pixels, arrived, self._taken_ms(number))
        self._ring.write(pixels, int(arrived))
        first = round(arrived - (self._opened or 0.0) * 1000) if self._last < 0 else self._report.first_ms
        self._last, self._arrived_ms = number, arrived
        self._report = replace(
            self._report, got=self._size, first_ms=first, pictures=self._report.pictures + 1
        )

    def _taken_ms(self, number: int) -> float:
        """By the sensor's clock, which is regular but for a USB microframe of 125 µs."""
        at = ((self._opened or 0.0) + number / self._rate) * 1000
        match self._attempt.pace:
            case Pace.HONEST:
                return at + self._chance("taken", number) * 0.125
            case Pace.PERFECT:
                return at
            case Pace.HEAPS:
                return at + (_HEAP - 1 - number % _HEAP) * (1000 / self._rate - 2)

    def _arrival_ms(self, number: int) -> float:
        late = 0.0 if self._attempt.pace is Pace.PERFECT else 1 + 2 * self._chance("arrived", number)
        return self._taken_ms(number) + late

    def _chance(self, what: str, number: int) -> float:
        return random.Random(f"{self._seed}/{what}/{number}").random()  # noqa: S311 - a delay, not a secret

    def _turned(self, now: float) -> float:
        began, to, since = self._turn
        part = min(1.0, max(0.0, (now - since) * 1000 / TURNING_MS))
        return began + (to - began) * part * part * (3 - 2 * part)


class _Drawing(threading.Thread):
    def __init__(self, camera: SimulatedFaceCamera) -> None:
        super().__init__(name="simulated-camera", daemon=True)
        self._camera = camera
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.is_set():
            self.ended.wait(self._camera.draw())
