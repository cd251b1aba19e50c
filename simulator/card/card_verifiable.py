"""Card-verifiable certificates and the key identifiers of the two card-face applications."""

from __future__ import annotations

from functools import cache

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from simulator.card import keys, signing
from simulator.card.tlv import tlv

# Real identifiers begin with 5, the JPKI test hierarchy's with 6; these with 0.
_ISSUERS = {"surface": "0000023", "text": "0000033"}
MUNICIPALITY = "99999"  # no municipality has this code
_SUBJECT = "0099999"


def key_id(number: str) -> bytes:
    """Sixteen bytes that name a key: seven digits, two bytes, three digits, four bytes of padding."""
    return number.encode("ascii") + b"\x08\x05" + b"001" + bytes(4)


def public_key(key: RSAPrivateKey) -> bytes:
    """Exponent (tag 90) and modulus (tag 91), 265 bytes for RSA-2048."""
    numbers = key.public_key().public_numbers()
    return tlv(0x90, numbers.e.to_bytes(3, "big")) + tlv(0x91, numbers.n.to_bytes(256, "big"))


def issuer() -> RSAPublicKey:
    """The key of the authority that certifies municipalities, for whoever is to believe simulated card faces."""
    return keys.authority_key("card_verifiable_ca").public_key()


@cache
def certificate(application: str) -> bytes:
    """EF 0004 of ``surface`` or ``text``: the municipality's key, which signed the records, certified by an
    authority whose key is not on the card."""
    body = key_id(_ISSUERS[application]) + key_id(_SUBJECT) + public_key(keys.authority_key("municipality"))
    signature = signing.authenticate(keys.authority_key("card_verifiable_ca"), body)
    return tlv(0x7F21, tlv(0x5F4E, body) + tlv(0x5F37, signature))
