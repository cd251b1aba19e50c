"""The text application, by its own PIN or by 照合番号B: hand-written conversations."""

from __future__ import annotations

import gc
import logging
from collections.abc import Sequence

import pytest

from drivers.card import text
from drivers.card.application import MyNumberCard
from drivers.card.certificates import Anchor
from drivers.card.channel import Channel
from drivers.card.revocation import UnknownRevocation
from drivers.interface import CardFacts, CardText, Failure, Fault, LinkError, PinRefused, TextKey
from tests.support.card_text import BASIC, FACTS
from tests.support.certificates import NOW, der, make_issuer, make_leaf
from tests.support.scripted_card import Answer, OneShotSecret, ScriptedReader, gone

Script = list[tuple[str | bytes, Answer]]

ISSUER = make_issuer("ca-2023")
CERTIFICATE = der(make_leaf(ISSUER))
OTHER_CERTIFICATE = der(make_leaf(ISSUER, "another holder"))
OK = b"\x90\x00"

SELECT_JPKI = "00A4040C0AD392F000260100000001"
SELECT_TEXT = "00A4040C0AD3921000310001010408"
PIN, NUMBER_B = "4321", "55021720352285"
SECRETS: dict[TextKey, str] = {"pin": PIN, "number_b": NUMBER_B}
QUERIES: dict[TextKey, str] = {"pin": "00200091", "number_b": "00200095"}
VERIFIES: dict[TextKey, str] = {
    "pin": "0020009104" + PIN.encode().hex(),
    "number_b": "002000950E" + NUMBER_B.encode().hex(),
}
KEYS: tuple[TextKey, ...] = ("pin", "number_b")


def asked(key: TextKey, answer: str = "63C3") -> Script:
    return [(SELECT_TEXT, "9000"), (QUERIES[key], answer)]


def unlocked(key: TextKey, answer: str = "9000") -> Script:
    return [(SELECT_TEXT, "9000"), (VERIFIES[key], answer)]


FILE: Script = [("00B0820000", BASIC + OK)]
SAME: Script = [(SELECT_JPKI, "9000"), ("00B08A0000", CERTIFICATE[:256] + OK)]


def head(label: str = "JPKIAPICCTOKEN2", tries: str = "63C3") -> Script:
    return [
        (SELECT_JPKI, "9000"),
        ("00B0860020", label.ljust(32).encode("ascii") + OK),
        ("00200098", tries),
    ]


def whole_certificate(data: bytes = CERTIFICATE) -> Script:
    blocks: Script = [("00B08A0000", data[:256] + OK)]
    for offset in range(256, len(data), 256):
        block = data[offset : offset + 256]
        blocks.append((f"00B0{offset:04X}{len(block) % 256:02X}", block + OK))
    return blocks


NO_CERTIFICATE: Script = [*head(), ("00B08A0000", "6A82")]


def application(script: Sequence[tuple[str | bytes, Answer]]) -> tuple[MyNumberCard, ScriptedReader]:
    reader = ScriptedReader(script)
    return MyNumberCard(reader, [Anchor(ISSUER.certificate)], UnknownRevocation(), lambda: NOW), reader


def met(reading: Script, after: Script) -> tuple[MyNumberCard, ScriptedReader]:
    """A card that was read by the first conversation, and the reader with what is left of the script."""
    card, reader = application([*reading, *after])
    card.read(1)
    return card, reader


def fault(result: object) -> Fault:
    assert isinstance(result, Failure)
    return result.fault


def read(
    card: MyNumberCard, key: TextKey = "pin", secret: str = "", insertion: int = 1
) -> CardText | PinRefused | Failure:
    given_secret = OneShotSecret(secret or SECRETS[key])
    result = card.read_text(insertion, key, given_secret)
    assert given_secret.wiped
    return result


# ----------------------------------------------------------------------------------------- the whole way


@pytest.mark.parametrize("key", KEYS)
def test_the_facts_are_read_in_one_transaction_that_begins_and_ends_with_the_certificate_seen_before(
    key: TextKey,
) -> None:
    card, reader = met(head() + whole_certificate(), asked(key) + SAME + unlocked(key) + FILE + SAME)
    assert card.text_tries(1, key) == 3
    assert read(card, key) == FACTS
    assert reader.finished
    assert reader.transactions == 3
    assert not [apdu for apdu in reader.sent if apdu[:4] in (b"\0\xb0\x81\0", b"\0\x20\0\x94")]


