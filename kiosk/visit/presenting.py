"""``view_of``: what the patient is shown of a visit. Personal data appear only on ``Confirmed``, masked."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Literal

from drivers.interface import CertificateFacts
from kiosk.coverage.certificate_life import japanese_date, last_day_of_grace
from kiosk.coverage.qualification import ResultOfQualificationConfirmation
from kiosk.coverage.services import Capability, Choice, ConsentItem
from kiosk.evidence.reasons import Reason
from kiosk.visit.acts import Act
from kiosk.visit.facing import can_verify_by_face, face_bar, why_no_pin
from kiosk.visit.flow.evidence import may_look_for_ways
from kiosk.visit.flow.staff import can_retry
from kiosk.visit.page_parts import CALL_STAFF, OTHER_WAYS, Part, part
from kiosk.visit.presenting_face import camera_page, front_page
from kiosk.visit.presenting_phone import phone_page
from kiosk.visit.presenting_road import progress_of, road_page
from kiosk.visit.states import (
    Abandoned,
    AnyState,
    AskingConsent,
    ChoosingVerification,
    Confirmed,
    EnteringPin,
    Finished,
    LookingUp,
    MatchingFace,
    OfferingRegistration,
    OutOfService,
    ReadingCard,
    ReadingCardFront,
    ReadingPhone,
    TakeCard,
    Visit,
    WaitingForStaff,
    Welcome,
)
from kiosk.visit.views import Detail, Option, Picture, Sentence, VisitView
from kiosk.wording.names import masked_kana

_PROGRESS: dict[type, int] = {
    ReadingCard: 1, ChoosingVerification: 2, EnteringPin: 2, ReadingPhone: 2, ReadingCardFront: 2, MatchingFace: 2,
    OfferingRegistration: 3, AskingConsent: 3, LookingUp: 4,
    Confirmed: 5, TakeCard: 6, Finished: 6,
}  # fmt: skip
_STEPS = 6
_ENDS = {"accepted_by_evidence": "accepted", "declared": "declared", "self_pay": "self_pay"}


def view_of(visit: Visit) -> VisitView:
    """The page for this visit as it stands."""
    state = visit.state
    name = type(state).__name__
    step = _PROGRESS.get(type(state))
    progress = (step, _STEPS) if step is not None else progress_of(visit)
    preferences = visit.preferences
    return VisitView(
        state=name,
        progress=progress,
        deadline=visit.deadline,
        warned=visit.warned,
        since=visit.entered.mono,
        language=preferences.language,
        text_size=preferences.text_size,
        contrast=preferences.contrast,
        **_page(visit, state),  # type: ignore[arg-type]
    )


def _page(visit: Visit, state: AnyState) -> Part:
    match state:
        case Welcome(hint=hint):
            return _certified() if led_away(visit) else _welcome(hint, phones=visit.policy.phones)
        case OutOfService():
            by_paper = Option("paper", Act("WayChosen", (("way", "paper"),)))
            return part("OutOfService", "out_of_service", (by_paper, *_ways(phone=False)))
        case ReadingCard():
            return _reading(visit, state)
        case ReadingPhone():
            return phone_page(state)
        case ChoosingVerification() | EnteringPin() | ReadingCardFront() | MatchingFace():
            return _verifying(visit, state)
        case OfferingRegistration(again=again, sent=sent):
            return _registration(again, sent=bool(sent))
        case AskingConsent(items=items, decided=decided, item_by_item=one_by_one):
            limit = visit.policy.limit_without_asking
            return _consent_item(items[len(decided)]) if one_by_one else _consent(items, limit)
        case LookingUp(ask_again_at=again, rechecks=rechecks):
            processing = again is not None or rechecks > 0
            return part("LookingUp", "looking_up", variant="processing" if processing else "", waiting=True)
        case Confirmed():
            return _confirmed(visit)
        case TakeCard(after=after, alerted=alerted, elsewhere=elsewhere):
            variant = "elsewhere" if elsewhere else "finished" if after == "Finished" else "abandoned"
            called = (Sentence("WaitingForStaff.called.title"),) if alerted else ()
            picture: Picture = "certified_reader" if elsewhere else "take_card"
            return part("TakeCard", picture, variant=variant, extra=called) | {"staff": not alerted}
        case WaitingForStaff():
            return _staff(visit, state)
        case Finished():
            variant = _ENDS.get(visit.outcome or "", "") if visit.number else "staff"
            options = (Option("another_patient", Act("AnotherPatient"), "quiet"),)
            slots = (("number", visit.number),)
            shown = part("Finished", "finished", options, variant=variant, slots=slots)
            return shown | {"number": visit.number, "staff": False}
        case Abandoned(why=why):
            return part("Abandoned", "goodbye", variant=why) | {"staff": False}
        case _:
            return road_page(visit, state)


def _verifying(
    visit: Visit, state: ChoosingVerification | EnteringPin | ReadingCardFront | MatchingFace
) -> Part:
    match state:
        case ChoosingVerification(tries_left=tries):
            return _verification(visit, tries)
        case EnteringPin(tries_left=tries, wrong=wrong, last_try=last_try):
            face = can_verify_by_face(visit)
            shown = _pin(tries, wrong, last_try, busy=state.checking or bool(state.opening), face=face)
            return _of_a_phone(shown) if state.phone else shown
        case ReadingCardFront():
            return front_page(visit, state)
        case MatchingFace():
            return camera_page(visit, state)


# Pages that hold nothing of a person are few, and each is made once.


@cache
def _welcome(hint: str, *, phones: bool) -> Part:
    """Where a reader takes phones, they are placed like a card; elsewhere a way says that they cannot be used."""
    shown = part("Welcome", "place_card", _ways(phone=not phones))
    how = Sentence("Welcome.body")
    if hint:
        shown["body"] = (Sentence("Welcome.removed_early"), how)
    elif phones:
        shown["body"] = (how, Sentence("Welcome.phone"))
    return shown


def led_away(visit: Visit) -> bool:
    """Whether the certified reader is the one to be used: there is no reader here, or what it reads could not be
    looked up."""
    capabilities = visit.policy.capabilities
    direct = visit.reader_available and Capability.BY_CARD in capabilities
    return Capability.FACE_RESULT in capabilities and not direct


@cache
def _certified() -> Part:
    return part("Welcome", "certified_reader", _ways(phone=False), variant="certified")


def _ways(*, phone: bool = True) -> tuple[Option, ...]:
    ways: tuple[Literal["phone", "no_card", "companion"], ...] = ("phone", "no_card", "companion")
    return tuple(
        Option(way, Act("WayChosen", (("way", way),)), "quiet") for way in ways if phone or way != "phone"
    )


def _reading(visit: Visit, state: ReadingCard) -> Part:
    if state.problem is not None:
        retry = (Option("retry", Act("RetryChosen"), "main"), OTHER_WAYS)
        picture: Picture = "sleeve" if state.problem is Reason.CARD_UNREADABLE else "wrong_card"
        return part("ReadingCard", picture, retry, variant=f"problem.{state.problem}")
    if visit.card is not None and visit.card.insertion is None:
        return part("ReadingCard", "reading", variant="reader_away", waiting=True)
    variant = "recheck" if state.resume is not None else ""
    return part("ReadingCard", "reading", variant=variant, waiting=True)


@cache
def _choosing(tries: int) -> Part:
    slots = (("tries", str(tries)),)
    options = (
        Option("pin", Act("PinChosen"), "equal", slots),
        Option("call_staff_instead", CALL_STAFF, "equal"),
    )
    return part("ChoosingVerification", "choose", options, slots=slots)


def _verification(visit: Visit, tries: int) -> Part:
    """What cannot work is not offered, and one line says why; nothing is said of what is not here at all."""
    bar = face_bar(visit)
    if visit.policy.face is None or (tries > 0 and bar == "not_here"):
        return _choosing(tries)
    shown = dict(_choosing_with_face(tries, face=bar is None))
    if tries < 1:
        shown["notices"] = (Sentence(f"ChoosingVerification.no_pin.{why_no_pin(visit)}"),)
    elif bar not in (None, "no_card"):
        shown["notices"] = (Sentence(f"ChoosingVerification.no_face.{bar}"),)
    return shown


@cache
def _choosing_with_face(tries: int, *, face: bool) -> Part:
    slots = (("tries", str(tries)),)
    options = [Option("face", Act("FaceChosen"), "equal")] if face else []
    if tries > 0:
        options.append(Option("pin", Act("PinChosen"), "equal", slots))
    options.append(Option("call_staff_instead", CALL_STAFF, "quiet" if len(options) == 2 else "equal"))
    if tries < 1:
        options.append(OTHER_WAYS)
    return part("ChoosingVerification", "choose", tuple(options), variant="" if face else "pin", slots=slots)


@cache
def _pin(tries: int, wrong: bool, last_try: bool, *, busy: bool, face: bool) -> Part:
    slots = (("tries", str(tries)),)
    if busy:
        return part("EnteringPin", "pin", variant="checking", slots=slots, waiting=True)
    if last_try:
        instead = (Option("face_instead", Act("FaceChosen"), "equal"),) if face else ()
        options = (
            *instead,
            Option("call_staff_instead", CALL_STAFF, "equal"),
            Option("pin_last_try", Act("LastTryAccepted"), "equal"),
        )
        return part("EnteringPin", "pin", options, variant="last_try", slots=slots) | {"back": True}
    forgotten = (Option("pin_forgotten", Act("PinForgotten"), "quiet"),)
    variant = "wrong" if wrong else ""
    return part("EnteringPin", "pin", forgotten, variant=variant, slots=slots) | {
        "back": True,
        "keypad": True,
    }


def _of_a_phone(shown: Part) -> Part:
    """Its own PIN, and nothing to go back to; meanwhile it may be in the hand."""
    variant, title = shown["variant"], shown["title"]
    key = f"EnteringPin.phone_{variant}" if variant else "EnteringPin.phone"
    slots = title.slots if isinstance(title, Sentence) else ()
    own = {"title": Sentence(f"{key}.title", slots), "body": (Sentence(f"{key}.body", slots),)}
    return shown | own | {"picture": "phone_locks", "back": False}


@cache
def _registration(again: bool, *, sent: bool) -> Part:
    if sent:
        return part("OfferingRegistration", "register", variant="sent", waiting=True)
    options = (
        Option("register", Act("RegistrationAccepted"), "equal"),
        Option("register_not", Act("RegistrationDeclined"), "equal"),
    )
    return part("OfferingRegistration", "register", options, variant="again" if again else "")


@cache
def _consent(asked: tuple[ConsentItem, ...], limit_without_asking: bool) -> Part:
    options = (
        Option("consent_all", Act("ConsentAllGiven"), "equal"),
        Option("consent_choose", Act("ConsentItemsChosen"), "equal"),
        Option("consent_none", Act("ConsentAllRefused"), "equal"),
    )
    limit = (Sentence("AskingConsent.limit"),) if limit_without_asking else ()
    items = tuple(Sentence(f"consent.{item}.name") for item in asked)
    return part("AskingConsent", "consent", options) | {"notices": (*items, *limit)}


@cache
def _consent_item(item: ConsentItem) -> Part:
    def decide(choice: Choice) -> Act:
        return Act("ConsentItemDecided", (("item", item), ("choice", choice)))

    return {
        "variant": "items",
        "title": Sentence(f"consent.{item}.title"),
        "body": (Sentence(f"consent.{item}.body"),),
        "picture": "consent",
        "options": (
            Option("consent_yes", decide(Choice.AGREED), "equal"),
            Option("consent_no", decide(Choice.DECLINED), "equal"),
        ),
        "back": True,
    }


def _confirmed(visit: Visit) -> Part:
    assistance = Reason.PUBLIC_ASSISTANCE in visit.notices
    result = _shown_coverage(visit)
    name = masked_kana(result.name_kana or result.name) if result is not None else ""
    shown = part(
        "Confirmed",
        "confirmed",
        (Option("next", Act("Acknowledged"), "main"),),
        variant="public_assistance" if assistance else "",
        slots=(("name", name),),
    )
    if not name:
        shown["body"] = ()
    shown["notices"] = tuple(
        n for reason in visit.notices if (n := _notice(reason, visit.verified)) is not None
    )
    shown["details"] = _details(visit, result)
    return shown


def _shown_coverage(visit: Visit) -> ResultOfQualificationConfirmation | None:
    if visit.answer is None or not visit.answer.results:
        return None
    in_force = visit.answer.in_force(visit.entered.day)
    return (in_force or visit.answer.results)[0]


def _notice(reason: Reason, certificate: CertificateFacts | None) -> Sentence | None:
    if certificate is None:
        return None
    last = japanese_date(certificate.not_after)
    match reason:
        case Reason.CERTIFICATE_EXPIRING:
            return Sentence("notice.certificate_expiring", (("day", last.isoformat()),))
        case Reason.CERTIFICATE_EXPIRED_GRACE:
            return Sentence(
                "notice.certificate_expired_grace", (("day", last_day_of_grace(last).isoformat()),)
            )
        case _:
            return None


def _details(visit: Visit, result: ResultOfQualificationConfirmation | None) -> tuple[Detail, ...]:
    if result is None:
        return ()
    lines = [Detail("detail.insurer", result.insurer_name)] if result.insurer_name else []
    birth = result.birth_date or (date.fromisoformat(visit.birth_date) if visit.birth_date else None)
    tenths = result.share_tenths(visit.entered.day, birth) if birth is not None else None
    share = (
        Sentence("share.by_age") if tenths is None else Sentence("share.tenths", (("tenths", str(tenths)),))
    )
    lines.append(Detail("detail.share", share))
    if visit.consents:
        agreed = [item for item, choice in visit.consents if choice is Choice.AGREED]
        lines += [Detail("detail.consent_given", Sentence(f"consent.{item}.name")) for item in agreed]
        if not agreed:
            lines.append(Detail("detail.consent_given", Sentence("consent.none_given")))
    return tuple(lines)


def _staff(visit: Visit, state: WaitingForStaff) -> Part:
    stop = Option("stop", Act("StaffCancelled"), "quiet")
    again = (Option("try_again", Act("RetryChosen"), "main"),) if can_retry(visit, state) else ()
    if state.reason is None:
        alone = Option("go_on_alone", Act("StaffCancelled"), "quiet")
        ways = (alone,) if state.back_to is not None else (*again, stop)
        return part("WaitingForStaff", "staff", ways, variant="called") | {"staff": False}
    ways = (OTHER_WAYS,) if may_look_for_ways(visit) else ()
    shown = part("WaitingForStaff", "staff", (*again, *ways, stop), variant="reason")
    shown["title"] = Sentence(f"reason.{state.reason}.patient")
    shown["body"] = (Sentence(f"reason.{state.reason}.remedy"), Sentence("WaitingForStaff.reason.body"))
    shown["code"] = state.code or state.reason.value
    shown["staff"] = False
    return shown
