"""A public key infrastructure shaped like JPKI's and plainly not it: three generations of each authority under one
name, so that an issuer can be found by its signature only.

Nothing here is random: the same persona, day and keys give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from hashlib import sha256
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier

from simulator.card import keys
from simulator.card.lifetimes import Lifetimes
from simulator.people.persona import Persona

Usage = Literal["auth", "sign"]

GENERATIONS = (1, 2, 3)
JAPAN = timezone(timedelta(hours=9))
ORGANISATION = "JPKI-SIMULATED"
CRL_DAYS = 3
# An arc that anybody may use: 2.25 and a random UUID. No real policy has it.
POLICY = ObjectIdentifier("2.25.230180453180937286243389083113247214519")
NOTICE = "Simulated certificate of an invented person. It proves nothing."

_UNITS: dict[Usage, str] = {
    "auth": "JPKI for user authentication",
    "sign": "JPKI for digital signature",
}
_WHOSE = "Simulated authority of the Uketsuke project"


def trust_anchors() -> tuple[bytes, ...]:
    """The three certificates (DER) below which user-authentication certificates are issued."""
    return tuple(authority("auth", generation) for generation in GENERATIONS)


def sign_anchors() -> tuple[bytes, ...]:
    """The three certificates (DER) below which signature certificates are issued."""
    return tuple(authority("sign", generation) for generation in GENERATIONS)


@cache
def authority(usage: Usage, generation: int) -> bytes:
    """One authority's self-signed certificate (DER). Real ones last ten years; these hold for any day that a
    scenario may play on."""
    key = keys.authority_key(f"{usage}_ca_{generation}")
    name = authority_name(usage)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(generation)
        .not_valid_before(datetime(2000 + generation, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2080 + generation, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_key_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(_alternative_name(), critical=False)
        .add_extension(_distribution_point(name, usage), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)


def authority_name(usage: Usage) -> x509.Name:
    """The one name that the three generations share."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, _UNITS[usage]),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, _WHOSE),
        ]
    )


def certificate(persona: Persona, usage: Usage, lifetimes: Lifetimes) -> bytes:
    """A persona's certificate (DER). The one for authentication carries no name and no place; the one for
    signatures carries both."""
    holder = (persona.person.name, persona.person.address) if usage == "sign" else None
    return _leaf(persona.id, persona.card.generation, usage, lifetimes, holder)


@cache
def _leaf(
    persona_id: str, generation: int, usage: Usage, lifetimes: Lifetimes, holder: tuple[str, str] | None
) -> bytes:
    issuer_key = keys.authority_key(f"{usage}_ca_{generation}")
    key = keys.persona_key(persona_id, usage).public_key()
    issuer = authority_name(usage)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_holder_name(persona_id, usage, holder))
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(serial(persona_id, usage))
        .not_valid_before(_instant(lifetimes.issued, time(0, 0, 0)))
        .not_valid_after(_instant(lifetimes.certificate_until, time(23, 59, 59)))
        .add_extension(_leaf_key_usage(usage), critical=True)
        .add_extension(_policy(), critical=True)
        .add_extension(_issuer_alternative_name(), critical=False)
        .add_extension(_distribution_point(issuer, usage), critical=False)
        .add_extension(_authority_key(issuer, issuer_key.public_key(), generation), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )
    if holder:
        people_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, holder[0])])
        names = x509.SubjectAlternativeName([x509.DirectoryName(people_name)])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(issuer_key, SHA256()).public_bytes(Encoding.DER)


def serial(persona_id: str, usage: Usage) -> int:
    """A serial number of up to four bytes that follows from the persona alone."""
    return int.from_bytes(sha256(f"{usage}/{persona_id}".encode()).digest()[:4], "big") >> 1 | 0x10000


def crl(
    generation: int,
    revoked: Iterable[Persona],
    today: date,
    *,
    usage: Usage = "auth",
    encoding: Encoding = Encoding.DER,
) -> bytes:
    """The revocation list that one generation publishes on a day; personas of other generations are left out."""
    published = _instant(today, time(0, 0, 0))
    key = keys.authority_key(f"{usage}_ca_{generation}")
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority_name(usage))
        .last_update(published)
        .next_update(published + timedelta(days=CRL_DAYS))
        .add_extension(x509.CRLNumber(today.toordinal()), critical=False)
        .add_extension(
            _authority_key(authority_name(usage), key.public_key(), generation),  # three lists have one name
            critical=False,
        )
    )
    serials = {serial(persona.id, usage) for persona in revoked if persona.card.generation == generation}
    for number in sorted(serials):
        entry = x509.RevokedCertificateBuilder().serial_number(number).revocation_date(published)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(key, SHA256()).public_bytes(encoding)


# ------------------------------------------------------------------------------------------- the parts


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, JAPAN).astimezone(UTC)


def _holder_name(persona_id: str, usage: Usage, holder: tuple[str, str] | None) -> x509.Name:
    """A meaningless identifier; with a place only in the certificate for signatures."""
    digest = sha256(f"holder/{usage}/{persona_id}".encode()).hexdigest().upper()
    attributes = [x509.NameAttribute(NameOID.COUNTRY_NAME, "JP")]
    if holder:
        attributes.append(x509.NameAttribute(NameOID.LOCALITY_NAME, holder[1][:40]))
    attributes.append(x509.NameAttribute(NameOID.COMMON_NAME, f"SIMULATED{digest[:14]}"))
    return x509.Name(attributes)


def _key_usage(*granted: str) -> x509.KeyUsage:
    every = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: name in granted for name in every})


def _leaf_key_usage(usage: Usage) -> x509.KeyUsage:
    return _key_usage("digital_signature", *(("content_commitment",) if usage == "sign" else ()))


def _directory(service: str) -> x509.DirectoryName:
    return x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, service)]))


def _alternative_name() -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([_directory("公的個人認証サービスの模擬")])


def _issuer_alternative_name() -> x509.IssuerAlternativeName:
    return x509.IssuerAlternativeName([_directory("公的個人認証サービスの模擬")])


def _distribution_point(issuer: x509.Name, usage: Usage) -> x509.CRLDistributionPoints:
    """A directory name, as on real certificates: there is no address to fetch a list from."""
    place = x509.Name([*issuer, x509.NameAttribute(NameOID.COMMON_NAME, f"CRL {_UNITS[usage]}")])
    return x509.CRLDistributionPoints(
        [x509.DistributionPoint([x509.DirectoryName(place)], None, None, None)],
    )


def _policy() -> x509.CertificatePolicies:
    return x509.CertificatePolicies([x509.PolicyInformation(POLICY, [x509.UserNotice(None, NOTICE)])])


def _authority_key(issuer: x509.Name, key: RSAPublicKey, generation: int) -> x509.AuthorityKeyIdentifier:
    identifier = x509.SubjectKeyIdentifier.from_public_key(key).digest
    return x509.AuthorityKeyIdentifier(identifier, [x509.DirectoryName(issuer)], generation)
