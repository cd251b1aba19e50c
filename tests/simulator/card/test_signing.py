"""The schemes of the signing command, checked with the public key of the certificate that the card shows."""

from __future__ import annotations

from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from tests.support.talk import COMMON, JPKI, SURFACE, Talk, talk_to

MESSAGE = b"a challenge"
DIGEST = sha256(MESSAGE).digest()
DIGEST_INFO = bytes.fromhex("3031300D060960864801650304020105000420") + DIGEST
PADDED_PSS = PSS(MGF1(SHA256()), 32)


@pytest.fixture
def talk() -> Talk:
    talk = talk_to("yamada", JPKI)
    talk.verify(0x18, "1234")
    return talk


def auth_key(talk: Talk) -> RSAPublicKey:
    key = x509.load_der_x509_certificate(talk.read(0x000A)).public_key()
    assert isinstance(key, RSAPublicKey)
    return key


def sign(talk: Talk, scheme: int, data: bytes, p2: int = 0x97) -> bytes:
    assert talk.send(bytes((0x80, 0x2A, scheme, p2, len(data))) + data + b"\0") == 0x9000
    return talk.data


def payload(key: RSAPublicKey, signature: bytes) -> bytes:
    """What a PKCS #1 v1.5 signature holds, by hand: 00 01 FF... 00 payload."""
    numbers = key.public_numbers()
    block = pow(int.from_bytes(signature, "big"), numbers.e, numbers.n).to_bytes(256, "big")
    head, _, rest = block.partition(b"\xff\x00")
    assert head == b"\x00\x01" + b"\xff" * (len(head) - 2)
    return rest


@pytest.mark.parametrize("data", [b"\x01", MESSAGE, DIGEST_INFO, bytes(245)])
def test_scheme_0_signs_what_it_is_given(talk: Talk, data: bytes) -> None:
    assert payload(auth_key(talk), sign(talk, 0, data)) == data


def test_scheme_1_signs_the_bare_hash(talk: Talk) -> None:
    assert payload(auth_key(talk), sign(talk, 1, MESSAGE)) == DIGEST


def test_schemes_2_and_3_are_ordinary_signatures(talk: Talk) -> None:
    key = auth_key(talk)
    key.verify(sign(talk, 2, DIGEST), MESSAGE, PKCS1v15(), SHA256())
    assert talk.data == sign(talk, 3, MESSAGE) == sign(talk, 0, DIGEST_INFO)


def test_schemes_4_and_5_are_pss_and_salted(talk: Talk) -> None:
    key = auth_key(talk)
    first, second = sign(talk, 4, DIGEST), sign(talk, 5, MESSAGE)
    for signature in (first, second):
        key.verify(signature, DIGEST, PADDED_PSS, Prehashed(SHA256()))
    assert first != second


@pytest.mark.parametrize(
    ("scheme", "length", "sw"),
    [(0, 246, 0x6985), (2, 31, 0x6985), (2, 33, 0x6985), (4, 31, 0x6985), (1, 255, 0x9000), (6, 32, 0x6A86)],
)
def test_inputs_that_a_scheme_cannot_take_are_refused(talk: Talk, scheme: int, length: int, sw: int) -> None:
    assert talk.send(bytes((0x80, 0x2A, scheme, 0x97, length)) + bytes(length) + b"\0") == sw


def test_nothing_to_sign_is_a_wrong_length(talk: Talk) -> None:
    assert talk.send("802A009700") == 0x6700


def test_a_selected_key_signs_as_the_named_one_does(talk: Talk) -> None:
    named = sign(talk, 3, MESSAGE)
    talk.select_file(0x0017)
    assert sign(talk, 3, MESSAGE, p2=0x80) == named


def test_one_pin_is_good_for_several_signatures(talk: Talk) -> None:
    assert sign(talk, 3, b"one") != sign(talk, 3, b"two")


def test_only_the_common_key_answers_internal_authenticate() -> None:
    talk = talk_to("yamada", COMMON)
    assert talk.send("0088009904AABBCCDD00") == 0x9000
    assert len(talk.data) == 256
    assert talk.send("0088019904AABBCCDD00") == 0x6A86
    assert talk.send("0088009C04AABBCCDD00") == 0x6981
    assert talk.send("802A009904AABBCCDD00") == 0x6981
    talk.select(SURFACE)
    assert talk.send("0088009404AABBCCDD00") == 0x6985


def test_the_card_face_key_is_the_one_in_the_signed_records() -> None:
    talk = talk_to("yamada", SURFACE)
    talk.verify(0x11, "560520")
    record = talk.read(0x0001)
    modulus = record[record.index(b"\x91\x82\x01\x00") + 4 :][:256]
    key = RSAPublicNumbers(65537, int.from_bytes(modulus, "big")).public_key()
    assert payload(key, sign(talk, 0, DIGEST_INFO, p2=0x00)) == DIGEST_INFO
