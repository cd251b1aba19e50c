"""The pages of the fallback: why, which ways, and what is shown, typed or signed on them."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from kiosk.coverage.share import share_on
from kiosk.evidence.deciding import Decision
from kiosk.evidence.loading import book
from kiosk.evidence.model import Contact, Document, Way
from kiosk.evidence.reasons import Reason
from kiosk.visit.acts import Act
from kiosk.visit.flow.declaring import ANSWERS_ON_A_PAGE, may_copy, questions, text_keys, written
from kiosk.visit.flow.evidence import (
    WAYS_ON_A_PAGE,
    can_go_back,
    decision_of,
    first_shown,
    leads_to_the_certified_reader,
    offers,
)
from kiosk.visit.flow.no_card import UNUSABLE
from kiosk.visit.flow.showing import asked_on_paper
from kiosk.visit.form import CHOICES, SKIPPABLE, TRIP, Form, FormField
from kiosk.visit.page_parts import CALL_STAFF, OTHER_WAYS, Part, part
from kiosk.visit.states import (
    ChoosingEvidence,
    Companion,
    ConfirmingKnownData,
    ExplainingNoCard,
    ExplainingSelfPay,
    FillingDeclaration,
    IdentifyingKnown,
    Road,
    SchoolTrip,
    ShowingCertificate,
    ShowingNotice,
    ShowingPortal,
    StaffVerifying,
    UsingCertifiedReader,
    Visit,
)
from kiosk.visit.views import Detail, FieldView, Option, Sentence
from kiosk.wording.names import masked_kana

_KEY_DIGITS = {"pin": 4, "number_b": 14}
_BACK: Part = {"back": True}
_SHOWN_DIGITS = 2


def road_page(visit: Visit, state: Road) -> Part:
    match state:
        case ChoosingEvidence():
            return _ways(visit, state)
        case ExplainingNoCard(cause=cause):
            return _no_card(visit, cause)
        case Companion():
            return part("Companion", "companion", _companions()) | _BACK
        case SchoolTrip():
            return _school_trip(state)
        case ShowingCertificate():
            return _certificate(visit, state)
        case ShowingNotice():
            return part("ShowingNotice", "card_notice", (OTHER_WAYS,)) | _BACK
        case ShowingPortal():
            return part("ShowingPortal", "card_portal", (OTHER_WAYS,)) | _BACK
        case IdentifyingKnown():
            return _identifying(state)
        case ConfirmingKnownData():
            return _known(visit)
        case FillingDeclaration():
            return _form(visit, state)
        case ExplainingSelfPay():
            pay = (Option("pay_in_full", Act("Acknowledged"), "main"),)
            return (
                part("ExplainingSelfPay", "self_pay", pay)
                | _BACK
                | {"details": _contacts(decision_of(visit))}
            )
        case StaffVerifying(way=way, on_paper=on_paper):
            variant = "on_paper" if on_paper else way.value
            return part("StaffVerifying", "staff", (OTHER_WAYS,), variant=variant) | _BACK | {"staff": False}
        case UsingCertifiedReader(problem=problem, code=code):
            variant = f"problem.{problem}" if problem is not None else ""
            shown = part("UsingCertifiedReader", "certified_reader", (OTHER_WAYS,), variant=variant)
            return shown | _BACK | {"code": code}
        case _:
            assert_never(state)


def progress_of(visit: Visit) -> tuple[int, int] | None:
    """How far a form is written."""
    match visit.state:
        case FillingDeclaration(step="question", field=field) if field is not None:
            asked = questions(visit)
        case ShowingCertificate(field=field, form=form) if field is not None:
            asked = asked_on_paper(form, visit.entered.day)
        case SchoolTrip(field=field) if field is not None:
            asked = TRIP
        case FillingDeclaration(step="summary" | "signature") as state:
            steps = len(questions(visit)) + 2
            return steps - (state.step == "summary"), steps
        case _:
            return None
    extra = 2 if isinstance(visit.state, FillingDeclaration) else 0
    return asked.index(field) + 1, len(asked) + extra


# ----------------------------------------------------------------------------------------------- the ways


def _ways(visit: Visit, state: ChoosingEvidence) -> Part:
    open_ways = offers(visit)
    first = first_shown(state, len(open_ways))
    shown = open_ways[first : first + WAYS_ON_A_PAGE]
    options = [_way(visit, offer.way) for offer in shown]
    if len(open_ways) > WAYS_ON_A_PAGE:
        options.append(Option("more_ways", Act("MoreChosen"), "quiet"))
    decision = decision_of(visit)
    reason = decision.case.reason
    body = [Sentence(decision.remedy_key)]
    if state.refused is not None:
        body.insert(0, _refusal(decision, state.refused))
    return {
        "title": Sentence(decision.patient_key),
        "body": tuple(body),
        "picture": "evidence",
        "options": tuple(options),
        "details": _not_accepted(decision),
        "code": state.code or reason.value,
        "back": can_go_back(visit),
    }


def _way(visit: Visit, way: Way) -> Option:
    act = Act("EvidenceChosen", (("way", way.value),))
    if leads_to_the_certified_reader(visit, way):
        name, note = "choice.certified_reader", "choice.certified_reader.note"
    else:
        name, note = f"evidence.{way}.name", f"evidence.{way}.needs"
    return Option(f"way_{way}", act, name=name, note=note)


def _refusal(decision: Decision, refused: Way) -> Sentence:
    """The rule book's own sentence, or that it was not accepted."""
    if refused is Way.CERTIFICATE:
        for one in decision.refused:
            if one.document is Document.CERTIFICATE:
                return Sentence(one.why_key)
    return Sentence("ChoosingEvidence.refused")


