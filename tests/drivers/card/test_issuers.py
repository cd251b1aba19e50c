"""Keys of issuers from files, and what they certify."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from drivers.card.errors import CardFinding
from drivers.card.issuers import IssuerKeyError, certified_key, load_issuer_keys, read_issuer_key
from drivers.interface import Fault
from simulator.card import card_verifiable, keys

ISSUER = card_verifiable.issuer()


def written(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, encoding: Encoding = Encoding.PEM) -> bytes:
    return key.public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)


def test_keys_are_read_in_the_order_of_their_files_and_other_files_left_alone(tmp_path: Path) -> None:
    other = keys.authority_key("municipality").public_key()
    (tmp_path / "b.pem").write_bytes(b"\n" + written(ISSUER))
    (tmp_path / "a.der").write_bytes(written(other, Encoding.DER))
    (tmp_path / "README.md").write_text("not a key")
    assert load_issuer_keys(tmp_path) == (other, ISSUER)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nonsense",
        written(ec.generate_private_key(ec.SECP256R1()).public_key()),
        written(rsa.generate_private_key(65537, 1024).public_key()),
        written(ISSUER)[:-60],
    ],
    ids=["empty", "nonsense", "other kind", "short", "cut off"],
)
def test_what_is_no_issuers_key_is_refused_by_its_name(data: bytes) -> None:
    with pytest.raises(IssuerKeyError, match=r"^authority\.pem: "):
        read_issuer_key(data, "authority.pem")


def test_a_folder_that_is_not_there_is_the_callers_trouble(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        load_issuer_keys(tmp_path / "nowhere")


def test_the_key_that_signs_faces_is_the_municipalitys() -> None:
    certificate = card_verifiable.certificate("surface")
    assert certified_key(certificate, [ISSUER]) == keys.authority_key("municipality").public_key()


@pytest.mark.parametrize(
    ("data", "expected"), [(b"", Fault.CARD_DAMAGED), (b"\x7f\x21\x00", Fault.CARD_DAMAGED)]
)
def test_what_is_no_certificate_is_damage(data: bytes, expected: Fault) -> None:
    with pytest.raises(CardFinding) as caught:
        certified_key(data, [ISSUER])
    assert caught.value.failure.fault is expected
