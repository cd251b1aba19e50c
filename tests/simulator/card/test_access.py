"""Which secret opens which file: every file with every secret, from the published tables."""

from __future__ import annotations

from datetime import date

import pytest

from simulator.card import codes
from simulator.people import load
from tests.support.talk import COMMON, JPKI, RESIDENT, SURFACE, TEXT, talk_to

FREE, NEVER = None, frozenset[int]()
CARD_ENDS = date(2034, 5, 20)

RULES: dict[str, dict[int, frozenset[int] | None]] = {
    JPKI: {
        0x0001: frozenset({0x1B}),
        0x0002: FREE,
        0x0006: FREE,
        0x0008: FREE,
        0x0009: NEVER,
        0x000A: FREE,
        0x000B: FREE,
    },
    TEXT: {
        0x0001: frozenset({0x11, 0x14}),
        0x0002: frozenset({0x11, 0x15}),
        0x0003: frozenset({0x11, 0x14, 0x15}),
        0x0004: FREE,
        0x0005: FREE,
        0x0006: frozenset({0x11, 0x14, 0x15}),
        0x0007: frozenset({0x11, 0x14, 0x15}),
        0x0008: FREE,
    },
    SURFACE: {
        0x0001: frozenset({0x11}),
        0x0002: frozenset({0x12, 0x13}),
        0x0003: FREE,
        0x0004: FREE,
        0x0005: frozenset({0x13}),
        0x0006: frozenset({0x12, 0x13}),
    },
}
# Digests of secrets would do, but the values of an invented person may be seen; only the number is computed.
CODE_B = "56052020340000"
SECRETS: dict[str, dict[int, str]] = {
    JPKI: {0x18: "1234", 0x1B: "ABC123"},
    TEXT: {0x11: "8026", 0x14: "", 0x15: CODE_B},
    SURFACE: {0x11: "560520", 0x12: CODE_B, 0x13: ""},
}
SIGNING_KEYS = {0x17: 0x18, 0x1A: 0x1B}
CASES = [
    (aid, file, secret, rule)
    for aid, files in RULES.items()
    for file, rule in files.items()
    for secret in (None, *SECRETS[aid])
]


def value(aid: str, secret: int) -> str:
    return SECRETS[aid][secret] or codes.individual_number("yamada")


@pytest.mark.parametrize(("aid", "file", "secret", "rule"), CASES)
def test_a_file_opens_to_its_secrets_only(
    aid: str, file: int, secret: int | None, rule: frozenset[int] | None
) -> None:
    talk = talk_to("yamada", aid)
    if secret is not None:
        assert talk.verify(secret, value(aid, secret)) == 0x9000
    assert talk.select_file(file) == 0x9000
    opens = rule is FREE or (secret is not None and secret in rule)
    assert talk.send("00B0000004") == (0x9000 if opens else 0x6982)


@pytest.mark.parametrize("key", SIGNING_KEYS)
@pytest.mark.parametrize("secret", [None, 0x18, 0x1B])
def test_a_key_signs_after_its_own_secret_only(key: int, secret: int | None) -> None:
    talk = talk_to("yamada", JPKI)
    if secret is not None:
        assert talk.verify(secret, value(JPKI, secret)) == 0x9000
    expected = 0x9000 if secret == SIGNING_KEYS[key] else 0x6982
    assert talk.send(f"802A03{0x80 | key:02X}01AA00") == expected


@pytest.mark.parametrize(
    ("aid", "secret", "tries"),
    [
        (JPKI, 0x18, 3),
        (JPKI, 0x1B, 5),
        (TEXT, 0x11, 3),
        (TEXT, 0x12, 0),
        (TEXT, 0x14, 10),
        (TEXT, 0x15, 10),
        (SURFACE, 0x11, 10),
        (SURFACE, 0x12, 10),
        (SURFACE, 0x13, 10),
        (COMMON, 0x1C, 3),
        (RESIDENT, 0x1C, 3),
    ],
)
def test_every_secret_has_its_number_of_tries_and_then_blocks(aid: str, secret: int, tries: int) -> None:
    talk = talk_to("yamada", aid)
    assert talk.tries(secret) == 0x63C0 + tries
    for left in reversed(range(tries)):
        assert talk.verify(secret, "000") == 0x63C0 + left
    assert talk.verify(secret, "000") == 0x6984
    assert talk.tries(secret) == 0x63C0


def test_secrets_of_one_application_open_nothing_in_another() -> None:
    talk = talk_to("yamada", SURFACE)
    assert talk.verify(0x12, CODE_B) == 0x9000
    talk.select(TEXT)
    assert talk.send("00B0820004") == 0x6982
    talk.select(SURFACE)
    assert talk.send("00B0820004") == 0x6982


def test_the_codes_of_this_test_are_those_of_the_persona() -> None:
    person = load("yamada").person
    assert codes.verification_code_b(person.birth_date, CARD_ENDS, "0000") == CODE_B
    assert codes.era_birth_date(person.birth_date) == SECRETS[SURFACE][0x11]


@pytest.mark.parametrize(
    ("aid", "secret", "old", "change", "new", "refused"),
    [
        (JPKI, 0x18, "1234", "00240180", "5678", "567"),
        (JPKI, 0x1B, "ABC123", "00240180", "XYZ98765", "short"),
        (TEXT, 0x11, "8026", "00240180", "5678", "56789"),
        (COMMON, 0x1C, "8026", "80320080", "5678", "abcd"),
        (RESIDENT, 0x1C, "8026", "80320080", "5678", ""),
    ],
)
def test_a_secret_is_changed_after_it_was_presented(
    aid: str, secret: int, old: str, change: str, new: str, refused: str
) -> None:
    def command(value: str) -> str:
        return f"{change}{len(value):02X}{value.encode().hex()}" if value else change

    talk = talk_to("yamada", aid)
    talk.select_file(secret)
    assert talk.send(command(new)) == 0x6982
    assert talk.verify(secret, old) == 0x9000
    assert talk.send(command(refused)) == 0x6A80
    assert talk.send(command(new)) == 0x9000
    talk.select(aid)
    assert talk.verify(secret, new) == 0x9000


def test_each_application_changes_secrets_by_its_own_command_only() -> None:
    talk = talk_to("yamada", JPKI)
    talk.verify(0x18, "1234")
    assert talk.send("803200800435363738") == 0x6D00
    assert talk.send("002400800435363738") == 0x6A86
    talk.select(SURFACE)
    assert talk.verify(0x12, CODE_B) == 0x9000
    assert talk.send("002401800435363738") == 0x6D00