def _not_accepted(decision: Decision) -> tuple[Detail, ...]:
    """What somebody may have at hand and cannot use, with the reason."""
    return tuple(Detail(f"document.{one.document}.name", Sentence(one.why_key)) for one in decision.refused)


def _contacts(decision: Decision) -> tuple[Detail, ...]:
    """A facility's own line for an insurer has no sentence of the catalogue: its name stands beside its number."""
    return tuple(_contact(one) for one in decision.contacts)


def _contact(contact: Contact) -> Detail:
    if contact.name_key is None:
        return Detail("contact.insurance.name", f"{contact.name}　{contact.phone}")
    return Detail(contact.name_key, contact.phone or Sentence("detail.ask_there"))


def _no_card(visit: Visit, cause: str) -> Part:
    if not cause:
        causes = tuple(
            Option(f"no_card_{one.id}", Act("NoCardChosen", (("cause", one.id),)))
            for one in book().causes_of(Reason.NO_CARD)
        )
        unusable = Option(f"no_card_{UNUSABLE}", Act("NoCardChosen", (("cause", UNUSABLE),)), "quiet")
        return part("ExplainingNoCard", "no_card", (*causes, unusable)) | _BACK
    decision = decision_of(visit)
    ways = (Option("show_ways", Act("EvidenceWanted"), "main"),)
    shown = part("ExplainingNoCard", "no_card", ways, variant=cause)
    shown["body"] = tuple(Sentence(key) for key in decision.remedy_keys)
    return shown | _BACK | {"details": _contacts(decision)}


def _companions() -> tuple[Option, ...]:
    return tuple(
        Option(f"with_{kind}", Act("CompanionChosen", (("kind", kind),)))
        for kind in ("companion", "school_trip")
    )


# ------------------------------------------------------------------------------------- what is shown


def _field_page(
    name: str, field: FormField, form: Form, *, skip: str = "", suggested: str = "", variant: str = "field"
) -> Part:
    """One thing to enter. ``name`` is the state's."""
    view = FieldView(
        field,
        form.get(field) or "",
        CHOICES.get(field, ()),
        suggested,
        skip if field in SKIPPABLE else "",
        field in form.from_card,
        (form.get(FormField.KANA) or "") if field is FormField.NAME else "",
    )
    return {
        "variant": variant,
        "title": Sentence(f"field.{field}.title"),
        "body": (Sentence(f"field.{field}.body"),),
        "picture": "form" if name == "FillingDeclaration" else "",
        "field": view,
        "back": True,
    }


def _school_trip(state: SchoolTrip) -> Part:
    if state.document is None:
        papers = tuple(
            Option(f"trip_{paper}", Act("TripDocumentChosen", (("document", paper.value),)))
            for paper in (Document.PORTAL_PDF, Document.NOTICE_COPY)
        )
        return part("SchoolTrip", "school_trip", (*papers, OTHER_WAYS)) | _BACK
    if state.field is not None:
        return _field_page("SchoolTrip", state.field, state.form)
    return part("SchoolTrip", "school_trip", (OTHER_WAYS,), variant="show") | _BACK


def _certificate(visit: Visit, state: ShowingCertificate) -> Part:
    if state.field is not None:
        return _field_page("ShowingCertificate", state.field, state.form, skip="choice.not_printed")
    typed = state.form.next_of(asked_on_paper(state.form, visit.entered.day)) is None
    numbers = () if typed else (Option("type_numbers", Act("NumbersWanted"), "equal"),)
    shown = part(
        "ShowingCertificate", "certificate", (*numbers, OTHER_WAYS), variant="typed" if typed else ""
    )
    if state.scanned:
        shown["details"] = (Detail("detail.scanned", state.scanned),)
    return shown | _BACK


def _identifying(state: IdentifyingKnown) -> Part:
    if state.asked:
        return part("IdentifyingKnown", "known", variant="asked", waiting=True)
    if state.found is not None or state.field is None:
        return part("IdentifyingKnown", "staff", (OTHER_WAYS,), variant="found") | _BACK | {"staff": False}
    shown = _field_page("IdentifyingKnown", state.field, state.form)
    if state.misses and state.field is FormField.PATIENT_NUMBER:
        shown["body"] = (Sentence("IdentifyingKnown.missed"), Sentence("field.patient_number.body"))
    return shown


