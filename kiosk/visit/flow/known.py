"""A patient whom the facility knows: found in its file, and asked whether everything is as it was."""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.evidence.model import Way
from kiosk.visit.effects import AlertStaff, FindPatient
from kiosk.visit.events import BackChosen, Event, FieldAnswered, KnownChanged, KnownUnchanged, PatientFound
from kiosk.visit.flow.evidence import settle, to_the_ways
from kiosk.visit.flow.showing import look_up_numbers, paper_of_known, same_numbers
from kiosk.visit.form import KNOWN, Form, FormField, Problem, checked
from kiosk.visit.moves import enter, road_of, stay
from kiosk.visit.states import ChoosingEvidence, ConfirmingKnownData, IdentifyingKnown, Visit
from kiosk.visit.table import Result, on

_MOST_MISSES = 3
"""Then people help: nobody may go through the numbers of others."""


@on(IdentifyingKnown, event=FieldAnswered, to=(IdentifyingKnown,))
def number_and_birth_date(visit: Visit, state: IdentifyingKnown, event: FieldAnswered) -> Result:
    value = checked(event.field, event.value, event.at.day)
    if state.field is None or event.field is not state.field or isinstance(value, Problem):
        return stay(visit)
    form = state.form.answered(event.field, value)
    field = form.next_of(KNOWN)
    if field is not None:
        return enter(visit, replace(state, form=form, field=field), event.at)
    question = f"{event.id}.known"
    number, birth = form.get(FormField.PATIENT_NUMBER) or "", form.get(FormField.BIRTH_DATE) or ""
    asked = IdentifyingKnown(field=None, form=form, asked=question, misses=state.misses)
    return enter(visit, asked, event.at, FindPatient(question, number, birth))


@on(IdentifyingKnown, event=PatientFound, to=(IdentifyingKnown, ChoosingEvidence))
def looked_up(visit: Visit, state: IdentifyingKnown, event: PatientFound) -> Result:
    """Who types a number and a birth date may be anybody: staff see whether it is this person (``known`` (c))."""
    if not state.asked or state.asked != event.question:
        return stay(visit)
    if event.patient is not None:
        found = IdentifyingKnown(field=None, misses=state.misses, found=event.patient)
        return enter(visit, found, event.at, AlertStaff("evidence"))
    misses = state.misses + 1
    missed = replace(visit, fallback=replace(road_of(visit), misses=misses))
    if misses >= _MOST_MISSES:
        return to_the_ways(missed, event.at, refused=Way.KNOWN_DATA)
    return enter(missed, IdentifyingKnown(misses=misses), event.at)


@on(IdentifyingKnown, event=BackChosen, to=(IdentifyingKnown, ChoosingEvidence))
def back_from_number(visit: Visit, state: IdentifyingKnown, event: BackChosen) -> Result:
    if state.asked:
        return stay(visit)
    if state.field is FormField.BIRTH_DATE:
        return enter(visit, IdentifyingKnown(form=Form(), misses=state.misses), event.at)
    return to_the_ways(visit, event.at)


def staff_know_them(visit: Visit, state: IdentifyingKnown, event: Event) -> Result:
    """Staff saw that the patient in front is the one in the file."""
    road = visit.fallback
    if state.found is None or road is None:
        return stay(visit)
    known = replace(visit, fallback=replace(road, known=state.found, match="card_number"))
    return look_up_numbers(known, ConfirmingKnownData(), paper_of_known(known), event.id, event.at)


@on(ConfirmingKnownData, event=KnownUnchanged, to=(ChoosingEvidence,))
def nothing_changed(visit: Visit, _state: ConfirmingKnownData, event: KnownUnchanged) -> Result:
    """Treated as a declaration that was not written (kiosk/documents/README.md). Where the system denies the very
    numbers that are on file, the patient's word does not settle it: staff do, or the form is written."""
    road = visit.fallback
    if road is None or road.known is None:
        return stay(visit)
    check = road.check
    if check is not None and check.denied and same_numbers(check.paper, paper_of_known(visit)):
        return to_the_ways(visit, event.at, refused=Way.KNOWN_DATA)
    return settle(visit, Way.KNOWN_DATA)


@on(ConfirmingKnownData, event=KnownChanged, to=(ChoosingEvidence,))
def something_changed(visit: Visit, _state: ConfirmingKnownData, event: KnownChanged) -> Result:
    road = visit.fallback
    if road is None:
        return stay(visit)
    changed = replace(visit, fallback=replace(road, changed=True))
    return to_the_ways(changed, event.at, refused=Way.KNOWN_DATA)


@on(ConfirmingKnownData, event=BackChosen, to=(ChoosingEvidence,))
def back_from_known(visit: Visit, _state: ConfirmingKnownData, event: BackChosen) -> Result:
    return to_the_ways(visit, event.at)
