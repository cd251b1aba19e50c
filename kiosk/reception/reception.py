"""One terminal's reception: an event in, one recorded step, its effects out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import structlog
from msgspec.structs import replace

from kiosk.evidence.reasons import Reason
from kiosk.handoff.notes import ACTIONS as DELIVERY_ACTIONS
from kiosk.ledger import Ledger, LedgerError, ReceptionNumber
from kiosk.ledger import Request as LedgerRequest
from kiosk.ledger.chain import MOVED_ELSEWHERE
from kiosk.ledger.errors import NotOwner
from kiosk.ledger.retention import RetentionPolicy, run_daily
from kiosk.reception.hands import Hands
from kiosk.reception.late_answers import (
    ANSWERED,
    LateAnswer,
    Questions,
    answers_of_the_queue,
    late_entry,
)
from kiosk.reception.papers import Note, PaperMade, PaperPrinted, note_of
from kiosk.reception.recording import close_interrupted, entry_of
from kiosk.reception.requests import GIVE, act_of, told_in
from kiosk.reception.results import Results
from kiosk.reception.unclaimed import Unclaimed
from kiosk.reception.world import World
from kiosk.visit.acts import UnknownAct, event_of
from kiosk.visit.effects import (
    AlertStaff,
    AnyEffect,
    AssignNumber,
    ForgetCard,
    MakePaper,
    PrintTicket,
)
from kiosk.visit.events import (
    AnswerCame,
    Answered,
    AnyEvent,
    CardInserted,
    CardRemoved,
    FaceResultArrived,
    NumberAssigned,
    PinEntered,
    ReaderChanged,
    StaffActed,
    TicketPrinted,
    TimePassed,
)
from kiosk.visit.flow.certified import takes
from kiosk.visit.invariants import broken
from kiosk.visit.moves import begin, forget_person, to_staff, welcome
from kiosk.visit.policy import Policy
from kiosk.visit.presenting import view_of
from kiosk.visit.states import CardInHand, Visit, WaitingForStaff
from kiosk.visit.step import new_terminal, step
from kiosk.visit.views import VisitView

Show = Callable[[VisitView], None]
Alert = Callable[[AlertStaff, Visit], None]
Watcher = Callable[[Visit, AnyEvent, Visit, tuple[AnyEffect, ...]], None]
Breach = Callable[[str, AnyEvent], None]
Chore = Callable[[date], None]
"""What is done once a day, between visits. Its failures are its own to report."""
_HOUSEKEEPING_MS = 60_000
_LATE_ANSWERS_MS = 5_000
_log = structlog.get_logger(__name__)


def log_breach(rule: str, event: AnyEvent) -> None:
    """What production does when an invariant breaks: the visit goes on, and whoever reads the log learns of it."""
    _log.error("invariant.broken", rule=rule, on=type(event).__name__)


class Reception:
    """Belongs to the visit thread: ``handle`` and ``settle`` are called there only.

    A step counts when the ledger has it: its effects run, and its page is shown, only after that. What the ledger
    cannot take is received by people (``terminal_fault``).
    """

    def __init__(
        self,
        world: World,
        ledger: Ledger,
        policy: Policy,
        hands: Hands,
        show: Show,
        *,
        alert: Alert = lambda _effect, _visit: None,
        watch: Watcher | None = None,
        retention: RetentionPolicy | None = None,
        chores: Sequence[Chore] = (),
        breach: Breach = log_breach,
        knows_patients: Callable[[], bool] = lambda: False,
        simulated: bool,
    ) -> None:
        self._world = world
        self._ledger = ledger
        self._retention = retention or RetentionPolicy()
        self._chores = tuple(chores)
        self._chores_done: date | None = None
        self._house_kept: int | None = None
        self._hands = hands
        self._show = show
        self._alert = alert
        self._watch = watch
        self._breach = breach
        self._knows_patients = knows_patients
        self._simulated = simulated
        self._questions = Questions()
        self._late_looked_for: int | None = None
        self._unkept: list[LateAnswer] = []
        self._paper_stuck = False  # nothing has come out since staff were told
        self._unclaimed = Unclaimed(world, ledger, self._execute_without_page, breach, simulated=simulated)
        self._acted = ("", "")  # a visit, and what staff did to it last
        self._heard = ("", 0)  # a visit, and how far the ledger was read for answers about it
        self.interrupted = close_interrupted(ledger, world.new_id(), world.now(), simulated=simulated)
        self._results = Results(ledger, self._unclaimed, world.now(), simulated=simulated)
        self.visit = new_terminal(policy, world.now())
        self._shown: VisitView | None = None
        self._publish(view_of(self.visit))

    def due(self) -> int | None:
        """Monotonic milliseconds at which time itself changes something; None if it never does."""
        deadline = self.visit.deadline
        if deadline is None:
            return None
        return deadline.end if deadline.warn is None or self.visit.warned else deadline.warn

    def handle(self, event: AnyEvent | Note | LateAnswer) -> None:
        """One event, from step to effects. Nothing is recorded of an event that changes nothing."""
        if isinstance(event, Note):
            self._note(event)
            return
        if isinstance(event, LateAnswer):
            self._keep_late_answer(event)
            return
        if isinstance(event, FaceResultArrived) and not self._results.sort(self.visit, event):
            return
        self._step(event)
        due = self._results.due(self.visit, event.at)
        if due is not None:
            self._step(due)

    def _step(self, event: AnyEvent) -> None:
        before = self.visit
        after, effects = step(before, event)
        if after is before and not effects:
            if isinstance(event, Answered):  # nobody waits for it on this page any more
                self._keep_late_answer(
                    LateAnswer(id=event.id, at=event.at, question=event.question, answer=event.answer)
                )
            return
        try:
            number = self._record(before, event, after, effects)
        except NotOwner:
            self._visit_is_elsewhere(before, event)
            return
        except LedgerError as error:
            _log.error("ledger.refused", error=type(error).__name__, on=type(event).__name__)
            self._without_ledger(before, event)
            return
        self._become(before, event, after, effects, number)

    def _note(self, note: Note) -> None:
        """What became of a paper: kept with its visit, which may be over. What is made is printed in any case."""
        try:
            self._ledger.append([note_of(note, simulated=self._simulated)])
        except LedgerError as error:
            _log.error("ledger.refused", error=type(error).__name__, on=type(note).__name__)
            self._alert(AlertStaff(Reason.TERMINAL_FAULT), self.visit)
        match note:
            case PaperMade(detail=""):
                self._hands.print_paper(note)
            case PaperMade():
                self._alert(AlertStaff(Reason.TERMINAL_FAULT), self.visit)
            case PaperPrinted(ok=ok):
                self._printed(ok)

    def _printed(self, ok: bool) -> None:
        """One jam stops the ticket and every paper: staff are told of it once, and of the next one again."""
        if not ok and not self._paper_stuck:
            self._alert(AlertStaff(Reason.TERMINAL_FAULT), self.visit)
        self._paper_stuck = not ok

    def _keep_late_answer(self, late: LateAnswer) -> None:
        visit = self._questions.visit_of(late.question)
        if visit is None:
            _log.error("late_answer.unknown_question")
            return
        try:
            self._ledger.append([late_entry(late, visit, simulated=self._simulated)])
        except LedgerError as error:
            _log.error("ledger.refused", error=type(error).__name__, on=type(late).__name__)
            self._unkept.append(late)
            return
        if visit == self.visit.id:
            paper = self._questions.paper_of(late.question)
            self._tell_visit(question=late.question, answer=late.answer, paper=paper)

    def _tell_visit(self, **told: Any) -> None:
        self.handle(AnswerCame(id=self._world.new_id(), at=self._world.now(), **told))

    def look_for_late_answers(self) -> None:
        """Asks the service, now and then, what came for questions that were given up."""
        now = self._world.now().mono
        if self._late_looked_for is not None and now - self._late_looked_for < _LATE_ANSWERS_MS:
            return
        self._late_looked_for = now
        unkept, self._unkept = self._unkept, []
        for late in unkept:
            self._keep_late_answer(late)
        self._hands.look_for_late_answers()

    def look_for_news(self) -> None:
        """What others wrote of the visit that stands here: that somebody at the hub took it over, or what the re-check
        queue, which may run in another program, was answered."""
        visit = self.visit
        if not visit.id:
            return
        if self._heard[0] != visit.id:
            self._heard = (visit.id, 0)
        heard = self._heard[1]
        news = list(self._ledger.entries(visit.id, since=heard))
        if news:
            self._heard = (visit.id, news[-1].position)
        types = {record.type for record in news}
        if MOVED_ELSEWHERE in types:
            self._visit_is_elsewhere(visit, TimePassed(id=self._world.new_id(), at=self._world.now()))
        elif types & ANSWERED and visit.outcome is None and visit.fallback is not None:
            for told in answers_of_the_queue(self._ledger.entries(visit.id), heard):
                self._tell_visit(**told)

    def settle(self, request: LedgerRequest) -> None:
        """Answers a request that the desk has put into the ledger: accepted if the visit moves by it. ``why`` not is
        ``unknown_action`` or ``moved_on``: the visit does not stand there any more, or other staff acted meanwhile."""
        if request.visit in self._unclaimed:
            self._settle_unclaimed(request)
            return
        before = self.visit
        told = told_in(request)
        seen = told.pop("seen", None)
        try:
            event = event_of(act_of(request, told), self._world.new_id(), self._world.now())
        except UnknownAct:
            self._ledger.answer(request.id, accepted=False, why="unknown_action")
            return
        after, effects = step(before, event)
        visit, acted = self._acted
        overtaken = seen is not None and seen != (acted if visit == before.id else "")
        if request.visit != before.id or after is before or overtaken:
            self._ledger.answer(request.id, accepted=False, why="moved_on")
            return
        entry = entry_of(before, event, after, actor=request.actor, simulated=self._simulated)
        day = _number_day(event, effects)
        head = self._ledger.answer(request.id, accepted=True, entries=[entry], take_number=day)
        self._become(before, event, after, effects, head.number)

    def _settle_unclaimed(self, request: LedgerRequest) -> None:
        """Of a result that nobody claims: staff give it to the patient at the screen, or settle it as it stands."""
        told = told_in(request)
        told.pop("seen", None)
        if request.action == GIVE:
            done = self._give(request, told.get("to", ""))
        else:
            try:
                event = event_of(act_of(request, told), self._world.new_id(), self._world.now())
            except UnknownAct:
                self._ledger.answer(request.id, accepted=False, why="unknown_action")
                return
            done = isinstance(event, StaffActed) and self._unclaimed.settle(request, event)
        if not done:
            self._ledger.answer(request.id, accepted=False, why="moved_on")

    def _give(self, request: LedgerRequest, to: str) -> bool:
        """Both visits move in one transaction."""
        before, staff = self.visit, request.actor.removeprefix("staff:")
        event, ending, _ended = self._unclaimed.given(request.visit, self._world.new_id(), staff)
        if not to or to != before.id or not takes(before, event):
            return False
        after, effects = step(before, event)
        moving = entry_of(before, event, after, actor=request.actor, simulated=self._simulated)
        day = _number_day(event, effects)
        head = self._ledger.answer(request.id, accepted=True, entries=[ending, moving], take_number=day)
        self._unclaimed.close(request.visit)
        self._become(before, event, after, effects, head.number)
        return True

    def poll_requests(self) -> None:
        """Looks for the desk's requests about visits of this terminal, but for the courier's."""
        for request in self._ledger.requests():
            if request.owner == self._ledger.chain and request.action not in DELIVERY_ACTIONS:
                self.settle(request)

    def look_after_results(self) -> None:
        """Results that waited for the page, or that nobody claimed."""
        now = self._world.now()
        self._unclaimed.look_after(now)
        due = self._results.due(self.visit, now)
        if due is not None:
            self._step(due)

    def keep_house(self) -> None:
        """Signs the checkpoint that is due and erases, once a day, what is too old. Both take the ledger for a while,
        so only between visits, and not every second."""
        now = self._world.now()
        if not self.visit.id:
            self._use_patient_file()
        if self.visit.id or (self._house_kept is not None and now.mono - self._house_kept < _HOUSEKEEPING_MS):
            return
        self._house_kept = now.mono
        try:
            self._ledger.checkpoint_if_due()
            run_daily(self._ledger, self._retention, now.utc)
        except LedgerError as error:
            _log.error("ledger.housekeeping_failed", error=error.code)
        if self._chores_done != now.day:
            self._chores_done = now.day
            for chore in self._chores:
                chore(now.day)

    def _use_patient_file(self) -> None:
        """From the first patient on that the facility knows, the next ones are looked for."""
        policy = self.visit.policy
        if not policy.patient_file and self._knows_patients():
            self.visit = replace(self.visit, policy=replace(policy, patient_file=True))

    def _record(
        self, before: Visit, event: AnyEvent, after: Visit, effects: tuple[AnyEffect, ...]
    ) -> ReceptionNumber | None:
        if not (after.id or before.id):
            return None  # between visits: somebody looks at another language, a reader comes and goes
        entry = entry_of(before, event, after, simulated=self._simulated)
        return self._ledger.append([entry], take_number=_number_day(event, effects)).number

    def _visit_is_elsewhere(self, before: Visit, event: AnyEvent) -> None:
        """Somebody took the visit over while this terminal was thought dead: it is not ours to move any more, and
        nothing of it stays on this screen."""
        _log.warning("visit.taken_over", on=type(event).__name__)
        if isinstance(event, PinEntered):
            self._hands.discard(event.slot)
        seen = _with_what_was_seen(before, event)
        self._become(before, event, *welcome(seen, event.at))

    def _without_ledger(self, before: Visit, event: AnyEvent) -> None:
        """The step did not happen, but what the reader saw did: a card that came or went is not the one before."""
        if isinstance(event, PinEntered):
            self._hands.discard(event.slot)
        visit = _with_what_was_seen(before if before.id else begin(before, event), event)
        state = before.state
        if not (isinstance(state, WaitingForStaff) and state.reason is Reason.TERMINAL_FAULT):
            self._become(before, event, *to_staff(visit, Reason.TERMINAL_FAULT, event.at))
        elif visit.card != before.card:
            self._become(before, event, forget_person(visit), (ForgetCard(),))
        else:  # they have been called already
            self._become(before, event, visit, ())

    def _become(
        self,
        before: Visit,
        event: AnyEvent,
        after: Visit,
        effects: tuple[AnyEffect, ...],
        number: ReceptionNumber | None = None,
    ) -> None:
        view = view_of(after)
        for rule in broken(before, event, after, effects, view):
            self._breach(rule, event)
        if self._watch is not None:
            self._watch(before, event, after, effects)
        self.visit = after
        if isinstance(event, StaffActed):
            self._acted = (before.id, event.id)
        self._publish(view)
        if isinstance(event, TicketPrinted):
            self._printed(event.ok)
            effects = tuple(effect for effect in effects if not isinstance(effect, AlertStaff))
        for effect in effects:
            self._execute(effect, number)

    def _publish(self, view: VisitView) -> None:
        if view != self._shown:
            self._shown = view
            self._show(view)

    def _execute_without_page(self, effect: AnyEffect, visit: Visit) -> None:
        match effect:
            case PrintTicket(number=printed):
                self._hands.print_ticket(printed, visit.preferences.language)
            case AlertStaff():
                self._alert(effect, visit)
            case _:
                pass

    def _execute(self, effect: AnyEffect, number: ReceptionNumber | None) -> None:
        match effect:
            case AssignNumber():
                if number is not None:  # at once: behind what waits in the inbox it could miss its own visit
                    self.handle(
                        NumberAssigned(id=self._world.new_id(), at=self._world.now(), number=str(number))
                    )
            case PrintTicket(number=printed):
                self._hands.print_ticket(printed, self.visit.preferences.language)
            case MakePaper():
                self._hands.make_paper(effect, self.visit.id)
            case AlertStaff():
                self._alert(effect, self.visit)
            case _:
                self._questions.note(effect, self.visit.id)
                self._hands.do(effect)


def _number_day(event: AnyEvent, effects: tuple[AnyEffect, ...]) -> date | None:
    """The day whose reception number this step takes; None if it takes none."""
    return event.at.day if any(isinstance(effect, AssignNumber) for effect in effects) else None


def _with_what_was_seen(visit: Visit, event: AnyEvent) -> Visit:
    match event:
        case CardInserted(insertion=insertion):
            return replace(visit, card=CardInHand(insertion))
        case CardRemoved(insertion=insertion) if visit.card and visit.card.insertion == insertion:
            return replace(visit, card=None)
        case ReaderChanged(available=available):
            card = visit.card if available or visit.card is None else CardInHand(insertion=None)
            return replace(visit, reader_available=available, card=card)
        case _:
            return visit