def _known(visit: Visit) -> Part:
    """Masked until it is touched: the queue looks on."""
    options = (
        Option("known_same", Act("KnownUnchanged")),
        Option("known_changed", Act("KnownChanged")),
    )
    shown = part("ConfirmingKnownData", "known", options) | _BACK
    known = visit.fallback.known if visit.fallback is not None else None
    if known is None:
        return shown
    number = known.insured_identification_number
    lines = (
        Detail("detail.name", known.name_kana, masked_kana(known.name_kana)),
        Detail("detail.insurer", known.insurer_name),
        Detail("detail.number", number, "＊" * len(number[:-_SHOWN_DIGITS]) + number[-_SHOWN_DIGITS:]),
    )
    return shown | {"details": tuple(line for line in lines if line.value)}


# ------------------------------------------------------------------------------------------ the form


def _form(visit: Visit, state: FillingDeclaration) -> Part:
    if state.covered:
        on = (Option("form_go_on", Act("FormUncovered"), "main"), OTHER_WAYS)
        return part("FillingDeclaration", "form", on, variant="covered")
    match state.step:
        case "source":
            return _source(visit, state)
        case "key":
            keys = tuple(
                Option(f"text_key_{key}", Act("TextKeyChosen", (("key", key),))) for key in text_keys(visit)
            )
            return part("FillingDeclaration", "form", keys, variant="key") | _BACK
        case "tries" | "reading":
            return part("FillingDeclaration", "reading", variant="reading", waiting=True)
        case "unlock":
            return _unlock(state)
        case "question" if state.field is not None:
            form = written(visit)
            suggested = _share(form, visit) if state.field is FormField.RATIO else ""
            skip = "choice.not_known"
            return _field_page("FillingDeclaration", state.field, form, skip=skip, suggested=suggested)
        case "signature":
            without = Option("cannot_sign", Act("FormSigned", (("signature", ""),)), "quiet")
            shown = part("FillingDeclaration", "sign", (without,), variant="signature")
            return shown | _BACK | {"signature": True}
        case _:
            return _summary(visit, state)


def _source(visit: Visit, state: FillingDeclaration) -> Part:
    copy = (Option("form_card", Act("FormBegun", (("source", "card"),))),) if may_copy(visit) else ()
    options = (
        *copy,
        Option("form_hand", Act("FormBegun", (("source", "hand"),))),
        Option("form_paper", Act("FormBegun", (("source", "paper"),))),
    )
    shown = part("FillingDeclaration", "form", options, variant="source") | _BACK
    if state.problem:
        shown["notices"] = (Sentence(f"FillingDeclaration.problem.{state.problem}"),)
    return shown


def _unlock(state: FillingDeclaration) -> Part:
    slots = (("tries", str(state.tries_left)),)
    key = state.key or "pin"
    if state.last_try:
        options = (
            Option("form_hand_instead", Act("FormBegun", (("source", "hand"),)), "equal"),
            Option("text_last_try", Act("LastTryAccepted"), "equal"),
            Option("call_staff_instead", CALL_STAFF, "quiet"),
        )
        return part("FillingDeclaration", "pin", options, variant="last_try", slots=slots) | _BACK
    variant = f"unlock.{key}.wrong" if state.wrong else f"unlock.{key}"
    shown = part("FillingDeclaration", "pin", variant=variant, slots=slots)
    return shown | _BACK | {"keypad": True, "digits": _KEY_DIGITS[key]}


def _share(form: Form, visit: Visit) -> str:
    """The share that people of this age normally bear (S4#3): shown first, never set."""
    born = form.get(FormField.BIRTH_DATE)
    return str(share_on(date.fromisoformat(born), visit.entered.day).tenths) if born else ""


def _summary(visit: Visit, state: FillingDeclaration) -> Part:
    asked, form = questions(visit), written(visit)
    lines = tuple(
        Detail(
            f"field.{field}.name",
            _answer(field, form.get(field) or ""),
            act=Act("FieldChosen", (("field", field.value),)),
        )
        for field in asked[state.first : state.first + ANSWERS_ON_A_PAGE]
    )
    more = (Option("more_answers", Act("MoreChosen"), "quiet"),) if len(asked) > ANSWERS_ON_A_PAGE else ()
    options = (Option("form_right", Act("FormAccepted"), "main"), *more)
    return part("FillingDeclaration", "", options, variant="summary") | _BACK | {"details": lines}


def _answer(field: FormField, value: str) -> str | Sentence:
    if not value:
        return Sentence("field.left_out")
    return Sentence(f"field.{field}.{value}") if field in CHOICES else value
