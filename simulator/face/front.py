"""``FrontReader`` by script: whoever takes the card from the reader holds its front before the camera."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

from drivers.interface import CardFront, Failure, Fault, Frame, FrontHint, FrontListener
from simulator.face.stage import SIZE, Stage

_LOOK_S = 0.2
_HELD_TICKS = 5  # so often the card must be there before it is read: about a second


class ScriptedFront:
    """Reads from the persona's file what a real one reads from the card. ``today``: the day of the kiosk."""

    def __init__(self, stage: Stage, today: Callable[[], date]) -> None:
        self._stage, self._today = stage, today
        self._watching: _Watching | None = None
        self._pictures: dict[str, memoryview] = {}
        self._number = 0
        self.fault: Fault | None = None

    def watch(self, listener: FrontListener) -> None:
        self.rest()
        if self.fault is not None:
            listener(Failure.of(self.fault, "simulated"))
            return
        self._watching = _Watching(self._stage, self._today, listener)
        self._watching.start()

    def picture(self) -> Frame | None:
        if self._watching is None:
            return None
        self._number += 1
        who = self._stage.in_hand
        if who not in self._pictures:
            self._pictures[who] = _seen(who, self._today())
        return Frame(self._number, self._pictures[who])

    def rest(self) -> None:
        watching, self._watching = self._watching, None
        self._pictures.clear()
        if watching is not None:
            watching.ended.set()

    def close(self) -> None:
        self.rest()


class _Watching(threading.Thread):
    def __init__(self, stage: Stage, today: Callable[[], date], listener: FrontListener) -> None:
        super().__init__(name="scripted-front", daemon=True)
        self._stage, self._today, self._listener = stage, today, listener
        self.ended = threading.Event()

    def run(self) -> None:
        told: FrontHint | CardFront | None = None
        held = 0
        while not self.ended.is_set():
            who = self._stage.in_hand
            held = held + 1 if who else 0
            seen: FrontHint | CardFront = FrontHint.HOLD_STILL if who else FrontHint.NO_CARD
            if held > _HELD_TICKS:
                seen = front_of(who, self._today()) or FrontHint.OTHER_SIDE
            if seen != told:
                told = seen
                self._listener(seen)
            self.ended.wait(_LOOK_S)


def front_of(persona_id: str, day: date) -> CardFront | None:
    """What the front of this person's card says; None for one who has no such card."""
    from simulator.people import load
    from simulator.playing.cast import number_b

    digits = number_b(load(persona_id), day)
    return CardFront(digits[:6], digits[6:10], digits[10:]) if len(digits) == 14 else None


def _seen(persona_id: str, day: date) -> memoryview:
    from simulator.camera.camera import pixels_of
    from simulator.camera.fronts import front
    from simulator.camera.scenes import room
    from simulator.people import load

    picture = room(SIZE).copy()
    if persona_id:
        card = front(load(persona_id), day)
        height = round(SIZE[1] * 0.66)
        card = card.resize((round(card.width * height / card.height), height))
        picture.paste(card, ((SIZE[0] - card.width) // 2, (SIZE[1] - height) // 2))
    return pixels_of(picture)
