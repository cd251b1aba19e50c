"""A person is called, comes, and decides; or the patient goes on alone after all."""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.evidence.loading import book
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import RETRIABLE
from kiosk.visit.effects import AlertStaff
from kiosk.visit.events import Event, RetryChosen, StaffActed, StaffCalled, StaffCancelled
from kiosk.visit.facing import begin_face, can_help_by_face
from kiosk.visit.flow.beside import resumed
from kiosk.visit.flow.certified import settle_unclaimed
from kiosk.visit.flow.evidence import decision_with_file, once_more, open_form, settle, to_the_ways
from kiosk.visit.flow.known import staff_know_them
from kiosk.visit.moves import (
    FALLBACK,
    Resumable,
    abandon,
    begin,
    call_staff,
    enter,
    finish,
    has_result,
    is_accepted,
    read_card,
    reading_of,
    road_of,
    stay,
    welcome,
)
from kiosk.visit.phones import proven_by_phone
from kiosk.visit.states import (
    Abandoned,
    AskingConsent,
    ChoosingEvidence,
    ChoosingVerification,
    Confirmed,
    ConfirmingKnownData,
    EnteringPin,
    ExplainingSelfPay,
    FillingDeclaration,
    Finished,
    IdentifyingKnown,
    LookingUp,
    MatchingFace,
    OfferingRegistration,
    OutOfService,
    ReadingCard,
    ReadingCardFront,
    ReadingPhone,
    SchoolTrip,
    ShowingCertificate,
    ShowingNotice,
    ShowingPortal,
    StaffVerifying,
    State,
    TakeCard,
    UsingCertifiedReader,
    Visit,
    WaitingForStaff,
    Welcome,
)
from kiosk.visit.table import Result, on


@on(
    Welcome, OutOfService, ReadingCard, ChoosingVerification, EnteringPin, ReadingPhone, OfferingRegistration,
    AskingConsent, LookingUp, Confirmed, *(page for page in FALLBACK if page is not StaffVerifying),
    event=StaffCalled, to=(WaitingForStaff,),
)  # fmt: skip
def patient_calls(visit: Visit, _state: State, event: StaffCalled) -> Result:
    return call_staff(visit if visit.id else begin(visit, event), event.at)


@on(StaffVerifying, event=StaffCalled, to=())
def they_are_on_their_way(visit: Visit, _state: StaffVerifying, _event: StaffCalled) -> Result:
    return stay(visit, AlertStaff("called"))


@on(WaitingForStaff, event=StaffCancelled, to=(*Resumable, TakeCard, Abandoned, Finished))
def go_on_alone(visit: Visit, state: WaitingForStaff, event: StaffCancelled) -> Result:
    """Back to the page the patient called from. Where there is none, the visit is over and the card goes back."""
    return _go_on(visit, state, event)


@on(WaitingForStaff, event=RetryChosen, to=(ReadingCard, EnteringPin, MatchingFace, AskingConsent, LookingUp,
    Welcome, OutOfService))  # fmt: skip
def try_again(visit: Visit, state: WaitingForStaff, event: RetryChosen) -> Result:
    return once_more(visit, event) if can_retry(visit, state) else stay(visit)


def can_retry(visit: Visit, state: WaitingForStaff) -> bool:
    """Who called while a machine was being asked has no page to go back to, but can ask again."""
    if visit.registered is False or visit.outcome is not None:
        return False
    if state.reason is None:
        return state.back_to is None and visit.card is not None and visit.card.insertion is not None
    return state.reason in RETRIABLE


@on(
    WaitingForStaff, event=StaffActed,
    to=(*Resumable, TakeCard, Abandoned, Finished, ReadingCardFront, MatchingFace),
)  # fmt: skip
def staff_came(visit: Visit, state: WaitingForStaff, event: StaffActed) -> Result:
    if state.unclaimed:
        return settle_unclaimed(visit, event)
    match event.action:
        case "resume":
            return _go_on(visit, state, event)
        case "handled":
            return finish(replace(visit, outcome=visit.outcome or "handed_to_staff"), event.at)
        case "restart":
            return abandon(visit, "closed_by_staff", event.at)
        case "accept":
            return _accept(visit, event.way, event)
        case "refuse" | "evidence":
            return (
                stay(visit) if visit.outcome is not None else to_the_ways(visit, event.at, refused=event.way)
            )
        case "face":
            return compare_face(visit, state, event)


def staff_look(visit: Visit, state: State, event: StaffActed) -> Result:
    """What staff say to what is shown. Until then it is only shown."""
    if is_accepted(visit) and event.action not in ("handled", "restart"):
        return stay(visit)
    way = event.way or way_shown(state)
    match event.action:
        case "resume":
            return stay(visit)
        case "handled":
            return finish(replace(visit, outcome=visit.outcome or "handed_to_staff"), event.at)
        case "restart":
            return abandon(visit, "closed_by_staff", event.at)
        case "evidence":
            return to_the_ways(visit, event.at)
        case "refuse":
            return stay(visit) if way in (None, Way.SELF_PAY) else to_the_ways(visit, event.at, refused=way)
        case "accept":
            return _accept(visit, way, event)
        case "face":
            return compare_face(visit, state, event)


def compare_face(visit: Visit, state: State, event: StaffActed) -> Result:
    """Staff who doubt, or who cannot see well, have the camera say what it can; they decide."""
    match state:
        case ShowingNotice() | ShowingPortal() | StaffVerifying() | WaitingForStaff():
            return begin_face(visit, event, state) if can_help_by_face(visit) else stay(visit)
        case ShowingCertificate(field=None):
            return begin_face(visit, event, state) if can_help_by_face(visit) else stay(visit)
        case _:
            return stay(visit)


