"""Papers and screens that a person must see, and the numbers that are typed or scanned from a 資格確認書."""

from __future__ import annotations

import unicodedata
from datetime import date

from msgspec.structs import replace

from kiosk.coverage import scanned
from kiosk.coverage.ages import age_on
from kiosk.coverage.qualification import Answer, ResultOfQualificationConfirmation
from kiosk.coverage.services import Capability
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.visit.effects import AlertStaff, AskByNumbers
from kiosk.visit.events import (
    Answered,
    AskFailed,
    BackChosen,
    CodeScanned,
    FieldAnswered,
    FieldSkipped,
    NumbersWanted,
)
from kiosk.visit.flow.evidence import offers, to_the_ways
from kiosk.visit.form import CERTIFICATE, SKIPPABLE, Form, FormField, Problem, checked
from kiosk.visit.moment import Moment
from kiosk.visit.moves import enter, stay
from kiosk.visit.states import (
    ChoosingEvidence,
    ConfirmingKnownData,
    MatchingFace,
    PaperCheck,
    ReadingCardFront,
    ShowingCertificate,
    ShowingNotice,
    ShowingPortal,
    StaffVerifying,
    State,
    UsingCertifiedReader,
    Visit,
    WaitingForStaff,
)
from kiosk.visit.table import Result, on

_WAITING_FOR_NUMBERS = (
    ShowingCertificate,
    ConfirmingKnownData,
    WaitingForStaff,
    ReadingCardFront,
    MatchingFace,
)
_RATIO_AGE = 70
_LONGEST_CODE = 400
_ASKED_WITH = (FormField.INSURER_NUMBER, FormField.NUMBER, FormField.BIRTH_DATE)
_NETWORK_DOWN = frozenset({Reason.NETWORK_FAULT, Reason.SERVICE_FAULT, Reason.MAINTENANCE})


@on(
    ShowingNotice,
    ShowingPortal,
    StaffVerifying,
    UsingCertifiedReader,
    event=BackChosen,
    to=(ChoosingEvidence,),
)
def back_to_the_ways(visit: Visit, _state: State, event: BackChosen) -> Result:
    return to_the_ways(visit, event.at)


# --------------------------------------------------------------------------------- numbers on the paper


@on(ShowingCertificate, event=NumbersWanted, to=(ShowingCertificate,))
def type_numbers(visit: Visit, state: ShowingCertificate, event: NumbersWanted) -> Result:
    if state.field is not None:
        return stay(visit)
    field = state.form.next_of(asked_on_paper(state.form, event.at.day))
    return enter(visit, replace(state, field=field or CERTIFICATE[0]), event.at)


def asked_on_paper(form: Form, day: date) -> tuple[FormField, ...]:
    """From 70 on the ratio is printed on it, and typed as well (S2)."""
    born = form.get(FormField.BIRTH_DATE)
    with_ratio = bool(born) and age_on(date.fromisoformat(born or ""), day) >= _RATIO_AGE
    return (*CERTIFICATE, FormField.RATIO) if with_ratio else CERTIFICATE


@on(ShowingCertificate, event=FieldAnswered, to=(ShowingCertificate, ChoosingEvidence))
def number_typed(visit: Visit, state: ShowingCertificate, event: FieldAnswered) -> Result:
    value = checked(event.field, event.value, event.at.day)
    if state.field is None or event.field is not state.field or isinstance(value, Problem):
        return stay(visit)
    return _next_number(visit, state, event.field, value, event)


@on(ShowingCertificate, event=FieldSkipped, to=(ShowingCertificate,))
def number_not_there(visit: Visit, state: ShowingCertificate, event: FieldSkipped) -> Result:
    if state.field is None or event.field is not state.field or event.field not in SKIPPABLE:
        return stay(visit)
    return _next_number(visit, state, event.field, "", event)


def _next_number(
    visit: Visit, state: ShowingCertificate, field: FormField, value: str, event: FieldAnswered | FieldSkipped
) -> Result:
    form = state.form.answered(field, value)
    missing = form.next_of(asked_on_paper(form, event.at.day))
    typed = replace(state, form=form, field=missing)
    if missing is not None or visit.fallback is None:
        return enter(visit, typed, event.at)
    known = replace(visit, fallback=replace(visit.fallback, paper=form))
    if Way.CERTIFICATE not in {offer.way for offer in offers(known)}:
        return to_the_ways(known, event.at, refused=Way.CERTIFICATE)
    return look_up_numbers(known, typed, form, event.id, event.at)


