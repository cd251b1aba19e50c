"""What can go wrong with a device or a card, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What went wrong with a device or a card, as far as the device can tell."""

    CARD_GONE = "card_gone"  # taken away, or replaced: the handle must not be used again
    CARD_MUTE = "card_mute"  # no answer, no ATR: wrong way round, in a sleeve, broken chip
    CARD_DAMAGED = "card_damaged"  # answers, but not as a card of its kind must
    NOT_MY_NUMBER_CARD = "not_my_number_card"
    OLD_RESIDENT_CARD = "old_resident_card"  # 住基カード: same applications, never an insurance card
    NO_CERTIFICATE = "no_certificate"
    CERTIFICATE_UNTRUSTED = "certificate_untrusted"  # no known issuer signed it, or it may not authenticate
    SIGNATURE_WRONG = (
        "signature_wrong"  # the card does not hold the certificate's key: another card, or a copy
    )
    PIN_LOCKED = "pin_locked"
    NOT_CONFIRMED = "not_confirmed"  # a phone whose holder has not confirmed on the phone itself
    CARD_BUSY = "card_busy"  # another program holds the card
    TIMED_OUT = "timed_out"  # the watchdog ended a call that hung
    READER_GONE = "reader_gone"
    SERVICE_GONE = "service_gone"  # PC/SC or print service down
    PRINTER_GONE = "printer_gone"  # unknown to the print service, or it takes no jobs
    CAMERA_GONE = "camera_gone"
    PHOTO_UNUSABLE = "photo_unusable"  # the card keeps none, or none in which a face is found
    MODEL_WRONG = (
        "model_wrong"  # the files that face or text recognition needs are missing or not the right ones
    )
    INTERNAL = "internal"  # a bug met on the card thread; the visit goes on with people


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure as a value. ``retriable``: the same person can try again here and may succeed.

    ``detail`` is for staff and logs: status words and PC/SC codes, never card data.
    """

    fault: Fault
    retriable: bool
    detail: str = ""

    @classmethod
    def of(cls, fault: Fault, detail: str = "") -> Failure:
        """A failure with the usual answer to whether trying again can help."""
        return cls(fault, fault in RETRIABLE_FAULTS, detail)


RETRIABLE_FAULTS = frozenset(
    {
        Fault.CARD_GONE,
        Fault.CARD_MUTE,
        Fault.NOT_MY_NUMBER_CARD,
        Fault.NOT_CONFIRMED,
        Fault.CARD_BUSY,
        Fault.TIMED_OUT,
    }
)
"""What the same person may overcome here and now: put the card in again, the right way, or the right one."""


class LinkError(Exception):
    """Carries a ``Failure`` out of ``transmit``; stays inside the drivers."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.fault}: {failure.detail}")
        self.failure = failure
