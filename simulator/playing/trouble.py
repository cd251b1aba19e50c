"""Trouble that befalls a soak's visits: by chance, from the visit's own seed, wherever there can be some."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TypeVar

from drivers.interface import (
    CardApplication,
    CardFacts,
    CardPhoto,
    CardText,
    Failure,
    Fault,
    PinRefused,
    Secret,
    TextKey,
    Token,
    VerifiedCard,
)
from simulator.links.faults import CardFault, FaultKind
from simulator.national.faults import Fault as NationalFault
from simulator.national.faults import Faults
from simulator.playing.fact_card import wipe
from simulator.playing.world import VirtualWorld

CARD_FAULTS = (
    "card_lost",
    "card_swapped",
    "card_silent",
    "card_error",
    "card_busy",
    "card_slow",
    "reader_away",
)
"""While a card is read or its PIN is checked; half of them after the card has done its work."""
PAGE_FAULTS = (
    "card_lost", "card_swapped", "reader_away", "ledger_full", "printer_jammed", "paper_not_made", "file_unreadable",
    "clock_jump", "staff_called", "staff_refuse", "camera_gone", "front_unseen",
)  # fmt: skip
"""At the moment that a page is shown, before anything that it asked for has happened."""
TOUCH_FAULTS = ("double_touch", "late_touch", "stray_digits", "foreign_desk")
"""What the screen and the desk send that nobody waits for."""
NATIONAL_FAULTS = {
    f"national_{fault}": fault
    for fault in NationalFault
    if fault
    not in (NationalFault.TWICE, NationalFault.FOREIGN, NationalFault.LINK)  # only a terminal has these
}
LINK_FAULTS: dict[str, FaultKind] = {
    "apdu_die": "die",
    "apdu_mute": "mute",
    "apdu_swap": "swap",
    "apdu_silent_swap": "silent_swap",
    "apdu_delay": "delay",
    "apdu_status": "status",
    "apdu_short": "short",
    "apdu_chained": "chained",
    "apdu_wrong_le": "wrong_le",
}
"""Only where cards answer APDUs."""
FAULTS: tuple[str, ...] = tuple(
    dict.fromkeys((*CARD_FAULTS, *PAGE_FAULTS, *TOUCH_FAULTS, *NATIONAL_FAULTS, *LINK_FAULTS))
)

_STATUS_WORDS = ("6F00", "6581", "6982", "6A82", "6700", "6D00", "63C1")
_APDUS_OF_A_VISIT = 14
T = TypeVar("T")


class Trouble:
    """Draws faults. ``happened`` counts those that really befell the visit."""

    def __init__(self, rng: random.Random, kinds: frozenset[str]) -> None:
        self.rng = rng
        self.on = bool(kinds)
        self.happened = 0
        self._cards, self._pages, self._touches, self._nationals, self._links = _grouped(kinds)

    def at_card(self) -> str:
        return self._draw(self._cards, 0.22)

    def at_page(self) -> str:
        return self._draw(self._pages, 0.14)

    def at_touch(self) -> str:
        return self._draw(self._touches, 0.25)

    def at_question(self, plan: Faults) -> None:
        """The next question meets a fault, or none."""
        kind = self._draw(self._nationals, 0.3)
        if kind:
            plan.next(NATIONAL_FAULTS[kind], self.rng.choice((1.0, 15.0, 45.0)))

    def on_link(self) -> tuple[CardFault, ...]:
        """The faults of one insertion; counted when planned."""
        if self._draw(self._links, 0.4) == "":
            return ()
        rng = self.rng
        kind = LINK_FAULTS[rng.choice(self._links)]
        at = 0 if kind in ("chained", "wrong_le") else rng.randint(1, _APDUS_OF_A_VISIT)
        seconds = rng.choice((0.2, 3.0, 40.0))
        status, size = rng.choice(_STATUS_WORDS), rng.randint(1, 255)
        return (CardFault(kind=kind, at=at, seconds=seconds, status=status, size=size),)

    def away_ms(self) -> int:
        """How long something stays away."""
        return self.rng.choice((1, 500, 5_000, 30_000, 90_000))

    def _draw(self, kinds: Sequence[str], chance: float) -> str:
        if not kinds or self.rng.random() >= chance:
            return ""
        self.happened += 1
        return self.rng.choice(kinds)


@cache
def _grouped(kinds: frozenset[str]) -> list[tuple[str, ...]]:
    groups = (CARD_FAULTS, PAGE_FAULTS, TOUCH_FAULTS, tuple(NATIONAL_FAULTS), tuple(LINK_FAULTS))
    return [tuple(kind for kind in group if kind in kinds) for group in groups]


@contextmanager
def _wiped(secret: Secret) -> Iterator[None]:
    try:
        yield
    finally:
        wipe(secret)


class TroubledCard:
    """A ``CardApplication`` like the one within, to which things happen. ``befall`` does what concerns the hand."""

    def __init__(
        self, within: CardApplication, trouble: Trouble, world: VirtualWorld, befall: Callable[[str], None]
    ) -> None:
        self._within = within
        self._trouble = trouble
        self._world = world
        self._befall = befall
        self._phone = False

    def read(self, insertion: int) -> CardFacts | Failure:
        facts = self._call(lambda: self._within.read(insertion))
        self._phone = isinstance(facts, CardFacts) and facts.token is not Token.CARD
        return facts

    def verify_pin(
        self, insertion: int, secret: Secret, challenge: bytes
    ) -> VerifiedCard | PinRefused | Failure:
        outcome = self._call(lambda: self._within.verify_pin(insertion, secret, challenge))
        if not (self._phone and isinstance(outcome, Failure) and outcome.retriable):
            wipe(secret)  # those for a phone that was not reached wait for it
        return outcome

    def verify_on_phone(self, insertion: int, challenge: bytes) -> VerifiedCard | Failure:
        return self._call(lambda: self._within.verify_on_phone(insertion, challenge))

    def text_tries(self, insertion: int, key: TextKey) -> int | Failure:
        return self._call(lambda: self._within.text_tries(insertion, key))

    def read_text(self, insertion: int, key: TextKey, secret: Secret) -> CardText | PinRefused | Failure:
        with _wiped(secret):
            return self._call(lambda: self._within.read_text(insertion, key, secret))

    def photo_tries(self, insertion: int) -> int | Failure:
        return self._call(lambda: self._within.photo_tries(insertion))

    def read_photo(self, insertion: int, number_b: Secret) -> CardPhoto | PinRefused | Failure:
        with _wiped(number_b):
            return self._call(lambda: self._within.read_photo(insertion, number_b))

    def forget(self) -> None:
        self._within.forget()

    def _call(self, work: Callable[[], T]) -> T | Failure:
        kind = self._trouble.at_card()
        if not kind:
            return work()
        late = self._trouble.rng.random() < 0.5
        match kind:
            case "card_silent":
                return self._fail(Fault.TIMED_OUT, work if late else None)
            case "card_error":
                return self._fail(Fault.CARD_DAMAGED, work if late else None)
            case "card_busy":
                return self._fail(Fault.CARD_BUSY)
            case "card_slow":
                self._world.advance(self._trouble.rng.choice((500, 5_000, 40_000)))
                return work()
            case _ if late:
                outcome = work()
                self._befall(kind)
                return outcome
            case _:
                self._befall(kind)
                return work()

    def _fail(self, fault: Fault, work: Callable[[], T] | None = None) -> Failure:
        """The card may have done its work: a try may be spent that nobody knows of."""
        if work is not None:
            work()
        self._within.forget()
        return Failure.of(fault, "simulated")
