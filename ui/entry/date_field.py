"""A day by the Japanese or the Gregorian calendar: era, year, month, day, each with large keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from kiosk.coverage.japanese_dates import ERAS, Flaw, by_era
from kiosk.visit.form import Problem
from kiosk.wording.text import Text
from ui.entry.day_line import DayLine
from ui.entry.day_parts import CALENDARS, GREGORIAN, PARTS, DayFlaw, DayPart, DayParts
from ui.entry.field import Check, Field
from ui.entry.head import Tone
from ui.entry.keys import Board, Cap, Cell
from ui.entry.number_pad import NumberPad
from ui.widgets.kit import Kit
from ui.widgets.target import Target

_LEAST_ERA_MM = 24.0


class EraBoard(Board):
    """The five eras, newest first, and the Gregorian calendar."""

    most_mm = (70.0, 34.0)

    def __init__(self, kit: Kit, parent: Field) -> None:
        super().__init__(kit, parent)
        self.set_cells(
            Cell(
                Cap(kit, kit.key(f"entry.era.{name}"), "choice", value=name, parent=self),
                place % 2,
                place // 2,
            )
            for place, name in enumerate(CALENDARS)
        )

    def least(self, key_mm: float) -> tuple[int, int]:
        return super().least(max(key_mm, _LEAST_ERA_MM))


class DateField(Field):
    """``counted_on``: an era may be counted on after its end, as papers do that were printed before (平成35年): right
    for a day of expiry, wrong for a day of birth. The answer is an ISO date.

    Each part goes on to the next by itself as soon as no digit can follow; 次へ goes on as well. What is impossible is
    said at once, and its part stays to be written anew.
    """

    def __init__(
        self, kit: Kit, question: Text, check: Check, *, counted_on: bool = False, **options: Any
    ) -> None:
        super().__init__(kit, question, check, **options)
        self._parts = DayParts(counted_on=counted_on)
        self._active: DayPart = "era"
        self._wrong = False
        self._line = DayLine(kit, self)
        self._eras = EraBoard(kit, self)
        self._pad = NumberPad(kit, longest=2, parent=self)
        self._line.touched.connect(self._go_to)
        self._eras.touched.connect(self._take_era)
        self._pad.edited.connect(self._take_digits)
        self._show()

    @property
    def area(self) -> Board:
        return self._eras if self._active == "era" else self._pad

    def line(self) -> DayLine:
        return self._line

    def targets(self) -> list[Target]:
        return [*self._line.usable(), *super().targets()]

    def more_messages(self) -> Sequence[Text]:
        flaws = [DayFlaw("no_such_day"), DayFlaw("no_such_month"), DayFlaw("before_gregorian")]
        flaws += [DayFlaw("until", era) for era in ERAS if era.last]
        flaws += [DayFlaw("since", era) for era in ERAS]
        return [*map(self._flaw_text, flaws), self._named(date(1988, 12, 31))]

    # ----------------------------------------------------------------------------------------------- value

    def value(self) -> str:
        day = self._parts.day()
        return day.isoformat() if day else ""

    def set_value(self, value: str) -> None:
        """Fills in an ISO date."""
        self._parts.clear()
        self._active = "era"
        if value:
            self._parts.set_day(date.fromisoformat(value))
            self._active = "day"
        self._wrong = False
        self._show()
        if value:
            self._tell()

    # -------------------------------------------------------------------------------------------- writing

    def typed(self, letters: str) -> None:
        if self._active != "era":
            self._pad.add(letters)

    def delete_one(self) -> None:
        if self._active == "era":
            return
        if self._pad.text:
            self._pad.delete_one()
        else:
            self._go_to(PARTS[PARTS.index(self._active) - 1])

    def finish(self) -> None:
        """Goes on to what is missing; gives the day when nothing is."""
        missing = self._parts.missing()
        if missing is not None and missing != self._active:
            self._go_to(missing)
        elif self._tell():
            super().finish()

    def _take_era(self, cap: Cap) -> None:
        if GREGORIAN in (cap.value, self._parts.calendar) and cap.value != self._parts.calendar:
            self._parts.numbers.pop("year", None)
        self._parts.calendar = cap.value
        self.edited.emit()
        self._go_to(self._parts.missing() or "year")
        if self._parts.missing() is None:
            self._tell()

    def _go_to(self, part: str) -> None:
        self._active = next(one for one in PARTS if one == part)
        self._wrong = False
        self.say_hint()
        self._show()
        self.kit.guard.page_changed()

    def _take_digits(self, digits: str) -> None:
        before = self._parts.written(self._active)
        if digits == before:
            return
        if self._wrong and len(digits) > len(before):
            digits = digits[-1]  # what was impossible makes room for the next digit
        self._wrong = False
        self._parts.numbers[self._active] = digits
        self.say_hint()
        self._show()
        self.edited.emit()
        if self._parts.complete(self._active) and self._tell() and self._active != "day":
            self._go_to(PARTS[PARTS.index(self._active) + 1])

    # -------------------------------------------------------------------------------------------- telling

    def _tell(self) -> bool:
        """Says what is wrong with what is there so far, or which day it is; whether nothing is wrong."""
        said = self._found()
        if said is not None:
            self.say(*said)
        self._wrong = said is not None and said[1] == "problem"
        self._show()
        return not self._wrong

    def _found(self) -> tuple[Text, Tone] | None:
        if (flaw := self._parts.flaw()) is not None:
            return self._flaw_text(flaw), "problem"
        day = self._parts.day()
        if day is None:
            return None
        checked = self.check(day.isoformat())
        if isinstance(checked, Problem):
            return self.problem_text(checked), "problem"
        return self._named(day), "good"

    def _flaw_text(self, flaw: DayFlaw) -> Text:
        slots: list[tuple[str, object]] = []
        if flaw.era is not None and flaw.bound is not None:
            slots = [("name", self.kit.key(f"entry.era.{flaw.era.letter}")), ("day", flaw.bound)]
        return self.kit.wording.sentence(f"entry.date.{flaw.kind}", slots)

    def _named(self, day: date) -> Text:
        """The year in both calendars, so that a slip is seen. ``day``: one that ``DayParts`` has found."""
        known = by_era(day)
        assert not isinstance(known, Flaw)
        year = str(known.year) if known.year > 1 else self.kit.key("entry.date.first_year").plain
        name = self.kit.key(f"entry.era.{known.era.letter}")
        slots = (("name", name), ("count", year), ("number", str(day.year)))
        return self.kit.wording.sentence("entry.date.is", slots)

    # -------------------------------------------------------------------------------------------- showing

    def _show(self) -> None:
        for part in PARTS:
            usable = part == "era" or bool(self._parts.calendar)
            self._line.show_part(part, self._part_text(part), active=part == self._active, usable=usable)
        self._eras.setVisible(self._active == "era")
        self._pad.setVisible(self._active != "era")
        if self._active != "era":
            self._pad.longest = self._parts.longest(self._active) + self._wrong
            if self._pad.text != self._parts.written(self._active):
                self._pad.set_text(self._parts.written(self._active))
        for cell in self._eras.cells:
            cell.cap.set_chosen(cell.cap.value == self._parts.calendar)
        self.rearrange()

    def _part_text(self, part: DayPart) -> Text:
        written = self._parts.written(part)
        if part == "era":
            return self.kit.key(f"entry.era.{written}" if written else "entry.date.era")
        era_year = part == "year" and self._parts.calendar != GREGORIAN
        if era_year and written.lstrip("0") == "1" and self._active != "year":
            written = self.kit.key("entry.date.first_year").plain
        return self.kit.key(f"entry.date.{part}", number=written or "　")
