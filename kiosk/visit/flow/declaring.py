"""被保険者資格申立書, one question a page: copied from the card, or typed, or written on paper."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from drivers.interface import CardText, TextKey, Token
from kiosk.evidence.model import Way
from kiosk.visit.effects import (
    AlertStaff,
    AskTextTries,
    DiscardSecret,
    MakePaper,
    ReadCardText,
)
from kiosk.visit.events import (
    Acknowledged,
    BackChosen,
    CardFailed,
    CardTextRead,
    FieldAnswered,
    FieldChosen,
    FieldSkipped,
    FormAccepted,
    FormBegun,
    FormSigned,
    FormUncovered,
    LastTryAccepted,
    MoreChosen,
    PinEntered,
    TextKeyChosen,
    TextRefused,
    TextTriesTold,
)
from kiosk.visit.flow.arrival import is_ours
from kiosk.visit.flow.evidence import settle, to_the_ways
from kiosk.visit.form import COMPANION, DECLARATION, SKIPPABLE, Form, FormField, Problem, checked
from kiosk.visit.moment import Moment
from kiosk.visit.moves import (
    enter,
    reading_of,
    stay,
)
from kiosk.visit.states import (
    ChoosingEvidence,
    ExplainingSelfPay,
    FillingDeclaration,
    StaffVerifying,
    Visit,
)
from kiosk.visit.table import Result, on

ANSWERS_ON_A_PAGE = 5


def questions(visit: Visit) -> tuple[FormField, ...]:
    helped = visit.fallback is not None and visit.fallback.companion
    return (*DECLARATION, *COMPANION) if helped else DECLARATION


def written(visit: Visit) -> Form:
    return visit.fallback.form if visit.fallback is not None else Form()


def may_copy(visit: Visit) -> bool:
    """A My Number Card lies there and was read; a phone has no such text."""
    card = visit.card
    if card is None or card.insertion is None or card.facts is None:
        return False
    return card.facts.token is Token.CARD


def text_keys(visit: Visit) -> tuple[TextKey, ...]:
    """Which numbers open the card's text here. 照合番号B stands on the card's front: who cannot see that while the card
    is read would have to know fourteen digits by heart."""
    return ("pin",) if visit.policy.hides_front else ("pin", "number_b")


def _write(visit: Visit, form: Form) -> Visit:
    return visit if visit.fallback is None else replace(visit, fallback=replace(visit.fallback, form=form))


# ---------------------------------------------------------------------------------------- where it comes from


@on(FillingDeclaration, event=FormBegun, to=(FillingDeclaration, StaffVerifying))
def begin_form(visit: Visit, state: FillingDeclaration, event: FormBegun) -> Result:
    by_hand_instead = event.source == "hand" and state.step in ("key", "unlock")
    if state.covered or visit.fallback is None or not (state.step == "source" or by_hand_instead):
        return stay(visit)
    match event.source:
        case "card" if may_copy(visit):
            keys = text_keys(visit)
            if len(keys) == 1:
                return _ask_tries(visit, state.way, keys[0], event.at)
            return enter(visit, FillingDeclaration(way=state.way, step="key"), event.at)
        case "card":
            return stay(visit)
        case "hand":
            return _next_question(visit, state, event.at)
        case "paper":
            language = visit.preferences.language
            blank = MakePaper("blank_declaration", "", language, visit.fallback.reason)
            waiting = StaffVerifying(way=state.way, on_paper=True)
            return enter(visit, waiting, event.at, blank, AlertStaff("evidence"))


# -------------------------------------------------------------------------------- unlocked by the patient


@on(FillingDeclaration, event=TextKeyChosen, to=(FillingDeclaration,))
def choose_key(visit: Visit, state: FillingDeclaration, event: TextKeyChosen) -> Result:
    """How many tries the key has is known before its first digit is asked for."""
    if state.step != "key" or event.key not in text_keys(visit):
        return stay(visit)
    return _ask_tries(visit, state.way, event.key, event.at)


def _ask_tries(visit: Visit, way: Way, key: TextKey, at: Moment) -> Result:
    insertion = visit.card.insertion if visit.card is not None else None
    if insertion is None:
        return stay(visit)
    asking = FillingDeclaration(way=way, step="tries", key=key)
    return enter(visit, asking, at, AskTextTries(insertion, key))


@on(FillingDeclaration, event=TextTriesTold, to=(FillingDeclaration,))
def tries_told(visit: Visit, state: FillingDeclaration, event: TextTriesTold) -> Result:
    if state.step != "tries" or not is_ours(visit, event.insertion) or event.key != state.key:
        return stay(visit)
    return _ask_for_key(visit, state, event.tries_left, event.at)


def _ask_for_key(
    visit: Visit, state: FillingDeclaration, tries: int, at: Moment, *, wrong: bool = False
) -> Result:
    if tries <= 0:
        return enter(visit, FillingDeclaration(way=state.way, problem="locked"), at)
    unlock = FillingDeclaration(
        way=state.way, step="unlock", key=state.key, tries_left=tries, wrong=wrong, last_try=tries == 1
    )
    return enter(visit, unlock, at)


@on(FillingDeclaration, event=LastTryAccepted, to=(FillingDeclaration,))
def accept_last_text_try(visit: Visit, state: FillingDeclaration, event: LastTryAccepted) -> Result:
    if state.step != "unlock" or not state.last_try:
        return stay(visit)
    return enter(visit, replace(state, last_try=False), event.at)


@on(FillingDeclaration, event=PinEntered, to=(FillingDeclaration,))
def unlock_text(visit: Visit, state: FillingDeclaration, event: PinEntered) -> Result:
    insertion = visit.card.insertion if visit.card is not None else None
    if state.step != "unlock" or state.last_try or state.key is None or insertion is None:
        return stay(visit, DiscardSecret(event.slot))
    reading = FillingDeclaration(way=state.way, step="reading", key=state.key, tries_left=state.tries_left)
    return enter(visit, reading, event.at, ReadCardText(insertion, state.key, event.slot))


@on(FillingDeclaration, event=TextRefused, to=(FillingDeclaration,))
def text_refused(visit: Visit, state: FillingDeclaration, event: TextRefused) -> Result:
    if state.step != "reading" or not is_ours(visit, event.insertion):
        return stay(visit)
    return _ask_for_key(visit, state, event.tries_left, event.at, wrong=True)


@on(FillingDeclaration, event=CardFailed, to=(FillingDeclaration,))
def text_not_read(visit: Visit, state: FillingDeclaration, event: CardFailed) -> Result:
    """The form can be typed all the same."""
    if state.step not in ("tries", "reading") or not is_ours(visit, event.insertion):
        return stay(visit)
    return enter(visit, FillingDeclaration(way=state.way, problem="unreadable"), event.at)


@on(FillingDeclaration, event=CardTextRead, to=(FillingDeclaration,))
def copy_from_card(visit: Visit, state: FillingDeclaration, event: CardTextRead) -> Result:
    if state.step != "reading" or not is_ours(visit, event.insertion):
        return stay(visit)
    copied = _write(visit, _copied(written(visit), event.text, event.at.day))
    return _next_question(copied, state, event.at)


def _copied(form: Form, text: CardText, day: date) -> Form:
    """What the form can hold of it; the rest is asked. What was typed before is kept only with the card's own birth
    date beside it: else somebody else may have typed it."""
    born = text.birth_date.isoformat() if text.birth_date is not None else ""
    if form.get(FormField.BIRTH_DATE) != born:
        form = Form()
    told = (
        (FormField.NAME, text.name),
        (FormField.BIRTH_DATE, born),
        (FormField.SEX, text.sex),
        (FormField.ADDRESS, text.address),
    )
    for field, value in told:
        taken = checked(field, value, day)
        if not isinstance(taken, Problem):
            form = form.answered(field, taken, from_card=True)
    return form


# ------------------------------------------------------------------------------------------ the questions


def _next_question(visit: Visit, state: FillingDeclaration, at: Moment) -> Result:
    field = written(visit).next_of(questions(visit))
    if field is None or state.editing:
        return enter(visit, FillingDeclaration(way=state.way, step="summary", first=state.first), at)
    return enter(visit, FillingDeclaration(way=state.way, step="question", field=field), at)


@on(FillingDeclaration, event=FieldAnswered, to=(FillingDeclaration,))
def question_answered(visit: Visit, state: FillingDeclaration, event: FieldAnswered) -> Result:
    value = checked(event.field, event.value, event.at.day)
    if state.covered or event.field is not state.field or isinstance(value, Problem):
        return stay(visit)
    return _next_question(_write(visit, written(visit).answered(event.field, value)), state, event.at)


@on(FillingDeclaration, event=FieldSkipped, to=(FillingDeclaration,))
def question_skipped(visit: Visit, state: FillingDeclaration, event: FieldSkipped) -> Result:
    if state.covered or event.field is not state.field or event.field not in SKIPPABLE:
        return stay(visit)
    return _next_question(_write(visit, written(visit).answered(event.field, "")), state, event.at)


@on(FillingDeclaration, event=FieldChosen, to=(FillingDeclaration,))
def change_answer(visit: Visit, state: FillingDeclaration, event: FieldChosen) -> Result:
    if state.step != "summary" or state.covered or event.field not in questions(visit):
        return stay(visit)
    editing = replace(state, step="question", field=event.field, editing=True)
    return enter(visit, editing, event.at)


@on(FillingDeclaration, event=MoreChosen, to=(FillingDeclaration,))
def more_answers(visit: Visit, state: FillingDeclaration, event: MoreChosen) -> Result:
    if state.step != "summary" or state.covered:
        return stay(visit)
    first = state.first + ANSWERS_ON_A_PAGE
    return enter(visit, replace(state, first=first if first < len(questions(visit)) else 0), event.at)


@on(FillingDeclaration, event=FormAccepted, to=(FillingDeclaration,))
def sign_it(visit: Visit, state: FillingDeclaration, event: FormAccepted) -> Result:
    if state.step != "summary" or state.covered:
        return stay(visit)
    return enter(visit, FillingDeclaration(way=state.way, step="signature"), event.at)


@on(FillingDeclaration, event=FormSigned, to=())
def signed(visit: Visit, state: FillingDeclaration, event: FormSigned) -> Result:
    """Declared. Staff see at the desk that it is the card's holder who did."""
    if state.step != "signature" or state.covered:
        return stay(visit)
    complete = _write(visit, replace(written(visit), signature=event.signature))
    return settle(complete, state.way, AlertStaff("evidence"))


