"""The developer's clock."""

from __future__ import annotations

import pytest

from kiosk.reception.world import SystemWorld
from kiosk.visit.moment import Moment
from ui.devdock.speed import SpeedWorld


class Real:
    """The machine's clock, moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.mono, self.wall = 1_000, 5_000_000
        monkeypatch.setattr(SystemWorld, "now", lambda _self: Moment(self.mono, self.wall))

    def pass_ms(self, milliseconds: int) -> None:
        self.mono += milliseconds
        self.wall += milliseconds


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> Real:
    return Real(monkeypatch)


def test_at_its_own_speed_it_is_the_machine_s_clock(real: Real) -> None:
    world = SpeedWorld()
    real.pass_ms(250)
    assert world.now() == Moment(1_250, 5_000_250)


def test_time_limits_run_faster_and_the_date_does_not(real: Real) -> None:
    world = SpeedWorld()
    world.set_speed(20)
    real.pass_ms(1_000)
    assert world.now() == Moment(21_000, 5_001_000)


def test_a_change_of_speed_never_makes_time_jump_or_go_back(real: Real) -> None:
    world = SpeedWorld()
    last = world.now().mono
    for speed in (5, 20, 1, 0.5, 20):
        world.set_speed(speed)
        assert world.now().mono == last
        real.pass_ms(100)
        assert world.now().mono == last + 100 * speed
        last = world.now().mono


def test_time_can_be_put_forward_but_not_back(real: Real) -> None:
    world = SpeedWorld()
    world.put_forward(60_000)
    assert world.now().mono == 61_000
    world.put_forward(-5_000)
    assert world.now().mono == 61_000


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
def test_time_cannot_stand_still(real: Real, speed: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        SpeedWorld().set_speed(speed)