def look_up_numbers(
    visit: Visit, state: ShowingCertificate | ConfirmingKnownData, paper: Form, event_id: str, at: Moment
) -> Result:
    """Beside what a person sees, where a service can be asked with numbers; it decides nothing by itself."""
    road = visit.fallback
    askable = Capability.BY_NUMBERS in visit.policy.capabilities and visit.reason not in _NETWORK_DOWN
    if road is None or not askable or not all(paper.get(field) for field in _ASKED_WITH):
        return enter(visit, state, at)
    question = f"{event_id}.numbers"
    asked = replace(visit, fallback=replace(road, check=PaperCheck(question, paper)))
    return enter(asked, state, at, AskByNumbers(question, paper))


@on(*_WAITING_FOR_NUMBERS, event=Answered, to=())
def paper_answered(visit: Visit, _state: State, event: Answered) -> Result:
    """Shown to staff beside the paper, also where they were called meanwhile. What differs is theirs to settle."""
    road = visit.fallback
    if road is None or road.check is None or road.check.question != event.question:
        return stay(visit)
    agrees = agrees_with(road.check.paper, event.answer, event.at.day)
    check = replace(road.check, answer=event.answer, agrees=agrees)
    alerts = () if agrees else (AlertStaff("evidence"),)
    return stay(visit, *alerts, fallback=replace(road, check=check))


@on(ShowingCertificate, ConfirmingKnownData, WaitingForStaff, ReadingCardFront, event=AskFailed, to=())
def paper_not_answered(visit: Visit, _state: State, event: AskFailed) -> Result:
    road = visit.fallback
    if road is None or road.check is None or road.check.question != event.question:
        return stay(visit)
    return stay(visit, fallback=replace(road, check=replace(road.check, failed=event.reason)))


def agrees_with(paper: Form, answer: Answer, day: date) -> bool:
    """A coverage in force today with the insurer and number of the paper, and the same birth date where one is told."""
    return any(_same(paper, coverage) for coverage in answer.in_force(day))


def same_numbers(one: Form, other: Form) -> bool:
    """Whether a look-up asks the same with both, and can be asked at all."""
    told = [(_bare(one.get(field)), _bare(other.get(field))) for field in _ASKED_WITH]
    return all(here and here == there for here, there in told)


def _same(paper: Form, coverage: ResultOfQualificationConfirmation) -> bool:
    born = coverage.birth_date
    return (
        _bare(coverage.insurer_number) == _bare(paper.get(FormField.INSURER_NUMBER))
        and _bare(coverage.insured_identification_number) == _bare(paper.get(FormField.NUMBER))
        and (born is None or born.isoformat() == paper.get(FormField.BIRTH_DATE))
    )


def _bare(number: str | None) -> str:
    """Widths, blanks and the zeros before a number are written differently and mean nothing."""
    return "".join(unicodedata.normalize("NFKC", number or "").split()).lstrip("0")


def paper_of_known(visit: Visit) -> Form:
    """The numbers on file in the shape of a paper's."""
    known = visit.fallback.known if visit.fallback is not None else None
    if known is None:
        return Form()
    return Form(
        (
            (FormField.BIRTH_DATE, known.birth_date),
            (FormField.INSURER_NUMBER, known.insurer_number),
            (FormField.SYMBOL, known.insured_card_symbol),
            (FormField.NUMBER, known.insured_identification_number),
            (FormField.BRANCH, known.insured_branch_number),
        )
    )


# -------------------------------------------------------------------------------------------- a scanner


@on(ShowingCertificate, event=CodeScanned, to=())
def code_scanned(visit: Visit, state: ShowingCertificate, event: CodeScanned) -> Result:
    """What a code holds differs from insurer to insurer and is described nowhere: it is shown to staff as it is, and
    fills no field. An individual number is not even shown, wherever in the code it stands."""
    code = scanned.shown(event.text)
    if code.refused is not None:
        return stay(visit)
    text = " ".join(code.lines)[:_LONGEST_CODE]
    return stay(visit, AlertStaff("evidence"), state=replace(state, scanned=text))


@on(ShowingCertificate, event=BackChosen, to=(ShowingCertificate, ChoosingEvidence))
def back_over_the_paper(visit: Visit, state: ShowingCertificate, event: BackChosen) -> Result:
    """From a number to the one before it; from the paper to the ways."""
    if state.field is None:
        return to_the_ways(visit, event.at)
    asked = asked_on_paper(state.form, event.at.day)
    place = asked.index(state.field)
    before = asked[place - 1] if place else None
    return enter(visit, replace(state, field=before), event.at)
