"""The six schemes of COMPUTE DIGITAL SIGNATURE (``80 2A``, P1 00 to 05) and INTERNAL AUTHENTICATE."""

from __future__ import annotations

from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import NoDigestInfo, Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

HASH_SIZE = 32
LONGEST_PAYLOAD = 256 - 11  # what PKCS #1 v1.5 leaves of a 2048-bit key

_SCHEMES = range(6)
_PREHASHED = (2, 4)
_PSS = PSS(MGF1(SHA256()), HASH_SIZE)


def known(scheme: int) -> bool:
    return scheme in _SCHEMES


def fits(scheme: int, data: bytes) -> bool:
    """Whether the input has a length that the scheme can sign."""
    if scheme in _PREHASHED:
        return len(data) == HASH_SIZE
    return 1 <= len(data) <= (LONGEST_PAYLOAD if scheme == 0 else 255)


def sign(key: RSAPrivateKey, scheme: int, data: bytes) -> bytes:
    """A 256-byte signature; ``data`` is the payload (0), a hash (2, 4) or the message that the card hashes."""
    digest = data if scheme in _PREHASHED else sha256(data).digest()
    match scheme:
        case 0:
            return key.sign(data, PKCS1v15(), NoDigestInfo())
        case 1:
            return key.sign(digest, PKCS1v15(), NoDigestInfo())
        case 2 | 3:
            return key.sign(digest, PKCS1v15(), Prehashed(SHA256()))
        case 4 | 5:
            return key.sign(digest, _PSS, Prehashed(SHA256()))
        case _:
            raise ValueError(f"no signature scheme {scheme}")


def authenticate(key: RSAPrivateKey, challenge: bytes) -> bytes:
    """An ordinary sha256WithRSAEncryption signature over the challenge."""
    return key.sign(challenge, PKCS1v15(), SHA256())
