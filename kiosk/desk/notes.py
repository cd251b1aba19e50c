"""What the desk writes into the ledger. Notes move no visit; only what was taken over is moved from here.

A class name is the entry's type: renaming one is a migration. Nothing is ever deleted: each note is undone by another
one, which the table ``UNDONE_BY`` names.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec

from kiosk.coverage.qualification import Answer
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.ledger import Entry, stamp
from kiosk.visit.moment import Moment
from kiosk.visit.states import Outcome

LookedUp = Literal["", "elsewhere"]
SYSTEM = "system"
"""The actor of what the desk does by itself."""


class Note(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The payload of one entry. The repr of a note shows nothing of it."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


# --------------------------------------------------------------------------------------------- of staff


class VisitLookedAt(Note, frozen=True, kw_only=True):
    """Somebody opened the data of a patient. ``what``: the visit's page, or the id of a scan."""

    what: str = "visit"


class StaffNoted(Note, frozen=True, kw_only=True):
    text: str


class StaffNoteWithdrawn(Note, frozen=True, kw_only=True):
    """``ref`` of the entry is the note's id."""


class ScanKind(StrEnum):
    """What a scan shows. Only the first two may be kept."""

    CERTIFICATE_FRONT = "certificate_front"
    DECLARATION = "declaration"
    NOTICE = "notice"  # the last digits of the individual number are printed on it
    CARD_FRONT = "card_front"
    CARD_BACK = "card_back"  # the individual number is printed on it


class ScanAttached(Note, frozen=True, kw_only=True):
    """``content`` is Base64."""

    kind: ScanKind
    media: str
    size: int
    content: str


class ScanWithdrawn(Note, frozen=True, kw_only=True):
    """``ref`` of the entry is the scan's id. Its content stays in the ledger until retention erases it."""

    why: str = ""


class NameDisplayCorrected(Note, frozen=True, kw_only=True):
    """How this facility writes a name that came with ●. ``name`` "": as it came."""

    name: str = ""


class CoverageChosen(Note, frozen=True, kw_only=True):
    """Which of several coverages staff chose: the ``place`` from 1 in the answer to ``question``; 0 for none."""

    question: str
    place: int
    why: str = ""


class Voided(Note, frozen=True, kw_only=True):
    """The visit was a mistake: a trial, somebody received twice."""

    why: str


class VoidUndone(Note, frozen=True, kw_only=True):
    why: str = ""


class NeedSettled(Note, frozen=True, kw_only=True):
    """What the visit needed a person for was done."""

    why: str = ""


class NeedReopened(Note, frozen=True, kw_only=True):
    why: str = ""


class NumbersTold(Note, frozen=True, kw_only=True):
    """The numbers that staff found out, to ask with. All empty: those told before are not to be used. Dates are
    ISO."""

    insurer_number: str = ""
    insured_card_symbol: str = ""
    insured_identification_number: str = ""
    insured_branch_number: str = ""
    birth_date: str = ""


class PatientNumberTold(Note, frozen=True, kw_only=True):
    """The facility's own number of this patient (診察券), "" for none: under it the patient file remembers them."""

    patient_number: str = ""


class RecheckWanted(Note, frozen=True, kw_only=True):
    """Staff want the question asked again now."""


# ---------------------------------------------------------------------------------- of the re-check queue


class RecheckAsked(Note, frozen=True, kw_only=True):
    """A question is about to be sent; its id is ``question_of`` this entry's id. It is also the claim to be the one
    who asks now. The numbers that it is asked with as in ``NumbersTold``; ``by_staff``: those that staff found out."""

    attempt: int
    insurer_number: str = ""
    insured_card_symbol: str = ""
    insured_identification_number: str = ""
    insured_branch_number: str = ""
    birth_date: str = ""
    by_staff: bool = False


class RecheckLeft(Note, frozen=True, kw_only=True):
    """Another program had begun to ask a moment before: this question was not sent. ``ref`` is the id of its
    ``RecheckAsked``."""


class RecheckAnswered(Note, frozen=True, kw_only=True):
    """``ref`` of this and of the next is the id of their ``RecheckAsked``."""

    answer: Answer


class RecheckFailed(Note, frozen=True, kw_only=True):
    """``next_at``: when to ask again (``stamp``); "" for never by itself. ``code`` and ``message`` as received."""

    reason: Reason
    code: str = ""
    message: str = ""
    next_at: str = ""


class LateAnswer(Note, frozen=True, kw_only=True):
    """An answer that came after its question was given up: one of the visit's own, which the reception writes, or one
    of the queue's. What it does to a patient who still stands there is the visit's own entry (``AnswerCame``)."""

    question: str
    answer: Answer


# ------------------------------------------------------------------------------------------- taking over


class TakenOver(Note, frozen=True, kw_only=True):
    """The terminal that owned the visit is gone. ``owner`` was its chain, ``state`` where the visit stood."""

    owner: str
    state: str


class SettledAtDesk(Note, frozen=True, kw_only=True):
    """How a visit ended that was taken over. ``looked_up`` as in ``StaffActed``."""

    outcome: Outcome
    evidence: Way | None = None
    why: str = ""
    looked_up: LookedUp = ""


NOTES: dict[str, type[Note]] = {kind.__name__: kind for kind in Note.__subclasses__()}
UNDONE_BY: dict[type[Note], type[Note]] = {
    StaffNoted: StaffNoteWithdrawn,
    ScanAttached: ScanWithdrawn,
    NameDisplayCorrected: NameDisplayCorrected,
    CoverageChosen: CoverageChosen,
    Voided: VoidUndone,
    NeedSettled: NeedReopened,
    NumbersTold: NumbersTold,
    PatientNumberTold: PatientNumberTold,
}
_QUESTION = ".recheck"


def question_of(asked: str) -> str:
    """The id of the question that a ``RecheckAsked`` entry of this id announces."""
    return asked + _QUESTION


def asked_of(question: str) -> str:
    """The id of the ``RecheckAsked`` entry behind a question; "" if it is none of the queue's."""
    return question.removesuffix(_QUESTION) if question.endswith(_QUESTION) else ""


def note_entry(
    note: Note,
    visit: str,
    id: str,
    at: Moment,
    *,
    actor: str = SYSTEM,
    ref: str = "",
    simulated: bool,
    state: str = "",
    owner_epoch: int = 0,
) -> Entry:
    """The ledger's line for a note; one with a ``state`` moves the visit."""
    return Entry(
        visit=visit,
        id=id,
        type=type(note).__name__,
        at=stamp(at.utc),
        mono_ms=at.mono,
        actor=actor,
        state=state,
        owner_epoch=owner_epoch,
        simulated=simulated,
        payload=msgspec.json.encode(note),
        ref=ref,
    )


Action = Literal["accept", "refuse", "evidence", "handled", "restart", "take", "resume", "face", "give"]
"""What a console asks of the terminal where the patient stands. ``take``: the patient's screen says that somebody
comes, and nothing else; ``resume`` hands it back; ``face``: the camera compares who stands there with the card.
The others are ``StaffActed``'s."""
