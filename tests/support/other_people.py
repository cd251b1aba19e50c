"""The same visits with everything personal exchanged that is not asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest

from simulator.card import codes, pictures
from tests.support.faces import card_picture

Photos = Callable[[str], bytes]
drawn = pictures.photo


def drawn_anew(persona_id: str) -> bytes:
    """Another invented face."""
    return drawn(f"{persona_id}, another")


def carrying(name: str) -> Photos:
    """Every card has this person's photograph."""
    return lambda _persona_id: card_picture(name)


@contextmanager
def other_people(photos: Photos, *, others_number: bool) -> Iterator[None]:
    """Cards carry these photographs, and with ``others_number`` other birth dates, years and security codes are printed
    on them than the persons' files tell."""
    spelt = codes.verification_code_b

    def other(born: date, expiry: date, _security: str) -> str:
        return spelt(born - timedelta(days=4_000), expiry.replace(year=expiry.year + 1, day=1), "9753")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pictures, "photo", photos)
        if others_number:
            patch.setattr(codes, "verification_code_b", other)
        yield
