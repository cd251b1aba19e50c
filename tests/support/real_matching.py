"""A played visit whose face check is the real one: a process of its own, the networks, and a camera before which
somebody stands. Only the clock is the play's: what the process says is told at the play's own times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from drivers.face.matcher import ProcessFaceMatcher
from drivers.face.rules import Rules
from drivers.interface import Authority, CardPhoto, FaceHint, FaceListener, FaceVerdict, Failure, Fault, Frame
from simulator.national.operators import SimulatedAuthoriser
from simulator.playing import player
from simulator.playing.stage import Stage
from tests.support.faces import Actor, Listener, Seen, StagedCamera

_STEP_MS = 2_000  # longer than the one who plays thinks: every page is seen
Told = FaceHint | FaceVerdict | Failure


class RealBeforeCamera:
    """What ``simulator.playing.before_camera.BeforeCamera`` is for a script. ``pids``: of the processes
    that there were. ``told``: all that they said."""

    def __init__(self, seen: Seen, authority: Authority, rules: Rules, command: Sequence[str]) -> None:
        self._stage: Stage | None = None
        self.camera = StagedCamera(Actor(seen, step=9))
        # The sides are drawn by chance in earnest; they are nothing of the person's.
        own: Any = {"command": command} if command else {}
        self.real = ProcessFaceMatcher(self.camera, rules=rules, chance=lambda _below: 0, **own)
        self.matcher = self
        self.authoriser = SimulatedAuthoriser(authority)
        self.pids: list[int] = []
        self.told: list[Told] = []

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
        self._pass_on(heard.told[:1], listener)

    def match(self, photo: CardPhoto, listener: FaceListener) -> None:
        heard = Listener(self.camera)
        self.real.match(photo, heard)
        heard.ended()
        self._pass_on(heard.told, listener)

    def picture(self) -> Frame | None:
        return self.real.picture()

    def rest(self) -> None:
        self.real.rest()

    def forget(self) -> None:
        self.real.forget()

    def close(self) -> None:
        self.real.close()
        self.camera.discard()

    def _pass_on(self, said: list[Told], listener: FaceListener) -> None:
        assert self._stage is not None
        self.told += said
        for step, told in enumerate(said, 1):
            self._stage.after(_STEP_MS * step, lambda told=told: listener(told))  # type: ignore[misc]
        visit = self.real._visit
        if visit is not None and visit.pid is not None and visit.pid not in self.pids:
            self.pids.append(visit.pid)


@contextmanager
def stands_there(
    seen: Seen, rules: Rules | None = None, command: Sequence[str] = ()
) -> Iterator[list[RealBeforeCamera]]:
    """Every visit that is played meanwhile has this before its camera; the cameras that there were."""
    made: list[RealBeforeCamera] = []

    def make(authority: Authority | None, _before: object) -> RealBeforeCamera:
        assert authority is not None
        made.append(RealBeforeCamera(seen, authority, rules or Rules(), command))
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(player, "BeforeCamera", make)
        try:
            yield made
        finally:
            for one in made:
                one.close()
