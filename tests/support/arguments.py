"""Arguments for the events of random visits: mostly what the visit waits for, now and then late or foreign ones."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, get_args, get_type_hints

from drivers.interface import (
    CardFacts,
    CardText,
    FaceDoubt,
    FaceHint,
    FaceVerdict,
    Failure,
    Fault,
    Revocation,
    Token,
)
from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Choice, ConsentItem
from kiosk.evidence.loading import book
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.form import Form, FormField
from kiosk.visit.presenting import view_of
from kiosk.visit.states import AskingConsent, ReadingPhone, Visit
from tests.support.dead_ends import ANSWERS
from tests.support.readings import error, reading
from tests.support.visits import TARO, TEXT, answer, certificate, coverage, facts

INSERTIONS = (1, 2, 3)
REVOCATIONS = (*[Revocation.UNKNOWN] * 7, Revocation.REVOKED)
FAILURES = (
    Reason.NETWORK_FAULT, Reason.NOT_REGISTERED, Reason.DEREGISTERED, Reason.STILL_PROCESSING, Reason.ANSWER_UNKNOWN,
)  # fmt: skip
REASONS = (*Reason,)
WAYS = (*Way,)
FIELDS = (*FormField,)
CAUSES = (*(cause.id for cause in book().causes_of(Reason.NO_CARD)), "card_damaged")
ACTIONS: tuple[str, ...] = get_args(get_type_hints(e.StaffActed)["action"])
SOME_ACTIONS = (*ACTIONS, "accept", "refuse")
SOME_ANSWERS: tuple[Answer, ...] = (
    answer("1"),
    answer("1", coverage(), coverage(insurer_number="x")),
    answer("1", coverage(birth="19500101")),
    *(answer(code) for code in "23456"),
    answer("1", segment="2"),
    answer("1", coverage(insurer_number="06130017", insured_identification_number="00567")),
    answer("", segment="9", error_code="X1"),
    answer("8"),
)
SOME_RESULTS = (
    *(reading(one) for one in SOME_ANSWERS),
    reading(desk=""),
    *(error(code) for code in ("001", "002", "E77")),
)
OTHER_CARDS = (
    CardFacts(Token.CARD, None, 3),
    CardFacts(Token.ANDROID, None, 3),
    CardFacts(Token.OLD_RESIDENT_CARD, None, None),
    CardFacts(Token.CARD, certificate(), 0, pin_by_design_locked=True),
)
VERDICTS = (
    FaceVerdict(None, 5, True, 5),
    FaceVerdict(None, 4, None, 5),
    *(FaceVerdict(doubt, 3, None, 5) for doubt in FaceDoubt),
)
CARD_FAULTS = (Fault.CARD_MUTE, Fault.READER_GONE, Fault.PHOTO_UNUSABLE, Fault.PIN_LOCKED, Fault.INTERNAL)
FACE_FAULTS = (
    Fault.CAMERA_GONE, Fault.PHOTO_UNUSABLE, Fault.TIMED_OUT, Fault.CARD_GONE, Fault.MODEL_WRONG, Fault.INTERNAL,
)  # fmt: skip
PAPER = Form(
    (
        (FormField.BIRTH_DATE, "1981-04-05"),
        (FormField.INSURER_NUMBER, "01130012"),
        (FormField.NUMBER, "4711"),
    )
)
NO_TEXT = CardText("", "", None, "9")
Fields = dict[str, Any]


class _Told:
    """What is known of a visit to make up an event for it."""

    def __init__(self, visit: Visit, rng: random.Random) -> None:
        self.visit = visit
        self.rng = rng

    def one_of(self, *values: Any) -> Any:
        return values[int(self.rng.random() * len(values))]

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    @property
    def insertion(self) -> int:
        state = self.visit.state
        if isinstance(state, ReadingPhone) and state.step == "verify" and self.chance(0.8):
            return state.asked
        card = self.visit.card
        known = card is not None and card.insertion is not None and self.chance(0.8)
        return card.insertion if known and card is not None and card.insertion else self.one_of(*INSERTIONS)

    @property
    def question(self) -> str:
        return _awaited(self.visit) if self.chance(0.8) else "late"

    @property
    def facts(self) -> CardFacts:
        if self.visit.policy.phones and self.chance(0.6):
            return self.phone
        if self.chance(0.1):
            return self.one_of(*OTHER_CARDS)  # type: ignore[no-any-return]
        return facts(
            self.one_of(0, 1, 2, 3, None),
            sha256=self.one_of("aa", "aa", "aa", "bb"),
            days=self.one_of(900, 900, 60, -10, -200),
            revocation=self.one_of(*REVOCATIONS),
        )

    @property
    def phone(self) -> CardFacts:
        """Mostly the one that was held before."""
        state = self.visit.state
        held = state if isinstance(state, ReadingPhone) and self.chance(0.8) else None
        token = held.token if held is not None else self.one_of(Token.ANDROID, Token.IPHONE)
        tries = held.tries_left if held is not None and held.slot else self.one_of(0, 1, 2, 3)
        return CardFacts(token, certificate() if token is Token.IPHONE and self.chance(0.5) else None, tries)

    @property
    def item(self) -> ConsentItem:
        state = self.visit.state
        if isinstance(state, AskingConsent) and self.chance(0.9):
            return state.items[min(len(state.decided), len(state.items) - 1)]
        return self.one_of(*ConsentItem)  # type: ignore[no-any-return]

    @property
    def field(self) -> FormField:
        field = getattr(self.visit.state, "field", None)
        return field if field is not None and self.chance(0.9) else FormField(self.one_of(*FIELDS))

    @property
    def paper(self) -> Form:
        road = self.visit.fallback
        typed = road.check.paper if road is not None and road.check is not None else None
        return typed if typed is not None and self.chance(0.7) else PAPER

    @property
    def way(self) -> Way:
        acts = [option.act for option in view_of(self.visit).options]
        offered = [dict(act.args)["way"] for act in acts if act.name == "EvidenceChosen"]
        return Way(self.one_of(*(offered if offered and self.chance(0.9) else WAYS)))


def _awaited(visit: Visit) -> str:
    for state in (visit.state, getattr(visit.state, "resume", None)):
        for field in ("question", "opening", "sent", "asked"):
            if value := getattr(state, field, ""):
                return str(value)
    road = visit.fallback
    if road is not None:
        return road.matching or (road.check.question if road.check is not None else "") or "nobody-asked"
    return visit.register_question or "nobody-asked"


def _asks_its_holder(visit: Visit) -> bool:
    return isinstance(visit.state, ReadingPhone) and visit.state.token is Token.IPHONE


def _lying(visit: Visit) -> int:
    if isinstance(visit.state, ReadingPhone) and visit.state.step == "verify":
        return visit.state.asked
    return (visit.card.insertion if visit.card is not None else None) or 1


def _answered(told: _Told) -> Fields:
    field = told.field
    right = ANSWERS[field] if told.chance(0.9) else told.one_of("", "x", "1950-01-01", "1")
    return {"field": field, "value": right}


_MAKE: dict[type[e.Event], Callable[[_Told], Fields]] = {
    e.ReaderChanged: lambda t: {"available": t.chance(0.5), "scanned": t.chance(0.9)},
    e.CardInserted: lambda t: {"insertion": t.one_of(*INSERTIONS), "mute": t.chance(0.1)},
    e.CardRemoved: lambda t: {"insertion": t.insertion},
    e.CardRead: lambda t: {"insertion": t.insertion, "facts": t.facts},
    e.CardFailed: lambda t: {
        "insertion": t.insertion,
        "failure": Failure(t.one_of(*Fault), True, ""),
        "kept": t.chance(0.5),
    },
    e.PinVerified: lambda t: {
        "insertion": t.insertion,
        "certificate": certificate(t.one_of("aa", "aa", "aa", "bb"), revocation=t.one_of(*REVOCATIONS)),
        "on_phone": _asks_its_holder(t.visit),
    },
    e.PinRefused: lambda t: {"insertion": t.insertion, "tries_left": t.one_of(0, 1, 2)},
    e.TextTriesTold: lambda t: {
        "insertion": t.insertion,
        "key": getattr(t.visit.state, "key", None) or t.one_of("pin", "number_b"),
        "tries_left": t.one_of(0, 1, 2, 3, 10),
    },
    e.CardTextRead: lambda t: {"insertion": t.insertion, "text": t.one_of(TEXT, NO_TEXT)},
    e.TextRefused: lambda t: {"insertion": t.insertion, "tries_left": t.one_of(0, 1, 2)},
    e.PhotoTriesTold: lambda t: {"insertion": t.insertion, "tries_left": t.one_of(0, 1, 2, 10)},
    e.PhotoRead: lambda t: {"insertion": t.insertion, "genuine": t.chance(0.5)},
    e.PhotoRefused: lambda t: {"insertion": t.insertion, "tries_left": t.one_of(0, 1, 9)},
    e.CameraChanged: lambda t: {"available": t.chance(0.5)},
    e.FaceHinted: lambda t: {"question": t.question, "hint": t.one_of(*FaceHint)},
    e.FaceJudged: lambda t: {"question": t.question, "verdict": t.one_of(*VERDICTS)},
    e.FaceFailed: lambda t: {"question": t.question, "failure": Failure.of(t.one_of(*FACE_FAULTS))},
    e.FrontFailed: lambda _: {"failure": Failure.of(Fault.CAMERA_GONE)},
    e.LanguageChosen: lambda _: {"language": "en"},
    e.TextSizeChosen: lambda _: {"text_size": "large"},
    e.ContrastChosen: lambda _: {"contrast": "high"},
    e.WayChosen: lambda t: {"way": t.one_of("no_card", "phone", "companion")},
    e.PinEntered: lambda _: {"slot": "s"},
    e.ConsentItemDecided: lambda t: {"item": t.item, "choice": t.one_of(*Choice)},
    e.EvidenceChosen: lambda t: {"way": t.way},
    e.NoCardChosen: lambda t: {"cause": t.one_of(*CAUSES)},
    e.CompanionChosen: lambda t: {"kind": t.one_of("companion", "school_trip")},
    e.TripDocumentChosen: lambda t: {"document": t.one_of("portal_pdf", "notice_copy")},
    e.CodeScanned: lambda t: {"text": t.one_of("06130017 12-34", "", "\x00")},
    e.FieldAnswered: _answered,
    e.FieldSkipped: lambda t: {"field": t.field},
    e.FieldChosen: lambda t: {"field": t.one_of(*FIELDS)},
    e.FormBegun: lambda t: {"source": t.one_of("card", "hand", "hand", "paper")},
    e.TextKeyChosen: lambda t: {"key": t.one_of("pin", "number_b")},
    e.FormSigned: lambda t: {"signature": t.one_of("", "1,1 2,2")},
    e.CardOpened: lambda t: {
        "question": t.question,
        "registered": t.chance(0.7),
        "deregistered": t.chance(0.3),
        "birth_date": t.one_of("", "1981-04-05", "1986-11-25"),
    },
    e.Answered: lambda t: {"question": t.question, "answer": t.one_of(*SOME_ANSWERS)},
    e.AnswerCame: lambda t: {
        "question": t.one_of(*t.visit.asked, t.question),
        "answer": t.one_of(*SOME_ANSWERS),
        "paper": t.paper if t.chance(0.4) else None,
        "asked": t.one_of("here", "again", "for_staff"),
    },
    e.AskFailed: lambda t: {
        "question": t.question,
        "reason": t.one_of(*(FAILURES if t.chance(0.5) else REASONS)),
    },
    e.Registered: lambda t: {"question": t.visit.register_question or t.question},
    e.PatientFound: lambda t: {
        "question": t.question,
        "patient": t.one_of(TARO, TARO, None),
        "match": t.one_of("reference", "numbers", "card_number"),
    },
    e.FaceResultArrived: lambda t: {
        "result": t.one_of(*SOME_RESULTS),
        "recent": t.chance(0.9),
        "given_by": "suzuki" if t.chance(0.2) else "",
    },
    e.NumberAssigned: lambda _: {"number": "A1"},
    e.TicketPrinted: lambda t: {"number": t.one_of("A1", "A0"), "ok": t.chance(0.5)},
    e.StaffActed: lambda t: {
        "action": t.one_of(*SOME_ACTIONS),
        "way": t.one_of(*WAYS) if t.chance(0.3) else None,
        "looked_up": t.one_of("", "elsewhere"),
    },
}


def fields_for(kind: type[e.Event], visit: Visit, rng: random.Random) -> Fields:
    """Plausible arguments for an event of this kind."""
    make = _MAKE.get(kind)
    return make(_Told(visit, rng)) if make is not None else {}


_SEVERAL: dict[type[e.Event], Callable[[_Told], list[Fields]]] = {
    e.ReaderChanged: lambda _: [{"available": available} for available in (True, False)],
    e.PinVerified: lambda t: [
        *({"certificate": certificate(revocation=one), "insertion": _lying(t.visit)} for one in Revocation),
        {"certificate": certificate("bb"), "insertion": _lying(t.visit)},
    ],
    e.PinRefused: lambda t: [{"tries_left": tries, "insertion": _lying(t.visit)} for tries in (0, 1, 2)],
    e.PhotoTriesTold: lambda t: [{"tries_left": tries, "insertion": _lying(t.visit)} for tries in (0, 1, 10)],
    e.PhotoRefused: lambda _: [{"tries_left": tries} for tries in (0, 1, 9)],
    e.CameraChanged: lambda _: [{"available": available} for available in (True, False)],
    e.FaceJudged: lambda t: [{"verdict": verdict, "question": _awaited(t.visit)} for verdict in VERDICTS[:4]],
    e.FaceFailed: lambda t: [
        {"failure": Failure.of(fault), "question": _awaited(t.visit)} for fault in FACE_FAULTS
    ],
    e.CardFailed: lambda t: [
        {},
        *({"failure": Failure.of(fault), "insertion": _lying(t.visit)} for fault in CARD_FAULTS),
    ],
    e.WayChosen: lambda _: [{"way": way} for way in ("no_card", "phone", "companion")],
    e.EvidenceChosen: lambda _: [{"way": way} for way in WAYS],
    e.CardOpened: lambda t: [
        {"registered": registered, "question": _awaited(t.visit)} for registered in (True, False)
    ],
    e.FieldAnswered: lambda _: [{}, {}, {"value": "1950-01-01"}],
    e.AskFailed: lambda _: [{}, *({"reason": reason} for reason in FAILURES)],
    e.PatientFound: lambda _: [{"patient": patient} for patient in (TARO, None)],
    e.StaffActed: lambda t: [
        *({"action": action, "way": None} for action in ACTIONS),
        *({"action": action, "way": t.one_of(*WAYS)} for action in ("accept", "refuse")),
    ],
    e.FaceResultArrived: lambda _: [
        {"result": one, "recent": True, "given_by": by} for one in SOME_RESULTS for by in ("", "suzuki")
    ],
    e.CardRead: lambda t: [{}, {}, {}, {"facts": facts(sha256="bb")}, {"facts": t.phone}, {"facts": t.phone}],
    e.Answered: lambda _: [{}] * 4,
    e.AnswerCame: lambda t: [
        *({"question": (*t.visit.asked, "late")[0], "paper": None, "answer": one} for one in SOME_ANSWERS),
        *({"paper": t.paper, "asked": asked, "answer": SOME_ANSWERS[0]} for asked in ("here", "again")),
    ],
}


def shapes_of(kind: type[e.Event], visit: Visit, rng: random.Random) -> list[Fields]:
    """The arguments that make one kind of event mean very different things."""
    several = _SEVERAL.get(kind)
    shapes = several(_Told(visit, rng)) if several is not None else [{}]
    return [fields_for(kind, visit, rng) | shape for shape in shapes]