def test_the_log_has_headers_and_status_words_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    card, _ = met(NO_CERTIFICATE, asked("number_b", "63CA") + unlocked("number_b") + FILE)
    caplog.clear()
    card.text_tries(1, "number_b")
    assert read(card, "number_b") == FACTS
    assert [record.getMessage() for record in caplog.records] == [
        "apdu 00 A4 04 0C Lc=0A -> 9000",
        "apdu 00 20 00 95 -> 63CA",
        "apdu 00 A4 04 0C Lc=0A -> 9000",
        "apdu 00 20 00 95 Lc=0E -> 9000",
        "file 02 read",
    ]


# --------------------------------------------------------------------------------------------- the tries


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    ("sw", "left"),
    [("63CA", 10), ("63C3", 3), ("63C1", 1), ("63C0", 0), ("6983", 0), ("6984", 0)],
)
def test_the_tries_are_told_by_a_verify_without_data(key: TextKey, sw: str, left: int) -> None:
    card, reader = met(NO_CERTIFICATE, asked(key, sw))
    assert card.text_tries(1, key) == left
    assert reader.finished


@pytest.mark.parametrize("sw", ["9000", "6300", "6A82", "6A88", "6700", "6F00"])
def test_a_card_that_does_not_tell_its_tries_is_taken_to_be_at_its_last(sw: str) -> None:
    card, _ = met(NO_CERTIFICATE, asked("pin", sw))
    assert card.text_tries(1, "pin") == 1


def test_nothing_is_sent_before_the_tries_of_this_very_key_are_known() -> None:
    card, reader = met(NO_CERTIFICATE, asked("number_b"))
    assert fault(read(card, "pin")) is Fault.CARD_GONE
    card.text_tries(1, "number_b")
    assert fault(read(card, "pin")) is Fault.CARD_GONE
    assert reader.finished


def test_nothing_is_sent_to_a_key_that_was_told_to_be_locked() -> None:
    card, reader = met(NO_CERTIFICATE, asked("pin", "63C0"))
    card.text_tries(1, "pin")
    assert fault(read(card)) is Fault.PIN_LOCKED
    assert reader.finished


@pytest.mark.parametrize("key", KEYS)
def test_a_wrong_secret_tells_what_is_left_and_its_lock_ends_all_attempts(key: TextKey) -> None:
    card, reader = met(NO_CERTIFICATE, asked(key, "63C2") + unlocked(key, "63C1") + unlocked(key, "63C0"))
    card.text_tries(1, key)
    assert read(card, key) == PinRefused(1)
    assert read(card, key) == PinRefused(0)
    assert fault(read(card, key)) is Fault.PIN_LOCKED
    assert reader.finished


def test_a_locked_key_leaves_the_other_one_usable() -> None:
    card, reader = met(
        NO_CERTIFICATE,
        asked("pin", "63C1") + unlocked("pin", "6984") + asked("number_b") + unlocked("number_b") + FILE,
    )
    card.text_tries(1, "pin")
    assert fault(read(card)) is Fault.PIN_LOCKED
    card.text_tries(1, "number_b")
    assert read(card, "number_b") == FACTS
    assert reader.finished


def test_after_a_lost_verify_the_tries_must_be_asked_again() -> None:
    card, reader = met(
        NO_CERTIFICATE,
        [*asked("pin"), (SELECT_TEXT, "9000"), (VERIFIES["pin"], gone()), *asked("pin", "63C2")],
    )
    card.text_tries(1, "pin")
    assert fault(read(card)) is Fault.CARD_GONE
    assert fault(read(card)) is Fault.CARD_GONE
    assert len(reader.script) == 2  # nothing was sent the second time
    assert card.text_tries(1, "pin") == 2


@pytest.mark.parametrize(
    ("key", "secret"), [("pin", "432"), ("pin", NUMBER_B), ("number_b", PIN), ("pin", "43a1"), ("pin", "４")]
)
def test_a_secret_of_another_form_is_not_sent_since_the_card_would_count_it(
    key: TextKey, secret: str
) -> None:
    card, reader = met(NO_CERTIFICATE, [*asked(key), (SELECT_TEXT, "9000")])
    card.text_tries(1, key)
    typed = OneShotSecret("")
    typed._digits = bytearray(secret.encode())
    assert fault(card.read_text(1, key, typed)) is Fault.INTERNAL
    assert typed.wiped
    assert reader.finished


