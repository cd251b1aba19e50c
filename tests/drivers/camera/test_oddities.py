"""What is odd about pictures and their times: what is found, and what an honest camera never is accused of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.camera.oddities import DOUBTS, HINTS, Oddity, doubt_of, hint_of
from drivers.camera.pictures import FROZEN_MS, LASTING_MS, PictureWatch, glance
from drivers.camera.report import LIGHT_MS, Judge
from drivers.camera.timing import WAITING, WINDOW, Timing
from drivers.interface import FaceDoubt, FaceHint
from tests.support.cameras import Picture, noisy, picture

FRAME_MS = 1000 / 30
REPETITION = {Oddity.FROZEN, Oddity.REPEATED}
TIMING = {Oddity.TOO_QUICK, Oddity.TOO_REGULAR, Oddity.BURSTS, Oddity.CLOCK_WRONG}
seeds = st.integers(0, 2**32 - 1)


def over(pictures: Iterable[Picture], every_ms: float = FRAME_MS) -> list[frozenset[Oddity]]:
    watch = PictureWatch()
    return [watch.look(glance(one), at * every_ms) for at, one in enumerate(pictures)]


def ever(told: Iterable[frozenset[Oddity]]) -> frozenset[Oddity]:
    return frozenset().union(*told)


# ------------------------------------------------------------------------------------------- the pictures


@settings(max_examples=30, deadline=None)
@given(seed=seeds, level=st.integers(60, 200))
def test_a_sensor_s_noise_alone_is_never_frozen_or_repeated(seed: int, level: int) -> None:
    """Nobody before it, nothing moves: 150 pictures that differ in noise only."""
    assert not ever(over(noisy(seed + at, level=level) for at in range(150)))


@settings(max_examples=40, deadline=None)
@given(seed=seeds, begin=st.integers(0, 20), rate=st.sampled_from([5, 10, 15, 30, 60]))
def test_a_picture_that_stays_for_a_second_is_frozen_and_not_before_and_not_after(
    seed: int, begin: int, rate: int
) -> None:
    stays = rate + 2
    pictures = [noisy(seed + at) for at in range(begin)] + [noisy(seed + begin)] * stays
    told = over([*pictures, noisy(seed + 1000)], 1000 / rate)
    frozen = [at for at, odd in enumerate(told) if Oddity.FROZEN in odd]
    assert frozen
    assert (frozen[0] - begin) * 1000 / rate >= FROZEN_MS - 0.001
    assert Oddity.FROZEN not in told[-1]


@settings(max_examples=30, deadline=None)
@given(seed=seeds, dots=st.integers(1, 2))
def test_a_frozen_picture_with_a_few_dots_changed_is_frozen(seed: int, dots: int) -> None:
    """As where a clock is written into a still picture."""
    chance = Random(seed)

    def retouched() -> Picture:
        copy = noisy(seed, size=(320, 240))
        for _ in range(dots):
            copy[chance.randrange(30) * 8, chance.randrange(80) * 4] = chance.randrange(256)
        return copy

    assert Oddity.FROZEN in over([retouched() for _ in range(40)])[-1]


@settings(max_examples=25, deadline=None)
@given(seed=seeds, length=st.integers(2, 60))
def test_a_film_that_begins_again_is_repeated(seed: int, length: int) -> None:
    film = [noisy(seed + at, size=(32, 24)) for at in range(length)]
    told = over(film * 3)
    assert Oddity.REPEATED in told[-1]
    assert not ever(told[:length])


def test_a_film_shown_at_half_its_rate_is_repeated() -> None:
    assert Oddity.REPEATED in over(noisy(at // 2) for at in range(80))[-1]


def test_a_sign_of_repetition_counts_for_as_long_as_an_attempt_and_then_no_more() -> None:
    watch = PictureWatch()
    at = 0.0
    for number in [*range(10), *range(10)]:
        watch.look(glance(noisy(number)), at)
        at += FRAME_MS
    told = []
    for number in range(100, 100 + int(LASTING_MS / FRAME_MS) + 5):
        told.append(Oddity.REPEATED in watch.look(glance(noisy(number)), at))
        at += FRAME_MS
    assert told[0]
    assert not told[-1]


def test_a_camera_that_drops_to_half_its_rate_now_and_then_is_not_accused() -> None:
    """Single pictures twice over come from drivers too."""
    assert not ever(over(noisy(at - (at % 10 == 9)) for at in range(200)))


@pytest.mark.parametrize(("level", "odd"), [(0, Oddity.BLACK), (12, Oddity.BLACK), (255, Oddity.BLINDED)])
def test_black_is_not_frozen_and_neither_is_white(level: int, odd: Oddity) -> None:
    told = over(picture(level, (64, 48)) for _ in range(200))
    assert set(told) == {frozenset({odd})}


def test_a_hand_or_paper_on_the_lens_is_told_though_light_shines_through() -> None:
    chance = np.random.default_rng(1)
    dim = chance.integers(70, 75, (48, 64, 3), np.uint8)
    bright = chance.integers(228, 233, (48, 64, 3), np.uint8)
    assert glance(dim).light is Oddity.BLACK
    assert glance(bright).light is Oddity.BLINDED


def test_a_plain_wall_is_neither_black_nor_blinding() -> None:
    wall = np.random.default_rng(1).integers(140, 145, (48, 64, 3), np.uint8)
    assert glance(wall).light is None


@given(seed=seeds, share=st.floats(0, 1))
def test_a_lamp_in_the_picture_blinds_it_when_it_fills_half(seed: int, share: float) -> None:
    seen = noisy(seed, size=(64, 64))
    seen[: round(64 * share)] = 255
    lit = float((seen[::8, ::4, 1] >= 250).mean())
    assert (glance(seen).light is Oddity.BLINDED) == (lit >= 0.5)


@given(st.integers(1, 9), st.integers(1, 9), seeds)
def test_any_picture_can_be_looked_at(width: int, height: int, seed: int) -> None:
    glance(np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8))


def test_a_picture_of_another_size_is_another_picture() -> None:
    assert not ever(over(noisy(1, size=(64, 48) if at % 2 else (32, 24)) for at in range(2)))


# -------------------------------------------------------------------------------------------- the times


def honest(chance: Random, rate: float, count: int) -> Iterator[tuple[float, float]]:
    """(arrival, taking) of a camera of this rate: its own clock is regular but for a USB microframe; a busy computer
    wakes late, and what waits is handed over at once, from a queue of four."""
    awake = 0.0
    for number in range(count):
        taken = 5000 + number * 1000 / rate + chance.uniform(0, 0.125)
        awake = max(awake + chance.uniform(0.3, 0.6), taken + chance.uniform(1, 3))
        if chance.random() < 0.05:
            awake += chance.uniform(0, 3000 / rate)
        if awake - taken > 4000 / rate:
            continue  # the driver dropped it: no buffer was free
        yield awake, taken


@settings(max_examples=60, deadline=None)
@given(seed=seeds, rate=st.sampled_from([5.0, 15.0, 24.0, 29.97, 30.0, 60.0]), told=st.booleans())
def test_an_honest_camera_on_a_busy_computer_is_never_accused(seed: int, rate: float, told: bool) -> None:
    timing = Timing(rate if told else None)
    for arrived, taken in honest(Random(seed), rate, 400):
        assert not timing.look(arrived, taken)
    assert timing.measured() == pytest.approx(rate, rel=0.25)
    assert timing.jitter_ms() is not None


@given(rate=st.floats(1, 120), begin=st.floats(0, 1e9))
def test_pictures_at_perfect_times_are_too_regular(rate: float, begin: float) -> None:
    timing = Timing(rate)
    told = [timing.look(begin + number * 1000 / rate) for number in range(WINDOW + 2)]
    assert told[-1] == {Oddity.TOO_REGULAR}
    assert not told[WINDOW - 1]


@settings(deadline=None)
@given(seed=seeds, rate=st.floats(5, 60), times=st.floats(1.6, 20))
def test_more_pictures_than_the_camera_can_take_are_too_quick(seed: int, rate: float, times: float) -> None:
    chance, timing, at = Random(seed), Timing(rate), 0.0
    told: list[frozenset[Oddity]] = []
    for _ in range(120):
        at += 1000 / rate / times * chance.uniform(0.8, 1.2)
        told.append(timing.look(at))
    assert Oddity.TOO_QUICK in ever(told)


@given(count=st.integers(1, WAITING + 1))
def test_a_queue_that_is_handed_over_at_once_is_not_too_quick(count: int) -> None:
    timing = Timing(30)
    timing.look(0)
    assert not ever(timing.look(2000 + number * 0.01) for number in range(count))


@settings(deadline=None)
@given(seed=seeds, heap=st.integers(3, 6))
def test_pictures_that_were_taken_in_heaps_are_bursts(seed: int, heap: int) -> None:
    chance, timing = Random(seed), Timing(30)
    told = []
    for number in range(WINDOW * 2):
        taken = number // heap * heap * FRAME_MS + number % heap * 2 + chance.random()
        told.append(timing.look(taken + 1 + chance.random(), taken))
    assert Oddity.BURSTS in told[-1]


@given(back=st.floats(0, 100))
def test_a_stamp_that_does_not_go_on_is_a_wrong_clock(back: float) -> None:
    timing = Timing(30)
    assert not timing.look(1000, 990)
    assert Oddity.CLOCK_WRONG in timing.look(1033, 990 - back)


def test_a_picture_taken_after_it_came_is_a_wrong_clock_and_another_clock_is_none() -> None:
    assert Oddity.CLOCK_WRONG in Timing(30).look(1000, 1050)
    assert not Timing(30).look(1000, 1.7e12)


def test_a_camera_that_promises_nonsense_promises_nothing() -> None:
    assert [Timing(rate).rate for rate in (None, 0, -1, 1e9, float("inf"), 30)] == [None] * 5 + [30]


# -------------------------------------------------------------------------------------------- the judge


def test_dark_and_bright_are_told_when_they_last() -> None:
    judge = Judge(30)
    black = picture(0, (64, 48)).data
    told = {at: judge.look(black, float(at)) for at in range(0, 1001, 100)}
    assert [at for at, odd in told.items() if odd] == [at for at in told if at >= LIGHT_MS]
    assert not judge.look(noisy(1).data, 1100.0)
    assert not judge.look(black, 1200.0)


def test_a_virtual_camera_is_told_always_and_is_neither_hint_nor_doubt() -> None:
    judge = Judge(virtual=True)
    assert judge.told.odd == judge.look(noisy(1).data, 1.0) == {Oddity.VIRTUAL}
    assert hint_of(judge.told.odd) is None
    assert doubt_of(judge.told.odd) is None


def test_each_oddity_but_virtual_is_a_hint_or_a_doubt_and_the_gravest_is_told() -> None:
    assert HINTS.keys() | DOUBTS.keys() == set(Oddity) - {Oddity.VIRTUAL}
    assert not HINTS.keys() & DOUBTS.keys()
    assert DOUBTS.keys() == REPETITION | TIMING
    assert doubt_of(Oddity) is FaceDoubt.INJECTED
    assert doubt_of(REPETITION) is FaceDoubt.FROZEN
    assert hint_of({Oddity.BLINDED}) is FaceHint.CAMERA_BLINDED
    assert hint_of(Oddity) is FaceHint.CAMERA_BLACK


def test_nothing_of_a_picture_is_in_what_is_written_about_it() -> None:
    seen = glance(noisy(3))
    assert "digest" not in repr(seen)
    assert "grid" not in repr(seen)
