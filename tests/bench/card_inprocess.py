"""A verified read against the simulated card in this process: what the card application itself costs."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from drivers.interface import VerifiedCard
from simulator.card import SimulatedCard, pki
from simulator.links.inprocess import InProcessReader
from tests.bench.rows import Row, at_most, row
from tests.bench.timing import Work, medians
from tests.bench.verified_read import EXTENDED, PERSONA, SHORT, Dialogue, dialogue, verified_read
from tests.support.reading import application, card_of


def rows(quick: bool) -> list[Row]:
    return [_row("short", SHORT, quick), _row("extended", EXTENDED, quick)]


def _row(name: str, extended_length: int, quick: bool) -> Row:
    reader = InProcessReader(extended_length=extended_length)
    card = card_of(PERSONA)
    insertion = reader.insert(card)
    talk = dialogue(reader, insertion)
    ours = application(reader)
    whole, bare, linked, checked = medians(
        5 if quick else 400,
        lambda: verified_read(ours, insertion),
        lambda: _send(card, talk),
        lambda: _send_through(reader, insertion, talk),
        _verifications(talk.result),
    )
    return row(
        f"verified_read.inprocess.{name}",
        f"verified read, in process, {name} APDUs",
        whole,
        floor=bare,
        floor_what="bare loop: the same APDUs to the same simulated card, nothing checked",
        target=at_most(2.0, "ratio"),
        same_loop_through_the_reader=linked,
        rsa_verifications_alone=checked,
        ratio_to_floor_with_rsa_verifications=whole / (bare + checked),
    )


def _send(card: SimulatedCard, talk: Dialogue) -> None:
    for commands in talk.transactions:
        card.reset()
        for apdu in commands:
            card.process(apdu)


def _send_through(reader: InProcessReader, insertion: int, talk: Dialogue) -> None:
    for commands in talk.transactions:
        with reader.connect(insertion) as connection:
            for apdu in commands:
                connection.transmit(apdu)


def _verifications(verified: VerifiedCard) -> Work:
    """The two signatures that nobody can do without: the issuer's and the card's."""
    certificate = x509.load_der_x509_certificate(verified.certificate)
    holder = certificate.public_key()
    assert isinstance(holder, RSAPublicKey)
    issuers = [x509.load_der_x509_certificate(der).public_key() for der in pki.trust_anchors()]
    issuer = issuers[-1]
    assert isinstance(issuer, RSAPublicKey)

    def verify() -> None:
        issuer.verify(certificate.signature, certificate.tbs_certificate_bytes, PKCS1v15(), SHA256())
        holder.verify(verified.signature, verified.challenge, PKCS1v15(), SHA256())

    return verify
