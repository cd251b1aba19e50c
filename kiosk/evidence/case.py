"""One patient at a reception on one day, as far as it is known."""

from __future__ import annotations

from datetime import date

import msgspec

from kiosk.coverage.individual_number import holds_individual_number
from kiosk.coverage.services import Capability
from kiosk.coverage.share import Band, Share, share_at_age, share_on
from kiosk.evidence.model import BookError, Document
from kiosk.evidence.reasons import Reason


class CaseError(ValueError):
    """The case contradicts itself: a mistake of whoever asks, with what is wrong."""


class Switched(msgspec.Struct, frozen=True, kw_only=True):
    """A facility's turn of a switch of the book. ``because`` is kept in settings and ledger, and never empty."""

    switch: str
    on: bool
    because: str

    def __post_init__(self) -> None:
        if not self.because.strip():
            raise BookError(f"switch {self.switch}: a facility that changes a rule gives its reason")
        if holds_individual_number(self.because):
            raise BookError(f"switch {self.switch}: the reason holds what looks like an individual number")


class Facility(msgspec.Struct, frozen=True, kw_only=True):
    """What this reception can do. ``face_check``, ``staff_check``: its face check, its staff's look at the person,
    count as a proof (by law only an authorised verifier's do; for staff that is a certified reader's own 目視 mode).
    ``other_reader``: there is one."""

    capabilities: frozenset[Capability] = frozenset(Capability)
    face_check: bool = True
    staff_check: bool = True
    other_reader: bool = True
    switched: tuple[Switched, ...] = ()


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What is not told has a default: still a member, nothing changed, papers genuine and in date.

    day: the visit date in Asia/Tokyo. birth or age (whole years), never both. known: seen here before, and the facility
    holds the insurance data. companion: somebody helps the patient. changed: something is not any more as it is on file
    or printed. member: of the insurance that the papers name. holds: what the patient has at hand, None for not told:
    then everything is possible, the card as the reason tells. certificate_until: the date printed on the 資格確認書.
    network_up: None for as the reason tells. cause: what lies behind the reason, an id of the book's causes.
    insurer: name of the patient's insurer, for its own telephone lines.
    """

    reason: Reason
    day: date
    birth: date | None = None
    age: int | None = None
    known: bool = False
    companion: bool = False
    school_trip: bool = False
    changed: bool = False
    member: bool = True
    holds: frozenset[Document] | None = None
    certificate_until: date | None = None
    network_up: bool | None = None
    cause: str = ""
    insurer: str = ""
    facility: Facility = Facility()

    def __post_init__(self) -> None:
        if self.birth is not None and self.age is not None:
            raise CaseError("age and birth date: one of them is enough")
        if self.birth is not None and self.birth > self.day:
            raise CaseError(f"born on {self.birth}, after the visit on {self.day}")
        if self.age is not None and not 0 <= self.age <= 150:
            raise CaseError(f"an age of {self.age} is not possible")

    @property
    def share(self) -> Share | None:
        """The share of the cost to preselect; None where no age is known."""
        if self.birth is not None:
            return share_on(self.birth, self.day)
        return share_at_age(self.age) if self.age is not None else None

    @property
    def from_70(self) -> bool:
        """The age at which the ratio is told by the papers, and may change."""
        return self.share is not None and self.share.band in (Band.FROM_70, Band.FROM_75)
