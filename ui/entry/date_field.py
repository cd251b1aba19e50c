"""A day by the Japanese or the Gregorian calendar: era, year, month, day, each with large keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from kiosk.coverage.japanese_dates import ERAS, Era, EraDay, Flaw, by_era, gregorian
from kiosk.visit.form import Problem
from kiosk.wording.text import Text
from ui.entry.day_line import PARTS, DayLine, DayPart
from ui.entry.field import Check, Field
from ui.entry.keys import Board, Cap, Cell
from ui.entry.number_pad import NumberPad
from ui.widgets.kit import Kit
from ui.widgets.target import Target

GREGORIAN = "gregorian"
_ERAS: dict[str, Era] = {era.letter: era for era in reversed(ERAS)}


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
            for place, name in enumerate((*_ERAS, GREGORIAN))
        )

    def least(self, key_mm: float) -> tuple[int, int]:
        return super().least(max(key_mm, 24.0))


class DateField(Field):
    """``counted_on``: an era may be counted on after its end, as papers do that were printed before (平成35年): right
    for a day of expiry, wrong for a day of birth. The answer is an ISO date."""

    def __init__(
        self, kit: Kit, question: Text, check: Check, *, counted_on: bool = False, **options: Any
    ) -> None:
        super().__init__(kit, question, check, **options)
        self._counted_on = counted_on
        self._era = ""
        self._numbers: dict[DayPart, str] = {}
        self._active: DayPart = "era"
        self._wrong = False
        self._line = DayLine(kit, self)
        self._eras = EraBoard(kit, self)
        self._pad = NumberPad(kit, longest=2, parent=self)
        self._line.touched.connect(self._go_to)
        self._eras.touched.connect(self._take_era)
        self._pad.edited.connect(self._on_digits)
        self._show()

    @property
    def area(self) -> Board:
        return self._eras if self._active == "era" else self._pad

    def line(self) -> DayLine:
        return self._line

    def targets(self) -> list[Target]:
        return [*self._line.usable(), *super().targets()]

    def more_messages(self) -> Sequence[Text]:
        kit = self.kit
        return [
            kit.key("entry.date.no_such_day"),
            kit.key("entry.date.no_such_month"),
            kit.key("entry.date.before_gregorian"),
            *(self._era_text(era, "until", era.last) for era in ERAS if era.last),
            *(self._era_text(era, "since", era.first) for era in ERAS),
            self._named(date(1988, 12, 31)),
        ]

    # ----------------------------------------------------------------------------------------------- value

    def value(self) -> str:
        """The ISO date; "" as long as there is none."""
        day = self._day()
        return day.isoformat() if isinstance(day, date) else ""

    def set_value(self, value: str) -> None:
        """Fills in an ISO date, by its era; "" for none."""
        known = by_era(date.fromisoformat(value)) if value else None
        if known is None or isinstance(known, Flaw):
            self._era, self._numbers, self._active = "", {}, "era"
        else:
            self._era, self._active = known.era.letter, "day"
            self._numbers = {"year": str(known.year), "month": str(known.month), "day": str(known.day)}
        self._wrong = False
        self._show()
        if value:
            self._tell()

    def _day(self) -> date | Flaw | None:
        """None as long as a part is missing."""
        if not self._era or any(not self._numbers.get(part) for part in PARTS[1:]):
            return None
        return self._judged(*(int(self._numbers[part]) for part in PARTS[1:]))

    def _judged(self, year: int, month: int, day: int) -> date | Flaw:
        if self._era != GREGORIAN:
            return gregorian(_ERAS[self._era], year, month, day, counted_on=self._counted_on)
        try:
            found = date(year, month, day)
        except ValueError:
            return Flaw.NO_SUCH_DAY
        return found if isinstance(by_era(found), EraDay) else Flaw.BEFORE_GREGORIAN

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
        """Goes on to the next part that is missing; gives the day when none is."""
        missing = next(
            (part for part in PARTS if not (self._era if part == "era" else self._numbers.get(part))), None
        )
        if missing is not None and missing != self._active:
            self._go_to(missing)
        elif self._tell():
            super().finish()

    def _take_era(self, cap: Cap) -> None:
        if (cap.value == GREGORIAN) != (self._era == GREGORIAN):
            self._numbers.pop("year", None)
        self._era = cap.value
        self.edited.emit()
        self._go_to(next((part for part in PARTS[1:] if not self._numbers.get(part)), "year"))
        if self._day() is not None:
            self._tell()

    def _go_to(self, part: str) -> None:
        self._active = next(one for one in PARTS if one == part)
        self._wrong = False
        self.say_hint()
        self._show()
        self.kit.guard.page_changed()

    def _on_digits(self, digits: str) -> None:
        part = self._active
        if digits == self._numbers.get(part, ""):
            return
        if self._wrong and len(digits) > len(self._numbers.get(part, "")):
            digits = digits[-1]  # what was impossible makes room for the next digit
        self._wrong = False
        self._numbers[part] = digits
        self.say_hint()
        self._show()
        self.edited.emit()
        if self._complete(part, digits) and self._tell() and part != "day":
            self._go_to(PARTS[PARTS.index(part) + 1])

    def _complete(self, part: DayPart, digits: str) -> bool:
        """Whether no digit can follow."""
        if part == "year" and self._era == GREGORIAN:
            return len(digits) == 4
        beyond = {"year": self._most_years() // 10, "month": 1, "day": 3}.get(part, 9)
        return len(digits) == 2 or (digits != "" and int(digits) > beyond)

    def _most_years(self) -> int:
        last = None if self._counted_on else _ERAS[self._era].last
        return 99 if last is None else last.year - _ERAS[self._era].first.year + 1

    # -------------------------------------------------------------------------------------------- telling

    def _tell(self) -> bool:
        """Says what is wrong with what stands there so far, or which day it is; whether nothing is wrong."""
        found = self._flaw()
        self._wrong = found is not None
        if found is not None:
            self.say(found, "problem")
        elif (day := self._day()) is not None and isinstance(day, date):
            self.say(self._named(day), "good")
        self._show()
        return not self._wrong

    def _flaw(self) -> Text | None:
        """The first thing that is wrong, as early as it can be known."""
        year, month = (int(self._numbers.get(part) or "-1") for part in PARTS[1:3])
        day = self._day()
        if month > 12 or month == 0:
            return self.kit.key("entry.date.no_such_month")
        if isinstance(day, Flaw):
            return self._flaw_text(day, year, month, int(self._numbers["day"]))
        if day is not None:
            checked = self.check(day.isoformat())
            return self.problem_text(checked) if isinstance(checked, Problem) else None
        if self._era and year >= 0:
            ends = [self._judged(year, 1, 1), self._judged(year, 12, 31)]
            if all(isinstance(end, Flaw) for end in ends) and isinstance(ends[1], Flaw):
                return self._flaw_text(ends[1], year, 12, 31)
        return None

    def _flaw_text(self, flaw: Flaw, year: int, month: int, day: int) -> Text:
        era = _ERAS.get(self._era)
        if flaw is Flaw.NOT_IN_ERA and era is not None:
            early = date(era.first.year + year - 1, month, day) < era.first
            return self._era_text(
                era, "since" if early else "until", era.first if early else era.last or era.first
            )
        return self.kit.key(
            f"entry.date.{'before_gregorian' if flaw is Flaw.BEFORE_GREGORIAN else 'no_such_day'}"
        )

    def _era_text(self, era: Era, bound: Literal["since", "until"], day: date) -> Text:
        name = self.kit.key(f"entry.era.{era.letter}")
        return self.kit.wording.sentence(f"entry.date.{bound}", (("name", name), ("day", day)))

    def _named(self, day: date) -> Text:
        """The day in both calendars, so that a slip is seen."""
        return self.kit.wording.sentence("entry.date.is", (("day", day), ("other_year", day)))

    def _show(self) -> None:
        for part in PARTS:
            self._line.show_part(
                part, self._part_text(part), active=part == self._active, usable=self._usable(part)
            )
        self._eras.setVisible(self._active == "era")
        self._pad.setVisible(self._active != "era")
        if self._active != "era":
            self._pad.longest = 4 if self._active == "year" and self._era == GREGORIAN else 2
            if self._wrong:
                self._pad.longest += 1
            if self._pad.text != self._numbers.get(self._active, ""):
                self._pad.set_text(self._numbers.get(self._active, ""))
        for cell in self._eras.cells:
            cell.cap.set_chosen(cell.cap.value == self._era)
        self.rearrange()

    def _usable(self, part: DayPart) -> bool:
        return part == "era" or bool(self._era)

    def _part_text(self, part: DayPart) -> Text:
        if part == "era":
            return self.kit.key(f"entry.era.{self._era}" if self._era else "entry.date.era")
        digits = self._numbers.get(part, "")
        if part == "year" and digits.lstrip("0") == "1" and self._active != "year" and self._era != GREGORIAN:
            digits = self.kit.key("entry.date.first_year").plain
        return self.kit.key(f"entry.date.{part}", number=digits or "　")
