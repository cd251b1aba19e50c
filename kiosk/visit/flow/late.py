"""Answers that come after all: to a question that was given up, or that was asked again since. The first one counts.

It means what it would have meant in time, and goes through the same checks. It never moves what the patient has signed
or said, nor what staff have accepted: then it is kept with the visit, and raises it on the board.
"""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.coverage.exchange_codes import SegmentOfResult
from kiosk.coverage.qualification import Answer
from kiosk.evidence.reasons import Reason
from kiosk.visit.effects import AlertStaff
from kiosk.visit.events import AnswerCame
from kiosk.visit.flow.lookup import judge
from kiosk.visit.flow.showing import agrees_with, paper_of_known, same_numbers
from kiosk.visit.form import Form
from kiosk.visit.moves import FALLBACK, Resumable, enter, stay
from kiosk.visit.states import (
    ChoosingEvidence,
    Companion,
    Confirmed,
    ExplainingNoCard,
    Fallback,
    LookingUp,
    PaperCheck,
    ReadingCard,
    SchoolTrip,
    ShowingCertificate,
    StaffVerifying,
    State,
    UsingCertifiedReader,
    Visit,
    WaitingForStaff,
)
from kiosk.visit.table import Result, on


@on(LookingUp, event=AnswerCame, to=(Confirmed, ChoosingEvidence, WaitingForStaff))
def came_before_the_next(visit: Visit, state: LookingUp, event: AnswerCame) -> Result:
    """The one to the question before this one."""
    return judge(visit, state, event.answer, event.at) if _is_theirs(visit, event) else stay(visit)


@on(ReadingCard, event=AnswerCame, to=())
def hold_late_answer(visit: Visit, state: ReadingCard, event: AnswerCame) -> Result:
    """Shown only when the same card is seen again."""
    resume = state.resume
    if not isinstance(resume, LookingUp) or resume.held is not None or not _was_asked(visit, event):
        return stay(visit)
    return stay(visit, state=replace(state, resume=replace(resume, held=event.answer)))


_NOBODY_VERIFIED = (ExplainingNoCard, Companion, SchoolTrip, UsingCertifiedReader)
_VERIFIED = tuple(page for page in FALLBACK if page not in _NOBODY_VERIFIED)


@on(*_NOBODY_VERIFIED, event=AnswerCame, to=())
def came_for_staff(visit: Visit, _state: State, event: AnswerCame) -> Result:
    return _beside_the_paper(visit, event)


@on(*_VERIFIED, event=AnswerCame, to=(Confirmed, ChoosingEvidence, WaitingForStaff))
def came_after_all(visit: Visit, _state: State, event: AnswerCame) -> Result:
    """The patient need not look for another way any more; or learns why the card does not do."""
    if event.paper is not None:
        return _beside_the_paper(visit, event)
    if not _is_theirs(visit, event):
        return stay(visit)
    return judge(visit, LookingUp(question=event.question), event.answer, event.at)


@on(WaitingForStaff, event=AnswerCame, to=(Confirmed, ChoosingEvidence, WaitingForStaff))
def came_while_waiting(visit: Visit, state: WaitingForStaff, event: AnswerCame) -> Result:
    """Who called a person gets one, and then finds what was answered. What the terminal itself lacks stays staff's."""
    if event.paper is not None:
        return _beside_the_paper(visit, event)
    if state.reason is Reason.TERMINAL_FAULT or not _is_theirs(visit, event):
        return stay(visit)
    judged, effects = judge(visit, LookingUp(question=event.question), event.answer, event.at)
    if state.reason is not None or not isinstance(judged.state, Resumable):
        return judged, effects
    waiting = replace(state, back_to=judged.state)
    return enter(judged, waiting, event.at, *effects)


def says_something(answer: Answer) -> bool:
    """An error, or that the system is still at work, is no answer that could count."""
    return not answer.failed and answer.segment is not SegmentOfResult.PROCESSING


def _was_asked(visit: Visit, event: AnswerCame) -> bool:
    """For the person who was verified here, and nothing has been answered or settled since."""
    asked = event.paper is None and event.question in visit.asked
    return asked and visit.outcome is None and says_something(event.answer)


def _is_theirs(visit: Visit, event: AnswerCame) -> bool:
    """Besides, their card still lies there for everybody to see."""
    card = visit.card
    seen = card is not None and card.insertion is not None and card.facts is not None
    return seen and visit.verified is not None and _was_asked(visit, event)


def _beside_the_paper(visit: Visit, event: AnswerCame) -> Result:
    """Shown to staff beside what they see, as if it had come in time: it settles nothing by itself."""
    road, paper = visit.fallback, event.paper
    if road is None or paper is None or visit.outcome is not None or not says_something(event.answer):
        return stay(visit)
    if not _fits(visit, road, paper, event):
        return stay(visit)
    agrees = agrees_with(paper, event.answer, event.at.day)
    found = PaperCheck(event.question, paper, event.answer, agrees=agrees)
    alerts = () if agrees else (AlertStaff("evidence"),)
    return stay(visit, *alerts, fallback=replace(road, check=found))


def _fits(visit: Visit, road: Fallback, paper: Form, event: AnswerCame) -> bool:
    """Whether this is the first answer about what is shown here now. Somebody else may stand there since it was asked;
    numbers that staff found out are theirs to hold against the paper."""
    check = road.check
    heard = check is not None and check.answer is not None and says_something(check.answer)
    match event.asked:
        case "here":
            return check is not None and check.question == event.question and not heard
        case "again":
            shown = any(same_numbers(one, paper) for one in (road.paper, paper_of_known(visit)))
            return shown and not (heard and check is not None and same_numbers(check.paper, paper))
        case "for_staff":
            return isinstance(visit.state, StaffVerifying | ShowingCertificate | WaitingForStaff)
