"""公的個人認証 (JPKI) application: two key pairs, their certificates, the label that tells a card from a phone."""

from __future__ import annotations

import re
from functools import partial

from simulator.card import keys, pki
from simulator.card.files import (
    FREE,
    NEVER,
    Access,
    Application,
    File,
    KeyReference,
    Secret,
    SigningKey,
    TransparentFile,
    after,
    constant,
)
from simulator.card.iso7816 import Sw
from simulator.card.lifetimes import Lifetimes
from simulator.people.persona import CardKind, Persona

AID = bytes.fromhex("D392F000260100000001")

SIGN_CERTIFICATE, SIGN_CA_CERTIFICATE = 0x0001, 0x0002
TOKEN_INFO, AVAILABILITY, UNKNOWN_0009 = 0x0006, 0x0008, 0x0009
AUTH_CERTIFICATE, AUTH_CA_CERTIFICATE = 0x000A, 0x000B
TERMINAL_CA, AUTH_KEY, AUTH_PIN, SIGN_KEY, SIGN_PASSWORD = 0x0016, 0x0017, 0x0018, 0x001A, 0x001B

AUTH_TRIES, SIGN_TRIES = 3, 5
FOUR_DIGITS = re.compile(rb"[0-9]{4}")
_PASSWORD = re.compile(rb"[A-Z0-9]{6,16}")

_LABELS: dict[CardKind, str] = {
    "card": "JPKIAPICCTOKEN2",
    "damaged": "JPKIAPICCTOKEN2",
    "old_resident_card": "JPKIAPICCTOKEN",
    "android": "JPKIAPGPSETOKEN",
    "iphone": "JPKIAPIOSTOKEN",
}
_PRESENT, _ABSENT = 0x8F, 0x00


def application(persona: Persona, lifetimes: Lifetimes) -> Application:
    """The application as this persona's card, phone or old card has it.

    A certificate that the card does not carry has neither file nor key. An Android phone shows the
    authentication certificate only after the PIN; every other token shows it to anybody. An iPhone's holder has
    confirmed on the phone: its key signs without a PIN.
    """
    card = persona.card
    signs = card.sign_certificate and not card.face_only
    auth_access = after(AUTH_PIN) if card.kind == "android" else FREE
    key_access = FREE if card.kind == "iphone" else after(AUTH_PIN)
    files: dict[int, File] = {
        SIGN_CA_CERTIFICATE: _ca_certificate("sign", persona),
        TOKEN_INFO: constant(token_info(card.kind, persona.id)),
        AVAILABILITY: constant(_availability(signs, card.auth_certificate)),
        UNKNOWN_0009: constant(b"", NEVER),
        AUTH_CA_CERTIFICATE: _ca_certificate("auth", persona),
        TERMINAL_CA: KeyReference(),
        AUTH_PIN: Secret(
            card.pin.encode("ascii"), 0 if card.face_only else card.pin_tries_left, AUTH_TRIES, FOUR_DIGITS
        ),
        SIGN_PASSWORD: Secret(
            card.sign_password.encode("ascii"), SIGN_TRIES if signs else 0, SIGN_TRIES, _PASSWORD
        ),
    }
    if card.auth_certificate:
        files[AUTH_CERTIFICATE] = _certificate(persona, "auth", lifetimes, auth_access)
        files[AUTH_KEY] = SigningKey(partial(keys.persona_key, persona.id, "auth"), key_access)
    if signs:
        files[SIGN_CERTIFICATE] = _certificate(persona, "sign", lifetimes, after(SIGN_PASSWORD))
        files[SIGN_KEY] = SigningKey(partial(keys.persona_key, persona.id, "sign"), after(SIGN_PASSWORD))
    return Application(AID, files, change=(0x00, 0x24, 0x01), session_key_refusal=Sw.SECURITY_STATUS)


def token_info(kind: CardKind, persona_id: str) -> bytes:
    """EF 0006: a PKCS #11 token information structure of 160 bytes with 4-byte big-endian numbers."""
    serial = f"{pki.serial(persona_id, 'auth'):016d}"
    unavailable = b"\xff" * 16
    numbers = (0x0000040D, 1, 0, 1, 0, 16, 6)  # flags, four session counts, longest and shortest PIN
    return (
        _LABELS[kind].encode().ljust(32)
        + b"SIMULATED".ljust(32)
        + b"SIMULATED".ljust(16)
        + serial.encode()
        + b"".join(number.to_bytes(4, "big") for number in numbers)
        + unavailable
        + b"03"
        + b"01"
        + b"9" * 16
    )


def _availability(signs: bool, authenticates: bool) -> bytes:
    return bytes((_PRESENT if signs else _ABSENT, _PRESENT if authenticates else _ABSENT, 0))


def _certificate(persona: Persona, usage: pki.Usage, lifetimes: Lifetimes, access: Access) -> TransparentFile:
    return TransparentFile(partial(pki.certificate, persona, usage, lifetimes), access)


def _ca_certificate(usage: pki.Usage, persona: Persona) -> TransparentFile:
    return TransparentFile(partial(pki.authority, usage, persona.card.generation))
