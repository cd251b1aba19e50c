"""An address: the postcode gives it up to the town, the patient adds the lot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from kiosk.visit.form import Problem
from kiosk.wording.text import Text
from ui.entry.action import Action
from ui.entry.background import Asker
from ui.entry.candidates import Candidates
from ui.entry.field import Check, Entry, Field
from ui.entry.number_field import NumberField, postcode_written
from ui.entry.postcode import DIGITS, Place, normalise, places
from ui.entry.text_field import TextField
from ui.widgets.kit import Kit
from ui.widgets.target import Target

LONGEST = 240


class TownField(Field):
    """The towns of a postcode. ``skipped``: it is none of them."""

    def __init__(self, kit: Kit, question: Text, found: Sequence[Place], **options: Any) -> None:
        super().__init__(kit, question, str, **options)
        self.done.hide()
        self._candidates = Candidates(kit, kit.key("entry.address.other"), across=1, parent=self)
        self._candidates.show_entries([place.written for place in found])
        self._candidates.chosen.connect(self.entered)
        self._candidates.stayed.connect(self.skipped)

    @property
    def area(self) -> Candidates:
        return self._candidates

    def buttons(self) -> list[Action]:
        return []

    def value(self) -> str:
        return ""

    def set_value(self, value: str) -> None:
        """Nothing is chosen beforehand."""

    def close_down(self) -> None:
        self._candidates.show_entries(())


class AddressField(Entry):
    """Asks for the postcode, for the town where it has several, then for the rest, which is typed behind it. Who does
    not know the code types the whole address; ``step_back`` leads back to the code."""

    def __init__(
        self,
        kit: Kit,
        question: Text,
        check: Check,
        *,
        hint: Text | None = None,
        skip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.kit = kit
        self._question = question
        self._check = check
        self._hint = hint
        self._skip = skip
        self._asker = Asker(self)
        self._postcode = ""
        self.field: Field = self._ask_postcode()
        self._turn(self.field)

    # ------------------------------------------------------------------------------------------------ steps

    def _ask_postcode(self) -> NumberField:
        field = NumberField(
            self.kit, self.kit.key("entry.address.postcode"), _postcode, longest=DIGITS,
            written=postcode_written, hint=self.kit.key("entry.address.postcode_hint"), skip="choice.not_known",
            problems=(Problem.NOT_A_NUMBER, Problem.EMPTY), parent=self,
        )  # fmt: skip
        field.entered.connect(self._look_up)
        field.skipped.connect(lambda: self._turn(self._ask_rest("", self._hint)))
        return field

    def _look_up(self, code: str) -> None:
        self._postcode = code
        self._asker.ask(lambda: places(code), self._found)

    def _found(self, found: tuple[Place, ...]) -> None:
        if not found:
            self._turn(self._ask_rest("", self.kit.key("entry.address.unknown_code")))
        elif len(found) == 1:
            self._turn(self._ask_rest(found[0].written, self.kit.key("entry.address.rest")))
        else:
            field = TownField(self.kit, self.kit.key("entry.address.which"), found, parent=self)
            field.entered.connect(
                lambda town: self._turn(self._ask_rest(town, self.kit.key("entry.address.rest")))
            )
            field.skipped.connect(lambda: self._turn(self._ask_rest(_shared(found), self._hint)))
            self._turn(field)

    def _ask_rest(self, known: str, hint: Text | None) -> TextField:
        field = TextField(
            self.kit, self._question, self._check, script="hiragana", sheet="latin" if known else "kana",
            convertible=True, longest=LONGEST, lines=2, hint=hint, skip=self._skip,
            problems=(Problem.EMPTY, Problem.INDIVIDUAL_NUMBER), parent=self,
        )  # fmt: skip
        field.set_value(known)
        field.say_hint()
        field.entered.connect(self.entered)
        field.skipped.connect(self.skipped)
        return field

    def _turn(self, field: Field) -> None:
        if field is not self.field:
            self.field.close_down()
            self.field.hide()
            self.field.deleteLater()
        self.field = field
        field.edited.connect(self.edited)
        field.setGeometry(self.rect())
        field.show()
        self.kit.guard.page_changed()

    # ------------------------------------------------------------------------------------------------- whole

    def set_value(self, value: str) -> None:
        """A known address, to be kept or changed; "" begins with the postcode."""
        if value:
            self._turn(self._ask_rest(value, self._hint))
        else:
            self._turn(self._ask_postcode())

    def step_back(self) -> bool:
        if isinstance(self.field, NumberField):
            return False
        code = self._postcode
        field = self._ask_postcode()
        field.set_value(code)
        self._turn(field)
        return True

    @property
    def problem(self) -> str:
        return self.field.problem

    def targets(self) -> list[Target]:
        return self.field.targets()

    def typed(self, letters: str) -> None:
        self.field.typed(letters)

    def delete_one(self) -> None:
        self.field.delete_one()

    def close_down(self) -> None:
        self._asker.forget()
        self._postcode = ""
        self.field.close_down()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self.field.setGeometry(self.rect())


def _postcode(text: str) -> str | Problem:
    if not text:
        return Problem.EMPTY
    return normalise(text) or Problem.NOT_A_NUMBER


def _shared(found: Sequence[Place]) -> str:
    """What all these places have in common, down to the city."""
    first = found[0]
    if any(place.prefecture != first.prefecture for place in found):
        return ""
    return first.prefecture + (first.city if all(place.city == first.city for place in found) else "")
