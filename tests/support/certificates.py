"""Invented issuers and certificates with the shape of the real ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
CA_NAME = x509.Name(
    [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "JPKI-INVENTED"),
        x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "JPKI for user authentication"),
    ]
)
DISTRIBUTION_POINT = x509.DirectoryName(CA_NAME)


def key(label: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """One RSA key for each label; made once a process."""
    return _key(label, bits)


@cache
def _key(label: str, bits: int) -> rsa.RSAPrivateKey:
    assert label
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@dataclass(frozen=True)
class Issuer:
    """A CA: its key and its self-signed certificate."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate


def make_issuer(
    label: str,
    begins: datetime = NOW - timedelta(days=1000),
    ends: datetime = NOW + timedelta(days=2650),
    *,
    ca: bool = True,
    usage: bool = True,
    name: x509.Name = CA_NAME,
) -> Issuer:
    """A self-signed CA. All share one name unless told otherwise, as the real generations do."""
    private = key(label)
    builder = _base(name, name, private.public_key(), begins, ends).add_extension(
        x509.BasicConstraints(ca=ca, path_length=None), critical=True
    )
    if usage:
        builder = builder.add_extension(key_usage(certificates=True), critical=True)
    return Issuer(private, builder.sign(private, hashes.SHA256()))


def make_leaf(
    issuer: Issuer,
    label: str = "holder",
    begins: datetime = NOW - timedelta(days=100),
    ends: datetime = NOW + timedelta(days=1500),
    *,
    usage: x509.KeyUsage | None = None,
    ca: bool = False,
    bits: int = 2048,
    padding_bytes: int = 0,
    padding_critical: bool = False,
    signed_by: rsa.RSAPrivateKey | None = None,
    algorithm: hashes.SHA224 | hashes.SHA256 | hashes.SHA512 | None = None,
) -> x509.Certificate:
    """A holder's certificate. ``padding_bytes`` makes it longer, ``signed_by`` forges it."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{label}00000000000000000A"[:23])])
    builder = _base(subject, issuer.certificate.subject, key(label, bits).public_key(), begins, ends)
    builder = builder.add_extension(
        x509.CRLDistributionPoints([x509.DistributionPoint([DISTRIBUTION_POINT], None, None, None)]), False
    )
    if usage is not None:
        builder = builder.add_extension(usage, critical=True)
    if ca:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    if padding_bytes:
        oid = x509.ObjectIdentifier("1.2.392.200127.99.1")
        builder = builder.add_extension(
            x509.UnrecognizedExtension(oid, bytes(padding_bytes)), padding_critical
        )
    return builder.sign(signed_by or issuer.key, algorithm or hashes.SHA256())


def key_usage(*, signature: bool = False, certificates: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signature,
        content_commitment=False,
        key_encipherment=not signature and not certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def sign(label: str, message: bytes) -> bytes:
    """What a card with this key answers."""
    return key(label).sign(message, padding.PKCS1v15(), hashes.SHA256())


def _base(
    subject: x509.Name, issuer: x509.Name, public: rsa.RSAPublicKey, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )
