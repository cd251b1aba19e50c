"""The JPKI application (公的個人認証AP): token, certificate, PIN and signature of user authentication.

Files are named by short identifier throughout: one APDU instead of two. Identifiers and answers: README.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from drivers.card.apdu import NOT_ALLOWED_YET, OK, Command, select_file
from drivers.card.channel import Channel
from drivers.card.errors import CardFinding, Nonsense, Refused
from drivers.interface import Fault, Token

AID = bytes.fromhex("D392F000260100000001")

TOKEN_INFO = 0x06
AVAILABILITY = 0x08
AUTH_CERTIFICATE = 0x0A
AUTH_KEY = 0x17
AUTH_PIN = 0x18
SIGN_PASSWORD = 0x1B

LABELS = {
    "JPKIAPICCTOKEN2": Token.CARD,
    "JPKIAPICCTOKEN": Token.OLD_RESIDENT_CARD,
    "JPKIAPGPSETOKEN": Token.ANDROID,
    "JPKIAPIOSTOKEN": Token.IPHONE,
}
PHONES = frozenset({Token.ANDROID, Token.IPHONE})

SHA256_PREFIX = bytes.fromhex("3031300D060960864801650304020105000420")
"""DigestInfo before the hash (RFC 8017, section 9.2, note 1)."""

_PRESENT = 0x8F
_KEY_NOT_BY_SHORT_ID = frozenset({0x6A81, 0x6A82, 0x6A86, 0x6A88, 0x6B00, 0x6D00})
_CERTIFICATE_TAG = 0x30


@dataclass(frozen=True, slots=True)
class Availability:
    """Which certificates the chip says it holds (EF 0008). Only the value for "there" is documented."""

    sign: bool
    auth: bool


def read_token(channel: Channel) -> Token:
    """What kind of thing holds the keys. Raises ``LinkError``."""
    label = channel.read_start(TOKEN_INFO, 32)
    try:
        text = label.rstrip(b" \0").decode("ascii")
    except UnicodeDecodeError:
        raise Nonsense("token label is not text") from None
    if text in LABELS:
        return LABELS[text]
    if not text.isprintable() or not text:
        raise Nonsense("token label is not text")
    raise CardFinding(Fault.NOT_MY_NUMBER_CARD, "unknown token label")


def read_availability(channel: Channel) -> Availability:
    """Raises ``LinkError``."""
    flags = channel.read_start(AVAILABILITY, 3)
    if len(flags) != 3:
        raise Nonsense("certificate availability is not three bytes")
    return Availability(sign=flags[0] == _PRESENT, auth=flags[1] == _PRESENT)


def read_certificate(channel: Channel) -> bytes:
    """The user-authentication certificate, DER. Raises ``LinkError``; NO_CERTIFICATE where the file is absent
    or blank."""
    try:
        return channel.read_object(AUTH_CERTIFICATE, _CERTIFICATE_TAG)
    except Refused as refused:
        if refused.sw in (0x6A82, 0x6A88):
            raise CardFinding(Fault.NO_CERTIFICATE, refused.failure.detail) from None
        raise
    except Nonsense:
        if len(set(channel.read_start(AUTH_CERTIFICATE, 0x10))) <= 1:
            raise CardFinding(Fault.NO_CERTIFICATE, "certificate file is blank") from None
        raise


def wants_pin_first(refused: Refused) -> bool:
    """Whether a read was refused only because no PIN was given yet."""
    return refused.sw == NOT_ALLOWED_YET


def sign(channel: Channel, message: bytes) -> bytes:
    """RSA PKCS #1 v1.5 signature with SHA-256 by the authentication key. Needs a verified PIN.

    The key is named in P2; a card that does not know that form gets SELECT and the older one.
    """
    digest_info = SHA256_PREFIX + sha256(message).digest()
    command = Command(0x80, 0x2A, 0x00, 0x80 | AUTH_KEY, digest_info, 0x100)
    response = channel.send(command)
    if response.sw in _KEY_NOT_BY_SHORT_ID:
        channel.demand(select_file(AUTH_KEY))
        command = Command(0x80, 0x2A, 0x00, 0x80, digest_info, 0x100)
        response = channel.send(command)
    if response.sw != OK:
        raise Refused(command, response.sw)
    return response.data
