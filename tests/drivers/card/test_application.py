"""The card application against hand-written conversations: which bytes go out, and what is made of the answers."""

from __future__ import annotations

import gc
import logging
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

import pytest

from drivers.card.application import MyNumberCard
from drivers.card.certificates import Anchor
from drivers.card.revocation import UnknownRevocation
from drivers.interface import (
    CardFacts,
    Failure,
    Fault,
    PinRefused,
    Response,
    Token,
    VerifiedCard,
)
from tests.support.certificates import NOW, der, make_issuer, make_leaf, sign
from tests.support.scripted_card import Answer, OneShotSecret, ScriptedReader, gone

ISSUER = make_issuer("ca-2023")
CERTIFICATE = der(make_leaf(ISSUER, padding_bytes=520))
CHALLENGE = bytes(range(32))

Script = list[tuple[str | bytes, Answer]]

SELECT: Script = [("00A4040C0AD392F000260100000001", "9000")]
QUERY: Script = [("00200098", "63C3")]
LOCKED: Script = [("00200098", "63C0")]
VERIFY: Script = [("0020009804" + b"1234".hex(), "9000")]
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420") + sha256(CHALLENGE).digest()
SIGN: Script = [("802A009733" + DIGEST_INFO.hex() + "00", sign("holder", CHALLENGE) + b"\x90\x00")]


def label(text: str) -> Script:
    return [("00B0860020", text.ljust(32).encode("ascii") + b"\x90\x00")]


def certificate(data: bytes = CERTIFICATE) -> Script:
    blocks: Script = [("00B08A0000", data[:256] + b"\x90\x00")]
    for offset in range(256, len(data), 256):
        block = data[offset : offset + 256]
        blocks.append((f"00B0{offset:04X}{len(block) % 256:02X}", block + b"\x90\x00"))
    return blocks


CARD = "JPKIAPICCTOKEN2"
READ: Script = SELECT + label(CARD) + QUERY + certificate()


def application(script: Sequence[tuple[str | bytes, Answer]]) -> tuple[MyNumberCard, ScriptedReader]:
    reader = ScriptedReader(script)
    anchors = [Anchor(ISSUER.certificate)]
    return MyNumberCard(reader, anchors, UnknownRevocation(), lambda: NOW), reader


def read(script: Sequence[tuple[str | bytes, Answer]]) -> CardFacts | Failure:
    card, reader = application(script)
    result = card.read(1)
    assert reader.finished
    return result


def fault(result: object) -> Fault:
    assert isinstance(result, Failure)
    return result.fault


# ------------------------------------------------------------------------------------------------ read


def test_reading_asks_label_tries_and_certificate_by_short_identifiers_in_one_transaction() -> None:
    card, reader = application(READ)
    facts = card.read(1)
    assert isinstance(facts, CardFacts)
    assert (facts.token, facts.pin_tries_left, facts.pin_by_design_locked) == (Token.CARD, 3, False)
    assert facts.certificate is not None
    assert facts.certificate.sha256 == sha256(CERTIFICATE).hexdigest()
    assert reader.finished
    assert reader.transactions == 1


def test_a_stranger_is_not_a_my_number_card() -> None:
    for sw in ("6A82", "6D00", "6E00", "6A81", "6700", "6985"):
        assert fault(read([(SELECT[0][0], sw)])) is Fault.NOT_MY_NUMBER_CARD


def test_a_card_in_trouble_is_damaged_and_no_stranger() -> None:
    for sw in ("6F00", "6581", "6400", "0000", "FFFF"):
        assert fault(read([(SELECT[0][0], sw)])) is Fault.CARD_DAMAGED


def test_a_stranger_that_accepts_everything_is_told_by_its_label() -> None:
    assert fault(read(SELECT + label("SOME OTHER TOKEN"))) is Fault.NOT_MY_NUMBER_CARD


@pytest.mark.parametrize(
    "answer", ["9000", "6A82", b"\xff" * 32 + b"\x90\x00", b"\x00" * 32 + b"\x90\x00", "6F00"]
)
def test_a_label_that_is_no_text_is_damage(answer: Answer) -> None:
    assert fault(read([*SELECT, ("00B0860020", answer)])) is Fault.CARD_DAMAGED


def test_an_old_resident_card_is_known_by_its_label_and_read_no_further() -> None:
    assert fault(read(SELECT + label("JPKIAPICCTOKEN"))) is Fault.OLD_RESIDENT_CARD


def test_an_android_phone_is_asked_for_its_certificate_only_after_the_pin() -> None:
    facts = read(SELECT + label("JPKIAPGPSETOKEN") + QUERY)
    assert facts == CardFacts(Token.ANDROID, None, 3)


