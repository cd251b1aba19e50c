"""The simulated camera for faces in virtual time: its pictures, its times, and the deceits that are played on it."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

from drivers.camera.oddities import Oddity, doubt_of
from drivers.interface import FaceDoubt, FaceHint, Frame
from simulator.camera import Attack, Attempt, Pace, Scene, SimulatedFaceCamera, attack, drawn, standing
from simulator.camera.faces import REACTION_MS, TURNING_MS
from simulator.camera.plays import Play
from tests.support.cameras import Clock, until

SMALL = (160, 90)
STEP_S = 1 / 30


def over(
    shown: Scene | Play | Attempt | None, seconds: float, seed: str = "", step_s: float = STEP_S
) -> tuple[list[Frame], SimulatedFaceCamera]:
    clock = Clock()
    clock.now = 1000.0
    camera = SimulatedFaceCamera(shown, size=SMALL, clock=clock, seed=seed)
    camera.open()
    frames: list[Frame] = []
    for _ in range(round(seconds / step_s)):
        clock.now += step_s
        seen = camera.frame()
        if isinstance(seen, Frame) and (not frames or seen.number != frames[-1].number):
            frames.append(seen)
    return frames, camera


def test_pictures_come_at_the_camera_s_rate_and_none_of_them_is_odd() -> None:
    frames, camera = over(Scene(who=drawn("yamada")), 4)
    report = camera.report()
    assert len(frames) == pytest.approx(120, abs=2)
    assert [one.number for one in frames] == list(range(1, len(frames) + 1))
    assert report.rate == pytest.approx(30, rel=0.02)
    assert report.odd == frozenset()
    assert (report.asked, report.got, report.pictures) == (SMALL, SMALL, len(frames))
    camera.discard()


def test_seed_and_time_alone_make_the_pictures() -> None:
    def seen(seed: str) -> list[bytes]:
        frames, camera = over(Scene(who=drawn("yamada")), 0.5, seed)
        camera.discard()
        return [one.pixels.tobytes() for one in frames]

    assert seen("a") == seen("a")
    assert seen("a") != seen("b")


EXPECTED = {
    Attack.INJECTED_FRAMES: FaceDoubt.INJECTED,
    Attack.REPEATED_FRAMES: FaceDoubt.FROZEN,
}


@pytest.mark.parametrize("kind", list(Attack))
def test_of_the_deceits_the_driver_finds_what_repeats_or_keeps_perfect_time_and_no_more(kind: Attack) -> None:
    """The others are pictures as any camera takes them: whoever matches has to find them out."""
    _, camera = over(attack(kind, drawn("yamada"), drawn("several")), 3)
    assert doubt_of(camera.report().odd) is EXPECTED.get(kind)
    camera.discard()


def test_pictures_taken_in_heaps_are_found() -> None:
    _, camera = over(Attempt(standing(Scene(who=drawn("yamada"))), Pace.HEAPS), 2.5, step_s=0.001)
    assert Oddity.BURSTS in camera.report().odd
    camera.discard()


def test_whoever_is_there_turns_the_head_when_asked_and_back() -> None:
    clock = Clock()
    turns: list[float] = []

    def play(_ms: float, turn: float) -> Scene:
        turns.append(turn)
        return Scene()

    camera = SimulatedFaceCamera(play, size=SMALL, clock=clock)
    camera.open()
    for at in range(90):
        if at == 10:
            camera.turn(25)
        if at == 60:
            camera.turn(0)
        clock.now += STEP_S
        camera.frame()
    assert turns[5] == 0
    assert max(turns) == 25
    assert turns[10 + int(TURNING_MS / 1000 / STEP_S) + 2] == 25
    assert turns[-1] == 0
    assert max(abs(later - before) for before, later in pairwise(turns)) < 4
    camera.discard()


def test_what_the_screen_asks_is_done_a_little_later_and_other_hints_are_not_turns() -> None:
    clock = Clock()
    turns: list[float] = []

    def play(_ms: float, turn: float) -> Scene:
        turns.append(turn)
        return Scene()

    camera = SimulatedFaceCamera(play, size=SMALL, clock=clock)
    camera.open()
    for at in range(60):
        if at == 5:
            camera.follow(FaceHint.TURN_RIGHT)
            camera.follow(FaceHint.HOLD_STILL)
        clock.now += STEP_S
        camera.frame()
    began = next(at for at, turn in enumerate(turns) if turn < 0)
    assert (began - 5) * STEP_S * 1000 >= REACTION_MS - 2 * STEP_S * 1000
    assert turns[-1] == -25
    camera.discard()


def test_a_swapped_person_is_another_from_one_picture_to_the_next() -> None:
    attempt = attack(Attack.SWAPPED_PERSON, drawn("yamada"), drawn("several"), swap_ms=1000)
    assert attempt.play(999, 0).who is drawn("yamada")
    assert attempt.play(1000, 0).who is drawn("several")


def test_a_replayed_film_turns_by_its_own_time_whatever_is_asked() -> None:
    attempt = attack(Attack.REPLAYED_FILM, drawn("yamada"), drawn("several"))
    sheets = [attempt.play(ms, turn).sheet for ms in (0, 1500, 4500) for turn in (0.0, 25.0)]
    assert [one.shown_turn for one in sheets if one] == [0, 0, 25, 25, -25, -25]
    assert abs(attempt.play(1500, 25.0).turn) < 3, "the telephone is held still"


def test_it_draws_by_itself_for_those_who_look_into_the_ring_from_another_process() -> None:
    look = "import sys; from drivers.camera.ring import FrameRing; r = FrameRing.attach(int(sys.argv[1]))\n"
    look += "while (f := r.latest()) is None or f.number < 3: pass\nprint(f.pixels.shape)"
    with_clock = SimulatedFaceCamera(Scene(who=drawn("yamada")), size=SMALL, by_itself=True)
    with_clock.open()
    fd = with_clock.ring.fd
    done = subprocess.run(
        [sys.executable, "-c", look, str(fd)],
        pass_fds=[fd],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "(90, 160, 3)\n"
    until(lambda: isinstance(with_clock.frame(), Frame))
    with_clock.close()
    assert with_clock.ring.latest() is None
    with_clock.open()
    until(lambda: isinstance(with_clock.frame(), Frame))
    with_clock.discard()
    with_clock.discard()


def test_a_camera_that_went_away_is_counted() -> None:
    _, camera = over(Scene(), 0.2)
    camera.unplug()
    camera.plug()
    camera.unplug()
    assert camera.report().lost == 2
    camera.discard()


def test_colours_are_blue_green_red_as_opencv_s() -> None:
    frames, camera = over(Scene(), 0.2)
    door = np.asarray(frames[-1].pixels)[60, 15]
    assert door[2] > door[0] + 20, "the door is brown"
    camera.discard()
