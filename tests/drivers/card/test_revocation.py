"""Revocation lists in a folder: only a fresh list, signed by the certificate's issuer and covering it, may speak."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from drivers.card.revocation import CrlFileSource, UnknownRevocation
from drivers.interface import Revocation
from tests.support.certificates import CA_NAME, DISTRIBUTION_POINT, NOW, key, make_issuer, make_leaf

DAY = timedelta(days=1)
ISSUER = make_issuer("ca-2023")
SAME_NAME = make_issuer("ca-stranger")
CARD = make_leaf(ISSUER)
OTHER = make_leaf(ISSUER, "other holder")


def crl(
    *revoked: x509.Certificate,
    made: datetime = NOW - DAY,
    until: datetime = NOW + DAY,
    signer: rsa.RSAPrivateKey = ISSUER.key,
    point: x509.IssuingDistributionPoint | None = None,
    critical: x509.ExtensionType | None = None,
    encoding: Encoding = Encoding.DER,
) -> bytes:
    builder = (
        x509.CertificateRevocationListBuilder().issuer_name(CA_NAME).last_update(made).next_update(until)
    )
    for certificate in revoked:
        entry = (
            x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(made)
        )
        builder = builder.add_revoked_certificate(entry.build())
    if point is not None:
        builder = builder.add_extension(point, critical=True)
    if critical is not None:
        builder = builder.add_extension(critical, critical=True)
    return builder.sign(signer, hashes.SHA256()).public_bytes(encoding)


def point(
    name: list[x509.GeneralName] | None = None, *, ca: bool = False, reasons: bool = False
) -> x509.IssuingDistributionPoint:
    only = frozenset({x509.ReasonFlags.key_compromise}) if reasons else None
    return x509.IssuingDistributionPoint(
        name, None, not ca and name is None and not reasons, ca, only, False, False
    )


def state(folder: Path, now: datetime = NOW) -> Revocation:
    return CrlFileSource(folder).status(CARD, ISSUER.certificate, now)


def test_without_a_source_the_answer_is_unknown() -> None:
    assert UnknownRevocation().status(CARD, ISSUER.certificate, NOW) is Revocation.UNKNOWN


def test_a_missing_or_empty_folder_is_unknown(tmp_path: Path) -> None:
    assert state(tmp_path) is Revocation.UNKNOWN
    assert state(tmp_path / "absent") is Revocation.UNKNOWN


@pytest.mark.parametrize("encoding", [Encoding.DER, Encoding.PEM])
def test_a_fresh_list_tells_revoked_from_good(tmp_path: Path, encoding: Encoding) -> None:
    (tmp_path / "a.crl").write_bytes(crl(OTHER, encoding=encoding))
    assert state(tmp_path) is Revocation.GOOD
    (tmp_path / "a.crl").write_bytes(crl(OTHER, CARD, encoding=encoding))
    assert state(tmp_path) is Revocation.REVOKED


@pytest.mark.parametrize(
    ("made", "until"), [(NOW - 9 * DAY, NOW - DAY), (NOW + DAY, NOW + 9 * DAY)], ids=["stale", "not yet"]
)
def test_a_list_out_of_its_time_is_unknown_even_where_it_names_the_card(
    tmp_path: Path, made: datetime, until: datetime
) -> None:
    (tmp_path / "a.crl").write_bytes(crl(CARD, made=made, until=until))
    assert state(tmp_path) is Revocation.UNKNOWN


def test_a_list_that_the_issuer_did_not_sign_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "a.crl").write_bytes(crl(CARD, signer=SAME_NAME.key))
    assert state(tmp_path) is Revocation.UNKNOWN
    assert CrlFileSource(tmp_path).status(CARD, SAME_NAME.certificate, NOW) is Revocation.REVOKED


def test_the_newest_list_wins(tmp_path: Path) -> None:
    (tmp_path / "a.crl").write_bytes(crl(made=NOW - timedelta(hours=1)))
    (tmp_path / "b.crl").write_bytes(crl(CARD, made=NOW - timedelta(hours=2)))
    assert state(tmp_path) is Revocation.GOOD


@pytest.mark.parametrize(
    ("restricted", "expected"),
    [
        (point([DISTRIBUTION_POINT]), Revocation.GOOD),
        (point(), Revocation.GOOD),
        (point([x509.UniformResourceIdentifier("http://elsewhere.invalid/x.crl")]), Revocation.UNKNOWN),
        (point(ca=True), Revocation.UNKNOWN),
        (point(reasons=True), Revocation.UNKNOWN),
    ],
)
def test_a_list_for_other_certificates_says_nothing_of_this_one(
    tmp_path: Path, restricted: x509.IssuingDistributionPoint, expected: Revocation
) -> None:
    (tmp_path / "a.crl").write_bytes(crl(OTHER, point=restricted))
    assert state(tmp_path) is expected


def test_a_delta_or_an_unknown_critical_extension_says_nothing(tmp_path: Path) -> None:
    for extension in (
        x509.DeltaCRLIndicator(7),
        x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.392.99.1"), b"\x05\x00"),
    ):
        (tmp_path / "a.crl").write_bytes(crl(OTHER, critical=extension))
        assert state(tmp_path) is Revocation.UNKNOWN


def test_a_file_that_is_no_list_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.crl").write_bytes(b"rubbish")
    (tmp_path / "b.crl").mkdir()
    (tmp_path / "c.crl").write_bytes(crl(CARD))
    (tmp_path / "d.crl").symlink_to(tmp_path / "nowhere")
    assert state(tmp_path) is Revocation.REVOKED


def test_a_changed_file_is_read_again_and_a_removed_one_forgotten(tmp_path: Path) -> None:
    source = CrlFileSource(tmp_path)
    path = tmp_path / "a.crl"
    path.write_bytes(crl(OTHER))
    assert source.status(CARD, ISSUER.certificate, NOW) is Revocation.GOOD
    path.write_bytes(crl(OTHER, CARD))
    assert source.status(CARD, ISSUER.certificate, NOW) is Revocation.REVOKED
    path.unlink()
    assert source.status(CARD, ISSUER.certificate, NOW) is Revocation.UNKNOWN


def test_an_issuer_that_may_not_sign_lists_cannot(tmp_path: Path) -> None:
    (tmp_path / "a.crl").write_bytes(crl(CARD))
    powerless = make_issuer("ca-2023", usage=False)
    renamed = make_issuer("ca-2023", name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "elsewhere")]))
    for issuer in (powerless, renamed):
        assert CrlFileSource(tmp_path).status(CARD, issuer.certificate, NOW) is Revocation.UNKNOWN
    assert key("ca-2023") is ISSUER.key
