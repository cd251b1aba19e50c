"""Certificates: whose, by whom, until when; and that the same day gives the same bytes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from typing import get_args

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from simulator.card import keys, pki
from simulator.card.lifetimes import lifetimes
from simulator.people import Persona, everyone, identifiers, load
from tests.support.talk import VISIT_DAY

ANCHORS = [x509.load_der_x509_certificate(anchor) for anchor in pki.trust_anchors()]
HOLDERS = [persona for persona in everyone() if persona.card.auth_certificate]


def leaf(persona: str, usage: pki.Usage = "auth", day: date = VISIT_DAY) -> x509.Certificate:
    holder = load(persona)
    return x509.load_der_x509_certificate(pki.certificate(holder, usage, lifetimes(holder, day)))


def signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except InvalidSignature:
        return False
    return True


def test_the_generations_share_one_name_and_have_different_keys() -> None:
    assert len({anchor.subject for anchor in ANCHORS}) == 1
    assert len({anchor.serial_number for anchor in ANCHORS}) == len(ANCHORS) == 3
    for first, second in combinations(ANCHORS, 2):
        assert first.public_key() != second.public_key()
        assert not signed_by(first, second)
    assert all(signed_by(anchor, anchor) for anchor in ANCHORS)


def test_no_authority_can_be_taken_for_a_real_one() -> None:
    for certificate in (*pki.trust_anchors(), *pki.sign_anchors()):
        name = x509.load_der_x509_certificate(certificate).subject
        assert [part.value for part in name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)] == [
            "JPKI-SIMULATED"
        ]


def test_an_authority_may_sign_certificates_and_lists_and_nothing_else() -> None:
    for anchor in ANCHORS:
        constraints = anchor.extensions.get_extension_for_class(x509.BasicConstraints)
        usage = anchor.extensions.get_extension_for_class(x509.KeyUsage)
        assert constraints.critical
        assert usage.critical
        assert constraints.value.ca
        assert (usage.value.key_cert_sign, usage.value.crl_sign, usage.value.digital_signature) == (
            True,
            True,
            False,
        )


@pytest.mark.parametrize("persona", ["yamada", "second_generation", "first_generation"])
def test_an_issuer_is_found_by_its_signature(persona: str) -> None:
    certificate = leaf(persona)
    issuers = [number for number, anchor in enumerate(ANCHORS, 1) if signed_by(certificate, anchor)]
    assert issuers == [load(persona).card.generation]


@pytest.mark.parametrize("persona", HOLDERS, ids=lambda persona: persona.id)
def test_an_authentication_certificate_carries_no_name_and_has_a_real_ones_size(persona: Persona) -> None:
    der = pki.certificate(persona, "auth", lifetimes(persona, VISIT_DAY))
    certificate = x509.load_der_x509_certificate(der)
    assert der[:2] == b"\x30\x82"
    assert 1200 <= len(der) <= 1600
    assert {part.oid for part in certificate.subject} == {NameOID.COUNTRY_NAME, NameOID.COMMON_NAME}
    for part in (persona.person.name, persona.person.address, persona.id):
        assert part.encode() not in der
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert not usage.value.content_commitment


def test_a_signature_certificate_names_its_holder_and_place() -> None:
    certificate = leaf("yamada", "sign")
    assert certificate.subject.get_attributes_for_oid(NameOID.LOCALITY_NAME)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "山田　太郎" in str(names.get_values_for_type(x509.DirectoryName))
    assert certificate.extensions.get_extension_for_class(x509.KeyUsage).value.content_commitment
    assert leaf("yamada").public_key() != certificate.public_key()


def test_revocation_lists_are_named_by_directory_and_not_by_address() -> None:
    for certificate in (*ANCHORS, leaf("yamada")):
        (point,) = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        assert point.full_name is not None
        assert [type(name) for name in point.full_name] == [x509.DirectoryName]


def test_a_certificate_holds_to_the_end_of_its_fifth_birthday_in_japan() -> None:
    certificate = leaf("yamada")  # born on 20 May, issued on 1 June 2024
    assert certificate.not_valid_before_utc == datetime(2024, 5, 31, 15, 0, 0, tzinfo=UTC)
    assert certificate.not_valid_after_utc == datetime(2029, 5, 20, 14, 59, 59, tzinfo=UTC)


def test_serial_numbers_follow_from_the_persona_and_are_all_different() -> None:
    assert leaf("yamada").serial_number == leaf("yamada", day=date(2030, 1, 1)).serial_number
    usages: tuple[pki.Usage, ...] = get_args(pki.Usage)
    assert len({pki.serial(persona, usage) for persona in identifiers() for usage in usages}) == 2 * len(
        identifiers()
    )


def test_the_same_day_gives_the_same_bytes() -> None:
    holder = load("yamada")
    first = pki.certificate(holder, "auth", lifetimes(holder, VISIT_DAY))
    pki._leaf.cache_clear()
    pki.authority.cache_clear()
    assert pki.certificate(holder, "auth", lifetimes(holder, VISIT_DAY)) == first
    assert pki.trust_anchors() == tuple(anchor.public_bytes(Encoding.DER) for anchor in ANCHORS)
    assert pki.certificate(holder, "auth", lifetimes(holder, date(2026, 6, 2))) != first


def test_a_revocation_list_holds_the_revoked_of_its_generation() -> None:
    revoked = load("revoked")
    listed = x509.load_der_x509_crl(pki.crl(3, [revoked, load("second_generation")], VISIT_DAY))
    assert [entry.serial_number for entry in listed] == [leaf("revoked").serial_number]
    assert listed.issuer == leaf("revoked").issuer
    issuer = ANCHORS[2].public_key()
    assert isinstance(issuer, RSAPublicKey)
    assert listed.is_signature_valid(issuer)
    assert listed.last_update_utc <= datetime(2026, 6, 1, tzinfo=UTC)
    assert listed.next_update_utc is not None
    assert listed.next_update_utc - listed.last_update_utc == timedelta(days=3)
    assert list(x509.load_der_x509_crl(pki.crl(1, [revoked], VISIT_DAY))) == []


def test_a_revocation_list_can_be_had_as_text() -> None:
    assert pki.crl(3, [], VISIT_DAY, encoding=Encoding.PEM).startswith(b"-----BEGIN X509 CRL-----")


def test_every_persona_has_keys_of_its_own() -> None:
    numbers = {
        keys.persona_key(persona, name).public_key().public_numbers().n
        for persona in identifiers()
        for name in keys.PERSONA_KEYS
    }
    assert len(numbers) == len(identifiers()) * len(keys.PERSONA_KEYS)


def test_every_key_signs_what_its_public_half_verifies() -> None:
    stored = [keys.persona_key(persona, name) for persona in identifiers() for name in keys.PERSONA_KEYS]
    stored += [keys.authority_key(name) for name in keys.AUTHORITIES]
    for key in stored:
        assert key.key_size == 2048
        key.public_key().verify(key.sign(b"x", PKCS1v15(), SHA256()), b"x", PKCS1v15(), SHA256())


def test_a_persona_without_keys_borrows_spare_ones_that_stay_the_same() -> None:
    first = keys.persona_key("somebody_new", "auth").public_key()
    assert first == keys.persona_key("somebody_new", "auth").public_key()
    assert first != keys.persona_key("somebody_new", "sign").public_key()