@on(FillingDeclaration, event=BackChosen, to=(FillingDeclaration, ChoosingEvidence))
def back_in_form(visit: Visit, state: FillingDeclaration, event: BackChosen) -> Result:
    """One page back; what was written stays."""
    if state.covered or state.step in ("tries", "reading"):
        return stay(visit)
    way = state.way
    match state.step:
        case "source":
            return to_the_ways(visit, event.at)
        case "key":
            return enter(visit, FillingDeclaration(way=way), event.at)
        case "unlock" if len(text_keys(visit)) > 1:
            return enter(visit, FillingDeclaration(way=way, step="key"), event.at)
        case "unlock":
            return enter(visit, FillingDeclaration(way=way), event.at)
        case "question" if state.field is not None and not state.editing:
            asked = questions(visit)
            place = asked.index(state.field)
            if place == 0:
                return enter(visit, FillingDeclaration(way=way), event.at)
            before = FillingDeclaration(way=way, step="question", field=asked[place - 1])
            return enter(visit, before, event.at)
        case "question" | "signature":
            return enter(visit, FillingDeclaration(way=way, step="summary", first=state.first), event.at)
        case _:
            last = FillingDeclaration(way=way, step="question", field=questions(visit)[-1])
            return enter(visit, last, event.at)


@on(FillingDeclaration, event=FormUncovered, to=(FillingDeclaration,))
def go_on_writing(visit: Visit, state: FillingDeclaration, event: FormUncovered) -> Result:
    if not state.covered or visit.fallback is None:
        return stay(visit)
    uncovered = replace(visit, fallback=replace(visit.fallback, covered=False))
    return enter(uncovered, replace(state, covered=False), event.at, *reading_of(visit))


# ---------------------------------------------------------------------------------------- full payment


@on(ExplainingSelfPay, event=BackChosen, to=(ChoosingEvidence,))
def not_yet(visit: Visit, _state: ExplainingSelfPay, event: BackChosen) -> Result:
    return to_the_ways(visit, event.at)


@on(ExplainingSelfPay, event=Acknowledged, to=())
def pay_in_full(visit: Visit, _state: ExplainingSelfPay, _event: Acknowledged) -> Result:
    return settle(visit, Way.SELF_PAY)
