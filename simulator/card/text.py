"""券面事項入力補助 application: the individual number and the four basic attributes, to save typing them."""

from __future__ import annotations

from functools import partial
from hashlib import sha256

from simulator.card import codes, keys, signing
from simulator.card.card_verifiable import certificate, key_id, public_key
from simulator.card.files import Application, File, Secret, SigningKey, TransparentFile, after, constant
from simulator.card.jpki import FOUR_DIGITS
from simulator.card.lifetimes import Lifetimes
from simulator.card.tlv import tlv, with_offsets
from simulator.people.persona import Persona

AID = bytes.fromhex("D3921000310001010408")

MY_NUMBER, ATTRIBUTES, INTEGRITY, CERTIFICATE, BASIC_INFORMATION = 0x0001, 0x0002, 0x0003, 0x0004, 0x0005
SESSION_PUBLIC_KEY, SIGNED_PUBLIC_KEY, UNKNOWN_0008 = 0x0006, 0x0007, 0x0008
PIN, BLOCKED_0012, SIGNING_KEY, CODE_A, CODE_B = 0x0011, 0x0012, 0x0013, 0x0014, 0x0015

PIN_TRIES, CODE_TRIES = 3, 10


def application(persona: Persona, lifetimes: Lifetimes) -> Application:
    """The PIN opens the number and the attributes, 照合番号A the number only, 照合番号B the attributes only."""
    card, person = persona.card, persona.person
    number = codes.individual_number(persona.id)
    code_b = codes.verification_code_b(person.birth_date, lifetimes.card_until, card.security_code)
    anybody_known = after(PIN, CODE_A, CODE_B)
    files: dict[int, File] = {
        MY_NUMBER: constant(number_file(number), after(PIN, CODE_A)),
        ATTRIBUTES: constant(attributes_file(persona), after(PIN, CODE_B)),
        INTEGRITY: TransparentFile(partial(_integrity, persona, number), anybody_known),
        CERTIFICATE: TransparentFile(partial(certificate, "text")),
        BASIC_INFORMATION: constant(_basic_information()),
        SESSION_PUBLIC_KEY: TransparentFile(_session_public_key, anybody_known),
        SIGNED_PUBLIC_KEY: TransparentFile(partial(_signed_public_key, persona), anybody_known),
        UNKNOWN_0008: constant(b"\xff" * 16),
        PIN: Secret(card.text_pin.encode("ascii"), card.text_pin_tries_left, PIN_TRIES, FOUR_DIGITS),
        BLOCKED_0012: Secret(b"", 0, 0),
        SIGNING_KEY: SigningKey(partial(keys.persona_key, persona.id, "face")),
        CODE_A: Secret(number.encode("ascii"), CODE_TRIES, CODE_TRIES),
        CODE_B: Secret(code_b.encode("ascii"), CODE_TRIES, CODE_TRIES),
    }
    return Application(
        AID, files, default_key=SIGNING_KEY, change=(0x00, 0x24, 0x01), session_key_refusal=None
    )


def number_file(number: str) -> bytes:
    """Two filler bytes follow the object, and belong to what the integrity record hashes."""
    return tlv(0xFF10, number.encode("ascii")) + b"\xff\xff"


def attributes_file(persona: Persona) -> bytes:
    return with_offsets(0xFF20, 0xDF21, _attributes(persona))


def _attributes(persona: Persona) -> list[bytes]:
    person = persona.person
    birth_date = f"{person.birth_date:{'%Y%m%d' if persona.card.birth_day_on_chip else '%Y0000'}}"
    return [
        tlv(0xDF22, person.name.encode()),
        tlv(0xDF23, person.address.encode()),
        tlv(0xDF24, birth_date.encode("ascii")),
        tlv(0xDF25, person.sex.encode()),
    ]


def _integrity(persona: Persona, number: str) -> bytes:
    """The number is hashed with its filler, the attributes without their offset table."""
    digests = tlv(0xDF31, sha256(number_file(number)).digest())
    digests += tlv(0xDF32, sha256(b"".join(_attributes(persona))).digest())
    return tlv(0xFF30, digests + tlv(0xDF33, _issuer_signature(digests)))


def _signed_public_key(persona: Persona) -> bytes:
    key = tlv(0xDF51, public_key(keys.persona_key(persona.id, "face")))
    return tlv(0xFF50, key + tlv(0xDF52, _issuer_signature(key)))


def _issuer_signature(data: bytes) -> bytes:
    return signing.authenticate(keys.authority_key("municipality"), data)


def _session_public_key() -> bytes:
    return tlv(0xA1, public_key(keys.authority_key("session")))


def _basic_information() -> bytes:
    content = tlv(0xDF41, bytes.fromhex("01030E01")) + tlv(0xDF42, key_id("0000034"))
    return tlv(0xFF40, content + tlv(0xDF43, b"\0" * 32 + b"\xff" * 96))
