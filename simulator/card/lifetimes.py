"""When a persona's card was issued and until when the card and its certificates hold, seen from a given day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from simulator.people.persona import Persona

ADULT_AT = 18
CERTIFICATE_BIRTHDAYS = 5
CARD_BIRTHDAYS = 10
MINOR_CARD_BIRTHDAYS = 5


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """First and last days, all inclusive, in Japan."""

    issued: date
    certificate_until: date
    card_until: date


def anniversary(day: date, year: int) -> date:
    """The same day in another year; 29 February becomes the 28th where there is none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def nth_birthday_after(birth_date: date, issued: date, count: int) -> date:
    """The ``count``-th birthday that follows the day of issue."""
    this_year = anniversary(birth_date, issued.year)
    first = issued.year if this_year > issued else issued.year + 1
    return anniversary(birth_date, first + count - 1)


def lifetimes(persona: Persona, today: date) -> Lifetimes:
    """A card that is said to end on a certain day was issued early enough to have been valid before."""
    card, born = persona.card, persona.person.birth_date
    ends = [
        today + timedelta(days=days)
        for days in (card.certificate_ends_in_days, card.card_ends_in_days)
        if days is not None
    ]
    issued = anniversary(today, today.year - card.issued_years_ago)
    if ends and issued >= min(ends):
        issued = anniversary(min(ends), min(ends).year - CERTIFICATE_BIRTHDAYS)
    issued = max(issued, born)
    minor = issued < anniversary(born, born.year + ADULT_AT)
    card_until = nth_birthday_after(born, issued, MINOR_CARD_BIRTHDAYS if minor else CARD_BIRTHDAYS)
    if card.card_ends_in_days is not None:
        card_until = today + timedelta(days=card.card_ends_in_days)
    certificate_until = min(nth_birthday_after(born, issued, CERTIFICATE_BIRTHDAYS), card_until)
    if card.certificate_ends_in_days is not None:
        certificate_until = today + timedelta(days=card.certificate_ends_in_days)
    return Lifetimes(issued, certificate_until, card_until)
