"""Who signed the card's face: the municipality's key, which a card-verifiable certificate on the card carries, and the
authority that signed that certificate, whose key is not on the card. Layouts and sources: README.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

from drivers.card import tlv
from drivers.card.certificates import MIN_KEY_BITS
from drivers.card.errors import CardFinding, Nonsense
from drivers.interface import Fault

_CERTIFICATE, _BODY, _SIGNATURE = 0x7F21, 0x5F4E, 0x5F37
_EXPONENT, _MODULUS = 0x90, 0x91
_KEY_IDS = 2 * 16  # of the issuer, and of the certified key
_LEAST_EXPONENT = 3

# SHA-256 in a DigestInfo that says 96 bytes: the hashes of three groups, one after the other.
_THREE_HASHES = bytes.fromhex("3071300D060960864801650304020105000460")


class IssuerKeyError(ValueError):
    """A file among the issuers' keys is no RSA public key of 2048 bits or more. Names the file."""


def load_issuer_keys(directory: Path) -> tuple[RSAPublicKey, ...]:
    """Reads every key file (PEM or DER, SubjectPublicKeyInfo) of a folder, in the order of their names.

    Raises ``IssuerKeyError`` for a file that holds no such key, ``OSError`` for the folder.
    """
    suffixes = (".pem", ".pub", ".der")
    files = sorted(path for path in directory.iterdir() if path.suffix.lower() in suffixes)
    return tuple(read_issuer_key(path.read_bytes(), path.name) for path in files)


def read_issuer_key(data: bytes, name: str = "issuer's key") -> RSAPublicKey:
    """One public key (PEM or DER). Raises ``IssuerKeyError``, which tells ``name``."""
    pem = data.lstrip().startswith(b"-----BEGIN")
    try:
        key = load_pem_public_key(data) if pem else load_der_public_key(data)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise IssuerKeyError(f"{name}: {type(error).__name__}") from None
    if not isinstance(key, RSAPublicKey) or key.key_size < MIN_KEY_BITS:
        raise IssuerKeyError(f"{name}: not an RSA key of {MIN_KEY_BITS} bits or more")
    return key


def certified_key(certificate: bytes, issuers: Iterable[RSAPublicKey]) -> RSAPublicKey:
    """The key that one of ``issuers`` has certified, out of a card-verifiable certificate (7F21).

    Which issuer it was is told by its signature alone. Raises ``LinkError``: CARD_DAMAGED where the bytes are no such
    certificate, CERTIFICATE_UNTRUSTED where no issuer signed it.
    """
    try:
        parts = tlv.fields(tlv.first(certificate).value)
        body, signature = parts[_BODY], parts[_SIGNATURE]
        key = _public_key(body[_KEY_IDS:])
    except (tlv.TlvError, KeyError, ValueError) as error:
        reason = type(error).__name__
    else:
        if any(_signed(issuer, signature, body) for issuer in issuers):
            return key
        raise CardFinding(Fault.CERTIFICATE_UNTRUSTED, "card face: no known issuer certified its signer")
    raise Nonsense(f"card-verifiable certificate: {reason}")


def demand_signed(digests: Sequence[bytes], signature: bytes, key: RSAPublicKey) -> None:
    """Raises ``LinkError`` (SIGNATURE_WRONG) unless ``key`` signed these SHA-256 hashes, in this order: PKCS #1 v1.5
    over one DigestInfo that holds them all."""
    try:
        signed = key.recover_data_from_signature(signature, PKCS1v15(), None)
    except InvalidSignature:
        signed = b""
    if signed != _THREE_HASHES + b"".join(digests):
        raise CardFinding(Fault.SIGNATURE_WRONG, "card face: not as its issuer signed it")


def _signed(issuer: RSAPublicKey, signature: bytes, body: bytes) -> bool:
    try:
        issuer.verify(signature, body, PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _public_key(data: bytes) -> RSAPublicKey:
    """Exponent (tag 90) and modulus (tag 91). Raises ``TlvError``, ``KeyError`` or ``ValueError``."""
    numbers = {tag: int.from_bytes(value, "big") for tag, value in tlv.fields(data).items()}
    exponent, modulus = numbers[_EXPONENT], numbers[_MODULUS]
    if modulus.bit_length() < MIN_KEY_BITS or exponent < _LEAST_EXPONENT:
        raise ValueError("too weak")
    return RSAPublicNumbers(exponent, modulus).public_key()
