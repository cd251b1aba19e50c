"""The process that reads: ``python -m drivers.front.child RING LINK PARENT``, descriptors and a process number.

It alone holds pictures' text, for as long as one picture is looked at, and ends by being killed.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from hashlib import blake2b
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from drivers.camera.ring import FrameRing
from drivers.confined.confine import confine, open_no_more
from drivers.front import fields, looking, messages
from drivers.front.networks import Networks, NetworksRefused, Pixels
from drivers.front.watching import Told, Watching
from drivers.front.weights import Weights, load
from drivers.interface import CardFront, Fault, FrontHint

_BEAT_S = 0.5
_WAIT_S = 0.05  # for the next picture
_NICE = 10  # the screen's own picture must not falter on two processors
_NOT_WORTH_READING = (FrontHint.NO_CARD, FrontHint.TOO_FAR, FrontHint.BLURRED)
"""Digits that are too small or out of focus are read as others."""


class Reading:
    """Reads one picture after another."""

    def __init__(self, networks: Networks, today: date) -> None:
        self._networks = networks
        self._today = today
        self._watching = Watching()
        self._before = b""

    def see(self, picture: Pixels) -> list[Told]:
        """What is new with this picture. One that is the last one over again says nothing: it cannot agree."""
        digest = blake2b(picture[::8, ::8].tobytes()).digest()
        if digest == self._before:
            return []
        self._before = digest
        found = self._networks.find(picture)
        hint = looking.hint(picture, found)
        if hint in _NOT_WORTH_READING:
            return self._watching.see(hint)
        lines = self._networks.read(picture, found, upside_down=self._watching.upside_down)
        if fields.dateless(lines):
            return self._watching.see(hint, on_its_head=True)  # digits on their head are other digits
        return self._watching.see(fields.read(lines, self._today) or hint)


def main(arguments: list[str]) -> int:
    ring, link, parent = (int(argument) for argument in arguments)
    confine(parent)
    os.nice(_NICE)
    talk = _Talk(Connection(link))
    try:
        _serve(talk, ring)
    except (EOFError, ConnectionError):
        return 0  # nobody is there any more
    except Exception as error:  # its text could hold anything: only its kind goes out
        talk.send(messages.Failed(Fault.INTERNAL, type(error).__name__))
        return 1
    return 0


class _Talk:
    """The link, from the thread that reads and the one that beats."""

    def __init__(self, link: Connection) -> None:
        self._link = link
        self._lock = threading.Lock()

    def begin(self) -> messages.Begin:
        return messages.begin(self._link)

    def send(self, answer: messages.Answer) -> None:
        with self._lock:
            messages.send(self._link, answer)


def _serve(talk: _Talk, ring: int) -> None:
    begin = talk.begin()
    weights = load(Path(begin.models))
    if not isinstance(weights, Weights):
        talk.send(messages.Failed(weights.fault, weights.detail))
        return
    try:
        networks = Networks(weights.finding, weights.reading, begin.threads)
    except NetworksRefused as refused:
        talk.send(messages.Failed(Fault.MODEL_WRONG, str(refused)))
        return
    _warm(networks)
    frames = FrameRing.attach(ring)
    open_no_more()
    progress = _Progress(talk)
    progress.start()
    reading, seen = Reading(networks, begin.today), 0
    while True:
        progress.made()
        frame = frames.latest()
        if frame is None or frame.number == seen:
            time.sleep(_WAIT_S)
            continue
        seen = frame.number
        for told in reading.see(np.asarray(frame.pixels, np.uint8)):
            talk.send(_message(told))


def _warm(networks: Networks) -> None:
    """Once through everything: what is loaded at first use is loaded before no file can be opened any more."""
    empty = np.full((360, 640, 3), 200, np.uint8)
    networks.find(empty)
    networks.read(empty, [networks.whole(empty)])


class _Progress(threading.Thread):
    """Beats while pictures are being read; a picture takes longer than a beat. Falls silent where one takes for
    ever."""

    MOST_S = 15.0

    def __init__(self, talk: _Talk, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(name="beat", daemon=True)
        self._talk, self._clock = talk, clock
        self._made = clock()

    def made(self) -> None:
        self._made = self._clock()

    def run(self) -> None:
        try:
            while self._clock() - self._made < self.MOST_S:
                self._talk.send(messages.Beat())
                time.sleep(_BEAT_S)
        except OSError:
            os._exit(0)  # nobody is there any more


def _message(told: Told) -> messages.Answer:
    match told:
        case FrontHint():
            return messages.Hint(told)
        case CardFront():
            return messages.Read(told.birth, told.expiry_year, told.security_code)


if __name__ == "__main__":
    os._exit(main(sys.argv[1:]))
