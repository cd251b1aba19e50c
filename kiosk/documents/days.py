"""A calendar day as papers write it: by the era and by the Gregorian calendar, in any language of the catalogues."""

from __future__ import annotations

from datetime import date

from kiosk.wording.catalogues import catalogue
from kiosk.wording.dates import other_year_markup
from kiosk.wording.text import Text, parse


def day_text(day: date, language: str) -> Text:
    """令和8年2月10日（2026年）, 10 February 2026 (令和8年)."""
    words = catalogue(language)
    year = Text(parse(other_year_markup(day, language)).filled({}, language), words.about.lang)
    return words.sentence("ticket.day", {"day": day, "other_year": year})


def japanese_day(day: date | None) -> str:
    """The day in Japanese; "" for none, where a form leaves a place to write."""
    return "" if day is None else day_text(day, "ja").plain
