"""The webcam double: a played visit before the simulated camera, in which somebody out of a photograph stands. What
looks at the pictures is the real one: a process of its own and the networks. The chip carries a photograph too, and
照合番号B is verified by the card as ever."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from drivers.face.matcher import ProcessFaceMatcher
from drivers.face.rules import Rules
from drivers.interface import Authority, CardPhoto, FaceHint, FaceListener, FaceVerdict, Failure, Fault, Frame
from simulator.camera import Scene, SimulatedFaceCamera
from simulator.camera.faces import REACTION_MS
from simulator.card import pictures
from simulator.national.operators import SimulatedAuthoriser
from simulator.playing import player
from simulator.playing.stage import Stage
from tests.support.faces import AHEAD, Listener, card_picture, head
from tests.support.heads import SHOT, SIZE

_SAID_EVERY_MS = 400
_NEAR = 0.44  # the head's part of the picture's height: as far as people stand
_SLOWER = 2.0
_DONE = {
    FaceHint.TURN_LEFT: 28.0, FaceHint.TURN_RIGHT: -28.0, FaceHint.LOOK_AHEAD: 0.0, FaceHint.TURNED: 0.0,
}  # fmt: skip


class _Camera(SimulatedFaceCamera):
    """Before it, time goes slowly: however busy the computer is, enough pictures are looked at."""

    def __init__(self, name: str) -> None:
        began, portrait = time.monotonic(), head(name).portrait

        def play(_ms: float, turned: float) -> Scene:
            return Scene(who=portrait, turn=AHEAD[name] + turned, near=_NEAR, noise=SHOT.noise)

        slowly = lambda: began + (time.monotonic() - began) / _SLOWER  # noqa: E731
        super().__init__(play, size=SIZE, clock=slowly, by_itself=True)

    def hear(self, told: FaceHint | FaceVerdict | Failure) -> None:
        if isinstance(told, FaceHint) and told in _DONE:
            self.turn(_DONE[told], REACTION_MS)


class Webcam:
    """In the place of ``simulator.playing.before_camera.BeforeCamera``, and a ``FaceMatcher``: the clock alone is the
    play's, so each look is waited for, and told at the play's times. ``verdicts``: how each attempt ended."""

    def __init__(self, name: str, authority: Authority, rules: Rules) -> None:
        self._stage: Stage | None = None
        self._camera = _Camera(name)
        self._real = ProcessFaceMatcher(self._camera, rules=rules)
        self.matcher = self
        self.authoriser = SimulatedAuthoriser(authority)
        self.verdicts: list[FaceVerdict | Failure] = []

    def on(self, stage: Stage) -> None:
        self._stage = stage

    def spoil(self, _fault: Fault) -> None:
        self._camera.unplug()

    def mend(self) -> None:
        self._camera.plug()

    def ready(self) -> Failure | None:
        return self._real.ready()

    def look(self, listener: FaceListener) -> None:
        heard = Listener()
        self._real.look(heard)
        heard.anything(60)
        self._say(heard.told[:1], listener)

    def match(self, photo: CardPhoto, listener: FaceListener) -> None:
        heard = Listener(self._camera)  # type: ignore[arg-type]
        self._real.match(photo, heard)
        self.verdicts.append(heard.ended(120))
        self._say(heard.told, listener)

    def picture(self) -> Frame | None:
        return self._real.picture()

    def rest(self) -> None:
        self._real.rest()

    def forget(self) -> None:
        self._real.forget()

    def close(self) -> None:
        self._real.close()
        self._camera.discard()

    def _say(self, told: list[FaceHint | FaceVerdict | Failure], listener: FaceListener) -> None:
        assert self._stage is not None
        for place, word in enumerate(told, 1):
            self._stage.after(_SAID_EVERY_MS * place, lambda word=word: listener(word))  # type: ignore[misc]


@contextmanager
def before_a_webcam(stands: str, on_the_card: str, rules: Rules | None = None) -> Iterator[list[Webcam]]:
    """Whoever is played meanwhile stands there with the face of the photograph ``stands``, and has a card that carries
    ``on_the_card``. The webcams that there were."""
    made: list[Webcam] = []

    def make(authority: Authority | None, _before: object) -> Webcam:
        assert authority is not None
        made.append(Webcam(stands, authority, rules or Rules(turns=1)))
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(player, "BeforeCamera", make)
        patch.setattr(pictures, "photo", lambda _persona: card_picture(on_the_card))
        try:
            yield made
        finally:
            for webcam in made:
                webcam.close()
