"""Drawn people before the camera: what turns as a head, what as a sheet, and what light does."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from drivers.camera.oddities import Oddity
from drivers.camera.pictures import glance
from simulator.camera import Medium, Scene, Sheet, drawn, film, photographed, pictures_of, shot, standing
from simulator.camera.camera import pixels_of
from simulator.camera.portraits import Portrait, masked, turned
from simulator.camera.sheets import held

SMALL = (320, 180)
PEOPLE = ("yamada", "several", "hundred", "pupil")
Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


def pixels(scene: Scene, size: tuple[int, int] = SMALL, seed: str = "") -> Pixels:
    return np.asarray(pixels_of(shot(scene, size, seed)))


def nose_along_eyes(portrait: Portrait) -> float:
    """Where the nose stands between the eyes: 0 at the picture's left eye, 1 at the right."""
    left, right, nose, *_ = portrait.landmarks
    return (nose[0] - left[0]) / (right[0] - left[0])


@settings(max_examples=25, deadline=None)
@given(who=st.sampled_from(PEOPLE), less=st.floats(0, 28), more=st.floats(1, 15))
def test_the_further_a_head_turns_the_further_the_nose_goes_between_the_eyes(
    who: str, less: float, more: float
) -> None:
    person, further = drawn(who), min(30.0, less + more)
    assert nose_along_eyes(turned(person, further)) > nose_along_eyes(turned(person, less)) - 1e-9
    left, right = nose_along_eyes(turned(person, -further)), nose_along_eyes(turned(person, further))
    assert left == pytest.approx(1 - right, abs=0.02), "drawn faces are even"


@pytest.mark.parametrize("who", PEOPLE)
def test_a_quarter_of_a_turn_shows_depth_that_no_flat_picture_has(who: str) -> None:
    """The rule of the real judge: the nose leaves the place where a flat map of the other four points puts it."""
    ahead, aside = drawn(who), turned(drawn(who), 25)
    four = [0, 1, 3, 4]
    before = np.array([(*ahead.landmarks[at], 1.0) for at in four])
    flat_map = np.linalg.lstsq(before, np.array([aside.landmarks[at] for at in four]), rcond=None)[0]
    expected = np.array([*ahead.landmarks[2], 1.0]) @ flat_map
    left, right, nose, *_ = aside.landmarks
    assert math.dist(tuple(expected), nose) / math.dist(left, right) >= 0.14
    assert nose_along_eyes(aside) - 0.5 >= 0.18


@pytest.mark.parametrize("degrees", [-25.0, 25.0])
def test_what_is_drawn_goes_where_the_landmarks_go(degrees: float) -> None:
    """A dot on each landmark of the picture is found at the landmark of the turned one."""
    person = drawn("several")
    for at, place in enumerate(person.landmarks):
        dotted = person.picture.copy()
        dotted.paste(
            (0, 255, 0, 255),
            (round(place[0]) - 1, round(place[1]) - 1, round(place[0]) + 2, round(place[1]) + 2),
        )
        aside = turned(Portrait(dotted, person.head, person.landmarks), degrees)
        red, green, _, _ = (np.asarray(band, int) for band in aside.picture.split())
        rows, columns = np.nonzero(green - red > 60)
        seen = (columns.mean(), rows.mean())
        assert math.dist(seen, aside.landmarks[at]) < 2.5


@settings(max_examples=10, deadline=None)
@given(turn=st.floats(-40, 40), bend=st.sampled_from([0.0, 0.6, 1.2]), medium=st.sampled_from(list(Medium)))
def test_a_sheet_gets_narrower_as_it_turns_and_is_always_there(
    turn: float, bend: float, medium: Medium
) -> None:
    sheet = Sheet(medium=medium, bend=bend)
    ahead, aside = held(sheet, drawn("yamada"), 0.0, 120), held(sheet, drawn("yamada"), turn, 120)
    assert aside.width <= ahead.width + 1
    assert np.asarray(aside.getchannel("A")).mean() > 100


def test_dots_of_a_print_and_waves_of_a_screen_are_in_the_picture() -> None:
    plain = np.asarray(shot(Scene(who=drawn("yamada"), noise=0)).convert("L"), float)
    printed = np.asarray(shot(Scene(who=drawn("yamada"), sheet=Sheet(), noise=0)).convert("L"), float)
    middle = (slice(260, 460), slice(540, 740))
    rough = [np.abs(np.diff(one[middle], axis=1)).mean() for one in (plain, printed)]
    assert rough[1] > 2 * rough[0]
    phone = shot(Scene(who=drawn("yamada"), sheet=Sheet(medium=Medium.PHONE), noise=0))
    assert np.asarray(phone)[:, 420:440].min() < 25, "its black frame"


def test_the_same_scene_and_seed_give_the_same_picture_and_another_seed_another() -> None:
    scene = Scene(who=drawn("yamada"), sheet=Sheet(medium=Medium.PHONE, bend=0.4), turn=12, side=0.4, blur=1)
    assert np.array_equal(pixels(scene, seed="a"), pixels(scene, seed="a"))
    assert not np.array_equal(pixels(scene, seed="a"), pixels(scene, seed="b"))


