"""Whether a certificate read from a card may be believed, and what may be told of it.

The issuers of all generations carry one distinguished name, so the issuer is found by its signature. Expiry
of the card's certificate is a fact, not a failure: the visit decides what it means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from drivers.card.errors import PARSER_ERRORS, CardFinding, Nonsense
from drivers.card.revocation import RevocationSource
from drivers.interface import CertificateFacts, Fault

_E = TypeVar("_E", bound=x509.ExtensionType)

MIN_KEY_BITS = 2048
STRONG_HASHES = frozenset({"sha256", "sha384", "sha512"})


class AnchorError(ValueError):
    """A file among the trust anchors is not a self-signed CA certificate. Names the file."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """An issuer that is believed because the operator put it there. ``test``: below a test root."""

    certificate: x509.Certificate
    test: bool = False

    @property
    def generation(self) -> str:
        """The year in which its life begins; the issuer's name does not tell the generations apart."""
        return str(self.certificate.not_valid_before_utc.year)


@dataclass(frozen=True, slots=True)
class TrustedCertificate:
    """A card's certificate that an anchor signed, with the key that it vouches for."""

    der: bytes = field(repr=False)
    key: RSAPublicKey = field(repr=False)
    issuer: Anchor
    facts: CertificateFacts

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        """Whether ``signature`` is this key's RSA PKCS #1 v1.5 signature over ``message`` with SHA-256."""
        try:
            self.key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True


class Untrusted(CardFinding):
    """The certificate is readable and not to be believed."""

    def __init__(self, why: str) -> None:
        super().__init__(Fault.CERTIFICATE_UNTRUSTED, why)


def load_anchors(directory: Path, test: bool = False) -> tuple[Anchor, ...]:
    """Reads every certificate file (PEM or DER) of a folder as a trust anchor, in the order of their names.

    Raises ``AnchorError`` for a file that is not a self-signed CA certificate, ``OSError`` for the folder.
    """
    suffixes = (".pem", ".crt", ".cer", ".der")
    files = sorted(path for path in directory.iterdir() if path.suffix.lower() in suffixes)
    return tuple(read_anchor(path.read_bytes(), path.name, test) for path in files)


def read_anchor(data: bytes, name: str = "anchor", test: bool = False) -> Anchor:
    """One trust anchor (PEM or DER). Raises ``AnchorError``, which tells ``name``."""
    pem = data.lstrip().startswith(b"-----BEGIN")
    load: Callable[[bytes], x509.Certificate] = (
        x509.load_pem_x509_certificate if pem else x509.load_der_x509_certificate
    )
    try:
        certificate = load(data)
        constraints = _extension(certificate, x509.BasicConstraints)
        usage = _extension(certificate, x509.KeyUsage)
        may_sign = constraints is not None and constraints.ca and usage is not None and usage.key_cert_sign
    except PARSER_ERRORS as error:
        raise AnchorError(f"{name}: {type(error).__name__}") from None
    if not may_sign:
        raise AnchorError(f"{name}: not a CA that may sign certificates")
    if not _signed_by(certificate, certificate):
        raise AnchorError(f"{name}: not self-signed")
    return Anchor(certificate, test)


def check(
    der: bytes, anchors: Iterable[Anchor], revocation: RevocationSource, now: datetime
) -> TrustedCertificate:
    """The card's certificate, checked. ``now`` is an aware instant.

    Raises ``LinkError``: CARD_DAMAGED where the bytes are no certificate, CERTIFICATE_UNTRUSTED where no
    anchor signed it, or where it or its issuer may not be used for this.
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
        issuer = _issuer_of(certificate, anchors)
        _demand_issuer_alive(certificate, issuer, now)
        _demand_authentication_use(certificate)
        key = _key_of(certificate)
        facts = CertificateFacts(
            sha256=sha256(der).hexdigest(),
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            revocation=revocation.status(certificate, issuer.certificate, now),
            test=issuer.test,
        )
    except PARSER_ERRORS as error:
        raise Nonsense(f"certificate: {type(error).__name__}") from None
    return TrustedCertificate(der, key, issuer, facts)


def _issuer_of(certificate: x509.Certificate, anchors: Iterable[Anchor]) -> Anchor:
    algorithm = certificate.signature_hash_algorithm
    if algorithm is None or algorithm.name not in STRONG_HASHES:
        raise Untrusted("signature algorithm too weak")
    for anchor in anchors:
        if _signed_by(certificate, anchor.certificate):
            return anchor
    raise Untrusted("no known issuer signed it")


def _signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Name and signature both."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _demand_issuer_alive(certificate: x509.Certificate, issuer: Anchor, now: datetime) -> None:
    """A certificate cannot outlive its issuer. One that has ended with it stays a merely expired one."""
    claims_life = certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
    ca = issuer.certificate
    if claims_life and not ca.not_valid_before_utc <= now <= ca.not_valid_after_utc:
        raise Untrusted(f"issuer of {issuer.generation} has expired")


def _demand_authentication_use(certificate: x509.Certificate) -> None:
    """Not a CA, free to sign where it restricts its use at all, and with no condition that is not understood."""
    for extension in certificate.extensions:
        match extension.value:
            case x509.BasicConstraints(ca=True):
                raise Untrusted("a CA certificate in the holder's place")
            case x509.KeyUsage(digital_signature=False):
                raise Untrusted("its key may not sign")
            case x509.UnrecognizedExtension() if extension.critical:
                raise Untrusted("a critical extension that is not understood")


def _key_of(certificate: x509.Certificate) -> RSAPublicKey:
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey) or key.key_size < MIN_KEY_BITS:
        raise Untrusted("not an RSA key of 2048 bits or more")
    return key


def _extension(certificate: x509.Certificate, kind: type[_E]) -> _E | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
