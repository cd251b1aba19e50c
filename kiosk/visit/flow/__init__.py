"""The handlers of the transition table, a file for each stretch of a visit. Importing the package fills the table."""

from kiosk.visit.flow import (
    arrival,
    beside,
    consent,
    declaring,
    ending,
    evidence,
    ignored,
    known,
    lookup,
    no_card,
    shared,
    showing,
    staff,
    time,
    verification,
)

__all__ = [
    "arrival",
    "beside",
    "consent",
    "declaring",
    "ending",
    "evidence",
    "ignored",
    "known",
    "lookup",
    "no_card",
    "shared",
    "showing",
    "staff",
    "time",
    "verification",
]
