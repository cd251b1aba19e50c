"""OpenSC, written by others, judges the simulated card through a real pcscd."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from simulator.card import pki
from simulator.card.lifetimes import lifetimes
from simulator.links.vpcd import VpcdLink
from simulator.people import load
from tests.support.pcscd import PrivatePcscd
from tests.support.talk import VISIT_DAY, Talk, card_of

pytestmark = pytest.mark.pcsc

PATIENCE = 10.0
MESSAGE = b"what was challenged"
NOON = datetime.combine(VISIT_DAY, time(12), UTC)


@pytest.fixture(scope="module")
def daemon() -> Iterator[PrivatePcscd]:
    with PrivatePcscd() as running:
        yield running


@pytest.fixture
def hand(daemon: PrivatePcscd) -> Iterator[VpcdLink]:
    link = daemon.link()
    yield link
    link.close()


@pytest.fixture
def opensc(daemon: PrivatePcscd, tmp_path: Path) -> OpenSc:
    return OpenSc(daemon, tmp_path)


class OpenSc:
    """OpenSC's programs, told to look for this kind of card only."""

    def __init__(self, daemon: PrivatePcscd, folder: Path) -> None:
        self._daemon, self.folder = daemon, folder
        self._configuration = folder / "opensc.conf"
        self._configuration.write_text("app default { card_drivers = jpki; }\n")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return self._daemon.run(command, {"OPENSC_CONF": str(self._configuration)})

    def succeed(self, *command: str) -> str:
        done = self.run(*command)
        assert done.returncode == 0, done.stderr
        return done.stdout


def insert(hand: VpcdLink, persona: str) -> Talk:
    talk = Talk(card_of(persona))
    hand.insert(talk.card)
    assert hand.wait_powered(PATIENCE)
    return talk


def tries(talk: Talk) -> int:
    talk.card.reset()
    talk.select("D392F000260100000001")
    return talk.tries(0x18)


def test_the_card_is_recognised(hand: VpcdLink, opensc: OpenSc) -> None:
    insert(hand, "yamada")
    assert opensc.succeed("opensc-tool", "--name").strip() == "jpki"


def test_the_certificates_are_read(hand: VpcdLink, opensc: OpenSc) -> None:
    insert(hand, "yamada")
    for number, expected in (
        ("1", pki.certificate(load("yamada"), "auth", lifetimes(load("yamada"), VISIT_DAY))),
        ("3", pki.authority("auth", 3)),
        ("4", pki.authority("sign", 3)),
    ):
        text = opensc.succeed("pkcs15-tool", "--read-certificate", number)
        read = x509.load_pem_x509_certificate(text.encode())
        assert read.public_bytes(Encoding.DER) == expected


def test_the_signature_certificate_stays_closed(hand: VpcdLink, opensc: OpenSc) -> None:
    insert(hand, "yamada")
    done = opensc.run("pkcs15-tool", "--read-certificate", "2")
    assert "BEGIN CERTIFICATE" not in done.stdout


def test_a_right_pin_is_accepted(hand: VpcdLink, opensc: OpenSc) -> None:
    talk = insert(hand, "yamada")
    opensc.succeed("pkcs15-tool", "--verify-pin", "--auth-id", "1", "--pin", "1234")
    assert tries(talk) == 0x63C3


def test_a_wrong_pin_costs_a_try(hand: VpcdLink, opensc: OpenSc) -> None:
    talk = insert(hand, "yamada")
    done = opensc.run("pkcs15-tool", "--verify-pin", "--auth-id", "1", "--pin", "9999")
    assert done.returncode != 0
    assert "PIN code or key incorrect" in done.stderr
    assert tries(talk) == 0x63C2
    assert "Tries left     : 2" in opensc.succeed("pkcs15-tool", "--list-pins")


def test_a_locked_pin_is_seen_as_locked(hand: VpcdLink, opensc: OpenSc) -> None:
    insert(hand, "pin_locked")
    assert "Tries left     : 0" in opensc.succeed("pkcs15-tool", "--list-pins")
    done = opensc.run("pkcs15-tool", "--verify-pin", "--auth-id", "1", "--pin", "1234")
    assert done.returncode != 0


@pytest.mark.parametrize(
    ("key", "secret", "certificate"), [("1", "1234", "auth"), ("2", "ABC123", "sign")], ids=["auth", "sign"]
)
def test_a_signature_is_made_that_openssl_accepts(
    hand: VpcdLink, opensc: OpenSc, key: str, secret: str, certificate: pki.Usage
) -> None:
    insert(hand, "yamada")
    folder = opensc.folder
    message, digest, signature = folder / "message", folder / "digest", folder / "signature"
    message.write_bytes(MESSAGE)
    openssl("dgst", "-sha256", "-binary", "-out", str(digest), str(message))
    opensc.succeed(
        *("pkcs15-crypt", "--sign", "--key", key, "--pin", secret, "--sha-256", "--pkcs1", "--raw"),
        *("--input", str(digest), "--output", str(signature)),
    )
    public = folder / "public.pem"
    holder = load("yamada")
    (folder / "leaf.der").write_bytes(pki.certificate(holder, certificate, lifetimes(holder, VISIT_DAY)))
    openssl(
        "x509", "-inform", "DER", "-in", str(folder / "leaf.der"), "-noout", "-pubkey", "-out", str(public)
    )
    done = openssl("dgst", "-sha256", "-verify", str(public), "-signature", str(signature), str(message))
    assert done.strip() == "Verified OK"


def test_openssl_accepts_the_chain_and_the_revocation(tmp_path: Path) -> None:
    anchors = tmp_path / "anchors.pem"
    texts = [
        x509.load_der_x509_certificate(anchor).public_bytes(Encoding.PEM) for anchor in pki.trust_anchors()
    ]
    holder, revoked = load("yamada"), load("revoked")
    lists = [
        pki.crl(generation, [revoked], VISIT_DAY, encoding=Encoding.PEM) for generation in pki.GENERATIONS
    ]
    anchors.write_bytes(b"".join([*texts, *lists]))
    at = ("-attime", str(int(NOON.timestamp())))
    for persona, good in ((holder, True), (revoked, False)):
        leaf = tmp_path / f"{persona.id}.pem"
        certificate = x509.load_der_x509_certificate(
            pki.certificate(persona, "auth", lifetimes(persona, VISIT_DAY))
        )
        leaf.write_bytes(certificate.public_bytes(Encoding.PEM))
        command = ["openssl", "verify", "-CAfile", str(anchors), "-crl_check", *at, str(leaf)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) is good, done.stderr
        assert good or "certificate revoked" in done.stderr


def test_a_stranger_is_no_card_of_ours(hand: VpcdLink, opensc: OpenSc) -> None:
    insert(hand, "fido_key")
    done = opensc.run("opensc-tool", "--name")
    assert "jpki" not in done.stdout
    assert done.returncode != 0


def openssl(*arguments: str) -> str:
    return subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=True).stdout