def may_compare_face(visit: Visit) -> bool:
    """Whether staff can ask for it now."""
    typing = isinstance(visit.state, ShowingCertificate) and visit.state.field is not None
    return isinstance(visit.state, _COMPARED) and not typing and can_help_by_face(visit)


_COMPARED = (ShowingCertificate, ShowingNotice, ShowingPortal, StaffVerifying, WaitingForStaff)
_FACE = (ReadingCardFront, MatchingFace)


_ENDS = (ChoosingEvidence, TakeCard, Abandoned, Finished)
_SHOWING = (ShowingCertificate, ShowingNotice, ShowingPortal)
_ONLY_LOOK = tuple(page for page in FALLBACK if page not in (*_SHOWING, IdentifyingKnown, StaffVerifying))
on(*_ONLY_LOOK, event=StaffActed, to=_ENDS)(staff_look)
on(*_SHOWING, event=StaffActed, to=(*_ENDS, *_FACE))(staff_look)
on(IdentifyingKnown, event=StaffActed, to=(*_ENDS, ConfirmingKnownData))(staff_look)
on(StaffVerifying, event=StaffActed, to=(*_ENDS, FillingDeclaration, *_FACE))(staff_look)


def way_shown(state: State) -> Way | None:
    """What the patient is showing on this page."""
    match state:
        case FillingDeclaration(way=way) | StaffVerifying(way=way) | UsingCertifiedReader(way=way):
            return way
        case ReadingCardFront(back_to=page) | MatchingFace(back_to=page) if page is not None:
            return way_shown(page)
        case _:
            return _SHOWN.get(type(state))


_SHOWN: dict[type[State], Way] = {
    ShowingCertificate: Way.CERTIFICATE,
    ShowingNotice: Way.CARD_NOTICE,
    ShowingPortal: Way.CARD_PORTAL,
    SchoolTrip: Way.SCHOOL_TRIP_COPY,
    IdentifyingKnown: Way.KNOWN_DATA,
    ConfirmingKnownData: Way.KNOWN_DATA,
    ExplainingSelfPay: Way.SELF_PAY,
}


NEEDS_LOOK_UP = frozenset({Way.LEGACY_TOLERANCE})
"""What the rule book accepts only together with a look-up by the numbers that stand on it (rules.toml)."""


def is_looked_up(visit: Visit, event: StaffActed) -> bool:
    """The system agreed with the numbers, here and on record; or staff say that they asked it at another place."""
    road = visit.fallback
    agreed = road is not None and road.check is not None and road.check.agrees
    return agreed or event.looked_up == "elsewhere"


def _accept(visit: Visit, way: Way | None, event: StaffActed) -> Result:
    """Staff may accept what the rule book offers this patient, and nothing else."""
    state = visit.state
    if way is None or visit.outcome is not None or way not in decision_with_file(visit):
        return stay(visit)
    if way in NEEDS_LOOK_UP and not is_looked_up(visit, event):
        return stay(visit)
    match state:
        case IdentifyingKnown() if way is Way.KNOWN_DATA:
            return staff_know_them(visit, state, event)
        case StaffVerifying(way=Way.DECLARATION_EMERGENCY, on_paper=False) if (
            way is Way.DECLARATION_EMERGENCY
        ):
            return open_form(visit, way, event.at)
        case _ if way in book().electronic:
            return finish(replace(visit, outcome="handed_to_staff"), event.at)
        case _:
            return settle(replace(visit, fallback=road_of(visit)), way)


def _go_on(visit: Visit, state: WaitingForStaff, event: Event) -> Result:
    if has_result(visit) and not _can_show_result(visit, state):
        return finish(visit, event.at)  # the number is still to be told
    match state.back_to:
        case None:
            return abandon(visit, "stopped", event.at)
        case Welcome() | OutOfService():
            return welcome(visit, event.at, keep_preferences=True)
        case ReadingCard() if visit.card is not None and visit.card.insertion is not None:
            return read_card(visit, visit.card.insertion, event.at)
        case ReadingCard():
            return welcome(visit, event.at, keep_preferences=True)
        case (
            ChoosingVerification() | EnteringPin() | OfferingRegistration() | AskingConsent() | Confirmed()
        ) if not _still_there(visit):
            return welcome(visit, event.at, keep_preferences=True)
        case IdentifyingKnown(asked=asked, misses=misses) if asked:  # its answer was not waited for
            return enter(visit, IdentifyingKnown(misses=misses), event.at)
        case FillingDeclaration() as page:
            return enter(visit, resumed(visit, page), event.at, *reading_of(visit))
        case page:
            return enter(visit, page, event.at, *reading_of(visit))


def _can_show_result(visit: Visit, state: WaitingForStaff) -> bool:
    return isinstance(state.back_to, Confirmed) and _still_there(visit)


def _still_there(visit: Visit) -> bool:
    """The card lies there, or it was a phone that may be put away."""
    watched = visit.card is not None and visit.card.insertion is not None
    return watched or proven_by_phone(visit)


@on(ReadingCard, Confirmed, event=StaffActed, to=(TakeCard, Abandoned))
@on(
    EnteringPin, ReadingPhone, OfferingRegistration, AskingConsent, LookingUp,
    event=StaffActed, to=(TakeCard, Abandoned),
)  # fmt: skip
def staff_closes(visit: Visit, _state: State, event: StaffActed) -> Result:
    """Staff may end any visit from their side; the other actions need a patient who waits for them."""
    if event.action != "restart":
        return stay(visit)
    return abandon(visit, "closed_by_staff", event.at)


on(ChoosingVerification, event=StaffActed, to=(TakeCard,))(staff_closes)
