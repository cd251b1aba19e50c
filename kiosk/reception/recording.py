"""What goes into the ledger of each step, and what of a visit is found again after a crash."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

import msgspec

from kiosk.ledger import Entry, Ledger
from kiosk.visit.events import (
    AnswerCame,
    AnyEvent,
    CardRead,
    CardTextRead,
    ConsentAllGiven,
    ConsentAllRefused,
    ConsentItemDecided,
    Event,
    FaceJudged,
    FaceResultArrived,
    FormSigned,
    PatientFound,
    PinEntered,
    PinVerified,
    StaffActed,
)
from kiosk.visit.moment import Moment
from kiosk.visit.situation import Situation, situation_of
from kiosk.visit.states import Visit

CLOSED = frozenset({"Welcome", "OutOfService", "Finished", "Abandoned"})
"""States in which nobody is being served."""

AT_THE_READER = "certified-reader"
"""The version of a consent's words that a certified reader showed: we did not."""
_CONSENT = (ConsentAllGiven, ConsentAllRefused, ConsentItemDecided)
_encoder = msgspec.json.Encoder(order="sorted", enc_hook=str)


def entry_of(before: Visit, event: AnyEvent, after: Visit, *, actor: str = "", simulated: bool) -> Entry:
    """The ledger's line for one step. ``actor``: who asked for it at the desk, where somebody did."""
    if not actor:
        actor = f"staff:{event.staff}" if isinstance(event, StaffActed) and event.staff else event.actor
    return Entry(
        visit=after.id or before.id,
        id=event.id,
        type=type(event).__name__,
        at=stamp(event.at),
        mono_ms=event.at.mono,
        actor=actor,
        state=type(after.state).__name__,
        simulated=simulated,
        payload=payload_of(event, after, desk=_news(before, after)),
    )


def _news(before: Visit, after: Visit) -> Situation | None:
    """What the desk is told with this step; None where it knows all of it."""
    told = _told.of(before)
    now = _told.of(after)
    return now if now != told else None


class _Told:
    """The situation of the visit that was recorded last: each step begins where the one before it ended."""

    def __init__(self) -> None:
        self._last: tuple[Visit, Situation] | None = None

    def of(self, visit: Visit) -> Situation:
        last = self._last
        if last is not None and last[0] is visit:
            return last[1]
        situation = situation_of(visit)
        self._last = (visit, situation)
        return situation


_told = _Told()


def payload_of(event: AnyEvent, after: Visit, *, desk: Situation | None = None) -> bytes:
    """The event's own data, erasable. A certificate's fingerprint would recognise its holder for years, so it is
    left out, like the name of a slot that held digits. What was copied from the card, and the signature, stand on the
    paper that is kept. Of a face nothing is kept but steps and by whose word."""
    match event:
        case CardRead(facts=facts):
            certificate = facts.certificate
            kept: Any = {
                "token": facts.token,
                "pin_tries_left": facts.pin_tries_left,
                "certificate_ends": certificate.not_after if certificate is not None else None,
            }
        case PinVerified():
            kept = {"revocation": event.certificate.revocation}
        case PinEntered() | CardTextRead():
            kept = {}
        case FaceJudged(verdict=verdict):
            kept = {
                "doubt": verdict.doubt,
                "likeness": verdict.likeness,
                "turned": verdict.turned,
                "authority": after.policy.face,
            }
        case PatientFound(question=question, patient=patient, match=match):
            number = patient.patient_number if patient is not None else None
            kept = {"question": question, "patient_number": number, "match": match}
        case FaceResultArrived(result=result):
            kept = {"question": result.id, "answer": result.answer, "recent": event.recent}
            kept |= {"reading": result.reading, "given_by": event.given_by}
            if after.consents:
                kept["consents"] = dict(after.consents)
                kept["wording_version"] = AT_THE_READER
                kept["language"] = after.preferences.language
        case AnswerCame(question=question):
            kept = {"question": question}  # the answer stands in the note before it
        case FormSigned(signature=signature):
            kept = {"signed": bool(signature)}
        case _:
            kept = {name: getattr(event, name) for name in _own_fields(type(event))}
            if isinstance(event, _CONSENT) and after.consents:
                kept["consents"] = dict(after.consents)
                kept["wording_version"] = after.policy.wording_version
                kept["language"] = after.preferences.language
    if desk is not None:
        kept["desk"] = desk
    return _encoder.encode(kept)


def stamp(at: Moment) -> str:
    """UTC, ISO 8601, milliseconds."""
    return f"{_second(at.wall // 1000)}.{at.wall % 1000:03d}Z"


@lru_cache(maxsize=8)
def _second(since_1970: int) -> str:
    """A second's events share its spelling."""
    return datetime.fromtimestamp(since_1970, UTC).strftime("%Y-%m-%dT%H:%M:%S")


@cache
def _own_fields(kind: type[Event]) -> tuple[str, ...]:
    return tuple(name for name in kind.__struct_fields__ if name not in Event.__struct_fields__)


def close_interrupted(ledger: Ledger, new_id: str, at: Moment, *, simulated: bool) -> list[str]:
    """Visits of this terminal that a crash or a power cut interrupted: each is closed with an entry of its own, so
    that staff see it and nothing of it is ever continued or sent again. Returns their ids.

    In a restored ledger the terminal's chain has a new name. What the former one owned is taken over."""
    interrupted = [v for v in ledger.open_visits(CLOSED) if owner_of(v.chain) == owner_of(ledger.chain)]
    entries = [
        Entry(
            visit=visit.visit,
            id=f"{new_id}.{index}",
            type="Interrupted",
            at=stamp(at),
            mono_ms=at.mono,
            actor="system",
            state="Abandoned",
            owner_epoch=visit.owner_epoch + (visit.chain != ledger.chain),
            simulated=simulated or visit.simulated,
            payload=_encoder.encode({"state": visit.state}),
        )
        for index, visit in enumerate(interrupted)
    ]
    if entries:
        ledger.append(entries)
    return [visit.visit for visit in interrupted]


def owner_of(chain: str) -> str:
    """Terminal and program, without the database's own name."""
    return chain.rpartition(".")[0]
