"""The slip for somebody who pays in full today: how to claim the money back. It fits every insurer and names nobody.

Source: S1#14 and S3 §8 (claim as 療養費 or 家族療養費, usually through the employer; one's own share is deducted).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from kiosk.documents.days import day_text
from kiosk.documents.declaration import spoken
from kiosk.documents.render import render
from kiosk.documents.sentences import Piece, pieces
from kiosk.wording.catalogues import catalogue
from kiosk.wording.glyphs import safe_text

Paper = Literal["a5", "a6"]

_TOKYO = ZoneInfo("Asia/Tokyo")
_STEPS = ("today", "keep", "where", "name", "back")
_SENTENCES = ("refund.title", "refund.ask", "refund.not_a_receipt", "ticket.number", "ticket.simulated")


class SlipContact(msgspec.Struct, frozen=True, kw_only=True):
    """Who can be asked on the day of the slip: whether a line still exists is the caller's to know."""

    name: str
    phone: str
    hours: str = ""


class RefundSlip(msgspec.Struct, frozen=True, kw_only=True):
    """``number`` is the reception number (A23); ``issued_at`` has a time zone. ``contacts`` are in the patient's
    language, and valid that day."""

    number: str
    facility: str
    issued_at: datetime
    contacts: tuple[SlipContact, ...] = ()
    language: str = "ja"
    paper: Paper = "a5"
    simulated: bool = False


def refund_slip_pdf(slip: RefundSlip, fonts: Path | None = None) -> bytes:
    """The slip in the patient's language, with the Japanese below it where that is another. One page, as large as it
    fits; more only where the contacts do not fit. Raises as ``render``."""
    tags = spoken(slip.language)
    keys = (*_SENTENCES, *(f"refund.{step}" for step in _STEPS))
    day = slip.issued_at.astimezone(_TOKYO).date()
    said = {key.partition(".")[2]: _said(key, tags) for key in keys}
    data = {
        "title": catalogue(slip.language).sentence("refund.title").plain,
        "number": safe_text(slip.number).text,
        "facility": safe_text(slip.facility).text,
        "contacts": [
            {field: safe_text(getattr(contact, field)).text for field in contact.__struct_fields__}
            for contact in slip.contacts
        ],
        "paper": slip.paper,
        "simulated": slip.simulated,
        "steps": _STEPS,
        "langs": [catalogue(tag).about.lang for tag in tags],
        "say": said | {"day": [pieces(day_text(day, tag)) for tag in tags]},
    }
    return render("refund_slip", data, slip.language, made_at=slip.issued_at, fonts=fonts)


def _said(key: str, tags: tuple[str, ...]) -> list[list[Piece]]:
    return [pieces(catalogue(tag).sentence(key)) for tag in tags]
