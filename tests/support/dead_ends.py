"""Whether a page leads on: each thing on it that can be touched or entered must do something."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from kiosk.visit.acts import Act, event_of
from kiosk.visit.effects import AnyEffect, DiscardSecret
from kiosk.visit.form import CHOICES, FormField
from kiosk.visit.moment import Moment
from kiosk.visit.moves import is_accepted
from kiosk.visit.presenting import view_of
from kiosk.visit.states import Visit
from kiosk.visit.step import step
from kiosk.visit.views import VisitView
from tests.support.visits import DECLARED, NUMBERS

ANSWERS = {
    **DECLARED,
    **NUMBERS,
    FormField.PATIENT_NUMBER: "1234",
    FormField.TEACHER: "田中 一郎",
    FormField.EVENT: "修学旅行",
}
"""An answer to every question."""
OTHERS = {**ANSWERS, FormField.BIRTH_DATE: "1983-07-08", FormField.KANA: "ミホン"}
"""Another one, for a question that is answered already."""

_SELF_ENDING = ("TakeCard", "Abandoned")
"""They end when the card is taken, or by themselves."""


def dead_ends(visit: Visit) -> list[str]:
    """What leads nowhere on the page of this visit; empty when all is well. While an accepted visit waits for its
    number, which the shell gives in the same step, nothing does."""
    if is_accepted(visit):
        return []
    view = view_of(visit)
    found = [f"{view.state}.{view.variant}: {what} does nothing" for what in _dead(visit, view)]
    if not _leads_on(view):
        found.append(f"{view.state}.{view.variant} has no way on")
    return found


def _leads_on(view: VisitView) -> bool:
    """A choice of the patient's own; or something that is under way, or a person who comes, and then an end."""
    chosen = view.options or view.field or view.keypad or view.signature
    return bool(chosen) or view.state in _SELF_ENDING or (view.waiting and view.deadline is not None)


def _dead(visit: Visit, view: VisitView) -> Iterator[str]:
    for option in view.options:
        if not _moves(visit, view, option.act):
            yield f"the button {option.id}"
    for detail in view.details:
        if detail.act is not None and not _moves(visit, view, detail.act):
            yield f"the line {detail.label}"
    if view.back and not _moves(visit, view, Act("BackChosen")):
        yield "back"
    if view.staff and not _moves(visit, view, Act("StaffCalled")):
        yield "the call for staff"
    if view.keypad and not _moves(visit, view, Act("PinEntered", (("slot", "s"),))):
        yield "the keypad"
    if view.signature and not _moves(visit, view, Act("FormSigned", (("signature", "1,1 2,2"),))):
        yield "the signature"
    if view.field is not None:
        yield from _dead_field(visit, view)


def _dead_field(visit: Visit, view: VisitView) -> Iterator[str]:
    assert view.field is not None
    field = view.field.field
    known = view.field.value
    values = (
        [choice for choice in CHOICES[field] if choice != known]
        if field in CHOICES
        else [ANSWERS[field], OTHERS[field]]
    )
    for value in values:
        if not _moves(visit, view, Act("FieldAnswered", (("field", field), ("value", value)))):
            yield f"the answer {value} to {field}"
    if view.field.skip and not _moves(visit, view, Act("FieldSkipped", (("field", field),))):
        yield f"leaving out {field}"


def _moves(visit: Visit, before: VisitView, act: Act) -> bool:
    """It changes what is seen, or wants something done."""
    at = Moment(mono=visit.entered.mono + 1_000, wall=visit.entered.wall + 1_000)
    after, effects = step(visit, event_of(act, "touched", at))
    return bool(_wanted(effects)) or _timeless(view_of(after)) != _timeless(before)


def _wanted(effects: tuple[AnyEffect, ...]) -> list[AnyEffect]:
    return [effect for effect in effects if not isinstance(effect, DiscardSecret)]


def _timeless(view: VisitView) -> VisitView:
    return replace(view, deadline=None, warned=False, since=0)
