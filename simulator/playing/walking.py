"""What somebody does on the pages of the fallback: the first way that they can take, and what its pages ask for."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Literal

from kiosk.evidence.model import Document, Way
from kiosk.visit.acts import Act
from kiosk.visit.flow.evidence import offers
from kiosk.visit.form import FormField
from kiosk.visit.states import (
    ChoosingEvidence,
    Companion,
    FillingDeclaration,
    IdentifyingKnown,
    SchoolTrip,
    ShowingCertificate,
    ShowingNotice,
    ShowingPortal,
    StaffVerifying,
    Visit,
)
from kiosk.visit.views import FieldView, VisitView
from simulator.playing.someone import Someone

SIGNATURE = "40,160 90,80 140,170;180,90 240,150 300,100;330,120 420,130"
"""Three strokes, as ``FormSigned`` wants them."""
DECLINED = "declined registration"
"""Noted of somebody who does not want it, so that they do not take it as a way on."""
Showing = Literal["showing"]
SHOWING: Showing = "showing"
"""There is nothing to touch: a person must look."""

_OTHER_WAYS = Act("EvidenceWanted")
_TRIP_PAPERS: tuple[Document, ...] = (Document.PORTAL_PDF, Document.NOTICE_COPY)


def next_on_the_road(
    visit: Visit, view: VisitView, one: Someone, tried: Collection[str]
) -> Act | Showing | None:
    """The next touch of this person; None where only time helps. ``tried``: the ``attempt``s that they have made
    already, and what they do not want."""
    match visit.state:
        case ChoosingEvidence(first=first):
            return _choose(visit, view, first, one, tried)
        case Companion():
            kind = "school_trip" if one.arrives == "school_trip" else "companion"
            return Act("CompanionChosen", (("kind", kind),))
        case SchoolTrip(document=None):
            papers = [paper for paper in _TRIP_PAPERS if one.has(paper)]
            return Act("TripDocumentChosen", (("document", papers[0].value),)) if papers else _OTHER_WAYS
        case ShowingCertificate(field=None, form=form, scanned=scanned):
            unread = one.printed and not form.answers and not scanned
            return Act("NumbersWanted") if unread else SHOWING
        case SchoolTrip(field=None) | ShowingNotice() | ShowingPortal() | StaffVerifying():
            return SHOWING
        case IdentifyingKnown(found=found) if found is not None:
            return SHOWING
        case FillingDeclaration(step="source", covered=False, problem=problem):
            copies = (
                one.knows_text_pin
                and not problem
                and any(option.id == "form_card" for option in view.options)
            )
            return Act("FormBegun", (("source", "card" if copies else "hand"),))
        case FillingDeclaration(step="signature", covered=False):
            return Act("FormSigned", (("signature", SIGNATURE),))
        case state if view.field is not None:
            told = one.printed if isinstance(state, ShowingCertificate) else one.tells
            return _answer(view.field, told.get(view.field.field, ""))
        case _:
            return view.options[0].act if view.options else None


def _choose(visit: Visit, view: VisitView, first: int, one: Someone, tried: Collection[str]) -> Act:
    """The first way in the order of the book; on to the next page of them where none of these will do."""
    for option in view.options:
        if option.act.name != "EvidenceChosen":
            continue
        way = Way(dict(option.act.args)["way"])
        if attempt(way, visit.reason) not in tried and _can_take(way, one, tried):
            return option.act
    shown = sum(option.act.name == "EvidenceChosen" for option in view.options)
    return Act("MoreChosen") if first + shown < len(offers(visit)) else Act("StaffCalled")


def attempt(way: Way, reason: str | None) -> str:
    """The same way may be worth another try for another reason."""
    return f"{way} after {reason}"


def _can_take(way: Way, one: Someone, tried: Collection[str]) -> bool:
    needed = _NEEDED.get(way)
    if way is Way.REGISTER_HERE:
        return DECLINED not in tried
    return needed is None or needed(one)


_NEEDED: dict[Way, Callable[[Someone], bool]] = {
    Way.RETRY: lambda one: one.holds_card,
    Way.VERIFY_BY_STAFF: lambda one: one.holds_card,
    Way.OTHER_READER: lambda one: one.holds_card,
    Way.CERTIFICATE: lambda one: one.has(Document.CERTIFICATE),
    Way.CARD_PORTAL: lambda one: one.holds_card and one.has(Document.PORTAL),
    Way.CARD_NOTICE: lambda one: one.holds_card and one.has(Document.NOTICE),
    Way.LEGACY_CARD: lambda one: one.has(Document.LEGACY_CARD),
    Way.LEGACY_TOLERANCE: lambda one: one.has(Document.LEGACY_CARD),
    Way.SCHOOL_TRIP_COPY: lambda one: any(one.has(paper) for paper in _TRIP_PAPERS),
    Way.KNOWN_DATA: lambda one: one.known,
    Way.CARD_DECLARATION: lambda one: one.holds_card,
}
"""What must be at hand; the other ways are open to everybody."""


def _answer(asked: FieldView, known: str) -> Act:
    """As the person knows it, else the share that fits their age, else わからない, else back: it cannot be told."""
    value = known or (asked.suggested if asked.field is FormField.RATIO else "")
    if value:
        return Act("FieldAnswered", (("field", asked.field.value), ("value", value)))
    return Act("FieldSkipped", (("field", asked.field.value),)) if asked.skip else Act("BackChosen")