def test_an_iphone_may_give_or_withhold_its_certificate() -> None:
    facts = read(SELECT + label("JPKIAPIOSTOKEN") + QUERY + certificate())
    assert isinstance(facts, CardFacts)
    assert facts.certificate is not None
    assert read([*SELECT, *label("JPKIAPIOSTOKEN"), *QUERY, ("00B08A0000", "6982")]) == CardFacts(
        Token.IPHONE, None, 3
    )


def test_a_plastic_card_that_withholds_its_certificate_is_damaged() -> None:
    assert fault(read([*SELECT, *label(CARD), *QUERY, ("00B08A0000", "6982")])) is Fault.CARD_DAMAGED


def test_no_certificate_is_an_absent_or_a_blank_file() -> None:
    begin = SELECT + label(CARD) + QUERY
    assert fault(read([*begin, ("00B08A0000", "6A82")])) is Fault.NO_CERTIFICATE
    for byte in (b"\x00", b"\xff"):
        blank: Script = [
            ("00B08A0000", byte * 256 + b"\x90\x00"),
            ("00B08A0010", byte * 16 + b"\x90\x00"),
        ]
        assert fault(read(begin + blank)) is Fault.NO_CERTIFICATE


def test_rubbish_in_place_of_a_certificate_is_damage() -> None:
    begin = SELECT + label(CARD) + QUERY
    rubbish: Script = [
        ("00B08A0000", b"rubbish" * 9 + b"\x90\x00"),
        ("00B08A0010", b"rubbishrubbish.." + b"\x90\x00"),
    ]
    assert fault(read(begin + rubbish)) is Fault.CARD_DAMAGED
    assert fault(read(begin + certificate(b"\x30\x82\x00\xf0" + bytes(240)))) is Fault.CARD_DAMAGED


def test_a_certificate_of_an_unknown_issuer_is_untrusted() -> None:
    foreign = der(make_leaf(make_issuer("ca-stranger"), padding_bytes=300))
    assert fault(read(SELECT + label(CARD) + QUERY + certificate(foreign))) is Fault.CERTIFICATE_UNTRUSTED


@pytest.mark.parametrize(
    ("flags", "by_design"), [("008F009000", True), ("8F8F009000", False), ("6A82", False), ("8F9000", False)]
)
def test_a_locked_pin_is_by_design_where_no_signature_certificate_was_issued(
    flags: str, by_design: bool
) -> None:
    facts = read([*SELECT, *label(CARD), *LOCKED, ("00B0880003", flags), *certificate()])
    assert isinstance(facts, CardFacts)
    assert (facts.pin_tries_left, facts.pin_by_design_locked) == (0, by_design)


@pytest.mark.parametrize("sw", ["6983", "6984"])
def test_a_query_answered_with_blocked_is_zero_tries(sw: str) -> None:
    facts = read([*SELECT, *label(CARD), ("00200098", sw), ("00B0880003", "8F8F009000"), *certificate()])
    assert isinstance(facts, CardFacts)
    assert facts.pin_tries_left == 0


@pytest.mark.parametrize("sw", ["9000", "6300", "6A88"])
def test_tries_that_the_card_does_not_tell_are_unknown(sw: str) -> None:
    facts = read([*SELECT, *label(CARD), ("00200098", sw), *certificate()])
    assert isinstance(facts, CardFacts)
    assert facts.pin_tries_left is None


@pytest.mark.parametrize("cut", range(len(READ)))
def test_a_card_taken_away_at_any_command_is_gone(cut: int) -> None:
    assert fault(read([*READ[:cut], (READ[cut][0], gone())])) is Fault.CARD_GONE


# --------------------------------------------------------------------------------------------- the PIN


def verify(
    script: Sequence[tuple[str | bytes, Answer]], pin: str = "1234", insertion: int = 1
) -> VerifiedCard | PinRefused | Failure:
    """Reads the card, then presents the PIN; checks that the secret was wiped and the conversation ended."""
    card, reader = application([*READ, *script])
    assert isinstance(card.read(1), CardFacts)
    secret = OneShotSecret(pin)
    result = card.verify_pin(insertion, secret, CHALLENGE)
    assert secret.wiped
    assert reader.finished
    return result


def test_pin_and_signature_go_out_in_one_transaction() -> None:
    result = verify(SELECT + VERIFY + SIGN)
    assert isinstance(result, VerifiedCard)
    assert (result.insertion, result.method, result.challenge) == (1, "pin", CHALLENGE)
    assert (result.certificate, result.signature) == (CERTIFICATE, sign("holder", CHALLENGE))
    assert result.facts.sha256 == sha256(CERTIFICATE).hexdigest()


