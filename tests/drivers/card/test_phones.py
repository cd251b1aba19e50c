"""Phones against hand-written conversations: what is asked in which order, and what becomes of a PIN on its way."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import pytest

from drivers.card.application import MyNumberCard
from drivers.card.certificates import Anchor
from drivers.card.revocation import UnknownRevocation
from drivers.interface import CardFacts, Failure, Fault, PinRefused, Token, VerifiedCard
from tests.support.certificates import NOW, der, make_issuer, make_leaf, sign
from tests.support.scripted_card import Answer, OneShotSecret, ScriptedReader, gone

ISSUER = make_issuer("ca-2023")
CERTIFICATE = der(make_leaf(ISSUER, padding_bytes=520))
CHALLENGE = bytes(range(32))

Script = list[tuple[str | bytes, Answer]]

SELECT: Script = [("00A4040C0AD392F000260100000001", "9000")]
QUERY: Script = [("00200098", "63C3")]
VERIFY = "0020009804" + b"1234".hex()
DIGEST_INFO = bytes.fromhex("3031300D060960864801650304020105000420") + sha256(CHALLENGE).digest()
SIGN = "802A009733" + DIGEST_INFO.hex() + "00"
SIGNED: Script = [(SIGN, sign("holder", CHALLENGE) + b"\x90\x00")]
READ_FIRST = "00B08A0000"


def begin(label: str) -> Script:
    return [*SELECT, ("00B0860020", label.ljust(32).encode("ascii") + b"\x90\x00"), *QUERY]


def certificate() -> Script:
    blocks: Script = [(READ_FIRST, CERTIFICATE[:256] + b"\x90\x00")]
    for offset in range(256, len(CERTIFICATE), 256):
        block = CERTIFICATE[offset : offset + 256]
        blocks.append((f"00B0{offset:04X}{len(block) % 256:02X}", block + b"\x90\x00"))
    return blocks


ANDROID = begin("JPKIAPGPSETOKEN")
IPHONE = begin("JPKIAPIOSTOKEN") + certificate()
LOCKED_IPHONE: Script = [*begin("JPKIAPIOSTOKEN"), (READ_FIRST, "6982")]
"""One that gives its certificate only to a holder who has confirmed."""


def phone(script: Sequence[tuple[str | bytes, Answer]]) -> tuple[MyNumberCard, ScriptedReader]:
    """Read already, by the beginning of the script."""
    reader = ScriptedReader(script)
    card = MyNumberCard(reader, [Anchor(ISSUER.certificate)], UnknownRevocation(), lambda: NOW)
    assert isinstance(card.read(1), CardFacts)
    return card, reader


def fault(result: object) -> Fault:
    assert isinstance(result, Failure)
    return result.fault


# ------------------------------------------------------------------------------- labels tell what it is


@pytest.mark.parametrize(
    ("label", "token"),
    [
        ("JPKIAPICCTOKEN2", Token.CARD),
        ("JPKIAPGPSETOKEN", Token.ANDROID),
        ("JPKIAPIOSTOKEN", Token.IPHONE),
    ],
)
def test_the_label_tells_card_android_and_iphone(label: str, token: Token) -> None:
    rest = [] if token is Token.ANDROID else certificate()
    reader = ScriptedReader([*begin(label), *rest])
    card = MyNumberCard(reader, [Anchor(ISSUER.certificate)], UnknownRevocation(), lambda: NOW)
    facts = card.read(1)
    assert isinstance(facts, CardFacts)
    assert facts.token is token
    assert reader.finished


@pytest.mark.parametrize(
    "label", ["JPKIAPGPSETOKEN2", "JPKIAPGPSE", "JPKIAPIOSTOKENX", "jpkiapgpsetoken", "WATCH"]
)
def test_a_token_that_is_none_of_them_is_no_my_number_card_and_asked_no_further(label: str) -> None:
    reader = ScriptedReader(begin(label)[:-1])  # not even its tries
    card = MyNumberCard(reader, [Anchor(ISSUER.certificate)], UnknownRevocation(), lambda: NOW)
    assert fault(card.read(1)) is Fault.NOT_MY_NUMBER_CARD
    assert fault(card.verify_pin(1, OneShotSecret("1234"), CHALLENGE)) is Fault.CARD_GONE
    assert fault(card.verify_on_phone(1, CHALLENGE)) is Fault.CARD_GONE
    assert reader.finished


# ------------------------------------------------------------------------------------ Android, by PIN


def test_androids_certificate_comes_after_the_pin_and_never_before() -> None:
    card, reader = phone([*ANDROID, *SELECT, (VERIFY, "9000"), *certificate(), *SIGNED])
    assert isinstance(card.verify_pin(1, OneShotSecret("1234"), CHALLENGE), VerifiedCard)
    assert reader.finished
    orders = [apdu.hex().upper() for apdu in reader.sent]
    assert orders.index(VERIFY.upper()) < orders.index(READ_FIRST)


@pytest.mark.parametrize("fate", ["no connection", "select lost"])
def test_a_phone_that_was_not_reached_leaves_the_pin_untaken(fate: str) -> None:
    card, reader = phone([*ANDROID, (SELECT[0][0], gone())])
    if fate == "no connection":
        reader.insertion = 2
        reader.script.clear()
    secret = OneShotSecret("1234")
    assert fault(card.verify_pin(1, secret, CHALLENGE)) is Fault.CARD_GONE
    assert secret.given is None, "it may be presented when the phone is back"
    assert reader.finished


@pytest.mark.parametrize("lost", range(4))
def test_a_pin_that_was_sent_is_gone_whatever_came_back_and_is_sent_no_second_time(lost: int) -> None:
    """VERIFY itself, the certificate's first block, its last, and the signature."""
    conversation: Script = [*SELECT, (VERIFY, "9000"), *certificate(), *SIGNED]
    at = (1, 2, len(conversation) - 2, len(conversation) - 1)[lost]
    card, reader = phone([*ANDROID, *conversation[:at], (conversation[at][0], gone())])
    secret = OneShotSecret("1234")
    assert fault(card.verify_pin(1, secret, CHALLENGE)) is Fault.CARD_GONE
    assert secret.wiped
    assert sum(apdu.hex().upper() == VERIFY.upper() for apdu in reader.sent) == 1
    assert fault(card.verify_pin(1, OneShotSecret("1234"), CHALLENGE)) is Fault.CARD_GONE, "read it anew"
    assert reader.finished


