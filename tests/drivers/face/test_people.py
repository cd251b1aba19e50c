"""The real networks on the photographs of packages: who is taken for whom, and what spoils a picture."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from drivers.face.geometry import Face, turn_from
from drivers.face.measuring import face_looks, picture_light
from drivers.face.networks import Template, likeness
from drivers.face.rules import Rules
from drivers.face.seeing import look
from drivers.interface import FaceDoubt, FaceHint
from tests.support.faces import (
    A_CARD,
    A_LIVE,
    B_LIVE,
    C_LIVE,
    EVERY_NAME,
    Actor,
    card_of,
    head,
    networks,
    person,
    played,
    printed,
    shown,
)
from tests.support.heads import MASKS, POOR, SHOT, Shot
from tests.support.photographs import PEOPLE, Pixels, photograph

GATE = Rules().gate
LIVE = [A_CARD, A_LIVE, B_LIVE, C_LIVE]
_PERSON = {name: who for who, names in PEOPLE.items() for name in names}


def template(picture: Pixels) -> Template:
    return look(networks(), picture, 0, GATE).template()


def hint_of(picture: Pixels) -> FaceHint | None:
    return look(networks(), picture, 0, GATE).hint


def only_face(picture: Pixels) -> Face:
    (face,) = networks().faces(picture)
    return face


@pytest.mark.parametrize("shot", [SHOT, POOR], ids=["ok", "poor"])
def test_people_match_their_own_card_and_nobody_elses(shot: Shot) -> None:
    for name in EVERY_NAME:
        live = template(head(name).shot(shot))
        for other in EVERY_NAME:
            alike = likeness(live, card_of(other))
            if _PERSON[name] == _PERSON[other]:
                assert alike > 0.55, (name, other)
            else:
                assert alike < 0.33, (name, other)


def test_a_smaller_picture_finds_the_same_points() -> None:
    photo = photograph(A_CARD)
    large, small = only_face(photo), only_face(np.asarray(cv2.resize(photo, None, fx=0.5, fy=0.5), np.uint8))
    assert large.points / 2 == pytest.approx(small.points, abs=0.12 * small.eyes_apart)


@pytest.mark.parametrize("name", LIVE)
@pytest.mark.parametrize("shot", [SHOT, replace(POOR, light=0.95)], ids=["ok", "poor"])
def test_a_good_picture_passes_the_gate(name: str, shot: Shot) -> None:
    assert hint_of(shown(name, 0, replace(shot, eyes=90))) is None


@pytest.mark.parametrize("name", LIVE)
@pytest.mark.parametrize(
    ("shot", "hint"),
    [
        (replace(SHOT, eyes=45), FaceHint.TOO_FAR),
        (replace(SHOT, eyes=175), FaceHint.TOO_NEAR),
        (replace(SHOT, at=(0.22, 0.5)), FaceHint.OFF_CENTRE),
        (replace(SHOT, light=0.22, noise=1), FaceHint.DARK),
        (replace(SHOT, eyes=90, blur=7), FaceHint.BLURRED),
        (replace(SHOT, light=0.02, noise=1), FaceHint.CAMERA_BLACK),
    ],
)
def test_what_spoils_a_picture_is_named(name: str, shot: Shot, hint: FaceHint) -> None:
    assert hint_of(shown(name, 0, shot)) is hint


@pytest.mark.parametrize("name", LIVE)
@pytest.mark.parametrize("way", ["across", "down"])
def test_a_moved_picture_is_blurred_though_sharp_across_the_movement(name: str, way: str) -> None:
    line = np.zeros((35, 35), np.float32)
    line[17] = 1 / 35
    kernel = line if way == "across" else line.T
    assert (
        hint_of(np.asarray(cv2.filter2D(shown(name, 0, replace(SHOT, eyes=100)), -1, kernel), np.uint8))
        is FaceHint.BLURRED
    )


@pytest.mark.parametrize("name", [A_LIVE, C_LIVE])
def test_a_turned_head_is_asked_to_look_ahead(name: str) -> None:
    for degrees in (32, -36):
        assert hint_of(shown(name, degrees, replace(SHOT, eyes=100))) is FaceHint.TURNED


def test_a_second_person_beside_is_noticed_and_one_far_behind_is_not() -> None:
    beside, behind = shown(A_LIVE).copy(), shown(A_LIVE).copy()
    beside[:, 420:] = shown(B_LIVE)[:, 220:440]
    assert hint_of(beside) is FaceHint.TWO_FACES
    small = cv2.resize(shown(B_LIVE), (213, 160), interpolation=cv2.INTER_AREA)
    behind[20:180, 420:633] = small
    assert len(networks().faces(behind)) == 2
    assert hint_of(behind) is None


def test_a_burnt_out_picture_without_a_face_is_a_blinded_camera() -> None:
    picture = np.full((480, 640, 3), 252, np.uint8)
    picture[300:, :200] = 90
    assert hint_of(picture) is FaceHint.CAMERA_BLINDED
    assert picture_light(picture).burnt == pytest.approx(0.88, abs=0.02)


@pytest.mark.parametrize("worn", [0.2, 0.45, 0.6], ids=["high", "usual", "low"])
@pytest.mark.parametrize("colour", MASKS)
def test_masks_of_the_usual_colours_are_noticed_however_high_they_are_worn(colour: str, worn: float) -> None:
    for name in EVERY_NAME:
        for shot in (SHOT, POOR):
            picture = head(name).shot(replace(shot, cloth=MASKS[colour], worn=worn))
            looks = face_looks(networks().aligned(picture, only_face(picture)))
            assert looks.mask > GATE.mask, name
            assert hint_of(picture) in (FaceHint.MASK, FaceHint.DARK), name  # never another, and never none


@pytest.mark.parametrize("yaw", [-30, -15, 0, 15, 30])
@pytest.mark.parametrize("shot", [SHOT, POOR], ids=["ok", "poor"])
def test_no_bare_face_is_taken_for_a_masked_one_turned_or_not(shot: Shot, yaw: int) -> None:
    for name in EVERY_NAME:
        picture = head(name).shot(shot, yaw=yaw)
        assert face_looks(networks().aligned(picture, only_face(picture))).mask < GATE.mask - 0.15, name


def test_a_grey_camera_knows_no_masks_and_says_none() -> None:
    grey = cv2.cvtColor(shown(A_LIVE), cv2.COLOR_BGR2GRAY)
    picture = np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)
    assert hint_of(picture) is None


def test_two_real_photographs_of_one_turned_head_have_depth() -> None:
    """The one judgement of depth here that no rendering of ours has a part in."""
    rules = Rules()
    ahead = only_face(photograph("obama3.jpg")).points
    turn = turn_from([ahead], only_face(photograph("obama2.jpg")).points)
    assert turn.by <= -rules.turn
    assert turn.depth >= rules.depth
    assert turn.kept >= rules.kept


@pytest.mark.parametrize("name", [A_LIVE, B_LIVE, C_LIVE])
def test_the_holder_is_accepted_and_turns_his_head(name: str) -> None:
    verdict, _ = played(Actor(person(name)), A_CARD if name == A_LIVE else name)
    assert (verdict.doubt, verdict.turned) == (None, True)
    assert verdict.likeness >= 4


@pytest.mark.parametrize("name", [B_LIVE, C_LIVE])
def test_a_stranger_is_refused(name: str) -> None:
    verdict, hints = played(Actor(person(name)), A_CARD)
    assert verdict.doubt is FaceDoubt.OTHER_PERSON
    assert verdict.likeness < 4
    assert FaceHint.TURN_LEFT not in hints


@pytest.mark.parametrize("bent", [0.0, 1.2])
@pytest.mark.parametrize("name", [A_LIVE, C_LIVE])
def test_a_print_is_refused_flat_or_bent(name: str, bent: float) -> None:
    def seen(degrees: int, number: int) -> Pixels:
        return printed(name, degrees, bent, replace(SHOT, seed=number % 2))

    verdict, _ = played(
        Actor(seen, most=48, step=8), A_CARD if name == A_LIVE else name, rules=Rules(turn_within=3_000)
    )
    assert verdict.doubt in (FaceDoubt.FLAT, FaceDoubt.NO_TURN)
    assert verdict.turned is False


def test_somebody_who_steps_in_for_the_turn_is_refused() -> None:
    def seen(degrees: int, number: int) -> Pixels:
        return shown(A_LIVE if number < 8 else B_LIVE, degrees)

    verdict, _ = played(Actor(seen))
    assert verdict.doubt is FaceDoubt.SWAPPED


def test_a_video_of_the_holder_that_turns_as_asked_is_accepted_which_the_readme_owns_up_to() -> None:
    """A replay that can follow is a person to this rule: it is why a face alone proves nothing without staff."""
    recorded = {degrees: shown(A_LIVE, degrees) for degrees in range(-36, 37, 4)}
    verdict, _ = played(Actor(lambda degrees, number: recorded[degrees]))
    assert verdict.doubt is None
