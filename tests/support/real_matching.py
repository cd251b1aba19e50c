"""A played visit whose face check is the real one: a process of its own, the networks, and a camera before which
somebody stands. Only the clock is the play's: what the process says is told at the play's own times."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from drivers.face.matcher import ProcessFaceMatcher
from drivers.face.rules import Rules
from drivers.interface import Authority, CardPhoto, FaceListener, Failure, Fault, Frame
from simulator.national.operators import SimulatedAuthoriser
from simulator.playing import player
from simulator.playing.stage import Stage
from tests.support.faces import Actor, Listener, Seen, StagedCamera

_STEP_MS = 400


class RealBeforeCamera:
    """What ``simulator.playing.before_camera.BeforeCamera`` is for a script. ``pids``: of the processes
    that there were."""

    def __init__(self, seen: Seen, authority: Authority, rules: Rules) -> None:
        self._stage: Stage | None = None
        self.camera = StagedCamera(Actor(seen, step=9))
        # The sides are drawn by chance in earnest; they are nothing of the person's.
        self.real = ProcessFaceMatcher(self.camera, rules=rules, chance=lambda _below: 0)
        self.matcher = self
        self.authoriser = SimulatedAuthoriser(authority)
        self.pids: list[int] = []

    def on(self, stage: Stage) -> None:
        self._stage = stage

    def spoil(self, fault: Fault) -> None:
        self.camera.plugged = False

    def mend(self) -> None:
        self.camera.plugged = True

    # drivers.interface.FaceMatcher

    def ready(self) -> Failure | None:
        return self.real.ready()

    def look(self, listener: FaceListener) -> None:
        heard = Listener(self.camera)
        self.real.look(heard)
        heard.anything()
        self._note_process()

    def match(self, photo: CardPhoto, listener: FaceListener) -> None:
        heard = Listener(self.camera)
        self.real.match(photo, heard)
        heard.ended()
        self._note_process()
        assert self._stage is not None
        for step, told in enumerate(heard.told, 1):
            self._stage.after(_STEP_MS * step, lambda told=told: listener(told))  # type: ignore[misc]

    def picture(self) -> Frame | None:
        return self.real.picture()

    def rest(self) -> None:
        self.real.rest()

    def forget(self) -> None:
        self.real.forget()

    def close(self) -> None:
        self.real.close()
        self.camera.discard()

    def _note_process(self) -> None:
        visit = self.real._visit
        assert visit is not None
        if visit.pid is not None and visit.pid not in self.pids:
            self.pids.append(visit.pid)
            assert os.path.exists(f"/proc/{visit.pid}")


@contextmanager
def stands_there(seen: Seen, rules: Rules | None = None) -> Iterator[list[RealBeforeCamera]]:
    """Every visit that is played meanwhile has this before its camera; the cameras that there were."""
    made: list[RealBeforeCamera] = []

    def make(authority: Authority | None, _before: object) -> RealBeforeCamera:
        assert authority is not None
        made.append(RealBeforeCamera(seen, authority, rules or Rules()))
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(player, "BeforeCamera", make)
        try:
            yield made
        finally:
            for one in made:
                one.close()
