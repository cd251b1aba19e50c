"""What a persona file says: one invented person, the card in their hand, and what the national system knows.

Dates that must lie at a certain distance from the visit are written relative to it, so that no file goes stale:
``issued_years_ago``, ``certificate_ends_in_days``, ``card_ends_in_days``. Everything else is absolute.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

CardKind = Literal[
    "card", "android", "iphone", "old_resident_card", "fido", "driving_licence", "dead", "damaged", "none"
]


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The human being. ``name`` and ``kana`` have U+3000 between family and given name; kana is full width.
    ``sex`` is the chip's and the exchange's code: "1" male, "2" female, "3" not given."""

    name: str
    kana: str
    sex: Literal["1", "2", "3"]
    birth_date: date
    address: str
    post_number: str


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The card as it is now. PIN and passwords are simulated secrets and never shown by the product.

    照合番号B follows from birth date, the card's last day and ``security_code``: ``simulator.card.codes``.
    """

    kind: CardKind = "card"
    pin: str = "1234"
    pin_tries_left: int = 3
    sign_password: str = "ABC123"  # noqa: S105 - of an invented card
    text_pin: str = "8026"  # of 券面事項入力補助: another one than ``pin``, as people are advised
    text_pin_tries_left: int = 3
    photo_tries_left: int = 10  # of 照合番号B in 券面事項確認
    face_only: bool = False  # 顔認証 card: PIN locked on purpose, no signature certificate
    auth_certificate: bool = True
    sign_certificate: bool = True
    revoked: bool = False
    generation: Literal[1, 2, 3] = 3  # which of the three issuers under one name signed
    issued_years_ago: int = 2
    certificate_ends_in_days: int | None = None  # None: until the 5th birthday after issue
    card_ends_in_days: int | None = None  # None: until the 10th birthday after issue (5th for minors)
    photo: bool = True
    security_code: str = "0000"
    birth_day_on_chip: bool = True  # False: the text application knows the year only


class Coverage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One membership, by the official element names in snake_case; values are the exchange's codes and strings."""

    insurer_number: str
    insurer_name: str
    insured_card_symbol: str = ""
    insured_identification_number: str = ""
    insured_branch_number: str = ""
    insured_card_classification: str = "01"
    personal_family_classification: Literal["1", "2"] = "1"
    insured_name: str = ""  # the member's, where the person is a dependant
    qualification_date: date
    disqualification_date: date | None = None
    insured_card_valid_date: date | None = None
    insured_card_expiration_date: date | None = None
    insured_partial_contribution_ratio: str = ""  # "030" is 3 of 10, "" where age decides
    preschool_classification: str = ""
    reason_of_loss: str = ""
    elderly_recipient_contribution_ratio: str = ""  # 70 to 74
    limit_application_certificate_classification_flag: str = ""
    specific_diseases: tuple[str, ...] = ()


class Eligibility(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the national system answers for this person.

    ``qualification_validity``: 1 valid, 2 invalid, 3 invalid and a new one exists, 4 no record, 5 several match,
    6 valid without registration (public assistance).
    """

    registered: bool = True  # insurance use of the card
    deregistered: bool = False  # registered once, cancelled since
    qualification_validity: Literal["1", "2", "3", "4", "5", "6"] = "1"
    coverages: tuple[Coverage, ...] = ()
    reference_number: str = ""  # 照会番号: this facility's own patient number, where it was registered
    name_as_answered: str = ""  # with ● where the exchange's character set ends; "" is as on the card
    medical_ticket: dict[str, str] = {}


class Persona(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One file of ``simulator/people``. ``id`` is the file's stem; ``title`` says what the person is for."""

    title: str
    person: Person
    card: Card = Card()
    eligibility: Eligibility = Eligibility()
    id: str = ""