def test_a_locked_phone_is_not_waited_for() -> None:
    card, reader = phone([*ANDROID[:-1], ("00200098", "63C0")])
    secret = OneShotSecret("1234")
    assert fault(card.verify_pin(1, secret, CHALLENGE)) is Fault.PIN_LOCKED
    assert secret.wiped
    assert reader.finished


def test_a_plastic_cards_pin_never_waits() -> None:
    card, _ = phone([*begin("JPKIAPICCTOKEN2"), *certificate(), (SELECT[0][0], gone())])
    secret = OneShotSecret("1234")
    assert fault(card.verify_pin(1, secret, CHALLENGE)) is Fault.CARD_GONE
    assert secret.wiped


def test_androids_wrong_pin_tells_the_tries_and_reads_nothing() -> None:
    card, reader = phone([*ANDROID, *SELECT, (VERIFY, "63C2")])
    assert card.verify_pin(1, OneShotSecret("1234"), CHALLENGE) == PinRefused(2)
    assert reader.finished


# --------------------------------------------------------------------------- iPhone, by its own check


def test_an_iphone_signs_without_any_pin() -> None:
    card, reader = phone([*IPHONE, *SELECT, *SIGNED])
    result = card.verify_on_phone(1, CHALLENGE)
    assert isinstance(result, VerifiedCard)
    assert (result.method, result.certificate) == ("phone", CERTIFICATE)
    assert not [apdu for apdu in reader.sent if apdu[1] == 0x20 and len(apdu) > 4]
    assert reader.finished


def test_an_iphone_may_keep_its_certificate_until_its_holder_has_confirmed() -> None:
    card, reader = phone([*LOCKED_IPHONE, *SELECT, *certificate(), *SIGNED])
    assert isinstance(card.verify_on_phone(1, CHALLENGE), VerifiedCard)
    assert reader.finished


@pytest.mark.parametrize("where", ["certificate", "signature"])
def test_an_iphone_whose_holder_has_not_confirmed_says_no_more_than_that(where: str) -> None:
    refusal: Script = [(READ_FIRST if where == "certificate" else SIGN, "6982")]
    start = LOCKED_IPHONE if where == "certificate" else IPHONE
    card, reader = phone([*start, *SELECT, *refusal])
    result = card.verify_on_phone(1, CHALLENGE)
    assert fault(result) is Fault.NOT_CONFIRMED
    assert fault(card.verify_on_phone(1, CHALLENGE)) is Fault.CARD_GONE, "read it anew"
    assert reader.finished


def test_an_iphone_that_refuses_otherwise_is_not_told_to_confirm() -> None:
    card, _ = phone([*IPHONE, *SELECT, (SIGN, "6F00")])
    assert fault(card.verify_on_phone(1, CHALLENGE)) is Fault.CARD_DAMAGED


def test_an_iphone_that_signs_with_another_key_verifies_nobody() -> None:
    other = sign("somebody else", CHALLENGE) + b"\x90\x00"
    card, _ = phone([*IPHONE, *SELECT, (SIGN, other)])
    assert fault(card.verify_on_phone(1, CHALLENGE)) is Fault.SIGNATURE_WRONG


@pytest.mark.parametrize("start", [ANDROID, begin("JPKIAPICCTOKEN2") + certificate()])
def test_nothing_but_an_iphone_is_verified_without_a_pin(start: Script) -> None:
    card, reader = phone(start)
    assert fault(card.verify_on_phone(1, CHALLENGE)) is Fault.INTERNAL
    assert reader.transactions == 1, "it was read, and not asked any more"
