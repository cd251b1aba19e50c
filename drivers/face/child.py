"""The process of one visit: ``python -m drivers.face.child RING LINK PARENT``, descriptors and a process number.

It alone sees pictures, photograph and templates, and ends with the visit, by being killed: there is nothing to save.
"""

from __future__ import annotations

import os
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from drivers.camera.ring import FrameRing
from drivers.confined.confine import confine, open_no_more
from drivers.face import messages
from drivers.face.attempt import Attempt
from drivers.face.hints import Hints
from drivers.face.networks import Networks, Pixels, WeightsRefused
from drivers.face.photo import PhotoUnusable, card_template
from drivers.face.rules import Rules
from drivers.face.seeing import look, rehearse
from drivers.face.weights import Weights, load
from drivers.interface import FaceHint, FaceVerdict, Failure, Fault, Frame

_BEAT_S = 0.5
_IDLE_S = 0.25
_WAIT_S = 0.012  # for the next picture
_LOOK_MS = 200
_MATCH_MS = 60
"""Between two pictures that are looked at: the screen's own picture must not falter on two processors."""


def _now() -> int:
    return time.monotonic_ns() // 1_000_000


class Child:
    """Looks at pictures as it is told to."""

    def __init__(self, link: Connection, ring: FrameRing, networks: Networks, rules: Rules) -> None:
        self._link, self._ring, self._networks, self._rules = link, ring, networks, rules
        self._attempt = 0
        self._hints: Hints | None = None
        self._trying: Attempt | None = None
        self._seen = 0
        self._seen_at = 0
        self._beat_at = -1.0

    def serve(self) -> None:
        """Until nobody gives orders any more."""
        while True:
            self._beat()
            if self._link.poll(self._pause()):
                self._obey(messages.order(self._link))
                continue
            if self._busy:
                self._take()

    @property
    def _busy(self) -> bool:
        return self._hints is not None or self._trying is not None

    def _pause(self) -> float:
        return _WAIT_S if self._busy else _IDLE_S

    def _beat(self) -> None:
        now = time.monotonic()
        if now - self._beat_at >= _BEAT_S:
            self._beat_at = now
            messages.send(self._link, messages.Beat())

    def _obey(self, order: messages.Order) -> None:
        self._hints = self._trying = None
        if isinstance(order, messages.Look):
            self._attempt, self._hints = order.attempt, Hints(self._rules.settle)
        elif isinstance(order, messages.Match):
            self._attempt = order.attempt
            try:
                card = card_template(self._networks, order.jpeg2000)
            except PhotoUnusable as unusable:
                self._fail(Fault.PHOTO_UNUSABLE, str(unusable))
                return
            self._trying = Attempt(self._rules, card, order.turns, _now())

    def _take(self) -> None:
        """The next picture, where there is one and it is time for it."""
        pace = _LOOK_MS if self._trying is None else _MATCH_MS
        if _now() - self._seen_at < pace:
            return
        frame = self._ring.latest()
        if frame is None or frame.number == self._seen:
            return
        self._seen, self._seen_at = frame.number, _now()
        self._judge(frame)

    def _judge(self, frame: Frame) -> None:
        picture: Pixels = np.asarray(frame.pixels, np.uint8)
        sight = look(self._networks, picture, frame.at, self._rules.gate, better=self._rules.better)
        if self._trying is None:
            told = self._hints.see(sight.hint or FaceHint.LOOK_AHEAD, sight.at) if self._hints else []
            for hint in told:
                messages.send(self._link, messages.Hint(self._attempt, hint))
            return
        for one in self._trying.see(sight):
            self._tell(one)
        if self._trying.over:
            self._trying = None

    def _tell(self, told: FaceHint | FaceVerdict) -> None:
        if isinstance(told, FaceHint):
            messages.send(self._link, messages.Hint(self._attempt, told))
        else:
            verdict = (told.doubt, told.likeness, told.turned, told.frames)
            messages.send(self._link, messages.Verdict(self._attempt, *verdict))

    def _fail(self, fault: Fault, detail: str) -> None:
        messages.send(self._link, messages.Failed(self._attempt, fault, detail))


def main(arguments: list[str]) -> int:
    ring, link, parent = (int(argument) for argument in arguments)
    confine(parent)
    talk = Connection(link)
    try:
        _serve(talk, ring)
    except (EOFError, ConnectionError):
        return 0  # nobody is there any more
    except Exception as error:  # its text could hold anything: only its kind goes out
        messages.send(talk, messages.Failed(0, Fault.INTERNAL, type(error).__name__))
        return 1
    return 0


def _serve(talk: Connection, ring: int) -> None:
    begin = messages.order(talk)
    if not isinstance(begin, messages.Begin):
        return
    weights = load(Path(begin.models))
    networks = _ready(weights, begin.threads) if isinstance(weights, Weights) else weights
    if isinstance(networks, Failure):
        messages.send(talk, messages.Failed(0, networks.fault, networks.detail))
        return
    frames = FrameRing.attach(ring)
    open_no_more()
    Child(talk, frames, networks, begin.rules).serve()


def _ready(weights: Weights, threads: int) -> Networks | Failure:
    """The networks, after a rehearsal: whatever is loaded on first use must be there before no file can be opened."""
    try:
        networks = Networks(weights, threads)
    except WeightsRefused as refused:
        return Failure.of(Fault.MODEL_WRONG, str(refused))
    rehearse(networks)
    return networks


if __name__ == "__main__":
    os._exit(main(sys.argv[1:]))
