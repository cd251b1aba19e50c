"""The networks on rendered cards: read right or not at all, and never the other side."""

from __future__ import annotations

import pytest

from drivers.front.child import Reading
from drivers.front.networks import Pixels
from drivers.front.watching import Told
from drivers.interface import CardFront, FrontHint
from simulator.camera.fronts import Face, back, front, in_hands, shiny
from simulator.camera.portraits import drawn
from simulator.camera.scenes import Scene, shot
from simulator.camera.seeing import Sight
from tests.support.fronts import TODAY, bgr, front_of, networks, pixels, somebody

ME = somebody()


def reading() -> Reading:
    return Reading(networks(), TODAY)


def told(*pictures: Pixels) -> list[Told]:
    eyes = reading()
    return [one for picture in pictures for one in eyes.see(picture)]


def shots(sight: Sight, face: Face = "gothic", count: int = 2) -> list[Pixels]:
    """Pictures of one card that differ in their noise."""
    card = front(ME, TODAY, face=face)
    fields = {name: getattr(sight, name) for name in sight.__struct_fields__ if name != "seed"}
    return [pixels(card, Sight(**{**fields, "seed": seed})) for seed in range(count)]


@pytest.mark.parametrize(
    ("face", "sight"),
    [
        ("gothic_bold", Sight(noise=12, tilt=12)),
        ("noto", Sight(noise=12, tilt=-15, lean=0.1, near=0.7)),
        ("noto_bold", Sight(noise=25, light=0.4)),
    ],
)
def test_two_pictures_of_a_front_tell_all_three_fields(face: Face, sight: Sight) -> None:
    assert told(*shots(sight, face)) == [FrontHint.HOLD_STILL, front_of(ME)]


def test_a_card_on_its_head_is_read_after_one_more_picture() -> None:
    assert told(*shots(Sight(noise=12, tilt=180), count=3))[-1] == front_of(ME)


def test_the_same_picture_over_again_does_not_agree_with_itself() -> None:
    (picture,) = shots(Sight(noise=12), count=1)
    assert told(picture, picture, picture) == [FrontHint.HOLD_STILL]


@pytest.mark.parametrize(
    ("sight", "hint"),
    [
        (Sight(noise=12, near=0.22), FrontHint.TOO_FAR),
        (Sight(noise=12, near=1.4), FrontHint.TOO_NEAR),
        (Sight(noise=12, blur=3.5), FrontHint.BLURRED),
        (Sight(light=0.03, noise=6), FrontHint.DARK),
    ],
)
def test_what_keeps_a_front_from_being_read_is_told(sight: Sight, hint: FrontHint) -> None:
    assert told(*shots(sight, count=1)) == [hint]


def test_a_reflection_over_a_date_is_told() -> None:
    card = shiny(front(ME, TODAY, face="noto"), at=(0.5, 0.45), size=0.9)
    assert told(pixels(card)) == [FrontHint.GLARE]


def test_nothing_before_the_camera_is_no_card() -> None:
    assert told(pixels(None)) == [FrontHint.NO_CARD]


@pytest.mark.parametrize("tilt", [10.0, 180.0])
def test_the_back_is_never_read(tilt: float) -> None:
    said = told(*(pixels(back(ME), Sight(noise=12, tilt=tilt, seed=seed)) for seed in range(2)))
    assert FrontHint.OTHER_SIDE in said
    assert not any(isinstance(one, CardFront) for one in said)


def test_a_card_in_somebodys_hands_is_read_and_a_thumb_on_its_code_is_not_guessed_through() -> None:
    room = shot(Scene(who=drawn("several"), near=0.9))
    card = front(ME, TODAY)
    pictures = [bgr(in_hands(card, room, tilt=tilt)) for tilt in (5.0, 6.0)]
    assert told(*pictures) == [FrontHint.HOLD_STILL, front_of(ME)]
    covered = [bgr(in_hands(card, room, tilt=tilt, over_the_code=True)) for tilt in (5.0, 6.0)]
    assert told(*covered) == [FrontHint.HOLD_STILL]


def test_turning_the_card_over_and_back_begins_anew() -> None:
    own = shots(Sight(noise=12), count=3)
    behind = pixels(back(ME), Sight(noise=12))
    said = told(own[0], behind, own[1], own[2])
    assert said == [FrontHint.HOLD_STILL, FrontHint.OTHER_SIDE, FrontHint.HOLD_STILL, front_of(ME)]


def test_names_and_addresses_are_not_spelt_out() -> None:
    (picture,) = shots(Sight(noise=12), count=1)
    texts = "".join(line.text for line in networks().read(picture, networks().find(picture)))
    assert "昭和56年" in texts
    assert not any(character in texts for character in "山田太郎架空県模型市見本町丁目男")
