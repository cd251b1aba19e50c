"""受付票, the reception ticket: a number to be called by, and nothing that names the person."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from kiosk.documents.render import render
from kiosk.documents.sentences import Piece, pieces
from kiosk.wording.catalogues import Catalogue, catalogue
from kiosk.wording.dates import other_year_markup
from kiosk.wording.glyphs import safe_text
from kiosk.wording.text import Span, Text, parse

Paper = Literal["receipt", "a6"]

_TOKYO = ZoneInfo("Asia/Tokyo")
_SENTENCES = ("title", "number", "next", "away", "not_a_bill", "simulated")


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """``number`` is the reception number (A23); ``issued_at`` has a time zone. ``paper``: "receipt" is 80 mm roll
    paper. ``simulated`` marks the slip of a run with simulated devices."""

    number: str
    facility: str
    issued_at: datetime
    language: str = "ja"
    simulated: bool = False
    paper: Paper = "receipt"


def ticket_pdf(ticket: Ticket, fonts: Path | None = None) -> bytes:
    """The slip in the patient's language, with the Japanese below it where that is another. Raises as ``render``."""
    spoken = [catalogue(tag) for tag in _tags(ticket.language)]
    at = ticket.issued_at.astimezone(_TOKYO)
    said = {key: [pieces(words.sentence(f"ticket.{key}")) for words in spoken] for key in _SENTENCES}
    said["day"] = [_day(words, at.date()) for words in spoken]
    data = {
        "title": spoken[0].sentence("ticket.title").plain,
        "number": safe_text(ticket.number).text,
        "facility": pieces(Text((Span(safe_text(ticket.facility).text),), "ja")),
        "time": f"{at.hour}:{at.minute:02}",
        "simulated": ticket.simulated,
        "paper": ticket.paper,
        "say": said,
    }
    return render("ticket", data, ticket.language, made_at=ticket.issued_at, fonts=fonts)


def _tags(language: str) -> tuple[str, ...]:
    """The language, and Japanese below it for the staff who read along; やさしい日本語 is Japanese."""
    return (language,) if catalogue(language).about.lang == "ja" else (language, "ja")


def _day(words: Catalogue, day: date) -> list[Piece]:
    about = words.about
    year = Text(parse(other_year_markup(day, about.tag)).filled({}, about.tag), about.lang)
    return pieces(words.sentence("ticket.day", {"day": day, "other_year": year}))
