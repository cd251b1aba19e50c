"""The queue at work: asks again what ``recheck`` says, and keeps what came of it with the visit.

Several programs may run it over one ledger. What it does stands there before and after it is done, so that one of them
asks at a time, and another one can go on at any time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import structlog
from msgspec.structs import asdict, replace

from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Capability
from kiosk.desk.board import Board
from kiosk.desk.case import ASK_AGAIN, Case, Numbers
from kiosk.desk.health import DOWN
from kiosk.desk.notes import (
    LateAnswer,
    Note,
    RecheckAnswered,
    RecheckAsked,
    RecheckFailed,
    RecheckLeft,
    note_entry,
    question_of,
)
from kiosk.desk.recheck import RecheckPolicy, back_off, claims, due
from kiosk.desk.world import Owners, World
from kiosk.eligibility.port import AskByNumbers, EligibilityService, FailedAnswer
from kiosk.eligibility.port import LateAnswer as Late
from kiosk.ledger import Ledger, stamp
from kiosk.ledger.interface import day_start
from kiosk.visit.moment import Moment

SERVICE = "service"
_BACK = timedelta(days=1)
"""Late answers may still be of yesterday."""
_log = structlog.get_logger(__name__)


class Rechecker:
    """Belongs to one thread. ``owners``: which programs run; without, every claim of others counts. ``about``: the
    visits that this program asks about."""

    def __init__(
        self,
        ledger: Ledger,
        service: EligibilityService,
        world: World,
        policy: RecheckPolicy | None = None,
        *,
        owners: Owners | None = None,
        about: Callable[[Case], bool] = lambda _case: True,
    ) -> None:
        self._ledger = ledger
        self._service = service
        self._world = world
        self._policy = policy or RecheckPolicy()
        self._owners = owners
        self._about = about
        self._late: list[Late] = []
        self._board = Board()
        self._day = world.now().day
        self._board.position = ledger.place_of(day_start(self._day - _BACK)).start

    def tick(self) -> bool:
        """One look: what came late is kept, and at most one question is asked. Whether one was. Blocks for the
        question's deadline at most. Raises ``LedgerError``: what could not be noted is not asked."""
        self._board.take(self._ledger.entries(since=self._board.position))
        self._forget_settled()
        self._keep_late_answers()
        if Capability.BY_NUMBERS not in self._service.capabilities:
            return False
        case = due(self._board, self._world.now(), self._policy, self._about)
        if case is None or case.numbers is None or self._others_ask():
            return False
        asked = self._claim(case, case.numbers)
        if asked:
            self._ask(case, case.numbers, asked)
        return bool(asked)

    def _forget_settled(self) -> None:
        today = self._world.now().day
        if self._day != today:
            self._day = today
            self._board.forget_settled(today - _BACK, today)

    def _claim(self, case: Case, numbers: Numbers) -> str:
        """The id of the entry that says that this program asks now; "" if another one was first."""
        decided_at = self._board.position
        note = RecheckAsked(attempt=case.attempts + 1, by_staff=case.numbers_of_staff, **asdict(numbers))
        asked = self._note(note, case)
        if self._is_overtaken(case, asked, decided_at):
            self._note(RecheckLeft(), case, ref=asked)
            return ""
        return asked

    def _is_overtaken(self, case: Case, asked: str, decided_at: int) -> bool:
        """Whether, since the ledger was looked at, another program has claimed, or anything became of this visit."""
        for record in self._ledger.entries(since=decided_at):
            if record.id == asked:
                return False
            if record.visit == case.visit or record.type == RecheckAsked.__name__:
                return True
        return False

    def _others_ask(self) -> bool:
        """Whether another program that runs is asking."""
        for claim in claims(self._board, self._world.now(), self._policy):
            if claim.chain != self._ledger.chain and self._runs(claim.chain):
                return True
        return False

    def _runs(self, chain: str) -> bool:
        return self._owners is None or self._owners.is_running(chain)

    def _ask(self, case: Case, numbers: Numbers, asked: str) -> None:
        question = AskByNumbers(
            question_id=question_of(asked),
            insurer_number=numbers.insurer_number,
            insured_card_symbol=numbers.insured_card_symbol,
            insured_identification_number=numbers.insured_identification_number,
            insured_branch_number=numbers.insured_branch_number,
            birth_date=date.fromisoformat(numbers.birth_date),
            limit_consent=False,
        )
        match self._service.ask(question, self._policy.deadline / 1000):
            case Answer() as answer:
                self._note(RecheckAnswered(answer=answer), case, ref=asked)
            case FailedAnswer() as failed:
                self._note(self._failure(case, failed), case, ref=asked)

    def _failure(self, case: Case, failed: FailedAnswer) -> RecheckFailed:
        note = RecheckFailed(reason=failed.reason, code=failed.code, message=failed.message)
        if not (failed.retriable or failed.reason in ASK_AGAIN):
            return note
        probed = self._board.health.probed if failed.reason in DOWN else 0
        failures = max(len(case.failures), probed) + 1
        (chance,) = self._world.random_bytes(1)
        now = self._world.now()
        later = Moment(now.mono, now.wall + back_off(self._policy, failures, chance))
        return replace(note, next_at=stamp(later.utc))

    def _keep_late_answers(self) -> None:
        """To questions of this queue; those of a visit come to the process that asked them. The service gives each
        once: what the ledger does not take now waits for the next look."""
        self._late += self._service.late_answers()
        while self._late:
            late = self._late[0]
            visit = self._board.visit_of(late.question_id)
            case = self._board.case(visit) if visit else None
            if case is None:
                _log.error("late_answer.unknown_question")
            else:
                self._note(LateAnswer(question=late.question_id, answer=late.answer), case)
            del self._late[0]

    def _note(self, note: Note, case: Case, *, ref: str = "") -> str:
        entry = note_entry(
            note, case.visit, self._world.new_id(), self._world.now(),
            actor=SERVICE, ref=ref, simulated=case.simulated,
        )  # fmt: skip
        self._ledger.append([entry])
        self._board.take(self._ledger.entries(since=self._board.position))
        return entry.id