@pytest.mark.parametrize("sw", ["6A82", "6A86", "6F00"])
def test_a_verify_without_sense_is_damage_and_is_not_repeated(sw: str) -> None:
    card, reader = met(NO_CERTIFICATE, asked("pin") + unlocked("pin", sw))
    card.text_tries(1, "pin")
    assert fault(read(card)) is Fault.CARD_DAMAGED
    assert reader.finished


# ---------------------------------------------------------------------------------------- of which card


@pytest.mark.parametrize(
    ("reading", "found"),
    [
        (NO_CERTIFICATE, Fault.NO_CERTIFICATE),
        ([*head(), ("00B08A0000", "6581")], Fault.CARD_DAMAGED),
        ([*head()[:1], ("00B0860020", "6581")], Fault.CARD_DAMAGED),
        ([(SELECT_JPKI, "6F00")], Fault.CARD_DAMAGED),
        ([*head(), ("00B08A0000", "6984")], Fault.PIN_LOCKED),
    ],
)
def test_a_card_whose_authentication_cannot_be_read_may_still_give_its_text(
    reading: Script, found: Fault
) -> None:
    card, reader = application(reading + asked("pin") + unlocked("pin") + FILE)
    assert fault(card.read(1)) is found
    assert card.text_tries(1, "pin") == 3
    assert read(card) == FACTS
    assert reader.finished


def test_a_card_of_an_unknown_issuer_may_give_its_text() -> None:
    foreign = der(make_leaf(make_issuer("ca-stranger"), padding_bytes=300))
    same: Script = [(SELECT_JPKI, "9000"), ("00B08A0000", foreign[:256] + OK)]
    card, reader = application(
        head() + whole_certificate(foreign) + asked("pin") + same + unlocked("pin") + FILE + same
    )
    assert fault(card.read(1)) is Fault.CERTIFICATE_UNTRUSTED
    card.text_tries(1, "pin")
    assert read(card) == FACTS
    assert reader.finished


def test_a_card_whose_authentication_pin_is_locked_or_was_just_locked_gives_its_text() -> None:
    locked: Script = [*head(tries="63C0"), ("00B0880003", "8F8F009000"), *whole_certificate()]
    card, reader = met(locked, asked("pin") + SAME + unlocked("pin") + FILE + SAME)
    secret = OneShotSecret("1234")
    assert fault(card.verify_pin(1, secret, bytes(32))) is Fault.PIN_LOCKED
    card.text_tries(1, "pin")
    assert read(card) == FACTS
    assert reader.finished


def test_a_trouble_with_the_text_leaves_the_authentication_as_it_was() -> None:
    wrong: Script = [(SELECT_JPKI, "9000"), ("0020009804" + b"1234".hex(), "63C2")]
    card, reader = met(head() + whole_certificate(), [*asked("pin", "63C0"), (SELECT_TEXT, "6A82"), *wrong])
    card.text_tries(1, "pin")
    assert fault(read(card)) is Fault.PIN_LOCKED
    assert fault(card.text_tries(1, "number_b")) is Fault.NOT_MY_NUMBER_CARD
    assert card.verify_pin(1, OneShotSecret("1234"), bytes(32)) == PinRefused(2)
    assert reader.finished


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        ([(SELECT_JPKI, "6A82")], Fault.NOT_MY_NUMBER_CARD),
        (
            [(SELECT_JPKI, "9000"), ("00B0860020", b"SOME OTHER TOKEN".ljust(32) + OK)],
            Fault.NOT_MY_NUMBER_CARD,
        ),
        (head("JPKIAPICCTOKEN")[:2], Fault.OLD_RESIDENT_CARD),
        (head("JPKIAPGPSETOKEN"), Fault.NOT_MY_NUMBER_CARD),
        ([*head("JPKIAPIOSTOKEN"), ("00B08A0000", "6982")], Fault.NOT_MY_NUMBER_CARD),
        ([(SELECT_JPKI, gone())], Fault.CARD_GONE),
    ],
    ids=["stranger", "stranger that accepts everything", "old card", "android", "iphone", "gone"],
)
def test_phones_strangers_and_silent_cards_are_asked_nothing(reading: Script, expected: Fault) -> None:
    card, reader = met(reading, [])
    for key in KEYS:
        assert fault(card.text_tries(1, key)) is expected
        assert fault(read(card, key)) is expected
    assert fault(card.photo_tries(1)) is expected
    assert fault(card.read_photo(1, OneShotSecret(NUMBER_B))) is expected
    assert reader.finished
    assert reader.transactions == 1


