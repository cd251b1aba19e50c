"""券面事項確認 application: what is printed on the card, so that its face can be compared with its chip."""

from __future__ import annotations

from functools import partial
from hashlib import sha256

from simulator.card import codes, keys, pictures, signing
from simulator.card.card_verifiable import MUNICIPALITY, certificate, key_id, public_key
from simulator.card.files import Application, File, Secret, SigningKey, TransparentFile, after, constant
from simulator.card.iso7816 import Sw
from simulator.card.lifetimes import Lifetimes
from simulator.card.tlv import tlv, with_offsets
from simulator.people.persona import Persona

AID = bytes.fromhex("D3921000310001010402")

AGE_RECORD, CARD_FACE, BASIC_INFORMATION, CERTIFICATE = 0x0001, 0x0002, 0x0003, 0x0004
MY_NUMBER_IMAGE, UNKNOWN_0006 = 0x0005, 0x0006
BIRTH_DATE, CODE_B, CODE_A, SIGNING_KEY = 0x0011, 0x0012, 0x0013, 0x0014

CODE_TRIES = 10  # measured for 照合番号B; assumed for the other two
# SHA-256 in a DigestInfo that holds three hashes, one after the other.
_THREE_HASHES = bytes.fromhex("3071300D060960864801650304020105000460")


def application(persona: Persona, lifetimes: Lifetimes) -> Application:
    """照合番号A opens everything but the age record, 照合番号B the same without the number, the birth date only
    the age record."""
    card, person = persona.card, persona.person
    number = codes.individual_number(persona.id)
    code_b = codes.verification_code_b(person.birth_date, lifetimes.card_until, card.security_code)
    era_birth = codes.era_birth_date(person.birth_date)
    either_code = after(CODE_A, CODE_B)
    files: dict[int, File] = {
        AGE_RECORD: TransparentFile(partial(_age_record, persona), after(BIRTH_DATE)),
        CARD_FACE: TransparentFile(partial(_card_face, persona, lifetimes), either_code),
        BASIC_INFORMATION: constant(_basic_information()),
        CERTIFICATE: TransparentFile(partial(certificate, "surface")),
        MY_NUMBER_IMAGE: TransparentFile(partial(_number_image, persona, number), after(CODE_A)),
        UNKNOWN_0006: constant(b"\xff" * 16, either_code),
        BIRTH_DATE: Secret(era_birth.encode("ascii"), CODE_TRIES, CODE_TRIES),
        CODE_B: Secret(code_b.encode("ascii"), card.photo_tries_left, CODE_TRIES),
        CODE_A: Secret(number.encode("ascii"), CODE_TRIES, CODE_TRIES),
        SIGNING_KEY: SigningKey(partial(keys.persona_key, persona.id, "face")),
    }
    return Application(AID, files, default_key=SIGNING_KEY, session_key_refusal=Sw.SESSION_KEY_NOT_CONFIGURED)


def _age_record(persona: Persona) -> bytes:
    fields = tlv(0xDF11, _digits(persona)) + tlv(0xDF12, _card_key(persona))
    return tlv(0xFF10, fields + tlv(0xDF13, _issuer_signature(fields)))


def _card_face(persona: Persona, lifetimes: Lifetimes) -> bytes:
    """Expiry and security code come after the signature and are not covered by it. A card without a photo has an
    empty object in its place."""
    person, card = persona.person, persona.card
    who = [
        tlv(0xDF22, _digits(persona)),
        tlv(0xDF23, person.sex.encode("ascii")),
        tlv(0xDF24, _card_key(persona)),
    ]
    printed = [tlv(0xDF25, pictures.text(person.name)), tlv(0xDF26, pictures.text(person.address))]
    photo = [tlv(0xDF27, pictures.photo(persona.id) if card.photo else b"")]
    hashes = b"".join(sha256(b"".join(group)).digest() for group in (who, printed, photo))
    signature = signing.sign(keys.authority_key("municipality"), 0, _THREE_HASHES + hashes)
    unsigned = [
        tlv(0xDF29, f"{lifetimes.card_until:%Y%m%d}".encode("ascii")),
        tlv(0xDF2A, pictures.digits(card.security_code)),
    ]
    return with_offsets(0xFF20, 0xDF21, [*who, *printed, *photo, tlv(0xDF28, signature), *unsigned])


def _basic_information() -> bytes:
    fields = (
        tlv(0xDF31, bytes.fromhex("06030E01")),
        tlv(0xDF32, key_id("0000024")),
        tlv(0xDF33, b"\0"),
        tlv(0xDF34, MUNICIPALITY.encode("ascii")),
        tlv(0xDF35, key_id("0000025") + bytes(256)),
    )
    return tlv(0xFF30, b"".join(fields))


def _number_image(persona: Persona, number: str) -> bytes:
    fields = tlv(0xDF41, pictures.digits(number)) + tlv(0xDF42, _card_key(persona))
    return tlv(0xFF40, fields + tlv(0xDF43, _issuer_signature(fields)))


def _digits(persona: Persona) -> bytes:
    return f"{persona.person.birth_date:%Y%m%d}".encode("ascii")


def _card_key(persona: Persona) -> bytes:
    return public_key(keys.persona_key(persona.id, "face"))


def _issuer_signature(data: bytes) -> bytes:
    return signing.authenticate(keys.authority_key("municipality"), data)