@pytest.mark.parametrize("sw", ["6A86", "6A82", "6D00", "6A88", "6B00"])
def test_a_card_that_does_not_know_the_key_in_p2_gets_select_and_the_older_form(sw: str) -> None:
    older: Script = [
        ("00A4020C020017", "9000"),
        ("802A008033" + DIGEST_INFO.hex() + "00", "6100"),
        ("00C0000000", sign("holder", CHALLENGE) + b"\x90\x00"),
    ]
    assert isinstance(verify([*SELECT, *VERIFY, (SIGN[0][0], sw), *older]), VerifiedCard)


@pytest.mark.parametrize(("sw", "left"), [("63C2", 2), ("63C1", 1), ("63C0", 0)])
def test_a_wrong_pin_tells_the_tries_left(sw: str, left: int) -> None:
    assert verify([*SELECT, ("00200098041234".replace("1234", b"1234".hex()), sw)]) == PinRefused(left)


@pytest.mark.parametrize("sw", ["6983", "6984"])
def test_a_pin_locked_before_is_locked(sw: str) -> None:
    assert fault(verify([*SELECT, (VERIFY[0][0], sw)])) is Fault.PIN_LOCKED


def test_a_verify_without_sense_is_damage_and_is_not_repeated() -> None:
    assert fault(verify([*SELECT, (VERIFY[0][0], "6C04")])) is Fault.CARD_DAMAGED


def test_a_signature_by_another_key_is_wrong() -> None:
    other = sign("somebody else", CHALLENGE)
    assert fault(verify([*SELECT, *VERIFY, (SIGN[0][0], other + b"\x90\x00")])) is Fault.SIGNATURE_WRONG


def test_a_signature_over_another_challenge_is_wrong() -> None:
    replay = sign("holder", b"yesterday's challenge")
    assert fault(verify([*SELECT, *VERIFY, (SIGN[0][0], replay + b"\x90\x00")])) is Fault.SIGNATURE_WRONG


@pytest.mark.parametrize("step", range(3))
def test_the_secret_is_wiped_also_where_the_card_is_taken_away(step: int) -> None:
    script = SELECT + VERIFY + SIGN
    assert fault(verify([*script[:step], (script[step][0], gone())])) is Fault.CARD_GONE


def test_nothing_is_sent_to_a_card_that_was_not_read() -> None:
    card, reader = application([])
    secret = OneShotSecret("1234")
    assert fault(card.verify_pin(1, secret, CHALLENGE)) is Fault.CARD_GONE
    assert secret.wiped
    assert (reader.transactions, reader.sent) == (0, [])


def test_nothing_is_sent_to_a_card_of_another_insertion() -> None:
    assert fault(verify([], insertion=2)) is Fault.CARD_GONE
    card, reader = application(READ)
    card.read(1)
    reader.insertion = 2  # another card lies there now, and it is meant; but it was never read
    assert fault(card.verify_pin(2, OneShotSecret("1234"), CHALLENGE)) is Fault.CARD_GONE
    assert reader.transactions == 1


def test_nothing_is_sent_where_no_try_is_left() -> None:
    card, reader = application([*SELECT, *label(CARD), *LOCKED, ("00B0880003", "8F8F009000"), *certificate()])
    card.read(1)
    secret = OneShotSecret("1234")
    assert fault(card.verify_pin(1, secret, CHALLENGE)) is Fault.PIN_LOCKED
    assert secret.wiped
    assert reader.transactions == 1


@pytest.mark.parametrize("pin", ["123", "12345", "12a4", "１"])
def test_what_is_no_pin_is_not_sent_since_the_card_would_count_it(pin: str) -> None:
    card, reader = application(READ + SELECT)
    card.read(1)
    secret = OneShotSecret("1234")
    secret._digits = bytearray(pin.encode())
    assert fault(card.verify_pin(1, secret, CHALLENGE)) is Fault.INTERNAL
    assert secret.wiped
    assert reader.finished


def test_a_secret_that_was_taken_before_is_not_sent() -> None:
    card, reader = application(READ + SELECT)
    card.read(1)
    secret = OneShotSecret("1234")
    secret.take()[:] = bytes(4)
    assert fault(card.verify_pin(1, secret, CHALLENGE)) is Fault.INTERNAL
    assert reader.finished


