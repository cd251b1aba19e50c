"""A world whose clock moves only when it is told to, and whose randomness follows from a seed."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time

from kiosk.coverage.certificate_life import JAPAN
from kiosk.visit.moment import Moment

_MORNING = time(9, 30)


class VirtualWorld:
    """For the reception: ``kiosk.reception.world.World``. Times begin on the visit's day in Japan, at 09:30 if not
    said otherwise."""

    def __init__(self, day: date, seed: int = 0, at: time = _MORNING) -> None:
        start = datetime.combine(day, at, JAPAN)
        self._wall = int(start.timestamp() * 1000)
        self._mono = 0
        self._ids = 0
        self._run = 0
        self._random = random.Random(seed)  # noqa: S311  a simulation must be repeatable
        self.services = ServiceWorld(self)

    def now(self) -> Moment:
        return Moment(mono=self._mono, wall=self._wall + self._mono)

    def advance(self, milliseconds: int) -> None:
        self._mono += milliseconds

    def set_clock(self, milliseconds: int) -> None:
        """Somebody sets the machine's clock, forward or back; the monotonic one goes on as if nothing had been."""
        self._wall += milliseconds

    def begin_run(self, number: int) -> None:
        """Identifiers from here on differ from those of any other run: for records that are kept."""
        self._run = number

    def new_id(self) -> str:
        self._ids += 1
        return f"{self._run}-{self._ids:08d}"

    def random_bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)

    def utc(self) -> datetime:
        return datetime.fromtimestamp((self._wall + self._mono) / 1000, UTC)


class ServiceWorld:
    """The same world as the eligibility adapters see it: ``kiosk.eligibility.world.World``."""

    def __init__(self, world: VirtualWorld) -> None:
        self._world = world

    def now(self) -> datetime:
        return self._world.utc()

    def monotonic(self) -> float:
        return self._world.now().mono / 1000

    def sleep(self, seconds: float) -> None:
        self._world.advance(round(seconds * 1000))

    def token(self) -> str:
        return self._world.random_bytes(16).hex()
