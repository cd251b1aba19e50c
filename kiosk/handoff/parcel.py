"""What a form makes of a settled visit, and what is told with it so that no receiver takes it twice."""

from __future__ import annotations

import uuid
from datetime import timedelta
from hashlib import sha256
from typing import Final, Literal, Protocol

import msgspec

from kiosk.handoff.settled import SettledVisit
from kiosk.ledger.interface import JST, parse_stamp

NAMESPACE: Final = uuid.UUID("6c2fc5b2-72a0-5384-afa7-cb2c173b738a")
"""Of all UUIDs that are derived from a visit's id. Never to be changed: receivers know visits by them."""

Kind = Literal["settled", "corrected", "voided"]


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """``key``: of this content for this receiver, the same in every attempt. ``revision`` counts from 1; the highest
    counts. ``replaces``: the key of the revision before, "" for the first."""

    key: str
    revision: int = 1
    replaces: str = ""
    kind: Kind = "settled"


class Parcel(msgspec.Struct, frozen=True):
    """What is delivered, byte for byte the same in every attempt."""

    file_name: str
    media_type: str
    content: bytes

    def __repr__(self) -> str:
        return f"<Parcel {self.media_type}>"


class NotMade(msgspec.Struct, frozen=True):
    """A form cannot say this, so people must. ``problem``: a code, nothing personal."""

    problem: str


class Form(Protocol):
    """One way to write a settled visit."""

    def relevant(self, settled: SettledVisit) -> bytes | None:
        """What a receiver of this form learns, in a shape in which equal means that nothing new is to be told. None:
        there is nothing to tell it."""

    def make(self, settled: SettledVisit, label: Label) -> Parcel | NotMade: ...


def label_of(settled: SettledVisit, receiver: str, digest: bytes, revision: int, replaces: str) -> Label:
    """The key follows from visit, receiver, revision and content: a store that was lost, and is filled again from the
    ledger, gives the same keys, and no other content ever gets one of them."""
    name = "/".join((settled.visit, receiver, str(revision), sha256(digest).hexdigest()))
    kind: Kind = "voided" if settled.void else "settled" if revision == 1 else "corrected"
    key = str(uuid.uuid5(NAMESPACE, name))
    return Label(key=key, revision=revision, replaces=replaces, kind=kind)


def derived(visit: str, role: str) -> str:
    """A stable UUID for a part of a visit."""
    return str(uuid.uuid5(NAMESPACE, f"{visit}/{role}"))


def japanese_stamp(at: str) -> str:
    """``yyyyMMddHHmmss`` in Japanese time."""
    return parse_stamp(at).astimezone(JST).strftime("%Y%m%d%H%M%S")


def japanese_time(at: str) -> str:
    """ISO 8601 with Japan's offset, to the second."""
    moment = parse_stamp(at).astimezone(JST)
    return (moment - timedelta(microseconds=moment.microsecond)).isoformat()


def own_file_name(settled: SettledVisit, label: Label, extension: str) -> str:
    """Ours; no two visits and no two revisions share one. Nothing in it is personal."""
    made_up = "simulated" if settled.simulated else ""
    parts = (made_up, "uketsuke", japanese_stamp(settled.settled_at), settled.reception_number, label.key)
    return "_".join(part for part in parts if part) + f".{extension}"