def test_a_second_pin_may_follow_a_wrong_one_without_reading_again() -> None:
    wrong: Script = [("0020009804" + b"0000".hex(), "63C2")]
    card, reader = application([*READ, *SELECT, *wrong, *SELECT, *VERIFY, *SIGN])
    card.read(1)
    assert card.verify_pin(1, OneShotSecret("0000"), CHALLENGE) == PinRefused(2)
    assert isinstance(card.verify_pin(1, OneShotSecret("1234"), CHALLENGE), VerifiedCard)
    assert reader.finished


def test_a_pin_that_locked_is_not_tried_again() -> None:
    wrong: Script = [("0020009804" + b"0000".hex(), "63C0")]
    card, reader = application([*READ, *SELECT, *wrong])
    card.read(1)
    assert card.verify_pin(1, OneShotSecret("0000"), CHALLENGE) == PinRefused(0)
    assert fault(card.verify_pin(1, OneShotSecret("1234"), CHALLENGE)) is Fault.PIN_LOCKED
    assert reader.finished


def test_after_a_lost_verify_the_card_must_be_read_again() -> None:
    card, reader = application([*READ, *SELECT, (VERIFY[0][0], gone())])
    card.read(1)
    assert fault(card.verify_pin(1, OneShotSecret("1234"), CHALLENGE)) is Fault.CARD_GONE
    assert fault(card.verify_pin(1, OneShotSecret("1234"), CHALLENGE)) is Fault.CARD_GONE
    assert reader.finished


def test_forgetting_forgets_the_card() -> None:
    card, reader = application(READ)
    card.read(1)
    card.forget()
    assert fault(card.verify_pin(1, OneShotSecret("1234"), CHALLENGE)) is Fault.CARD_GONE
    assert reader.transactions == 1


def test_an_android_phones_certificate_is_read_and_checked_inside_the_pins_transaction() -> None:
    begin = SELECT + label("JPKIAPGPSETOKEN") + QUERY
    card, reader = application(begin + SELECT + VERIFY + certificate() + SIGN)
    card.read(1)
    result = card.verify_pin(1, OneShotSecret("1234"), CHALLENGE)
    assert isinstance(result, VerifiedCard)
    assert result.certificate == CERTIFICATE
    assert reader.finished
    assert reader.transactions == 2


def test_an_android_phones_untrusted_certificate_verifies_nobody() -> None:
    foreign = certificate(der(make_leaf(make_issuer("ca-stranger"), padding_bytes=300)))
    begin = SELECT + label("JPKIAPGPSETOKEN") + QUERY
    card, reader = application(begin + SELECT + VERIFY + foreign)
    card.read(1)
    assert fault(card.verify_pin(1, OneShotSecret("1234"), CHALLENGE)) is Fault.CERTIFICATE_UNTRUSTED
    assert reader.finished


# ------------------------------------------------------------------------------------ bugs and privacy


class BrokenClock:
    """A bug of ours whose text holds what must not be told."""

    def __call__(self) -> datetime:
        raise RuntimeError("pin 1234 number 123456789012")


def test_a_bug_ends_as_a_value_and_tells_its_type_only(caplog: pytest.LogCaptureFixture) -> None:
    reader = ScriptedReader(READ)
    card = MyNumberCard(reader, [Anchor(ISSUER.certificate)], UnknownRevocation(), BrokenClock())
    assert card.read(1) == Failure(Fault.INTERNAL, False, "RuntimeError")
    assert "1234" not in caplog.text
    assert "RuntimeError" in caplog.text


def test_the_pin_is_in_no_log_and_in_no_live_buffer(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    canary = "7391"
    script: Script = [*SELECT, ("0020009804" + canary.encode().hex(), "63C2")]
    card, reader = application([*READ, *script])
    card.read(1)
    secret = OneShotSecret(canary)
    card.verify_pin(1, secret, CHALLENGE)
    reader.sent.clear()
    script.clear()
    everything = "".join(f"{record.msg}{record.args}{record.exc_text}" for record in caplog.records)
    assert not [form for form in (canary, canary.encode().hex()) if form in everything]
    gc.collect()
    # Only what the garbage collector tracks can be listed; buffers are reached through their holders.
    holders = (held for item in gc.get_objects() for held in gc.get_referents(item))
    kinds = (bytes, bytearray)
    assert not any(isinstance(held, kinds) and held[5:] == canary.encode() for held in holders)


def test_no_result_shows_certificate_challenge_or_signature() -> None:
    result = verify(SELECT + VERIFY + SIGN)
    shown = repr(result)
    assert not [name for name in ("certificate=b", "challenge=", "signature=") if name in shown]
    assert repr(Response(b"secret", 0x9000)) == f"Response(sw={0x9000})"
