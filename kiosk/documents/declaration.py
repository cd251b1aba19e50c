"""被保険者資格申立書: what a patient declares where the electronic check is impossible, and the form it is printed on.

Items: the Ministry's notice 保発0710第1号 of 2023-07-10 and S4#3; as much as the patient knows. The layout of the
official form is not known to us, and the paper says that it is our own.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from kiosk.coverage.exchange_codes import Sex
from kiosk.coverage.individual_number import refuse_individual_numbers
from kiosk.documents import signature as signatures
from kiosk.documents.days import japanese_day
from kiosk.documents.render import render
from kiosk.documents.sentences import Piece, pieces
from kiosk.documents.signature import Signature
from kiosk.evidence.reasons import Reason
from kiosk.visit.form import InsuranceKind
from kiosk.wording.catalogues import catalogue
from kiosk.wording.glyphs import safe_text

_PREFIX = "declaration."
_RATIO = "declaration.ratio"
_SIGNATURE_MM = (95.0, 15.5)


class Cause(StrEnum):
    """Why the electronic check was impossible: the cases that the notice provides for, and any other."""

    NO_RECORD = "no_record"
    EQUIPMENT = "equipment"
    CARD = "card"
    LINE = "line"
    LOST = "lost"
    VERIFICATION = "verification"
    ASSISTANCE = "assistance"
    OTHER = "other"


class Writer(StrEnum):
    PATIENT = "patient"
    COMPANION = "companion"


_CAUSES = {
    Cause.NO_RECORD: (Reason.INVALID, Reason.INVALID_NEW_EXISTS, Reason.NO_RECORD, Reason.AMBIGUOUS),
    Cause.EQUIPMENT: (Reason.READER_FAULT, Reason.TERMINAL_FAULT, Reason.PHONE_WITHOUT_READER),
    Cause.CARD: (
        Reason.CARD_UNREADABLE,
        Reason.CARD_EXPIRED,
        Reason.CERTIFICATE_EXPIRED,
        Reason.CERTIFICATE_REVOKED,
        Reason.NO_CERTIFICATE,
    ),
    Cause.LINE: (Reason.NETWORK_FAULT, Reason.SERVICE_FAULT, Reason.SERVICE_ERROR, Reason.STILL_PROCESSING),
    Cause.LOST: (Reason.NO_CARD,),
    Cause.VERIFICATION: (
        Reason.PIN_LOCKED,
        Reason.PIN_FORGOTTEN,
        Reason.FACE_ONLY_CARD,
        Reason.FACE_FAILED,
        Reason.VERIFICATION_FAILED,
        Reason.NO_PHOTO,
    ),
    Cause.ASSISTANCE: (Reason.NEEDS_ASSISTANCE,),
}
_CAUSE_OF = {reason: cause for cause, reasons in _CAUSES.items() for reason in reasons}


def cause_of(reason: Reason) -> Cause:
    """The box that is ticked for a reason of the rule book. What the notice does not provide for is ``OTHER``."""
    return _CAUSE_OF.get(reason, Cause.OTHER)


class Declaration(msgspec.Struct, frozen=True, kw_only=True):
    """What was declared, as far as it is known: every item may be left out, and nothing but ``facility`` and
    ``language`` is the blank form.

    ``name``, ``birth_date``, ``sex`` and ``address`` are those on the card. ``partial_contribution_ratio`` is in
    tenths, 3 for 3割. ``language`` is the patient's. Holds no individual number: a text with one raises
    ``IndividualNumberRefused``, which names the field. The repr shows no values.
    """

    facility: str = ""
    reception_number: str = ""
    visit_date: date | None = None
    language: str = "ja"
    name: str = ""
    kana: str = ""
    birth_date: date | None = None
    sex: Sex | None = None
    address: str = ""
    contact: str = ""
    insurance_kind: InsuranceKind | None = None
    insurer_name: str = ""
    workplace: str = ""
    partial_contribution_ratio: Literal[1, 2, 3] | None = None
    cause: Cause | None = None
    cause_note: str = ""
    writer: Writer | None = None
    companion_name: str = ""
    companion_relation: str = ""
    signature: Signature | None = None
    simulated: bool = False

    def __post_init__(self) -> None:
        refuse_individual_numbers(self)

    def __repr__(self) -> str:
        items = (getattr(self, field) for field in self.__struct_fields__ if field != "language")
        filled = sum(item not in ("", None, False) for item in items)
        return f"<Declaration: {filled} items>"


_WRITTEN = (
    "facility",
    "reception_number",
    "name",
    "kana",
    "address",
    "contact",
    "insurer_name",
    "workplace",
    "cause_note",
    "companion_name",
    "companion_relation",
)


def declaration_pdf(declaration: Declaration, *, made_at: datetime, fonts: Path | None = None) -> bytes:
    """The form on one page of A4; a text that its box cannot hold at a size that can be read stands whole on pages
    behind it. Raises as ``render``, and ``SignatureFault``."""
    shown = {field: safe_text(getattr(declaration, field).strip()) for field in _WRITTEN}
    ratio = declaration.partial_contribution_ratio
    data = {
        **{field: value.text for field, value in shown.items()},
        "unshown": not all(value.complete for value in shown.values()),
        "visit_day": japanese_day(declaration.visit_date),
        "birth_day": japanese_day(declaration.birth_date),
        "sex": {Sex.MALE: "male", Sex.FEMALE: "female"}.get(declaration.sex or Sex.NOT_SET, ""),
        "kind": declaration.insurance_kind or "",
        "share": str(ratio or ""),
        "cause": declaration.cause or "",
        "writer": declaration.writer or "",
        "signature": signatures.for_template(declaration.signature, *_SIGNATURE_MM),
        "simulated": declaration.simulated,
        "langs": [catalogue(tag).about.lang for tag in spoken(declaration.language)],
        "say": _said(declaration.language),
    }
    return render("declaration", data, "ja", made_at=made_at, fonts=fonts)


def spoken(language: str) -> tuple[str, ...]:
    """The patient's language, and Japanese below it where that is another. Raises ``UnknownLanguage``."""
    return (language,) if catalogue(language).about.lang == "ja" else (language, "ja")


@cache
def _said(language: str) -> dict[str, list[list[Piece]]]:
    """Every sentence of the form. It names nobody, and taking it apart costs more than setting the page."""

    def say(key: str, **slots: object) -> list[list[Piece]]:
        return [pieces(catalogue(tag).sentence(key, slots)) for tag in spoken(language)]

    said = {"simulated": say("ticket.simulated"), "unshown": say("note.unshown")}
    said |= {f"share.{tenths}": say(_RATIO, tenths=tenths) for tenths in (1, 2, 3)}
    own = (key for key in catalogue("ja").templates if key.startswith(_PREFIX) and key != _RATIO)
    return said | {key.removeprefix(_PREFIX): say(key) for key in own}