def test_light_side_light_and_blur_do_what_they_say() -> None:
    usual = pixels(Scene(who=drawn("yamada")))
    assert pixels(Scene(who=drawn("yamada"), light=0.2)).mean() < usual.mean() * 0.3
    assert (pixels(Scene(who=drawn("yamada"), light=2.4)) > 250).mean() > 0.3
    shaded = pixels(Scene(who=drawn("yamada"), side=0.8))
    assert shaded[:, 240:].mean() < shaded[:, :80].mean() * 0.6
    shaded = pixels(Scene(who=drawn("yamada"), side=-0.8))
    assert shaded[:, :80].mean() < shaded[:, 240:].mean() * 0.6
    soft, sharp = (pixels(Scene(who=drawn("yamada"), blur=blur, noise=0)).astype(int) for blur in (8, 0))
    assert np.abs(np.diff(soft, axis=1)).mean() < np.abs(np.diff(sharp, axis=1)).mean()


def test_who_is_there_where_and_how_near() -> None:
    nobody = pixels(Scene(noise=0)).astype(int)

    def changed(scene: Scene) -> Pixels:
        return np.asarray(np.abs(pixels(scene).astype(int) - nobody).max(axis=2) > 30)

    one = changed(Scene(who=drawn("yamada"), noise=0))
    assert one[:, 130:190].mean() > 0.5
    assert not one[:, :90].any()
    two = changed(Scene(who=drawn("yamada"), second=drawn("several"), noise=0))
    assert two[:, 230:290].mean() > 0.3
    far = changed(Scene(who=drawn("yamada"), near=0.2, x=0.2, noise=0))
    assert far[:, :130].any()
    assert not far[:, 130:].any()
    assert changed(Scene(who=drawn("yamada"), near=1.2, noise=0)).mean() > 2 * one.mean()


def test_a_mask_covers_nose_and_mouth_and_leaves_the_eyes() -> None:
    person, covered = drawn("several"), masked(drawn("several"))
    left, right, nose, *mouth = person.landmarks

    def same(at: tuple[float, float]) -> bool:
        place = (round(at[0]), round(at[1]))
        return person.picture.getpixel(place) == covered.picture.getpixel(place)

    assert same(left)
    assert same(right)
    assert not same(nose)
    assert not any(same(at) for at in mouth)


@pytest.mark.parametrize(
    ("scene", "light"),
    [
        (Scene(covered=True), Oddity.BLACK),
        (Scene(who=drawn("yamada"), light=3.0), Oddity.BLINDED),
        (Scene(who=drawn("yamada")), None),
        (Scene(), None),
    ],
    ids=["covered", "blinded", "somebody", "nobody"],
)
def test_the_driver_finds_a_scene_black_or_blinded_as_it_is(scene: Scene, light: Oddity | None) -> None:
    assert glance(pixels_of(shot(scene))).light is light


def test_a_photograph_is_turned_as_a_relief_and_small_enough(tmp_path: Path) -> None:
    grey = Image.effect_mandelbrot((1500, 2000), (-2, -1.5, 1, 1.5), 50)
    person = photographed(grey, ((600, 800), (900, 800), (750, 980), (640, 1120), (860, 1120)))
    assert person.picture.height == 900
    assert person.landmarks[0] == pytest.approx((270, 360))
    assert nose_along_eyes(turned(person, 25)) > 0.6
    assert turned(person, 0) is person
    assert turned(person, 90).landmarks == turned(person, 30).landmarks


def test_a_folder_or_a_film_is_shown_picture_by_picture_and_begins_again(tmp_path: Path) -> None:
    for level in (10, 200):
        Image.new("RGB", (8, 6), (level,) * 3).save(tmp_path / f"{level:03}.png")
    (tmp_path / "notes.txt").write_text("not a picture")
    play = film(pictures_of(tmp_path), rate=10, scene=Scene(noise=0))
    seen = [pixels(play(ms, 0), (8, 6)).mean() for ms in (0, 99, 100, 199, 200)]
    assert seen == [10, 10, 200, 200, 10]
    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for level in (10, 200, 90):
        writer.write(np.full((48, 64, 3), level, np.uint8))
    writer.release()
    assert [one.size for one in pictures_of(path)] == [(64, 48)] * 3
    (tmp_path / "empty").mkdir()
    for nothing in (tmp_path / "empty", tmp_path / "notes.txt"):
        with pytest.raises(ValueError, match="no pictures"):
            pictures_of(nothing)
    with pytest.raises(ValueError, match="pictures"):
        film([])


def test_somebody_who_stands_sways_a_little_and_turns_as_asked() -> None:
    play = standing(Scene(who=drawn("yamada")), "seed")
    turns = [play(ms, 0.0).turn for ms in range(0, 20_000, 100)]
    assert 0.2 < max(turns) - min(turns) < 2.0
    assert play(500, 20.0).turn - play(500, 0.0).turn == pytest.approx(20)
    assert play(500, 0.0).x == standing(Scene(), "seed")(500, 0.0).x
    assert play(500, 0.0).x != standing(Scene(), "other")(500, 0.0).x
