"""The photograph off a card: the same from APDUs, from facts, and over a real pcscd; proven, or not given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from msgspec.structs import replace

from drivers.card import tlv
from drivers.card.application import MyNumberCard
from drivers.card.jpeg2000 import shape
from drivers.card.revocation import UnknownRevocation
from drivers.interface import CardPhoto, CardText, Failure, Fault, PinRefused, VerifiedCard
from simulator.card import SimulatedCard, card_verifiable, issue, keys, pictures, surface
from simulator.card.lifetimes import lifetimes
from simulator.people.loading import everyone, load
from simulator.people.persona import Persona
from simulator.playing.cast import number_b
from tests.support.card_desks import ApduDesk, Desk, FactDesk, fault, opened, placed
from tests.support.reading import NOW, TODAY, anchors, bench
from tests.support.scripted_card import OneShotSecret

CHALLENGE = bytes(range(32))
CARRIED = [persona for persona in everyone() if persona.card.kind != "none"]
USELESS_FOR_AUTHENTICATION = (
    "card_expired", "expired", "face_only", "no_auth_certificate", "pin_locked", "revoked",
)  # fmt: skip
WITHOUT_PHOTO = {
    "android": Fault.NOT_MY_NUMBER_CARD,
    "iphone": Fault.NOT_MY_NUMBER_CARD,
    "driving_licence": Fault.NOT_MY_NUMBER_CARD,
    "fido_key": Fault.NOT_MY_NUMBER_CARD,
    "old_resident_card": Fault.OLD_RESIDENT_CARD,
    "dead": Fault.CARD_MUTE,
}
SHORT, EXTENDED = 261, 65_544


@pytest.fixture(params=["apdus", "facts", pytest.param("pcsc", marks=pytest.mark.pcsc)])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    with ExitStack() as closing:
        yield opened(request.param, closing)


@pytest.fixture(params=["apdus", "facts"])
def quick(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """Where the link makes no difference: over pcscd every card takes most of a second."""
    with ExitStack() as closing:
        yield opened(request.param, closing)


def right(persona: Persona) -> str:
    return number_b(persona, TODAY)


def wrong(persona: Persona) -> str:
    return f"{(int(right(persona)) + 1) % 10**14:014d}"


def read(desk: Desk, insertion: int, digits: str) -> CardPhoto | PinRefused | Failure:
    secret = OneShotSecret(digits)
    result = desk.application.read_photo(insertion, secret)
    assert secret.wiped
    return result


def photo_of(persona: Persona, insertion: int) -> CardPhoto:
    return CardPhoto(insertion, True, bytearray(pictures.photo(persona.id)))


# ---------------------------------------------------------------------------------------------- the photo


def test_number_b_gives_the_photograph_as_the_chip_has_it(desk: Desk) -> None:
    for name in ("yamada", "hundred", "foreign_resident"):
        persona = load(name)
        insertion = placed(desk, persona)
        assert desk.application.photo_tries(insertion) == 10
        assert read(desk, insertion, right(persona)) == photo_of(persona, insertion)
        desk.remove()
    assert shape(pictures.photo("yamada")).components == 1


@pytest.mark.parametrize("name", USELESS_FOR_AUTHENTICATION)
def test_a_card_that_is_of_no_use_for_authentication_gives_its_photograph(quick: Desk, name: str) -> None:
    persona = load(name)
    insertion = placed(quick, persona)
    assert quick.application.photo_tries(insertion) == 10
    assert read(quick, insertion, right(persona)) == photo_of(persona, insertion)


def test_a_card_without_a_photograph_says_so(quick: Desk) -> None:
    persona = load("baby")
    insertion = placed(quick, persona)
    quick.application.photo_tries(insertion)
    result = read(quick, insertion, right(persona))
    assert fault(result) is Fault.PHOTO_UNUSABLE
    assert isinstance(result, Failure)
    assert not result.retriable


@pytest.mark.parametrize(("name", "expected"), WITHOUT_PHOTO.items())
def test_phones_strangers_and_mute_cards_have_none(quick: Desk, name: str, expected: Fault) -> None:
    insertion = placed(quick, load(name))
    assert fault(quick.application.photo_tries(insertion)) is expected
    assert fault(read(quick, insertion, right(load(name)))) is expected


def test_a_broken_chip_may_count_and_yet_have_nothing_to_show(quick: Desk) -> None:
    persona = load("damaged")
    insertion = placed(quick, persona)
    assert quick.application.photo_tries(insertion) == 10
    assert read(quick, insertion, wrong(persona)) == PinRefused(9)
    assert fault(read(quick, insertion, right(persona))) is Fault.CARD_DAMAGED


# -------------------------------------------------------------------------------------------- the tries


def test_asking_spends_no_try(quick: Desk) -> None:
    insertion = placed(quick, load("yamada"))
    assert {quick.application.photo_tries(insertion) for _ in range(12)} == {10}


def test_the_same_number_counts_apart_for_photograph_and_text(desk: Desk) -> None:
    persona = load("yamada")
    insertion = placed(desk, persona)
    desk.application.photo_tries(insertion)
    assert read(desk, insertion, wrong(persona)) == PinRefused(9)
    assert desk.application.text_tries(insertion, "number_b") == 10
    text = desk.application.read_text(insertion, "number_b", OneShotSecret(right(persona)))
    assert isinstance(text, CardText)
    assert desk.application.photo_tries(insertion) == 9
    assert desk.application.text_tries(insertion, "pin") == 3


def test_success_gives_all_tries_back_and_nothing_else_does(desk: Desk) -> None:
    persona = load("yamada")
    insertion = placed(desk, persona)
    desk.application.photo_tries(insertion)
    assert read(desk, insertion, wrong(persona)) == PinRefused(9)
    desk.remove()
    insertion = desk.replace()
    desk.application.read(insertion)
    assert desk.application.photo_tries(insertion) == 9
    assert isinstance(read(desk, insertion, right(persona)), CardPhoto)
    assert desk.application.photo_tries(insertion) == 10


def test_the_last_try_locks_for_good(desk: Desk) -> None:
    persona = load("yamada")
    insertion = placed(desk, persona)
    desk.application.photo_tries(insertion)
    for left in reversed(range(10)):
        assert read(desk, insertion, wrong(persona)) == PinRefused(left)
    assert fault(read(desk, insertion, right(persona))) is Fault.PIN_LOCKED
    desk.remove()
    insertion = desk.replace()
    desk.application.read(insertion)
    assert desk.application.photo_tries(insertion) == 0
    assert fault(read(desk, insertion, right(persona))) is Fault.PIN_LOCKED
    assert desk.application.text_tries(insertion, "number_b") == 10


@pytest.mark.parametrize("left", [0, 1])
def test_a_locked_number_is_not_tried_even_where_the_card_has_gone(quick: Desk, left: int) -> None:
    known = load("yamada")
    persona = replace(known, card=replace(known.card, photo_tries_left=left))
    insertion = placed(quick, persona)
    assert quick.application.photo_tries(insertion) == left
    if left:
        assert read(quick, insertion, wrong(persona)) == PinRefused(0)
    quick.remove()
    assert fault(read(quick, insertion, right(persona))) is Fault.PIN_LOCKED
    assert fault(read(quick, insertion, right(persona))) is Fault.CARD_GONE


@pytest.mark.parametrize("digits", ["", "80", "123456789012", "5502172035228A"])
def test_what_is_no_number_b_spends_no_try(quick: Desk, digits: str) -> None:
    """Twelve digits, too: that would be an individual number."""
    persona = load("yamada")
    insertion = placed(quick, persona)
    quick.application.photo_tries(insertion)
    result = quick.application.read_photo(insertion, OneShotSecret(digits))
    assert isinstance(result, Failure | PinRefused)
    if len(digits) != 14:
        assert fault(result) is Fault.INTERNAL
        assert fault(read(quick, insertion, right(persona))) is Fault.CARD_GONE
        assert quick.application.photo_tries(insertion) == 10


# ----------------------------------------------------------------------------------------- of which card


def test_nothing_is_tried_before_the_tries_are_known(desk: Desk) -> None:
    persona = load("yamada")
    insertion = desk.place(persona)
    assert fault(desk.application.photo_tries(insertion)) is Fault.CARD_GONE
    desk.application.read(insertion)
    desk.application.text_tries(insertion, "number_b")
    assert fault(read(desk, insertion, wrong(persona))) is Fault.CARD_GONE
    assert desk.application.photo_tries(insertion) == 10


def test_what_was_asked_ends_with_the_insertion_with_reading_again_and_with_forgetting(desk: Desk) -> None:
    persona = load("yamada")
    insertion = placed(desk, persona)
    for forget in (desk.application.forget, lambda: desk.application.read(insertion)):
        desk.application.photo_tries(insertion)
        forget()
        assert fault(read(desk, insertion, wrong(persona))) is Fault.CARD_GONE
    desk.application.photo_tries(insertion)
    desk.remove()
    following = desk.replace()
    assert fault(read(desk, insertion, wrong(persona))) is Fault.CARD_GONE
    desk.application.read(following)
    assert desk.application.photo_tries(following) == 10


def test_photograph_and_authentication_do_not_disturb_each_other(desk: Desk) -> None:
    persona = load("yamada")
    insertion = placed(desk, persona)
    desk.application.photo_tries(insertion)
    assert isinstance(read(desk, insertion, right(persona)), CardPhoto)
    verified = desk.application.verify_pin(insertion, OneShotSecret(persona.card.pin), CHALLENGE)
    assert isinstance(verified, VerifiedCard)
    assert isinstance(read(desk, insertion, right(persona)), CardPhoto)


class Twins(RuleBasedStateMachine):
    """The same card twice, as APDUs and as facts, through the same moves: nobody can tell them apart."""

    def __init__(self) -> None:
        super().__init__()
        self._closing = ExitStack()
        self._desks: list[Desk] = [ApduDesk(self._closing.enter_context(bench("inprocess"))), FactDesk()]
        self._insertion = 0
        self._there = True

    def teardown(self) -> None:
        self._closing.close()

    @initialize(persona=st.sampled_from(CARRIED), left=st.integers(0, 10), photo=st.booleans())
    def place(self, persona: Persona, left: int, photo: bool) -> None:
        card = replace(persona.card, photo_tries_left=left, photo=photo)
        self._persona = replace(persona, card=card)
        (self._insertion,) = {desk.place(self._persona) for desk in self._desks}

    @rule()
    def read_card(self) -> None:
        for desk in self._desks:
            desk.application.read(self._insertion)

    @rule()
    def ask(self) -> None:
        self._same(lambda desk: desk.application.photo_tries(self._insertion))

    @rule()
    def ask_text(self) -> None:
        self._same(lambda desk: desk.application.text_tries(self._insertion, "number_b"))

    @rule(how=st.sampled_from(["right", "wrong", "short"]), late=st.booleans())
    def try_digits(self, how: str, late: bool) -> None:
        digits = {"right": right(self._persona), "wrong": wrong(self._persona), "short": "80"}[how]
        insertion = self._insertion - late
        self._same(lambda desk: read(desk, insertion, digits))

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

    def _same(self, act: Callable[[Desk], object]) -> None:
        results = [act(desk) for desk in self._desks]
        first, second = (one.fault if isinstance(one, Failure) else one for one in results)
        assert first == second


TestTwins = Twins.TestCase
TestTwins.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)


# ---------------------------------------------------------------------------------- what the issuer signed

PERSONA = load("yamada")
FACE = surface._card_face(PERSONA, lifetimes(PERSONA, TODAY))
MEMBERS = {tag: (FACE.index(item.encoded), item) for tag, item in tlv.members(tlv.first(FACE).value).items()}
GROUPS = {"person": (0xDF22, 0xDF23, 0xDF24), "printed": (0xDF25, 0xDF26), "photograph": (0xDF27,)}
UNSIGNED = (0xDF29, 0xDF2A)


def outcome(
    face: bytes = FACE,
    certificate: bytes | None = None,
    issuers: tuple[RSAPublicKey, ...] = (card_verifiable.issuer(),),
) -> CardPhoto | PinRefused | Failure:
    """What is read off a card with this face, and with this certificate of its signer."""
    with pytest.MonkeyPatch.context() as patch, bench("inprocess") as desk:
        patch.setattr(surface, "_card_face", lambda _persona, _life: face)
        if certificate is not None:
            patch.setattr(surface, "certificate", lambda _application: certificate)
        card = MyNumberCard(desk.reader, anchors(), UnknownRevocation(), lambda: NOW, issuers)
        made = issue(PERSONA, TODAY)
        assert made is not None
        insertion = desk.insert(made)
        card.read(insertion)
        assert card.photo_tries(insertion) == 10
        return card.read_photo(insertion, OneShotSecret(right(PERSONA)))


def flipped(data: bytes, at: int, bits: int = 1) -> bytes:
    return data[:at] + bytes((data[at] ^ bits,)) + data[at + 1 :]


@given(group=st.sampled_from(sorted(GROUPS)), chance=st.data())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_byte_changed_in_any_group_is_noticed(group: str, chance: st.DataObject) -> None:
    tag = chance.draw(st.sampled_from(GROUPS[group]))
    start, item = MEMBERS[tag]
    value_at = start + len(item.encoded) - len(item.value)
    at = chance.draw(st.integers(value_at, start + len(item.encoded) - 1))
    assert fault(outcome(flipped(FACE, at, chance.draw(st.integers(1, 255))))) is Fault.SIGNATURE_WRONG


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_headers_and_ends_of_each_group_are_signed_too(group: str) -> None:
    for tag in GROUPS[group]:
        start, item = MEMBERS[tag]
        for at in range(start, start + len(item.encoded) - len(item.value)):
            assert isinstance(outcome(flipped(FACE, at)), Failure)
        assert fault(outcome(flipped(FACE, start + len(item.encoded) - 1))) is Fault.SIGNATURE_WRONG


def test_another_persons_photograph_in_a_genuine_face_is_noticed() -> None:
    other = tlv.encode(0xDF27, pictures.photo("forty"))
    own = MEMBERS[0xDF27][1].encoded
    body = tlv.first(FACE).value.replace(own, other)
    assert fault(outcome(tlv.encode(0xFF20, body))) is Fault.SIGNATURE_WRONG


def test_another_cards_signature_is_noticed() -> None:
    someone = load("forty")
    theirs = tlv.members(tlv.first(surface._card_face(someone, lifetimes(someone, TODAY))).value)
    body = tlv.first(FACE).value.replace(MEMBERS[0xDF28][1].encoded, theirs[0xDF28].encoded)
    assert fault(outcome(tlv.encode(0xFF20, body))) is Fault.SIGNATURE_WRONG


def test_expiry_and_security_code_are_not_signed() -> None:
    """As on real cards: nothing here may rely on them."""
    for tag in UNSIGNED:
        start, item = MEMBERS[tag]
        assert isinstance(outcome(flipped(FACE, start + len(item.encoded) - 1)), CardPhoto)


@given(at=st.integers(0, len(card_verifiable.certificate("surface")) - 1), bits=st.integers(1, 255))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_changed_certificate_of_the_signer_is_not_believed(at: int, bits: int) -> None:
    result = outcome(certificate=flipped(card_verifiable.certificate("surface"), at, bits))
    assert fault(result) in (Fault.CERTIFICATE_UNTRUSTED, Fault.CARD_DAMAGED)


def test_a_signer_whom_no_known_issuer_certified_is_not_believed() -> None:
    """A whole hierarchy of one's own signs anything; and the signer's own key is no issuer."""
    for stranger in ("internal_authentication", "municipality"):
        result = outcome(issuers=(keys.authority_key(stranger).public_key(),))
        assert fault(result) is Fault.CERTIFICATE_UNTRUSTED


def test_any_of_several_issuers_will_do() -> None:
    others = (keys.authority_key("session").public_key(), card_verifiable.issuer())
    assert outcome(issuers=others) == photo_of(PERSONA, 1)


def test_without_issuers_nothing_is_genuine_and_no_certificate_is_asked_for() -> None:
    asked: list[bytes] = []
    process = SimulatedCard.process

    def spy(card: SimulatedCard, apdu: bytes) -> bytes:
        asked.append(apdu)
        return process(card, apdu)

    changed = flipped(FACE, MEMBERS[0xDF22][0] + 5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SimulatedCard, "process", spy)
        for face in (FACE, changed):
            result = outcome(face, issuers=())
            assert isinstance(result, CardPhoto)
            assert not result.genuine
    assert not any(apdu[:3] == bytes.fromhex("00B084") for apdu in asked)


# ----------------------------------------------------------------------------------------------- commands


@pytest.mark.parametrize(("extended", "expected"), [(SHORT, 40), (EXTENDED, 10)])
def test_so_many_commands(extended: int, expected: int) -> None:
    """Certificate twice (two each), SELECT, VERIFY, the face of 7.9 kB in blocks, the signer's certificate."""
    with bench("inprocess", extended) as over:
        desk = ApduDesk(over)
        insertion = placed(desk, PERSONA)
        assert isinstance(desk.application, MyNumberCard)
        counted = desk.application.apdus
        desk.application.photo_tries(insertion)
        assert desk.application.apdus - counted == 2
        assert isinstance(read(desk, insertion, right(PERSONA)), CardPhoto)
        assert desk.application.apdus - counted == 2 + expected
