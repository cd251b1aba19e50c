"""What the desk does not do, and why: a value, told to staff by the sentence ``desk.refused.<why>``."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Why(StrEnum):
    UNKNOWN_VISIT = "unknown_visit"
    NOBODY_THERE = "nobody_there"  # the visit is over, and has no page that could move
    NOTHING_SHOWN = "nothing_shown"  # accept or refuse what?
    EMPTY = "empty"
    TOO_LONG = "too_long"
    INDIVIDUAL_NUMBER = "individual_number"
    KIND_NOT_KEPT = "kind_not_kept"  # a notice, a card: never scanned
    TOO_LARGE = "too_large"
    NOT_A_SCAN = "not_a_scan"
    UNKNOWN_ENTRY = "unknown_entry"
    NAME_COMPLETE = "name_complete"  # there is no ● to correct
    NAME_DIFFERS = "name_differs"  # more than ● was changed
    NOT_ON_FILE = "not_on_file"
    PATIENT_FILE = "patient_file"
    NO_SUCH_COVERAGE = "no_such_coverage"
    NUMBERS_INCOMPLETE = "numbers_incomplete"
    NO_PATIENT_NUMBER = "no_patient_number"  # what was written is none
    NO_NUMBERS = "no_numbers"
    ERASED = "erased"
    NO_PRINTER = "no_printer"
    PRINTER_FAILED = "printer_failed"
    OWNER_RUNS = "owner_runs"
    TAKEN_ALREADY = "taken_already"  # another console was first
    MOVED_ON = "moved_on"  # the visit does not stand there any more
    HANDED_OVER = "handed_over"  # the receiver has it by now, or nobody needs it any more
    NOT_LOOKED_UP = "not_looked_up"  # the rule book accepts it only with a look-up by its numbers
    NOT_HERE = "not_here"  # a visit that was taken over has no patient's page


class Refusal(msgspec.Struct, frozen=True):
    """``detail`` is a device's own words, for staff; never personal."""

    why: Why
    detail: str = ""

    @property
    def key(self) -> str:
        return f"desk.refused.{self.why}"


class Done(msgspec.Struct, frozen=True):
    """``id`` is that of the entry, by which it can be undone."""

    id: str