def test_nothing_is_sent_to_a_card_that_was_not_read_or_was_forgotten() -> None:
    card, reader = application(NO_CERTIFICATE)

    def refuses() -> bool:
        results = (card.text_tries(1, "pin"), read(card), card.read_photo(1, OneShotSecret(NUMBER_B)))
        return all(fault(result) is Fault.CARD_GONE for result in results)

    assert refuses()
    card.read(1)
    card.forget()
    assert refuses()
    assert reader.transactions == 1


def test_nothing_is_sent_to_a_card_of_another_insertion() -> None:
    card, reader = met(NO_CERTIFICATE, asked("pin"))
    card.text_tries(1, "pin")
    reader.insertion = 2
    assert fault(read(card, insertion=1)) is Fault.CARD_GONE
    assert fault(card.text_tries(2, "pin")) is Fault.CARD_GONE
    assert fault(read(card, insertion=2)) is Fault.CARD_GONE
    assert reader.transactions == 2


@pytest.mark.parametrize("when", ["before", "after"])
def test_another_certificate_means_another_card_which_gets_no_pin_and_gives_no_name(when: str) -> None:
    other: Script = [(SELECT_JPKI, "9000"), ("00B08A0000", OTHER_CERTIFICATE[:256] + OK)]
    conversation = other if when == "before" else SAME + unlocked("pin") + FILE + other
    card, reader = met(head() + whole_certificate(), asked("pin") + conversation)
    card.text_tries(1, "pin")
    assert fault(read(card)) is Fault.CARD_GONE
    assert reader.finished


@pytest.mark.parametrize("step", range(7))
def test_the_secret_is_wiped_wherever_the_card_is_taken_away(step: int) -> None:
    talk = SAME + unlocked("pin") + FILE + SAME
    card, reader = met(head() + whole_certificate(), [*asked("pin"), *talk[:step], (talk[step][0], gone())])
    card.text_tries(1, "pin")
    assert fault(read(card)) is Fault.CARD_GONE
    assert reader.finished


def test_two_bytes_before_the_template_are_tolerated() -> None:
    card, _ = met(NO_CERTIFICATE, [*asked("pin"), *unlocked("pin"), ("00B0820000", b"\0\0" + BASIC + OK)])
    card.text_tries(1, "pin")
    assert read(card) == FACTS


# ------------------------------------------------------------------------------------------------ privacy


def test_a_card_without_the_application_gets_no_secret() -> None:
    pin = OneShotSecret(PIN)
    reader = ScriptedReader([(SELECT_TEXT, "6A82")])
    with pytest.raises(LinkError) as caught:
        text.read_text(Channel(reader.connect(1).__enter__()), "pin", pin)
    assert caught.value.failure.fault is Fault.NOT_MY_NUMBER_CARD
    assert pin.wiped


@pytest.mark.parametrize("key", KEYS)
def test_the_secret_is_in_no_log_and_in_no_live_buffer(
    key: TextKey, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    canary = {"pin": "7391", "number_b": "73918264509173"}[key]
    command = bytes.fromhex(VERIFIES[key][:10]) + canary.encode()
    script: Script = [(SELECT_TEXT, "9000"), (command, "63C2")]
    card, reader = met(NO_CERTIFICATE, asked(key) + script)
    card.text_tries(1, key)
    assert read(card, key, canary) == PinRefused(2)
    reader.sent.clear()
    script.clear()
    del command
    everything = "".join(f"{record.msg}{record.args}{record.exc_text}" for record in caplog.records)
    assert not [form for form in (canary, canary.encode().hex()) if form in everything]
    gc.collect()
    holders = (held for item in gc.get_objects() for held in gc.get_referents(item))
    assert not any(isinstance(held, bytes | bytearray) and held[5:] == canary.encode() for held in holders)


def test_reading_the_card_itself_asks_nothing_of_the_text() -> None:
    card, reader = application(head() + whole_certificate())
    assert isinstance(card.read(1), CardFacts)
    assert reader.finished
