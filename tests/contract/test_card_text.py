"""Name, address, birth date and sex off a card: the same from APDUs, from facts, and over a real pcscd."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from msgspec.structs import replace

from drivers.interface import (
    CardFacts,
    CardText,
    Failure,
    Fault,
    PinRefused,
    TextKey,
    VerifiedCard,
)
from simulator.people.loading import everyone, load
from simulator.people.persona import Persona
from simulator.playing.cast import number_b
from tests.support.card_desks import ApduDesk, Desk, FactDesk, fault, opened, placed
from tests.support.reading import TODAY, bench
from tests.support.scripted_card import OneShotSecret

CHALLENGE = bytes(range(32))
KEYS: tuple[TextKey, ...] = ("pin", "number_b")
MOST: dict[TextKey, int] = {"pin": 3, "number_b": 10}
CARRIED = [persona for persona in everyone() if persona.card.kind != "none"]
USELESS_FOR_AUTHENTICATION = (
    "card_expired", "expired", "face_only", "no_auth_certificate", "pin_locked", "revoked",
)  # fmt: skip
WITHOUT_TEXT = {
    "android": Fault.NOT_MY_NUMBER_CARD,
    "iphone": Fault.NOT_MY_NUMBER_CARD,
    "driving_licence": Fault.NOT_MY_NUMBER_CARD,
    "fido_key": Fault.NOT_MY_NUMBER_CARD,
    "old_resident_card": Fault.OLD_RESIDENT_CARD,
    "dead": Fault.CARD_MUTE,
}


@pytest.fixture(params=["apdus", "facts", pytest.param("pcsc", marks=pytest.mark.pcsc)])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    with ExitStack() as closing:
        yield opened(request.param, closing)


@pytest.fixture(params=["apdus", "facts"])
def quick(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """Where the link makes no difference: over pcscd every card takes most of a second."""
    with ExitStack() as closing:
        yield opened(request.param, closing)


def right(persona: Persona, key: TextKey) -> str:
    return persona.card.text_pin if key == "pin" else number_b(persona, TODAY)


def wrong(persona: Persona, key: TextKey) -> str:
    known = right(persona, key)
    return f"{(int(known) + 1) % 10 ** len(known):0{len(known)}d}"


def text_of(persona: Persona) -> CardText:
    person = persona.person
    return CardText(person.name, person.address, person.birth_date, person.sex)


def read(desk: Desk, insertion: int, key: TextKey, digits: str) -> CardText | PinRefused | Failure:
    secret = OneShotSecret(digits)
    result = desk.application.read_text(insertion, key, secret)
    assert secret.wiped
    return result


# --------------------------------------------------------------------------------------------- the facts


def test_either_key_gives_the_four_facts_as_the_chip_has_them(desk: Desk) -> None:
    for name in ("yamada", "variant_name", "long_name"):
        persona = load(name)
        insertion = placed(desk, persona)
        for key in KEYS:
            assert desk.application.text_tries(insertion, key) == MOST[key]
            assert read(desk, insertion, key, right(persona, key)) == text_of(persona)
        desk.remove()


def test_a_birth_of_which_the_chip_knows_no_day_has_no_date(quick: Desk) -> None:
    known = load("foreign_resident")
    persona = replace(known, card=replace(known.card, birth_day_on_chip=False))
    insertion = placed(quick, persona)
    quick.application.text_tries(insertion, "pin")
    facts = read(quick, insertion, "pin", persona.card.text_pin)
    assert isinstance(facts, CardText)
    assert (facts.name, facts.birth_date) == (persona.person.name, None)


@pytest.mark.parametrize("name", USELESS_FOR_AUTHENTICATION)
def test_a_card_that_is_of_no_use_for_authentication_gives_its_text(quick: Desk, name: str) -> None:
    persona = load(name)
    insertion = placed(quick, persona)
    for key in KEYS:
        assert quick.application.text_tries(insertion, key) == MOST[key]
        assert read(quick, insertion, key, right(persona, key)) == text_of(persona)


def test_a_card_whose_authentication_pin_was_locked_here_gives_its_text(desk: Desk) -> None:
    persona = load("one_try_left")
    insertion = placed(desk, persona)
    for expected in (PinRefused, Failure):
        assert isinstance(desk.application.verify_pin(insertion, OneShotSecret("0000"), CHALLENGE), expected)
    assert desk.application.text_tries(insertion, "pin") == 3
    assert read(desk, insertion, "pin", persona.card.text_pin) == text_of(persona)


@pytest.mark.parametrize(("name", "expected"), WITHOUT_TEXT.items())
def test_phones_strangers_and_mute_cards_have_no_text(quick: Desk, name: str, expected: Fault) -> None:
    insertion = placed(quick, load(name))
    for key in KEYS:
        assert fault(quick.application.text_tries(insertion, key)) is expected
        assert fault(read(quick, insertion, key, right(load(name), key))) is expected


def test_a_broken_chip_may_count_and_yet_have_nothing_to_tell(quick: Desk) -> None:
    persona = load("damaged")
    insertion = placed(quick, persona)
    assert quick.application.text_tries(insertion, "pin") == 3
    assert read(quick, insertion, "pin", wrong(persona, "pin")) == PinRefused(2)
    assert fault(read(quick, insertion, "pin", right(persona, "pin"))) is Fault.CARD_DAMAGED


# --------------------------------------------------------------------------------------------- the tries


def test_asking_spends_no_try(quick: Desk) -> None:
    insertion = placed(quick, load("yamada"))
    for key in KEYS * 6:
        assert quick.application.text_tries(insertion, key) == MOST[key]


def test_the_pin_of_authentication_opens_no_text_and_each_secret_counts_for_itself(desk: Desk) -> None:
    persona = load("yamada")
    insertion = placed(desk, persona)
    for key in KEYS:
        desk.application.text_tries(insertion, key)
    assert read(desk, insertion, "pin", persona.card.pin) == PinRefused(2)
    assert read(desk, insertion, "number_b", wrong(persona, "number_b")) == PinRefused(9)
    assert [desk.application.text_tries(insertion, key) for key in KEYS] == [2, 9]
    facts = desk.application.read(insertion)
    assert isinstance(facts, CardFacts)
    assert facts.pin_tries_left == 3


@pytest.mark.parametrize("key", KEYS)
def test_success_gives_all_tries_back_and_nothing_else_does(desk: Desk, key: TextKey) -> None:
    persona = load("yamada")
    insertion = placed(desk, persona)
    desk.application.text_tries(insertion, key)
    assert read(desk, insertion, key, wrong(persona, key)) == PinRefused(MOST[key] - 1)
    desk.remove()
    insertion = desk.replace()
    desk.application.read(insertion)
    assert desk.application.text_tries(insertion, key) == MOST[key] - 1
    assert read(desk, insertion, key, right(persona, key)) == text_of(persona)
    assert desk.application.text_tries(insertion, key) == MOST[key]


@pytest.mark.parametrize("key", KEYS)
def test_the_last_try_locks_for_good_and_leaves_the_other_key_alone(desk: Desk, key: TextKey) -> None:
    persona = load("yamada")
    insertion = placed(desk, persona)
    desk.application.text_tries(insertion, key)
    for left in reversed(range(MOST[key])):
        assert read(desk, insertion, key, wrong(persona, key)) == PinRefused(left)
    assert fault(read(desk, insertion, key, right(persona, key))) is Fault.PIN_LOCKED
    desk.remove()
    insertion = desk.replace()
    desk.application.read(insertion)
    assert desk.application.text_tries(insertion, key) == 0
    assert fault(read(desk, insertion, key, right(persona, key))) is Fault.PIN_LOCKED
    other = KEYS[1 - KEYS.index(key)]
    assert desk.application.text_tries(insertion, other) == MOST[other]
    assert read(desk, insertion, other, right(persona, other)) == text_of(persona)


@pytest.mark.parametrize("left", [0, 1])
def test_a_key_known_to_be_locked_is_not_tried_even_where_the_card_has_gone(quick: Desk, left: int) -> None:
    known = load("yamada")
    persona = replace(known, card=replace(known.card, text_pin_tries_left=left))
    insertion = placed(quick, persona)
    assert quick.application.text_tries(insertion, "pin") == left
    if left:
        assert read(quick, insertion, "pin", wrong(persona, "pin")) == PinRefused(0)
    quick.remove()
    assert fault(read(quick, insertion, "pin", right(persona, "pin"))) is Fault.PIN_LOCKED
    assert fault(read(quick, insertion, "pin", right(persona, "pin"))) is Fault.CARD_GONE


def test_digits_of_another_length_spend_no_try(quick: Desk) -> None:
    persona = load("yamada")
    insertion = placed(quick, persona)
    for key, digits in (("pin", "80"), ("pin", right(persona, "number_b")), ("number_b", persona.card.pin)):
        assert key in KEYS
        quick.application.text_tries(insertion, key)
        assert fault(read(quick, insertion, key, digits)) is Fault.INTERNAL
        assert fault(read(quick, insertion, key, right(persona, key))) is Fault.CARD_GONE
        assert quick.application.text_tries(insertion, key) == MOST[key]


# ------------------------------------------------------------------------------------------ of which card


def test_nothing_is_tried_before_the_tries_are_known(desk: Desk) -> None:
    persona = load("yamada")
    insertion = desk.place(persona)
    assert fault(desk.application.text_tries(insertion, "pin")) is Fault.CARD_GONE
    desk.application.read(insertion)
    for key in KEYS:
        assert fault(read(desk, insertion, key, wrong(persona, key))) is Fault.CARD_GONE
        assert desk.application.text_tries(insertion, key) == MOST[key]


def test_what_was_asked_ends_with_the_insertion_with_reading_again_and_with_forgetting(desk: Desk) -> None:
    persona = load("yamada")
    insertion = placed(desk, persona)
    desk.application.text_tries(insertion, "pin")
    desk.application.forget()
    assert fault(read(desk, insertion, "pin", wrong(persona, "pin"))) is Fault.CARD_GONE
    desk.application.read(insertion)
    assert fault(read(desk, insertion, "pin", wrong(persona, "pin"))) is Fault.CARD_GONE
    desk.application.text_tries(insertion, "pin")
    desk.remove()
    assert fault(read(desk, insertion, "pin", wrong(persona, "pin"))) is Fault.CARD_GONE
    following = desk.replace()
    assert fault(desk.application.text_tries(following, "pin")) is Fault.CARD_GONE
    assert fault(read(desk, insertion, "pin", wrong(persona, "pin"))) is Fault.CARD_GONE
    desk.application.read(following)
    assert desk.application.text_tries(following, "pin") == 3


def test_text_and_authentication_do_not_disturb_each_other(desk: Desk) -> None:
    persona = load("yamada")
    insertion = placed(desk, persona)
    desk.application.text_tries(insertion, "pin")
    assert read(desk, insertion, "pin", persona.card.text_pin) == text_of(persona)
    verified = desk.application.verify_pin(insertion, OneShotSecret(persona.card.pin), CHALLENGE)
    assert isinstance(verified, VerifiedCard)
    assert read(desk, insertion, "pin", persona.card.text_pin) == text_of(persona)


# -------------------------------------------------------------------------------------- apdus and facts


class Twins(RuleBasedStateMachine):
    """The same card twice, as APDUs and as facts, through the same moves: nobody can tell them apart."""

    def __init__(self) -> None:
        super().__init__()
        self._closing = ExitStack()
        self._desks: list[Desk] = [
            ApduDesk(self._closing.enter_context(bench("inprocess"))),
            FactDesk(),
        ]
        self._insertion = 0
        self._there = False

    def teardown(self) -> None:
        self._closing.close()

    @initialize(persona=st.sampled_from(CARRIED), left=st.integers(0, 3))
    def place(self, persona: Persona, left: int) -> None:
        self._persona = replace(persona, card=replace(persona.card, text_pin_tries_left=left))
        insertions = {desk.place(self._persona) for desk in self._desks}
        (self._insertion,) = insertions
        self._there = True

    @rule()
    def read_card(self) -> None:
        results = [desk.application.read(self._insertion) for desk in self._desks]
        assert isinstance(results[0], Failure) == isinstance(results[1], Failure)
        self._same([fault(one) if isinstance(one, Failure) else None for one in results])

    @rule(key=st.sampled_from(KEYS))
    def ask(self, key: TextKey) -> None:
        self._same([self._plain(desk.application.text_tries(self._insertion, key)) for desk in self._desks])

    @rule(key=st.sampled_from(KEYS), how=st.sampled_from(["right", "wrong", "short"]), late=st.booleans())
    def try_digits(self, key: TextKey, how: str, late: bool) -> None:
        digits = {"right": right(self._persona, key), "wrong": wrong(self._persona, key), "short": "80"}[how]
        insertion = self._insertion - late
        self._same([self._plain(read(desk, insertion, key, digits)) for desk in self._desks])

    @rule(good=st.booleans())
    def authenticate(self, good: bool) -> None:
        pin = self._persona.card.pin if good else "0000"
        for desk in self._desks:
            desk.application.verify_pin(self._insertion, OneShotSecret(pin), CHALLENGE)

    @rule()
    def forget(self) -> None:
        for desk in self._desks:
            desk.application.forget()

    @rule()
    def move(self) -> None:
        for desk in self._desks:
            if self._there:
                desk.remove()
            else:
                self._insertion = desk.replace()
        self._there = not self._there

    def _plain(self, result: object) -> object:
        return result.fault if isinstance(result, Failure) else result

    def _same(self, results: list[object]) -> None:
        assert results[0] == results[1]


TestTwins = Twins.TestCase
TestTwins.settings = settings(max_examples=100, stateful_step_count=25, deadline=None)
