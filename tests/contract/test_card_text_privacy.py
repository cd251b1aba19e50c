"""What may be learnt of a card's text and of the digits that open it by watching logs, failures and other cards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from drivers.card import text
from drivers.card.application import MyNumberCard
from drivers.interface import CardText, Failure, Fault, PinRefused, TextKey
from simulator.card import SimulatedCard, issue
from simulator.links.faults import CardFault, FaultKind
from simulator.people.loading import load
from simulator.people.persona import Persona
from simulator.playing.fact_card import FactCard
from tests.support.logged import everything_logged
from tests.support.reading import TODAY, Bench, application, bench
from tests.support.scripted_card import OneShotSecret

KEYS: tuple[TextKey, ...] = ("pin", "number_b")
APDUS_TO_READ, APDUS_TO_ASK, APDUS_OF_TEXT = 9, 2, 7
OURS = range(APDUS_TO_READ + 1, APDUS_TO_READ + APDUS_TO_ASK + APDUS_OF_TEXT + 1)
"""The commands of asking and reading the text, counted since the card was put in."""

JPKI_PIN, TEXT_PIN, CODE = "5093", "7391", "6842"
NAME, ADDRESS = "金　糸雀", "架空県金糸雀市籠１丁目"


def canary(text_pin: str = TEXT_PIN, code: str = CODE, name: str = NAME, address: str = ADDRESS) -> Persona:
    """Somebody whose every word would be noticed."""
    known = load("yamada")
    card = replace(known.card, pin=JPKI_PIN, text_pin=text_pin, security_code=code)
    return replace(known, card=card, person=replace(known.person, name=name, address=address))


def issued(persona: Persona) -> SimulatedCard:
    card = issue(persona, TODAY)
    assert card is not None
    return card


def number_b(persona: Persona) -> str:
    return f"560520{2034}{persona.card.security_code}"


def secret_of(persona: Persona, key: TextKey) -> str:
    return persona.card.text_pin if key == "pin" else number_b(persona)


def read(card: MyNumberCard, insertion: int, key: TextKey, digits: str) -> CardText | PinRefused | Failure:
    secret = OneShotSecret(digits)
    result = card.read_text(insertion, key, secret)
    assert secret.wiped
    return result


def run(desk: Bench, persona: Persona, key: TextKey, fault: CardFault | None = None) -> list[object]:
    """Asked, tried in vain, and opened."""
    card = application(desk.reader)
    insertion = desk.insert(issued(persona), [fault] if fault else [])
    digits = secret_of(persona, key)
    wrong = digits[::-1]
    assert wrong != digits
    return [
        card.read(insertion),
        card.text_tries(insertion, key),
        read(card, insertion, key, wrong),
        card.text_tries(insertion, key),
        read(card, insertion, key, digits),
    ]


# ---------------------------------------------------------------------------------------- non-interference

PINS = st.from_regex(r"[0-9]{4}", fullmatch=True).filter(lambda pin: pin != pin[::-1])
WORDS = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=150)


@given(key=st.sampled_from(KEYS), pin=PINS, code=PINS, name=WORDS, address=WORDS)
@settings(max_examples=40, deadline=None)
def test_a_log_is_the_same_whoever_holds_the_card_and_whatever_opens_it(
    key: TextKey, pin: str, code: str, name: str, address: str
) -> None:
    logs = []
    for persona in (canary(pin, code, name, address), canary()):
        with bench("inprocess") as desk, everything_logged() as lines:
            outcomes = run(desk, persona, key)
        assert isinstance(outcomes[2], PinRefused)
        assert outcomes[4] == CardText(
            persona.person.name, persona.person.address, persona.person.birth_date, persona.person.sex
        )
        logs.append([*lines, repr(outcomes[1:])])
    assert logs[0] == logs[1]
    assert len(logs[0]) > APDUS_TO_READ


# --------------------------------------------------------------------------------------------- canaries


def forms(persona: Persona) -> list[str]:
    """All that must be seen nowhere, in each form in which it might."""
    words = [
        persona.person.name,
        persona.person.address,
        f"{persona.person.birth_date:%Y%m%d}",
        f"{persona.person.birth_date}",
        TEXT_PIN,
        TEXT_PIN[::-1],
        number_b(persona),
        number_b(persona)[::-1],
    ]
    return [form for word in words for form in (word, word.encode().hex(), word.encode().hex(" "))]


def seen_in(shown: str) -> list[str]:
    return [form for form in forms(canary()) if form.lower() in shown.lower()]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("kind", [None, "die", "mute", "swap", "silent_swap", "short", "status"])
def test_neither_logs_nor_results_tell_of_the_person_whatever_happens(
    key: TextKey, kind: FaultKind | None
) -> None:
    for at in OURS if kind else (1,):
        fault = CardFault(kind=kind, at=at, status="6F00") if kind else None
        with bench("inprocess") as desk, everything_logged() as lines:
            outcomes = run(desk, canary(), key, fault)
        assert not seen_in("\n".join(lines) + repr(outcomes) + "".join(map(str, outcomes)))


def test_a_bug_in_reading_the_text_is_told_without_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(data: bytes) -> CardText:
        raise RuntimeError(f"{data!r} {NAME} {TEXT_PIN}")

    monkeypatch.setattr(text, "parse_text", broken)
    with bench("inprocess") as desk, everything_logged() as lines:
        outcomes = run(desk, canary(), "pin")
    assert outcomes[4] == Failure(Fault.INTERNAL, False, "RuntimeError")
    assert "RuntimeError" in lines[-1]
    assert not seen_in("\n".join(lines) + repr(outcomes))


def test_cards_show_no_secret_of_their_text() -> None:
    fact = FactCard(canary(), TODAY)
    shown = repr(issued(canary())) + repr(fact) + repr([getattr(fact, slot) for slot in ("_keys", "_text")])
    assert not seen_in(shown)


# ------------------------------------------------------------------------------------ whatever happens


@pytest.fixture
def desk() -> Iterator[Bench]:
    with bench("inprocess") as made:
        yield made


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("kind", ["die", "mute", "swap", "short", "status"])
@pytest.mark.parametrize("at", OURS)
def test_whatever_happens_at_whichever_command_is_a_value_and_spends_one_try_at_most(
    desk: Bench, key: TextKey, kind: FaultKind, at: int
) -> None:
    persona = canary()
    chip = issued(persona)
    card = application(desk.reader)
    insertion = desk.insert(chip, [CardFault(kind=kind, at=at, status="6F00")])
    card.read(insertion)
    told = card.text_tries(insertion, key)
    query = APDUS_TO_READ + APDUS_TO_ASK
    assert isinstance(told, int) == (at > query or (kind == "status" and at == query))
    result = read(card, insertion, key, "0" * len(secret_of(persona, key)))
    if isinstance(result, Failure):
        assert result.fault is not Fault.INTERNAL
        sent = card.apdus
        again = read(card, insertion, key, secret_of(persona, key))
        assert isinstance(again, Failure)
        assert card.apdus == sent
    else:
        assert isinstance(result, PinRefused)
    most = {"pin": 3, "number_b": 10}[key]
    assert tries_of(chip, key) in (most, most - 1)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("at", OURS)
def test_a_card_exchanged_in_silence_never_lends_its_holders_name(desk: Bench, key: TextKey, at: int) -> None:
    """The worst: nothing tells the reader, and both cards open to the same digits."""
    own = canary()
    birth = own.person.birth_date
    other = load("forty")
    other = replace(
        other,
        card=replace(other.card, text_pin=TEXT_PIN, security_code=CODE),
        person=replace(other.person, birth_date=birth),
    )
    card = application(desk.reader)
    faults = [CardFault(kind="silent_swap", at=at)]
    insertion = desk.insert(issued(own), faults, replacement=issued(other))
    card.read(insertion)
    card.text_tries(insertion, key)
    result = read(card, insertion, key, secret_of(own, key))
    assert isinstance(result, Failure), at
    assert result.fault is not Fault.INTERNAL


@pytest.mark.parametrize("key", KEYS)
def test_a_card_exchanged_in_silence_while_digits_are_typed_is_sent_none(desk: Bench, key: TextKey) -> None:
    card = application(desk.reader)
    other = issued(load("forty"))
    faults = [CardFault(kind="silent_swap", at=APDUS_TO_READ + APDUS_TO_ASK + 1)]
    insertion = desk.insert(issued(canary()), faults, replacement=other)
    card.read(insertion)
    card.text_tries(insertion, key)
    result = read(card, insertion, key, secret_of(canary(), key))
    assert isinstance(result, Failure)
    assert result.fault is Fault.CARD_GONE
    assert tries_of(other, key) == {"pin": 3, "number_b": 10}[key]


@pytest.mark.parametrize("kind", ["chained", "wrong_le"])
@pytest.mark.parametrize("extended", [None, 65_544])
@pytest.mark.parametrize("name", ["yamada", "long_name"])
def test_answers_in_pieces_and_corrected_lengths_change_nothing(
    kind: FaultKind, extended: int | None, name: str
) -> None:
    persona = load(name)
    with bench("inprocess", extended) as desk:
        card = application(desk.reader)
        insertion = desk.insert(issued(persona), [CardFault(kind=kind, at=0, size=100)])
        card.read(insertion)
        assert card.text_tries(insertion, "pin") == 3
        result = read(card, insertion, "pin", persona.card.text_pin)
    assert isinstance(result, CardText)
    assert (result.name, result.address) == (persona.person.name, persona.person.address)


def tries_of(chip: SimulatedCard, key: TextKey) -> int:
    """What the chip itself says."""
    chip.reset()
    chip.process(bytes.fromhex("00A4040C0AD3921000310001010408"))
    return chip.process(bytes.fromhex({"pin": "00200091", "number_b": "00200095"}[key]))[1] & 0x0F
