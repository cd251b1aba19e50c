"""``decide``: what a reception may accept. Pure; the book and the case say everything."""

from __future__ import annotations

import unicodedata

import msgspec

from kiosk.coverage.share import Share
from kiosk.evidence.case import Case, CaseError
from kiosk.evidence.conditions import ACCEPTS, REFUSES, Situation
from kiosk.evidence.model import (
    CERTIFICATE_REMEDIES,
    COMPANION_REMEDY,
    Book,
    BookError,
    CardAtHand,
    Cause,
    Circumstances,
    Contact,
    Document,
    Fee,
    Refusal,
    Route,
    Rule,
    Way,
)
from kiosk.evidence.reasons import Reason

_HELPED_ALREADY = frozenset({Reason.NEEDS_ASSISTANCE, Reason.SCHOOL_TRIP})


class Offer(msgspec.Struct, frozen=True):
    """A way that is open, with the rule that opens it."""

    way: Way
    rule: Rule

    @property
    def name_key(self) -> str:
        return f"evidence.{self.way}.name"


class Refused(msgspec.Struct, frozen=True):
    """A document at hand that is not accepted, with the rule that says why."""

    document: Document
    refusal: Refusal

    @property
    def why_key(self) -> str:
        return f"refused.{self.refusal.why}"


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of the book. ``offered`` is in the order in which to offer and always ends with ``self_pay``;
    ``refused`` has each document that may be at hand and is not accepted. The ``_key`` and ``_keys`` are sentences of
    the catalogues. ``share``: what to preselect, None where no age is known. ``route``: how a 資格確認書 is got.
    ``fees``: what this facility wants told of costs, ``evidence.fee.<id>``."""

    case: Case
    retriable: bool
    patient_key: str
    remedy_key: str
    staff_key: str
    remedy_keys: tuple[str, ...]
    route: Route
    contacts: tuple[Contact, ...]
    offered: tuple[Offer, ...]
    refused: tuple[Refused, ...]
    share: Share | None
    fees: tuple[Fee, ...]

    @property
    def ways(self) -> tuple[Way, ...]:
        return tuple(offer.way for offer in self.offered)


def decide(case: Case, book: Book) -> Decision:
    """What to offer, what to refuse and why, what to say and whom to name. Raises ``CaseError`` for a cause that does
    not belong to the reason, ``BookError`` for a switch that the book does not have."""
    circumstances = book.reasons[case.reason]
    situation = Situation(case, circumstances, _possible(case, circumstances, book))
    on = switched_on(case, book)
    holding = _holding_rules(situation, on, book)
    accepted = {document for rule in holding for document in rule.needs if rule.way not in book.electronic}
    cause = _cause(case, book)
    route = cause.route if cause is not None else circumstances.route
    return Decision(
        case=case,
        retriable=circumstances.retriable,
        patient_key=f"reason.{case.reason}.patient",
        remedy_key=f"reason.{case.reason}.remedy",
        staff_key=f"reason.{case.reason}.staff",
        remedy_keys=tuple(f"remedy.{id}" for id in _remedies(case, circumstances, cause, route)),
        route=route,
        contacts=tuple(_contacts(case, circumstances, book)),
        offered=_offered(holding, book),
        refused=_refused(situation, situation.possible - accepted, book),
        share=case.share,
        fees=tuple(fee for fee in book.fees.values() if fee.switch in on),
    )


def switched_on(case: Case, book: Book) -> frozenset[str]:
    """The switches that stand on here. Raises ``BookError`` for one that the book does not have."""
    states = {id: switch.on for id, switch in book.switches.items()}
    for turned in case.facility.switched:
        if turned.switch not in states:
            raise BookError(f"no switch is called {turned.switch!r}; there are {', '.join(states)}")
        states[turned.switch] = turned.on
    return frozenset(id for id, on in states.items() if on)


def _possible(case: Case, circumstances: Circumstances, book: Book) -> frozenset[Document]:
    if case.holds is not None:
        return case.holds
    card = {Document.CARD} if circumstances.card is CardAtHand.ABSENT else set()
    return frozenset(book.holdable) - card


def _holding_rules(situation: Situation, on: frozenset[str], book: Book) -> tuple[Rule, ...]:
    """Every rule that holds: in date, switched on, its documents possibly at hand, and its condition met."""
    electronic = situation.circumstances.electronic
    return tuple(
        rule
        for rule in book.rules.values()
        if (rule.way not in book.electronic or rule.id in electronic)
        and rule.on(situation.case.day)
        and (not rule.switch or rule.switch in on)
        and situation.possible.issuperset(rule.needs)
        and ACCEPTS[rule.id](situation)
    )


def _offered(holding: tuple[Rule, ...], book: Book) -> tuple[Offer, ...]:
    first: dict[Way, Rule] = {}
    for rule in holding:
        first.setdefault(rule.way, rule)
    return tuple(Offer(way, first[way]) for way in book.ways if way in first)


def _refused(situation: Situation, left: frozenset[Document], book: Book) -> tuple[Refused, ...]:
    """The documents that no rule accepted, in the order of the book, each with the first refusal that holds."""
    why: dict[Document, Refusal] = {}
    for refusal in book.refusals.values():
        if refusal.document in left and refusal.on(situation.case.day) and REFUSES[refusal.id](situation):
            why.setdefault(refusal.document, refusal)
    return tuple(Refused(document, why[document]) for document in book.documents if document in why)


def _cause(case: Case, book: Book) -> Cause | None:
    if not case.cause:
        return None
    causes = {cause.id: cause for cause in book.causes_of(case.reason)}
    if case.cause not in causes:
        known = ", ".join(causes) or "none"
        raise CaseError(f"{case.reason} has no cause {case.cause!r}; there are: {known}")
    return causes[case.cause]


def _remedies(case: Case, circumstances: Circumstances, cause: Cause | None, route: Route) -> tuple[str, ...]:
    told = list(cause.remedies if cause is not None else circumstances.remedies)
    if route is not Route.NONE:
        told.append(CERTIFICATE_REMEDIES[route])
    if case.companion and case.reason not in _HELPED_ALREADY:
        told.append(COMPANION_REMEDY)
    return tuple(told)


def _contacts(case: Case, circumstances: Circumstances, book: Book) -> list[Contact]:
    """Those of the reason that exist on that day, and the own lines of the patient's insurer."""
    named = [book.contacts[id] for id in circumstances.contacts]
    insurer = _squeezed(case.insurer)
    if insurer:
        named += [contact for contact in book.contacts.values() if _squeezed(contact.insurer) == insurer]
    return [contact for contact in named if contact.on(case.day)]


def _squeezed(name: str) -> str:
    """An insurer's name for comparing: papers, answers and settings differ in width and blanks."""
    return "".join(unicodedata.normalize("NFKC", name).split())
