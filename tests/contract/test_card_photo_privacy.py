"""What may be learnt of a face and of 照合番号B by watching logs and failures, and what befalls a read half way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from drivers.card import surface
from drivers.interface import CardPhoto, Failure, Fault, PinRefused
from simulator.card import SimulatedCard, issue, pictures
from simulator.links.faults import CardFault, FaultKind
from simulator.people.loading import load
from simulator.people.persona import Persona
from simulator.playing.cast import number_b
from simulator.playing.fact_card import FactCard
from tests.support.logged import everything_logged
from tests.support.reading import TODAY, Bench, application, bench
from tests.support.scripted_card import OneShotSecret

APDUS_TO_READ, APDUS_TO_ASK, APDUS_OF_PHOTO = 9, 2, 40
VERIFIED_AT = APDUS_TO_READ + APDUS_TO_ASK + 4
EARLY = range(APDUS_TO_READ + 1, VERIFIED_AT + 4)
LATE = range(
    APDUS_TO_READ + APDUS_TO_ASK + APDUS_OF_PHOTO - 7, APDUS_TO_READ + APDUS_TO_ASK + APDUS_OF_PHOTO + 1
)
OURS = (*EARLY, *LATE)
"""Commands of asking and reading, counted since the card was put in: all that are not the middle of the face."""


def canary(code: str = "6842") -> Persona:
    known = load("yamada")
    return replace(known, card=replace(known.card, security_code=code))


def issued(persona: Persona) -> SimulatedCard:
    card = issue(persona, TODAY)
    assert card is not None
    return card


def run(desk: Bench, persona: Persona, fault: CardFault | None = None) -> list[object]:
    """Asked, tried in vain, and read."""
    card = application(desk.reader)
    insertion = desk.insert(issued(persona), [fault] if fault else [])
    digits = number_b(persona, TODAY)
    outcomes: list[object] = [card.read(insertion), card.photo_tries(insertion)]
    for one in (digits[::-1], digits):
        secret = OneShotSecret(one)
        outcomes.append(card.read_photo(insertion, secret))
        assert secret.wiped
    return outcomes


def tries_of(chip: SimulatedCard) -> int:
    """What the chip itself says."""
    chip.reset()
    chip.process(bytes.fromhex("00A4040C0AD3921000310001010402"))
    return chip.process(bytes.fromhex("00200092"))[1] & 0x0F


CODES = st.from_regex(r"[0-9]{4}", fullmatch=True)


@given(
    code=CODES,
    face=st.sampled_from(["yamada", "forty", "hundred", "leap_day"]),
)
@settings(max_examples=25, deadline=None)
def test_a_log_is_the_same_whatever_face_and_number_the_card_has(code: str, face: str) -> None:
    """How long the picture is shows neither, though more commands fetch a longer one."""
    logs = []
    for persona, photo in ((canary(), pictures.photo("yamada")), (canary(code), pictures.photo(face))):
        with pytest.MonkeyPatch.context() as patch, bench("inprocess") as desk, everything_logged() as lines:
            patch.setattr(pictures, "photo", lambda _id, photo=photo: photo)
            outcomes = run(desk, persona)
        assert isinstance(outcomes[-1], CardPhoto)
        logs.append([*lines, repr(outcomes[1:])])
    assert logs[0] == logs[1]
    assert len(logs[0]) > APDUS_TO_READ


def seen_in(shown: str) -> list[str]:
    number, photo = number_b(canary(), TODAY), pictures.photo("yamada")
    forms = [number, number[::-1], number.encode().hex(), number.encode().hex(" "), number[:6], number[-4:]]
    pieces = [photo[at : at + 24] for at in range(0, len(photo) - 24, 24)]
    forms += [form for piece in pieces for form in (piece.hex(), repr(piece)[2:-1])]
    return [form for form in forms if form.lower() in shown.lower()]


@pytest.mark.parametrize("kind", [None, "die", "mute", "swap", "silent_swap", "short", "status"])
def test_neither_logs_nor_results_tell_of_face_or_number_whatever_happens(kind: FaultKind | None) -> None:
    for at in OURS if kind else (1,):
        fault = CardFault(kind=kind, at=at, status="6F00") if kind else None
        with bench("inprocess") as desk, everything_logged() as lines:
            outcomes = run(desk, canary(), fault)
        assert not seen_in("\n".join(lines) + repr(outcomes) + "".join(map(str, outcomes)))


def test_a_bug_in_reading_the_face_is_told_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(data: bytes) -> surface.CardFace:
        raise RuntimeError(f"{data!r} {number_b(canary(), TODAY)}")

    monkeypatch.setattr(surface, "parse_face", broken)
    with bench("inprocess") as desk, everything_logged() as lines:
        outcomes = run(desk, canary())
    assert outcomes[-1] == Failure(Fault.INTERNAL, False, "RuntimeError")
    assert "RuntimeError" in lines[-1]
    assert not seen_in("\n".join(lines) + repr(outcomes))


def test_cards_show_no_secret_of_their_face() -> None:
    fact = FactCard(canary(), TODAY)
    assert not seen_in(repr(issued(canary())) + repr(fact) + repr(fact._keys))


@pytest.fixture
def desk() -> Iterator[Bench]:
    with bench("inprocess") as made:
        yield made


@pytest.mark.parametrize("kind", ["die", "mute", "swap", "short", "status"])
@pytest.mark.parametrize("at", OURS)
def test_a_read_that_fails_half_way_spends_one_try_at_most_and_must_ask_again(
    desk: Bench, kind: FaultKind, at: int
) -> None:
    persona = canary()
    chip = issued(persona)
    card = application(desk.reader)
    insertion = desk.insert(chip, [CardFault(kind=kind, at=at, status="6F00")])
    card.read(insertion)
    told = card.photo_tries(insertion)
    query = APDUS_TO_READ + APDUS_TO_ASK
    assert isinstance(told, int) == (at > query or (kind == "status" and at == query))
    if at > VERIFIED_AT:
        result = card.read_photo(insertion, OneShotSecret(number_b(persona, TODAY)))
        assert isinstance(result, Failure)
    else:
        result = card.read_photo(insertion, OneShotSecret("0" * 14))
    if isinstance(result, Failure):
        assert result.fault is not Fault.INTERNAL
        sent = card.apdus
        again = card.read_photo(insertion, OneShotSecret(number_b(persona, TODAY)))
        assert isinstance(again, Failure)
        assert card.apdus == sent
    else:
        assert isinstance(result, PinRefused)
    assert tries_of(chip) in (10, 9)


@pytest.mark.parametrize("at", OURS)
def test_a_card_exchanged_in_silence_never_lends_its_face(desk: Bench, at: int) -> None:
    """The worst: nothing tells the reader, and both cards open to the same digits."""
    own = canary()
    other = load("forty")
    birth = own.person.birth_date
    other = replace(other, card=own.card, person=replace(other.person, birth_date=birth))
    assert number_b(other, TODAY) == number_b(own, TODAY)
    card = application(desk.reader)
    faults = [CardFault(kind="silent_swap", at=at)]
    insertion = desk.insert(issued(own), faults, replacement=issued(other))
    card.read(insertion)
    card.photo_tries(insertion)
    result = card.read_photo(insertion, OneShotSecret(number_b(own, TODAY)))
    assert isinstance(result, Failure), at
    assert result.fault is not Fault.INTERNAL


def test_a_card_exchanged_while_digits_are_typed_is_sent_none(desk: Bench) -> None:
    card = application(desk.reader)
    other = issued(load("forty"))
    faults = [CardFault(kind="silent_swap", at=APDUS_TO_READ + APDUS_TO_ASK + 1)]
    insertion = desk.insert(issued(canary()), faults, replacement=other)
    card.read(insertion)
    card.photo_tries(insertion)
    result = card.read_photo(insertion, OneShotSecret(number_b(canary(), TODAY)))
    assert isinstance(result, Failure)
    assert result.fault is Fault.CARD_GONE
    assert tries_of(other) == 10


@pytest.mark.parametrize("kind", ["chained", "wrong_le"])
@pytest.mark.parametrize("extended", [None, 65_544])
def test_answers_in_pieces_and_corrected_lengths_change_nothing(
    kind: FaultKind, extended: int | None
) -> None:
    persona = canary()
    with bench("inprocess", extended) as desk:
        card = application(desk.reader)
        insertion = desk.insert(issued(persona), [CardFault(kind=kind, at=0, size=100)])
        card.read(insertion)
        assert card.photo_tries(insertion) == 10
        result = card.read_photo(insertion, OneShotSecret(number_b(persona, TODAY)))
    assert result == CardPhoto(insertion, True, bytearray(pictures.photo("yamada")))
