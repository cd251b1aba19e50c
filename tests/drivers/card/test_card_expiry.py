"""A card whose certificate has ended is asked when it ends itself, by hand-written conversations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from drivers.card.application import MyNumberCard
from drivers.card.certificates import Anchor
from drivers.card.revocation import UnknownRevocation
from drivers.interface import CardFacts, Failure, Fault
from tests.support.certificates import NOW, der, make_issuer, make_leaf
from tests.support.scripted_card import Answer, ScriptedReader, gone

ISSUER = make_issuer("ca-2023")
ENDED = der(make_leaf(ISSUER, begins=NOW - timedelta(days=2000), ends=NOW - timedelta(days=1)))
OK = b"\x90\x00"
RECORD = b"\x01\x1c" + b"123456789012345" + b"99999" + b"20261031"
COMMON: list[tuple[str | bytes, Answer]] = [("00A4040C0AD3921000310001010100", "9000")]


def read(after: Sequence[tuple[str | bytes, Answer]], certificate: bytes = ENDED) -> CardFacts | Failure:
    script: list[tuple[str | bytes, Answer]] = [
        ("00A4040C0AD392F000260100000001", "9000"),
        ("00B0860020", b"JPKIAPICCTOKEN2".ljust(32) + OK),
        ("00200098", "63C3"),
        ("00B08A0000", certificate[:256] + OK),
    ]
    for offset in range(256, len(certificate), 256):
        block = certificate[offset : offset + 256]
        script.append((f"00B0{offset:04X}{len(block) % 256:02X}", block + OK))
    reader = ScriptedReader([*script, *after])
    card = MyNumberCard(reader, [Anchor(ISSUER.certificate)], UnknownRevocation(), lambda: NOW)
    facts = card.read(1)
    assert reader.finished
    return facts


def test_the_last_eight_digits_of_the_first_record_are_the_cards_last_day() -> None:
    facts = read([*COMMON, ("00B2010C00", RECORD + OK)])
    assert isinstance(facts, CardFacts)
    assert facts.card_expires == date(2026, 10, 31)


def test_a_card_whose_certificate_holds_is_not_asked() -> None:
    facts = read([], der(make_leaf(ISSUER)))
    assert isinstance(facts, CardFacts)
    assert facts.card_expires is None


@pytest.mark.parametrize(
    "after",
    [
        [("00A4040C0AD3921000310001010100", "6A82")],
        [*COMMON, ("00B2010C00", "6A83")],
        [*COMMON, ("00B2010C00", RECORD[:-1] + OK)],
        [*COMMON, ("00B2010C00", RECORD[:-8] + b"20261399" + OK)],
        [*COMMON, ("00B2010C00", b"\x02" + RECORD[1:] + OK)],
    ],
    ids=["no application", "no record", "short", "no such day", "other tag"],
)
def test_a_record_that_cannot_be_understood_means_that_the_day_is_not_known(
    after: list[tuple[str | bytes, Answer]],
) -> None:
    facts = read(after)
    assert isinstance(facts, CardFacts)
    assert facts.card_expires is None


def test_a_card_taken_away_meanwhile_is_a_card_that_is_gone() -> None:
    facts = read([*COMMON, ("00B2010C00", gone())])
    assert isinstance(facts, Failure)
    assert facts.fault is Fault.CARD_GONE
