"""One visit as its records tell it; ``folding.fold`` takes them one by one. Pure.

Two parts: what every record's core says for ever, and ``Told``, which is only in payloads and goes with them.
"""

from __future__ import annotations

from datetime import date

import msgspec

from kiosk.desk.deliveries import Deliveries, Delivery
from kiosk.desk.notes import NumbersTold
from kiosk.desk.verdicts import Verdict, changes
from kiosk.evidence.reasons import Reason
from kiosk.ledger import Record
from kiosk.ledger.interface import JST, parse_stamp
from kiosk.visit.form import FormField
from kiosk.visit.situation import Situation
from kiosk.visit.states import Outcome

CLOSED = frozenset({"Welcome", "OutOfService", "Finished", "Abandoned"})
"""States in which nobody is being served."""
ASK_AGAIN = frozenset(
    {Reason.NETWORK_FAULT, Reason.SERVICE_FAULT, Reason.MAINTENANCE, Reason.STILL_PROCESSING}
)
"""What could not be asked, and can be asked again later."""


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """What a look-up by numbers is asked with. ``birth_date`` is ISO. The repr shows nothing of them."""

    insurer_number: str
    insured_identification_number: str
    birth_date: str
    insured_card_symbol: str = ""
    insured_branch_number: str = ""

    def __repr__(self) -> str:
        return "<Numbers>"

    @property
    def askable(self) -> bool:
        return bool(self.insurer_number and self.insured_identification_number and _day(self.birth_date))


class Heard(msgspec.Struct, frozen=True):
    """An answer about this visit. ``late``: it came after its question was given up, or to a question of the queue."""

    position: int
    at: str
    question: str
    verdict: Verdict
    late: bool


class Failed(msgspec.Struct, frozen=True):
    """A question that was not answered."""

    position: int
    at: str
    reason: Reason
    next_at: str = ""
    again: bool = False  # a question of the queue


class Sent(msgspec.Struct, frozen=True):
    """A question that a program of this ledger claims to be asking."""

    at: str
    chain: str
    position: int


class Told(msgspec.Struct, frozen=True):
    """What payloads say."""

    now: Situation = Situation()
    heard: tuple[Heard, ...] = ()
    failed: tuple[Failed, ...] = ()
    earlier: Numbers | None = None  # of an answer
    by_staff: NumbersTold | None = None
    corrected: str = ""
    patient_number: str = ""  # told by staff
    unprinted: frozenset[str] = frozenset()  # kinds of papers that did not come out
    paper_failed: int = 0  # position
    waits_since: str = ""
    wishes: tuple[tuple[str, str], ...] = ()  # (request, who): for the patient's screen, not answered yet
    held_by: str = ""  # who has taken the patient's screen
    deliveries: Deliveries = ()


class Case:
    """A visit on its way. Only ``folding.fold`` changes it."""

    def __init__(self, first: Record) -> None:
        self.visit = first.visit
        self.chain = first.chain
        self.epoch = first.owner_epoch
        self.began = first.at
        self.day: date = parse_stamp(first.at).astimezone(JST).date()
        self.state = ""
        self.since = first.at
        self.moved = first.at
        self.position = 0
        self.simulated = False
        self.number = ""
        self.voided = False
        self.interrupted = 0  # position
        self.registered = False
        self.notes: set[str] = set()
        self.scans: set[str] = set()
        self.settled = 0  # position up to which staff have done what was needed
        self.questions: dict[str, Sent] = {}  # of the queue, and not over yet
        self.attempts = 0
        self.wanted = 0  # position of the last wish to ask again now
        self.acted = ""  # id of what staff did last to its page
        self.purged = False
        self.without_page = False  # a certified reader's result that fitted nobody at the screen
        self.elsewhere = False  # another terminal has it, whose records are not seen here
        self.told = Told()

    # ------------------------------------------------------------------------------ what follows from it

    @property
    def open(self) -> bool:
        return self.state not in CLOSED

    @property
    def terminal(self) -> str:
        return self.chain.partition(".")[0]

    @property
    def outcome(self) -> Outcome | None:
        return self.told.now.outcome

    @property
    def person(self) -> tuple[str, str, str]:
        """Name, kana and birth date: as the visit knows them, else as whom the file gave."""
        now = self.told.now
        if now.patient is None or now.kana:
            return now.name, now.kana, now.birth_date
        return now.patient.name, now.patient.name_kana, now.patient.birth_date

    @property
    def unasked(self) -> Reason | None:
        """Why the system could not be asked about this visit; None if it was, or need not be."""
        now = self.told.now
        asked = now.check in ("asked", "agrees", "differs")
        if self.outcome in ("confirmed", "abandoned") or self.answered or asked:
            return None
        if now.reason in ASK_AGAIN:
            return now.reason
        failed = [one for one in self.told.failed if one.reason in ASK_AGAIN and not one.again]
        return failed[-1].reason if failed and now.check == "failed" else None

    @property
    def answered(self) -> bool:
        """Whether there is an answer that says something, after whatever failed before."""
        return any(one.verdict.says != "nothing" for one in self.told.heard if one.late)

    @property
    def to_ask(self) -> bool:
        """The system still has to be asked, by those who have the visit, and nobody has said that it need not."""
        return self.unasked is not None and not self.voided and self.settled == 0 and not self.elsewhere

    @property
    def fruitless(self) -> bool:
        """Asking again does not help: the last attempt failed for good, or its answer says nothing that a machine can
        read; and nobody has wished for another since."""
        failed = [one.position for one in self.told.failed if one.again and not one.next_at]
        unclear = [one.position for one in self.told.heard if one.late and one.verdict.says == "nothing"]
        return max([*failed, *unclear], default=0) > self.wanted

    @property
    def failures(self) -> tuple[Failed, ...]:
        """What became of the queue's attempts."""
        return tuple(one for one in self.told.failed if one.again)

    @property
    def numbers(self) -> Numbers | None:
        """What to ask with: found out by staff, typed of the paper, on file, or of an earlier answer."""
        told, now = self.told, self.told.now
        found = [_of_staff(told.by_staff), _of_paper(now), _on_file(now), told.earlier]
        return next((one for one in found if one is not None and one.askable), None)

    def delivery(self, receiver: str) -> Delivery | None:
        return next((one for one in self.told.deliveries if one.receiver == receiver), None)

    @property
    def numbers_of_staff(self) -> bool:
        """Whether these are numbers that staff found out."""
        told = _of_staff(self.told.by_staff)
        return told is not None and told.askable

    @property
    def changed(self) -> Heard | None:
        """The first late answer that says something else than how the visit went."""
        return next(
            (
                one
                for one in self.told.heard
                if one.late and changes(one.verdict, self.outcome, self.told.now.share)
            ),
            None,
        )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _of_staff(told: NumbersTold | None) -> Numbers | None:
    return None if told is None else msgspec.convert(told, Numbers, from_attributes=True)


def _of_paper(now: Situation) -> Numbers | None:
    paper = dict(now.paper)
    return Numbers(
        insurer_number=paper.get(FormField.INSURER_NUMBER, ""),
        insured_card_symbol=paper.get(FormField.SYMBOL, ""),
        insured_identification_number=paper.get(FormField.NUMBER, ""),
        insured_branch_number=paper.get(FormField.BRANCH, ""),
        birth_date=paper.get(FormField.BIRTH_DATE, ""),
    )


def _on_file(now: Situation) -> Numbers | None:
    return None if now.patient is None else msgspec.convert(now.patient, Numbers, from_attributes=True)
