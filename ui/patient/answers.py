"""Answers and values as they are shown: a day in the words of the language, a telephone number in its groups."""

from __future__ import annotations

from datetime import date

from kiosk.documents.days import day_text
from kiosk.visit.form import FormField
from kiosk.visit.views import Detail, Sentence
from kiosk.wording.text import Text
from ui.entry.number_field import phone_written
from ui.widgets.kit import Kit

_DAYS = frozenset({FormField.BIRTH_DATE, FormField.VALID_UNTIL})


def value_of(kit: Kit, value: str | Sentence) -> Text:
    """A sentence of ours, or a text from outside."""
    return kit.say(value) if isinstance(value, Sentence) else kit.outside(value)


def answer_of(kit: Kit, detail: Detail, language: str) -> Text:
    """What was answered to the question to which a touch on this line leads."""
    field = dict(detail.act.args).get("field") if detail.act is not None else None
    if isinstance(detail.value, Sentence) or field is None:
        return value_of(kit, detail.value)
    if field in _DAYS:
        return day_text(date.fromisoformat(detail.value), language)
    if field == FormField.CONTACT:
        return kit.outside(phone_written(detail.value))
    return kit.outside(detail.value)
