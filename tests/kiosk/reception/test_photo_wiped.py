"""The card's photograph in the kiosk's own memory: overwritten when it is not needed any more."""

from __future__ import annotations

from drivers.interface import CardPhoto
from kiosk.reception.facing import Facing
from kiosk.reception.lanes import Job
from kiosk.reception.proof import ProofVault
from simulator.card import pictures


class Lane:
    def submit(self, job: Job) -> None: ...

    def close(self) -> None: ...


def facing() -> Facing:
    return Facing(None, None, Lane(), ProofVault(), lambda *_told, **_fields: None, bytes)


def photo(insertion: int = 1) -> CardPhoto:
    return CardPhoto(insertion, True, bytearray(pictures.photo("yamada")))


def wiped(one: CardPhoto) -> bool:
    return len(one.jpeg2000) == len(pictures.photo("yamada")) and not any(one.jpeg2000)


def test_a_photograph_is_overwritten_at_the_end_of_its_visit() -> None:
    for end in (Facing.forget, Facing.forget_photo, Facing.close):
        one, kept = facing(), photo()
        assert one.keep(kept, one.epoch)
        assert not wiped(kept)
        end(one)
        assert wiped(kept)
        end(one)  # again does no harm


def test_one_that_comes_too_late_is_overwritten_and_the_kept_one_is_not() -> None:
    one, late, kept = facing(), photo(), photo(2)
    epoch = one.epoch
    one.forget_photo()
    assert one.keep(kept, one.epoch)
    assert not one.keep(late, epoch)
    assert wiped(late)
    assert not wiped(kept)


def test_one_that_is_read_again_takes_the_place_of_the_last_which_is_overwritten() -> None:
    one, first, second = facing(), photo(), photo()
    assert one.keep(first, one.epoch)
    assert one.keep(second, one.epoch)
    assert wiped(first)
    assert not wiped(second)
