"""共通カード and 住基 applications: the card's own number and expiry, and the resident register's secrets."""

from __future__ import annotations

from functools import partial
from hashlib import sha256

from simulator.card import keys
from simulator.card.card_verifiable import MUNICIPALITY, key_id
from simulator.card.files import Application, File, RecordFile, Secret, SigningKey
from simulator.card.iso7816 import Sw
from simulator.card.jpki import FOUR_DIGITS
from simulator.card.lifetimes import Lifetimes
from simulator.people.persona import Persona

COMMON_AID = bytes.fromhex("D3921000310001010100")
RESIDENT_AID = bytes.fromhex("D3921000310001010401")

CARD_INFORMATION, KEY_REFERENCE, AUTHENTICATION_KEY, PIN = 0x0001, 0x0002, 0x0019, 0x001C
PIN_TRIES = 3
_CHANGE_KEY = (0x80, 0x32, 0x00)


def common_application(persona: Persona, lifetimes: Lifetimes) -> Application:
    files: dict[int, File] = {
        CARD_INFORMATION: RecordFile((card_information(persona.id, lifetimes),)),
        KEY_REFERENCE: RecordFile((key_id("0000001"),)),
        AUTHENTICATION_KEY: SigningKey(
            partial(keys.authority_key, "internal_authentication"), signs=False, authenticates=True
        ),
        PIN: _pin(persona),
    }
    return Application(
        COMMON_AID, files, change=_CHANGE_KEY, session_key_refusal=Sw.SESSION_KEY_NOT_CONFIGURED
    )


def resident_application(persona: Persona) -> Application:
    files: dict[int, File] = {KEY_REFERENCE: RecordFile((key_id("0000001"),)), PIN: _pin(persona)}
    return Application(RESIDENT_AID, files, change=_CHANGE_KEY, session_key_refusal=Sw.SECURITY_STATUS)


def card_information(persona_id: str, lifetimes: Lifetimes) -> bytes:
    """Record 1 of EF 0001, a simple TLV: serial number (15 digits), municipality (5), expiry (8)."""
    serial = int.from_bytes(sha256(b"card/" + persona_id.encode()).digest(), "big") % 10**15
    digits = f"{serial:015d}{MUNICIPALITY}{lifetimes.card_until:%Y%m%d}"
    return bytes((0x01, len(digits))) + digits.encode("ascii")


def _pin(persona: Persona) -> Secret:
    return Secret(persona.card.text_pin.encode("ascii"), PIN_TRIES, PIN_TRIES, FOUR_DIGITS)
