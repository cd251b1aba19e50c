"""The closed list of reasons why a card, a reader or an answer did not do (sources: README.md).

Each value is a stable id: it is stored, printed by commands, and is part of the wording keys
``reason.<id>.patient``, ``reason.<id>.staff`` and ``reason.<id>.remedy``.
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    NOT_REGISTERED = "not_registered"
    DEREGISTERED = "deregistered"
    CERTIFICATE_EXPIRING = "certificate_expiring"
    CERTIFICATE_EXPIRED_GRACE = "certificate_expired_grace"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_REVOKED = "certificate_revoked"
    NO_CERTIFICATE = "no_certificate"
    CARD_EXPIRED = "card_expired"
    PIN_LOCKED = "pin_locked"
    FACE_ONLY_CARD = "face_only_card"  # 顔認証 card: has no PIN by design, not a fault
    PIN_FORGOTTEN = "pin_forgotten"
    FACE_FAILED = "face_failed"
    FACE_MISMATCH = "face_mismatch"  # the camera took the person for another than the one on the card
    FACE_CAMERA = "face_camera"  # no camera, or the files that a comparison needs are not the right ones
    PHOTO_UNUSABLE = "photo_unusable"  # the chip keeps no photograph, or none in which a face is found
    NUMBER_B_LOCKED = "number_b_locked"  # ten wrong 照合番号B: the photograph stays shut
    VERIFICATION_FAILED = "verification_failed"
    CARD_UNREADABLE = "card_unreadable"
    NOT_MY_NUMBER_CARD = "not_my_number_card"
    INVALID = "invalid"
    INVALID_NEW_EXISTS = "invalid_new_exists"
    NO_RECORD = "no_record"
    AMBIGUOUS = "ambiguous"
    PUBLIC_ASSISTANCE = "public_assistance"
    STILL_PROCESSING = "still_processing"
    SERVICE_ERROR = "service_error"
    NO_PHOTO = "no_photo"
    READER_FAULT = "reader_fault"
    TERMINAL_FAULT = "terminal_fault"
    NETWORK_FAULT = "network_fault"
    SERVICE_FAULT = "service_fault"
    MAINTENANCE = "maintenance"
    ANSWER_UNKNOWN = "answer_unknown"
    NO_CARD = "no_card"
    NEEDS_ASSISTANCE = "needs_assistance"
    SCHOOL_TRIP = "school_trip"
    PHONE_WITHOUT_READER = "phone_without_reader"
    NAME_MISMATCH = "name_mismatch"
    # Not from the rule book, but ways in which this product itself must hand over to people:
    NO_LOOKUP_BY_CARD = "no_lookup_by_card"  # the service at hand cannot be asked with a card
    IDENTITY_MISMATCH = "identity_mismatch"  # an answer about somebody else: never shown


# The same person may try again at this reader or with a new question, and may succeed.
RETRIABLE = frozenset(
    {
        Reason.CARD_UNREADABLE,
        Reason.NOT_MY_NUMBER_CARD,
        Reason.READER_FAULT,
        Reason.TERMINAL_FAULT,
        Reason.NETWORK_FAULT,
        Reason.SERVICE_FAULT,
        Reason.STILL_PROCESSING,
        Reason.VERIFICATION_FAILED,
    }
)
