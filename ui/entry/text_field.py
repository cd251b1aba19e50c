"""Questions that words answer: typed in kana or Latin letters, and turned into kanji where that is wanted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from kiosk.wording.text import Text
from ui.entry.action import Action
from ui.entry.background import Asker
from ui.entry.candidates import Candidates
from ui.entry.conversion import words
from ui.entry.field import Check, Field
from ui.entry.head import TextLine
from ui.entry.kana import Script
from ui.entry.kana_keyboard import KanaKeyboard, Sheet
from ui.entry.keys import Area
from ui.widgets.kit import Kit

_LAST_KANA = re.compile("[ぁ-ゖァ-ヺー]+$")


class TextField(Field):
    """``convertible``: what was typed last in kana can be turned into kanji, from a list. ``lines``: how many the
    answer is shown in."""

    def __init__(
        self,
        kit: Kit,
        question: Text,
        check: Check,
        *,
        script: Script = "katakana",
        sheet: Sheet = "kana",
        convertible: bool = False,
        longest: int = 100,
        lines: int = 1,
        example: str = "",
        **options: Any,
    ) -> None:
        super().__init__(kit, question, check, **options)
        self._line = TextLine(kit, example=example, lines=lines, parent=self)
        self.keyboard = KanaKeyboard(
            kit, script=script, sheet=sheet, longest=longest, convertible=convertible, parent=self
        )
        self.keyboard.edited.connect(self._on_edited)
        self.keyboard.converting.connect(self._convert)
        self.candidates: Candidates | None = None
        self._asker = Asker(self)

    @property
    def area(self) -> Area:
        return self.candidates or self.keyboard

    def line(self) -> TextLine:
        return self._line

    def buttons(self) -> list[Action]:
        return [] if self.candidates else super().buttons()

    def more_messages(self) -> Sequence[Text]:
        return [self.kit.key("entry.convert.which"), self.kit.key("entry.convert.none")]

    def value(self) -> str:
        return self.keyboard.text

    def set_value(self, value: str) -> None:
        self._end_choice()
        self._filling = True
        self.keyboard.set_text(value)
        self._filling = False

    def typed(self, letters: str) -> None:
        if self.candidates is None:
            self.keyboard.add(letters)

    def delete_one(self) -> None:
        if self.candidates is None:
            self.keyboard.delete_one()

    def close_down(self) -> None:
        self._asker.forget()
        super().close_down()

    def _on_edited(self, text: str) -> None:
        self._line.set_shown(text)
        self.say_hint()
        self.tell_edited()

    # ------------------------------------------------------------------------------------------ conversion

    def _convert(self) -> None:
        found = _LAST_KANA.search(self.keyboard.text)
        if found is None:
            self.say(self.kit.key("entry.convert.none"), "hint")
            return
        kana = found[0]
        self._asker.ask(lambda: words(kana), lambda written: self._offer(kana, written))

    def _offer(self, kana: str, written: Sequence[str]) -> None:
        if not self.keyboard.text.endswith(kana):
            return
        if not written:
            self.say(self.kit.key("entry.convert.none"), "hint")
            return
        self.candidates = Candidates(self.kit, self.kit.key("entry.as_kana"), parent=self)
        self.candidates.show_entries(written)
        self.candidates.chosen.connect(lambda chosen: self._take(kana, chosen))
        self.candidates.stayed.connect(self._end_choice)
        self.say(self.kit.key("entry.convert.which"), "hint")
        self._swap()

    def _take(self, kana: str, chosen: str) -> None:
        self._end_choice()
        self.keyboard.set_text(self.keyboard.text.removesuffix(kana) + chosen)

    def _end_choice(self) -> None:
        if self.candidates is not None:
            self.candidates.hide()
            self.candidates.deleteLater()
            self.candidates = None
            self.say_hint()
            self._swap()

    def _swap(self) -> None:
        for widget in (self.keyboard, self.done, *([self.skip] if self.skip else [])):
            widget.setVisible(self.candidates is None)
        if self.candidates is not None:
            self.candidates.show()
        self.kit.guard.page_changed()
        self.rearrange()


class SymbolField(TextField):
    """記号 of a paper: digits, letters, kana or kanji (東京). The answer has one width, as the exchange has it: half
    where it is letters and digits alone, full where anything else occurs."""

    def __init__(self, kit: Kit, question: Text, check: Check, **options: Any) -> None:
        super().__init__(
            kit, question, check, script="hiragana", sheet="latin", convertible=True, longest=20, **options
        )

    def value(self) -> str:
        return in_one_width(super().value())


def in_one_width(text: str) -> str:
    """A symbol or number of a paper without blanks: half-width if it is letters and digits alone, else full-width."""
    half = "".join(unicodedata.normalize("NFKC", text).split())
    if half.isascii() and half.isalnum():
        return half
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in half)
