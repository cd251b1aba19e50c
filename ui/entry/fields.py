"""Which widget asks which question of a form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtWidgets import QWidget

from kiosk.visit.form import FormField, InsuranceKind, Problem, checked
from kiosk.visit.views import FieldView
from kiosk.wording.text import Text
from ui.entry.address_field import AddressField
from ui.entry.choice_field import ChoiceField
from ui.entry.date_field import DateField
from ui.entry.field import Check, Entry
from ui.entry.name_field import NameField
from ui.entry.number_field import PHONE_DIGITS, InsurerNumberField, NumberField, phone_written
from ui.entry.text_field import SymbolField, TextField
from ui.widgets.kit import Kit

_EVERYWHERE = (Problem.EMPTY, Problem.INDIVIDUAL_NUMBER)
_Make = Callable[..., Entry]
_MAKERS: dict[FormField, tuple[_Make, tuple[Problem, ...]]] = {
    FormField.KANA: (TextField, (Problem.NOT_KANA, Problem.TOO_LONG)),
    FormField.BIRTH_DATE: (DateField, (Problem.NOT_A_DAY,)),
    FormField.VALID_UNTIL: (partial(DateField, counted_on=True), (Problem.NOT_A_DAY,)),
    FormField.CONTACT: (
        partial(NumberField, longest=PHONE_DIGITS, written=phone_written),
        (Problem.NOT_A_PHONE,),
    ),
    FormField.INSURER_NUMBER: (InsurerNumberField, (Problem.NOT_A_NUMBER, Problem.CHECK_DIGIT)),
    FormField.SYMBOL: (SymbolField, ()),
    FormField.NUMBER: (partial(NumberField, longest=20), (Problem.NOT_A_NUMBER,)),
    FormField.BRANCH: (partial(NumberField, longest=2), (Problem.NOT_A_NUMBER,)),
    FormField.PATIENT_NUMBER: (partial(NumberField, longest=20, extra="-"), (Problem.NOT_A_NUMBER,)),
    FormField.COMPANION_NAME: (TextField, (Problem.TOO_LONG,)),
    FormField.TEACHER: (TextField, (Problem.TOO_LONG,)),
}
_WORDS = partial(TextField, script="hiragana", convertible=True, longest=120)


def entry_for(
    kit: Kit,
    view: FieldView,
    question: Text,
    hint: Text | None,
    today: date,
    *,
    reading: str = "",
    parent: QWidget | None = None,
) -> Entry:
    """The widget that asks this question, with what is known filled in. ``reading``: the name in kana, from which the
    name in kanji is chosen."""
    check: Check = partial(_checked, view.field, today)
    if view.field is FormField.ADDRESS:
        entry: Entry = AddressField(kit, question, check, hint=hint, skip=view.skip, parent=parent)
    elif view.choices:
        choices = [(choice, kit.key(f"field.{view.field}.{choice}")) for choice in view.choices]
        # where "not known" is an answer of its own, it is not offered twice
        skip = "" if InsuranceKind.UNKNOWN in view.choices else view.skip
        entry = ChoiceField(
            kit, question, check, choices, suggested=view.suggested, hint=hint, skip=skip, parent=parent
        )
    else:
        make, problems = _MAKERS.get(view.field, (_WORDS, (Problem.TOO_LONG,)))
        more = {}
        if view.field is FormField.NAME and reading:
            make, more = NameField, {"reading": reading}
        entry = make(
            kit,
            question,
            check,
            hint=hint,
            skip=view.skip,
            problems=(*_EVERYWHERE, *problems),
            parent=parent,
            **more,
        )
    if view.value:
        entry.set_value(view.value)
    return entry


def _checked(field: FormField, today: date, value: str) -> str | Problem:
    return checked(field, value, today)
