"""A name in kanji, chosen from what its reading may be: first the family name, then each given name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kiosk.coverage.kana import katakana
from kiosk.wording.text import Text
from ui.entry.action import Action
from ui.entry.background import Asker
from ui.entry.candidates import Candidates
from ui.entry.conversion import NamePart, name_parts, names
from ui.entry.field import Check, Field
from ui.entry.head import TextLine
from ui.entry.kana import hiragana
from ui.widgets.kit import Kit

_Asked = tuple[tuple[NamePart, str], tuple[str, ...]]  # a part, and how it may be written


class NameField(Field):
    """``reading``: the whole name in kana. Each part can stay in kana: staff then write the kanji. The answer is given
    with the last choice; ``step_back`` takes one back."""

    def __init__(self, kit: Kit, question: Text, check: Check, *, reading: str, **options: Any) -> None:
        self._reading, self._known = " ".join(reading.split()), ""
        super().__init__(kit, question, check, **options)
        self.done.hide()
        self._line = TextLine(kit, example=self._reading, parent=self)
        self._candidates = Candidates(kit, kit.key("entry.as_kana"), across=3, parent=self)
        self._candidates.chosen.connect(self._take)
        self._candidates.stayed.connect(self._stay)
        self._asker = Asker(self)
        self._parts: tuple[_Asked, ...] = ()
        self._chosen: list[str] = []
        self._asker.ask(lambda: _look_up(self._reading), self._begin)

    @property
    def area(self) -> Candidates:
        return self._candidates

    def line(self) -> TextLine:
        return self._line

    def buttons(self) -> list[Action]:
        keep = [self.done] if self._known and not self._chosen else []
        return [*([self.skip] if self.skip else []), *keep]

    def more_messages(self) -> Sequence[Text]:
        readings = [self._reading, *self._reading.split()]
        return [self.kit.key(f"entry.name.{key}", name=max(readings, key=len)) for key in ("which", "none")]

    @property
    def ready(self) -> bool:
        """Whether the dictionary has answered."""
        return not self._asker.asking

    def value(self) -> str:
        return " ".join(self._chosen) or self._known

    def set_value(self, value: str) -> None:
        """A name that is known already is shown, to be kept or chosen anew."""
        self._chosen, self._known = [], value
        self._show()

    def close_down(self) -> None:
        self._asker.forget()
        self._reading, self._parts = "", ()
        self._candidates.show_entries(())
        super().close_down()

    def step_back(self) -> bool:
        """Takes the last choice back; whether there was one."""
        if not self._chosen:
            return False
        self._chosen.pop()
        self._show()
        return True

    # -------------------------------------------------------------------------------------------- choosing

    def _begin(self, parts: tuple[_Asked, ...]) -> None:
        self._parts = parts
        self._show()

    def _stay(self) -> None:
        if len(self._chosen) < len(self._parts):
            self._take(katakana(self._parts[len(self._chosen)][0][1]))

    def _take(self, written: str) -> None:
        self._chosen.append(written)
        self.edited.emit()
        self._show()
        if len(self._chosen) == len(self._parts):
            self.finish()
            if self.problem:
                self._chosen.pop()  # to be chosen anew

    def _show(self) -> None:
        self._line.set_shown(self.value())
        self.done.setVisible(bool(self._known and not self._chosen))
        if len(self._chosen) >= len(self._parts):
            return
        (_part, reading), written = self._parts[len(self._chosen)]
        self.say(self.kit.key("entry.name.which" if written else "entry.name.none", name=reading), "hint")
        self._candidates.show_entries(written)
        self.kit.guard.page_changed()
        self.rearrange()


def _look_up(reading: str) -> tuple[_Asked, ...]:
    """Every part with its kanji, and with itself in hiragana, as many names are written."""
    return tuple(
        ((part, own), tuple(dict.fromkeys([*names(own, part), hiragana(own)])))
        for part, own in name_parts(reading)
    )
