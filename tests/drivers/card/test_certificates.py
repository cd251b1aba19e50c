"""Which certificates are believed: issuer by signature, life of the issuer, use of the key."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from drivers.card.certificates import Anchor, AnchorError, TrustedCertificate, check, load_anchors
from drivers.card.errors import CardFinding
from drivers.card.revocation import UnknownRevocation
from drivers.interface import Fault, Revocation
from tests.support.certificates import NOW, Issuer, der, key, key_usage, make_issuer, make_leaf, sign

DAY = timedelta(days=1)
OLD = make_issuer("ca-2015", NOW - 4000 * DAY, NOW - 30 * DAY)
CURRENT = make_issuer("ca-2023")
STRANGER = make_issuer("ca-stranger")
ANCHORS = (Anchor(OLD.certificate), Anchor(CURRENT.certificate))


def believe(leaf: x509.Certificate, now: datetime = NOW) -> TrustedCertificate:
    return check(der(leaf), ANCHORS, UnknownRevocation(), now)


def fault(data: bytes, now: datetime = NOW) -> Fault:
    with pytest.raises(CardFinding) as caught:
        check(data, ANCHORS, UnknownRevocation(), now)
    return caught.value.failure.fault


def test_issuers_of_one_name_are_told_apart_by_signature() -> None:
    assert OLD.certificate.subject == CURRENT.certificate.subject
    assert believe(make_leaf(CURRENT)).issuer.certificate == CURRENT.certificate
    expired = make_leaf(OLD, begins=NOW - 2000 * DAY, ends=NOW - 40 * DAY)
    assert believe(expired).issuer.certificate == OLD.certificate


def test_facts_are_hash_and_dates_and_an_honest_unknown() -> None:
    leaf = make_leaf(CURRENT)
    facts = believe(leaf).facts
    assert facts.not_before == leaf.not_valid_before_utc
    assert facts.not_after == leaf.not_valid_after_utc
    assert len(facts.sha256) == 64
    assert facts.revocation is Revocation.UNKNOWN
    assert not facts.test


def test_a_test_root_marks_what_it_signed() -> None:
    trusted = check(
        der(make_leaf(CURRENT)), [Anchor(CURRENT.certificate, test=True)], UnknownRevocation(), NOW
    )
    assert trusted.facts.test


@pytest.mark.parametrize("days", [-200, 2000])
def test_expiry_is_a_fact_and_no_failure(days: int) -> None:
    leaf = make_leaf(CURRENT)
    assert believe(leaf, NOW + days * DAY).facts.not_after == leaf.not_valid_after_utc


def test_the_same_name_with_another_key_is_not_believed() -> None:
    assert fault(der(make_leaf(STRANGER))) is Fault.CERTIFICATE_UNTRUSTED


def test_a_forged_signature_is_not_believed() -> None:
    assert fault(der(make_leaf(CURRENT, signed_by=key("forger")))) is Fault.CERTIFICATE_UNTRUSTED


def test_a_right_signature_under_another_name_is_not_believed() -> None:
    other = make_issuer("ca-2023", name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "elsewhere")]))
    assert fault(der(make_leaf(other))) is Fault.CERTIFICATE_UNTRUSTED


def test_a_certificate_cannot_outlive_its_issuer() -> None:
    alive = make_leaf(OLD, begins=NOW - 100 * DAY, ends=NOW + 100 * DAY)
    assert fault(der(alive)) is Fault.CERTIFICATE_UNTRUSTED


def test_a_ca_certificate_is_no_holders_certificate() -> None:
    assert fault(der(make_leaf(CURRENT, ca=True))) is Fault.CERTIFICATE_UNTRUSTED
    assert fault(der(CURRENT.certificate)) is Fault.CERTIFICATE_UNTRUSTED


def test_a_stated_key_usage_must_allow_signatures() -> None:
    assert (
        believe(make_leaf(CURRENT, usage=key_usage(signature=True))).issuer.certificate == CURRENT.certificate
    )
    assert fault(der(make_leaf(CURRENT, usage=key_usage()))) is Fault.CERTIFICATE_UNTRUSTED


def test_a_signature_with_a_shorter_hash_is_not_believed() -> None:
    assert fault(der(make_leaf(CURRENT, algorithm=hashes.SHA224()))) is Fault.CERTIFICATE_UNTRUSTED
    assert believe(make_leaf(CURRENT, algorithm=hashes.SHA512())).issuer.certificate == CURRENT.certificate


def test_a_critical_extension_that_is_not_understood_is_not_passed_over() -> None:
    assert (
        fault(der(make_leaf(CURRENT, padding_bytes=4, padding_critical=True))) is Fault.CERTIFICATE_UNTRUSTED
    )


def test_a_short_key_is_not_believed() -> None:
    assert fault(der(make_leaf(CURRENT, "short", bits=1024))) is Fault.CERTIFICATE_UNTRUSTED


@pytest.mark.parametrize("data", [b"", b"\x30\x00", b"\x30\x82\x01\x00" + bytes(256), b"not a certificate"])
def test_bytes_that_are_no_certificate_are_damage(data: bytes) -> None:
    assert fault(data) is Fault.CARD_DAMAGED


def test_a_signature_counts_only_for_its_own_message_and_key() -> None:
    trusted = believe(make_leaf(CURRENT))
    good = sign("holder", b"challenge")
    assert trusted.has_signed(b"challenge", good)
    assert not trusted.has_signed(b"another challenge", good)
    assert not trusted.has_signed(b"challenge", sign("ca-stranger", b"challenge"))
    assert not trusted.has_signed(b"challenge", b"")


def test_a_certificate_shows_no_bytes_of_itself() -> None:
    trusted = believe(make_leaf(CURRENT))
    assert "der" not in repr(trusted)


def write(folder: Path, issuer: Issuer, name: str, encoding: Encoding) -> None:
    (folder / name).write_bytes(issuer.certificate.public_bytes(encoding))


def test_anchors_load_from_a_folder_in_either_encoding(tmp_path: Path) -> None:
    write(tmp_path, OLD, "authca01.cer", Encoding.DER)
    write(tmp_path, CURRENT, "authca03.pem", Encoding.PEM)
    (tmp_path / "README.txt").write_text("not a certificate")
    assert [anchor.certificate for anchor in load_anchors(tmp_path)] == [OLD.certificate, CURRENT.certificate]
    assert [anchor.generation for anchor in load_anchors(tmp_path)] == ["2015", "2024"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\x30\x00", "ValueError"),
        (b"-----BEGIN CERTIFICATE-----\n", "ValueError"),
        (der(make_issuer("ca-2023", ca=False).certificate), "not a CA"),
        (der(make_issuer("ca-2023", usage=False).certificate), "not a CA"),
        (der(make_leaf(CURRENT, usage=key_usage(certificates=True), ca=True)), "not self-signed"),
    ],
)
def test_anchors_that_are_no_root_are_refused_by_name(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "authca02.cer").write_bytes(content)
    with pytest.raises(AnchorError, match=rf"authca02.cer: .*{why}"):
        load_anchors(tmp_path)
