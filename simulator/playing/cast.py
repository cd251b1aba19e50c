"""Who plays: a persona as the scenario wants it, with the card, the trust and the national system that fit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from msgspec.structs import replace

from drivers.card.certificates import Anchor
from simulator.card import SimulatedCard, card_verifiable, codes, issue, pki
from simulator.card.lifetimes import lifetimes
from simulator.national.faults import Faults
from simulator.people import load
from simulator.people.persona import Persona
from simulator.scenarios.scenario import Scenario

_VALIDITY = {
    "valid": "1",
    "invalid": "2",
    "invalid_new_exists": "3",
    "no_record": "4",
    "several": "5",
    "public_assistance": "6",
}
_LONG_EXPIRED_DAYS = -400
_GENERATIONS = (1, 2, 3)
_SECRETS = ("pin", "pin_tries_left", "text_pin", "text_pin_tries_left", "photo_tries_left", "photo")


def cast(scenario: Scenario) -> Persona:
    """The person in front of the reader. Raises ``simulator.people.loading.PersonaError``."""
    persona = load(scenario.card.other or scenario.patient.persona)
    wanted = scenario.card
    card = persona.card
    if wanted.expired:
        card = replace(card, certificate_ends_in_days=_LONG_EXPIRED_DAYS)
    if wanted.revoked:
        card = replace(card, revoked=True)
    if wanted.face_only:
        card = replace(card, face_only=True, sign_certificate=False)
    if wanted.damaged:
        card = replace(card, kind="damaged")
    said = {name: getattr(wanted, name) for name in _SECRETS}
    card = replace(card, **{name: value for name, value in said.items() if value is not None})
    eligibility = persona.eligibility
    if wanted.unregistered:
        eligibility = replace(eligibility, registered=False)
    if wanted.deregistered:
        eligibility = replace(eligibility, registered=False, deregistered=True)
    if scenario.national.answer:
        eligibility = replace(eligibility, qualification_validity=_VALIDITY[scenario.national.answer])
    return replace(persona, card=card, eligibility=eligibility)


def card_of(persona: Persona, day: date) -> SimulatedCard | None:
    return issue(persona, day)


def number_b(persona: Persona, day: date) -> str:
    """照合番号B of this person's card, which its face spells."""
    card_until = lifetimes(persona, day).card_until
    return codes.verification_code_b(persona.person.birth_date, card_until, persona.card.security_code)


def trust() -> tuple[Anchor, ...]:
    """The simulated issuers, as anchors of the card driver."""
    return tuple(Anchor(x509.load_der_x509_certificate(der), test=True) for der in pki.trust_anchors())


def face_issuers() -> tuple[RSAPublicKey, ...]:
    """The simulated authority that certifies who signs card faces."""
    return (card_verifiable.issuer(),)


def publish_revocations(folder: Path, people: Iterable[Persona], day: date) -> None:
    """Writes the day's revocation lists of the simulated issuers."""
    revoked = [persona for persona in people if persona.card.revoked]
    for generation in _GENERATIONS:
        (folder / f"generation-{generation}.crl").write_bytes(pki.crl(generation, revoked, day))


def plan(scenario: Scenario) -> Faults:
    """The national system's misbehaviour."""
    faults = Faults()
    wanted = scenario.national
    if wanted.fault is None:
        return faults
    if wanted.fault_at == 0:
        faults.always(wanted.fault, wanted.delay, comes=wanted.comes)
        return faults
    for _ in range(wanted.fault_at - 1):
        faults.pass_over()
    faults.next(wanted.fault, wanted.delay, comes=wanted.comes)
    return faults
