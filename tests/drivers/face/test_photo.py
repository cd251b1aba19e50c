"""What a card may hold where a photograph should be. What its header may say: ``tests/drivers/card/test_jpeg2000``."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from contextlib import suppress

import cv2
import numpy as np
import pytest

from drivers.card.jpeg2000 import MAX_BYTES, MAX_SIDE
from drivers.face.networks import likeness
from drivers.face.photo import PhotoUnusable, card_template, decoded
from tests.support.faces import A_CARD, card_of, card_picture, jpeg2000, networks

_SOC_SIZ = b"\xff\x4f\xff\x51"


def bare(boxed: bytes) -> bytes:
    """Without its boxes, as some issuers keep it."""
    return boxed[boxed.index(_SOC_SIZ) :]


def resized(codestream: bytes, width: int, height: int) -> bytes:
    """Another size is announced than is there."""
    changed = bytearray(codestream)
    struct.pack_into(">II", changed, changed.index(_SOC_SIZ) + 8, width, height)
    return bytes(changed)


@pytest.mark.parametrize("form", ["boxes", "codestream"])
def test_both_forms_of_a_photograph_are_read(form: str) -> None:
    content = card_picture(A_CARD) if form == "boxes" else bare(card_picture(A_CARD))
    assert decoded(content).shape == (320, 240, 3)
    assert likeness(card_template(networks(), content), card_of(A_CARD)) == pytest.approx(1, abs=1e-5)


def test_too_many_bytes_are_not_looked_at() -> None:
    with pytest.raises(PhotoUnusable, match="too many bytes"):
        decoded(card_picture(A_CARD) + bytes(MAX_BYTES))


@pytest.mark.parametrize(
    ("width", "height"),
    [(486_000_000, 320), (240, 486_000_000), (2**32 - 1, 2**32 - 1), (1025, 320), (0, 320)],
)
@pytest.mark.parametrize("form", [bytes, bare], ids=["boxes", "codestream"])
def test_a_size_out_of_bounds_is_refused_before_anything_is_decoded(
    form: Callable[[bytes], bytes], width: int, height: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(cv2, "imdecode", never)
    with pytest.raises(PhotoUnusable):
        decoded(resized(form(card_picture(A_CARD)), width, height))


def test_a_picture_of_another_size_than_it_announced_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "imdecode", lambda *_: np.zeros((9, 9), np.uint8))
    with pytest.raises(PhotoUnusable, match="not what it announced"):
        decoded(card_picture(A_CARD))


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xd8\xff\xe0JFIF", b"\x89PNG\r\n\x1a\n", _SOC_SIZ, _SOC_SIZ + bytes(20), bytes(5000)],
)
def test_what_is_no_jpeg_2000_is_refused(content: bytes) -> None:
    with pytest.raises(PhotoUnusable):
        decoded(content)


@pytest.mark.parametrize("left", [100, 200, 1000])
def test_a_photograph_that_is_cut_short_gives_a_picture_or_a_refusal_and_nothing_else(left: int) -> None:
    with suppress(PhotoUnusable):
        assert decoded(card_picture(A_CARD)[:left]).shape == (320, 240, 3)


def test_flipped_bytes_never_do_more_than_spoil_the_photograph() -> None:
    whole, chance = card_picture(A_CARD), random.Random(7)
    refused = 0
    for _ in range(120):
        content = bytearray(whole)
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        try:
            assert max(decoded(bytes(content)).shape) <= MAX_SIDE
        except PhotoUnusable:
            refused += 1
    assert 0 < refused < 120


def test_a_photograph_without_a_face_is_unusable() -> None:
    with pytest.raises(PhotoUnusable, match="no face"):
        card_template(networks(), jpeg2000(np.full((320, 240), 128, np.uint8)))


def test_a_refusal_says_nothing_of_the_content() -> None:
    with pytest.raises(PhotoUnusable) as refused:
        decoded(b"secret" * 100)
    assert "secret" not in str(refused.value)
