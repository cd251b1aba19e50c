"""One question on a page of its own: whatever the state, the entry widgets of ``ui.entry`` ask it."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from kiosk.visit.acts import Act
from kiosk.visit.views import FieldView, VisitView
from kiosk.wording.text import Text
from ui.entry.address_field import AddressField
from ui.entry.field import Entry, Field
from ui.entry.fields import entry_for
from ui.entry.text_field import TextField
from ui.patient.page import BasePage
from ui.widgets.kit import Kit
from ui.widgets.target import Target


class EntryPage(BasePage):
    """The entry takes the whole page; here its answers become acts."""

    entry: Entry

    def targets(self) -> list[Target]:
        return self.entry.targets()

    def arranged_as(self) -> tuple[float, bool]:
        own = [self.entry] if isinstance(self.entry, Field) else self.entry.findChildren(Field)
        places = next((field.places for field in own if not field.isHidden()), None)
        return (places.scale, places.fits) if places is not None else (1.0, False)

    def digit(self, digit: int) -> None:
        self.entry.typed(str(digit))

    def typed(self, letters: str) -> None:
        self.entry.typed(letters)

    def delete_one(self) -> None:
        self.entry.delete_one()

    def step_back(self) -> bool:
        return self.entry.step_back()

    def draft(self) -> str:
        """The text so far; of a question in steps only its last step."""
        field = self.entry.field if isinstance(self.entry, AddressField) else self.entry
        if isinstance(self.entry, AddressField) and not isinstance(field, TextField):
            return ""
        return field.value() if isinstance(field, Field) else ""

    def restore(self, draft: str) -> None:
        self.entry.set_value(draft)

    def close_down(self) -> None:
        self.entry.close_down()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self.entry.setGeometry(self.rect())


class FieldPage(EntryPage):
    def __init__(self, view: VisitView, kit: Kit, parent: QWidget) -> None:
        super().__init__(view, kit, parent)
        assert view.field is not None
        self.field: FieldView = view.field
        self.entry = entry_for(
            kit, self.field, kit.say(view.title), self._hint(), kit.today(),
            reading=self.field.reading, parent=self,
        )  # fmt: skip
        self.entry.entered.connect(self._answer)
        self.entry.skipped.connect(self._skip)

    def _hint(self) -> Text | None:
        """What the page says beneath its question, in one sentence after the other."""
        found = (self.kit.wording.find(sentence.key, sentence.slots) for sentence in self.view.body)
        texts = [text for text in found if text is not None]
        if self.field.from_card:
            texts.insert(0, self.kit.key("screen.from_card"))
        return Text(tuple(span for text in texts for span in text.spans), texts[0].lang) if texts else None

    def _answer(self, value: str) -> None:
        self.act(Act("FieldAnswered", (("field", self.field.field.value), ("value", value))))

    def _skip(self) -> None:
        self.act(Act("FieldSkipped", (("field", self.field.field.value),)))
