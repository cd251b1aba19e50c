"""Questions that digits answer: a telephone, a postcode, the numbers on a paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kiosk.coverage import insurer
from kiosk.visit.form import Problem
from kiosk.wording.text import Text
from ui.entry.field import Check, Field
from ui.entry.head import TextLine
from ui.entry.number_pad import NumberPad
from ui.widgets.kit import Kit

PHONE_DIGITS = 15
INSURER_DIGITS = 8
_LAW_IS_SURE = 7  # six digits are national health insurance or the beginning of eight


class NumberField(Field):
    """``written``: how the digits are shown, as 〒123-4567. ``extra``: a sign beside the digits."""

    def __init__(
        self,
        kit: Kit,
        question: Text,
        check: Check,
        *,
        longest: int,
        extra: str = "",
        example: str = "",
        written: Callable[[str], str] = str,
        **options: Any,
    ) -> None:
        super().__init__(kit, question, check, **options)
        self._written = written
        self._line = TextLine(kit, example=example, parent=self)
        self._pad = NumberPad(kit, longest=longest, extra=extra, parent=self)
        self._pad.edited.connect(self._on_edited)

    @property
    def area(self) -> NumberPad:
        return self._pad

    def line(self) -> TextLine:
        return self._line

    def value(self) -> str:
        return self._pad.text

    def set_value(self, value: str) -> None:
        self._filling = True
        self._pad.set_text("".join(value.split()))
        self._filling = False

    def typed(self, letters: str) -> None:
        self._pad.add(letters)

    def delete_one(self) -> None:
        self._pad.delete_one()

    def _on_edited(self, digits: str) -> None:
        self._line.set_shown(self._written(digits) if digits else "")
        self.say_hint()
        self.tell(digits)
        self.tell_edited()

    def tell(self, digits: str) -> None:
        """What can be said of the digits while they are typed."""


class InsurerNumberField(NumberField):
    """保険者番号: tells a wrong check digit with the last digit, and the kind of insurance as soon as it is sure."""

    def __init__(self, kit: Kit, question: Text, check: Check, **options: Any) -> None:
        super().__init__(kit, question, check, longest=INSURER_DIGITS, **options)

    def more_messages(self) -> Sequence[Text]:
        longest = max(insurer.LAWS.values(), key=len)
        place = max(insurer.PREFECTURES.values(), key=len)
        return [self._told(longest, place), self._told(None, place), self._told("", place)]

    def tell(self, digits: str) -> None:
        match insurer.parse(digits):
            case insurer.InsurerNumber() as number:
                law = None if number.national_health_insurance else number.law or ""
                self.say(self._told(law, number.prefecture or ""), "good")
            case insurer.Flaw.CHECK_DIGIT if len(digits) == INSURER_DIGITS:
                self.say_problem(Problem.CHECK_DIGIT)
            case _ if len(digits) == _LAW_IS_SURE and (law := insurer.LAWS.get(digits[:2])):
                self.say(self.kit.key("entry.insurer.law", name=law), "hint")

    def _told(self, law: str | None, place: str) -> Text:
        """``law``: None for national health insurance, "" for one that is not in our table."""
        if law is None:
            return self.kit.key("entry.insurer.national", name=place)
        if not law:
            return self.kit.key("entry.insurer.unknown_law")
        return self.kit.key("entry.insurer.kind", name=f"{law}（{place}）" if place else law)


def phone_written(digits: str) -> str:
    """A number as it is spoken: mobile numbers in their groups; where an area code ends is not known."""
    if digits[:3] in ("090", "080", "070", "060", "050"):
        return "-".join(part for part in (digits[:3], digits[3:7], digits[7:]) if part)
    return digits


def postcode_written(digits: str) -> str:
    return "〒" + "-".join(part for part in (digits[:3], digits[3:]) if part)
