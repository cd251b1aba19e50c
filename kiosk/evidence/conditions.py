"""The conditions of the rule book: one small function for each rule and each refusal, under the same name.

A rule's documents, dates and switch are in the book; here is what else must be so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from kiosk.coverage.services import Capability
from kiosk.evidence.case import Case
from kiosk.evidence.model import CardAtHand, Circumstances, Document
from kiosk.evidence.reasons import Reason


class Situation(msgspec.Struct, frozen=True):
    """A case and what its reason means. ``possible``: the documents that may be at hand."""

    case: Case
    circumstances: Circumstances
    possible: frozenset[Document]

    @property
    def card_may_be_missing(self) -> bool:
        if self.case.holds is not None:
            return Document.CARD not in self.case.holds
        return self.circumstances.card is not CardAtHand.PRESENT

    @property
    def network_up(self) -> bool:
        told = self.case.network_up
        return not self.circumstances.network_down if told is None else told

    @property
    def asks_by_numbers(self) -> bool:
        """A look-up by printed numbers can be made now."""
        return self.network_up and Capability.BY_NUMBERS in self.case.facility.capabilities

    @property
    def something_to_ask_with(self) -> bool:
        return self.case.known or not self.possible.isdisjoint(_NUMBERED)

    @property
    def school_trip(self) -> bool:
        return self.case.school_trip or self.case.reason is Reason.SCHOOL_TRIP

    @property
    def unchanged(self) -> bool:
        return self.case.member and not self.case.changed


Condition = Callable[[Situation], bool]
Named = TypeVar("Named", bound=Condition)
ACCEPTS: dict[str, Condition] = {}
REFUSES: dict[str, Condition] = {}

_NUMBERED = frozenset(
    {Document.CARD, Document.CERTIFICATE, Document.NOTICE, Document.PORTAL, Document.LEGACY_CARD}
)
"""What carries, or leads to, the numbers of an insurance."""


def accepts(*rules: str) -> Callable[[Named], Named]:
    """The condition of these rules."""

    def register(condition: Named) -> Named:
        ACCEPTS.update(dict.fromkeys(rules, condition))
        return condition

    return register


def refuses(*refusals: str) -> Callable[[Named], Named]:
    """The condition of these refusals."""

    def register(condition: Named) -> Named:
        REFUSES.update(dict.fromkeys(refusals, condition))
        return condition

    return register


# -------------------------------------------------------------------------------- ways that end electronically


@accepts("retry_card", "use_the_card")
def card_on_the_reader(_: Situation) -> bool:
    return True


@accepts("ask_again")
def ask_again(situation: Situation) -> bool:
    return situation.something_to_ask_with


@accepts("recheck_later")
def recheck_later(situation: Situation) -> bool:
    askable = {Capability.BY_CARD, Capability.BY_NUMBERS} & situation.case.facility.capabilities
    return bool(askable) and situation.something_to_ask_with


@accepts("register_here")
def register_here(situation: Situation) -> bool:
    return situation.network_up and Capability.REGISTER in situation.case.facility.capabilities


@accepts("face_check")
def face_check(situation: Situation) -> bool:
    return situation.network_up and situation.case.facility.face_check


@accepts("pin_check", "pin_by_guardian")
def pin_check(situation: Situation) -> bool:
    return situation.network_up


@accepts("staff_check")
def staff_check(situation: Situation) -> bool:
    return situation.network_up and situation.case.facility.staff_check


@accepts("other_reader")
def other_reader(situation: Situation) -> bool:
    return situation.network_up and situation.case.facility.other_reader


# ------------------------------------------------------------------------------------------------------ papers


@accepts("certificate")
def certificate(situation: Situation) -> bool:
    until = situation.case.certificate_until
    return situation.case.member and (until is None or situation.case.day <= until)


@accepts("certificate_after_change")
def certificate_after_change(situation: Situation) -> bool:
    changed = situation.case.changed or situation.case.reason is Reason.NAME_MISMATCH
    return changed and certificate(situation)


@accepts("card_portal", "card_notice")
def beside_the_card(situation: Situation) -> bool:
    return situation.case.member and not situation.circumstances.only_certificate


@accepts("card_notice_former_name")
def card_notice_former_name(situation: Situation) -> bool:
    return situation.case.reason is Reason.NAME_MISMATCH and beside_the_card(situation)


@accepts("card_notice_from_70")
def card_notice_from_70(situation: Situation) -> bool:
    return situation.case.from_70 and beside_the_card(situation)


@accepts("card_portal_unregistered", "card_notice_unregistered")
def beside_an_unregistered_card(situation: Situation) -> bool:
    return situation.case.member and situation.circumstances.only_certificate


@accepts("legacy_card")
def legacy_card(situation: Situation) -> bool:
    return situation.unchanged


@accepts("legacy_tolerance")
def legacy_tolerance(situation: Situation) -> bool:
    return situation.unchanged and situation.asks_by_numbers


@accepts("school_trip_print", "school_trip_copy")
def on_a_school_trip(situation: Situation) -> bool:
    return situation.school_trip


# ------------------------------------------------------------------------------------------- the patient's word


@accepts("known_data")
def known_data(situation: Situation) -> bool:
    return situation.case.known and situation.unchanged


@accepts("known_data_without_card")
def known_data_without_card(situation: Situation) -> bool:
    return known_data(situation) and situation.card_may_be_missing


@accepts("card_declaration")
def card_declaration(situation: Situation) -> bool:
    return not known_data(situation)


@accepts("declaration_emergency")
def declaration_emergency(situation: Situation) -> bool:
    return situation.card_may_be_missing


@accepts("self_pay")
def self_pay(_: Situation) -> bool:
    return True


# ---------------------------------------------------------------------------------------------------- refusals


@refuses("certificate_past_date")
def certificate_past_date(situation: Situation) -> bool:
    until = situation.case.certificate_until
    return until is not None and until < situation.case.day


@refuses(
    "certificate_of_ended_membership",
    "notice_of_ended_membership",
    "screen_of_ended_membership",
    "old_card_of_ended_membership",
)
def membership_ended(situation: Situation) -> bool:
    return not situation.case.member


@refuses("notice_alone", "screen_alone")
def without_the_card(situation: Situation) -> bool:
    return Document.CARD not in situation.possible


@refuses("notice_switched_off", "screen_switched_off")
def switched_off(situation: Situation) -> bool:
    return situation.circumstances.only_certificate


@refuses("print_outside_school_trips", "copy_outside_school_trips")
def outside_school_trips(situation: Situation) -> bool:
    return not situation.school_trip


@refuses("old_card_ended")
def old_card_ended(_: Situation) -> bool:
    return True


@refuses("old_card_changed")
def old_card_changed(situation: Situation) -> bool:
    return situation.case.changed


@refuses("old_card_without_look_up")
def old_card_without_look_up(situation: Situation) -> bool:
    return not situation.asks_by_numbers
