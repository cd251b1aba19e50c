"""The paper with its fields, what was typed and answered, and fields to type in what stands there."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from kiosk.coverage.japanese_dates import EraDay, by_era
from kiosk.desk.case import Numbers
from kiosk.desk.comparing import Compared, compare
from kiosk.desk.detail import Detail, WayOpen
from kiosk.visit.form import FormField
from ui.staff import typed
from ui.staff.papers import PapersPicture, drawn
from ui.staff.parts import Elided, Told, across, button, column, has_focus, label, set_role
from ui.staff.style import Look
from ui.staff.words import Words, clock, shown_kana, shown_name

_MARKS = {"good": "✓", "bad": "✗", "unfinished": "…", "": ""}
_DAYS = (FormField.BIRTH_DATE, FormField.VALID_UNTIL)


class LookAt(QWidget):
    """``numbers_wanted``: ask the system with what was typed here."""

    numbers_wanted = Signal(object)

    def __init__(self, look: Look, words: Words) -> None:
        super().__init__()
        self._look, self._words = look, words
        self._today = date.min
        self._visit = ""
        self.picture = PapersPicture(look, words)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(look.sizes.gap * 2)
        self._grid.setVerticalSpacing(max(2, look.sizes.gap // 2))
        self._names: dict[FormField, QLabel] = {}
        self._cells: dict[FormField, tuple[QLabel, QLabel, QLabel]] = {}
        self.answer = Told(name="answer")
        self.inputs: dict[FormField, QLineEdit] = {}
        self.verdicts: dict[FormField, Elided] = {}
        self._use = button("use_numbers", words("desk.typed.use"), self._send, key="Ctrl+Enter")
        self._use.setEnabled(False)
        self._lay_out()

    def show_detail(self, detail: Detail, way: WayOpen | None, today: date) -> None:
        self._today = today
        if detail.row.visit != self._visit:
            self._visit = detail.row.visit
            for line in self.inputs.values():
                line.clear()
        self.show_way(way)
        self._show_compared(detail)

    def show_way(self, way: WayOpen | None) -> None:
        papers = drawn(way.papers, way.checks, self._words) if way is not None else ()
        self.picture.show_papers(papers)

    def begin_typing(self) -> None:
        self.inputs[typed.FIELDS[0]].setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def typing(self) -> bool:
        return any(has_focus(line) for line in self.inputs.values())

    def numbers(self) -> Numbers | None:
        """What was typed, if something can be asked with it."""
        told = {field: line.text() for field, line in self.inputs.items()}
        return typed.numbers_of(told, self._today, self._words)

    def send(self) -> None:
        self._send()

    # -- inside
    def _lay_out(self) -> None:
        words, gap = self._words, self._look.sizes.gap
        heads = ("", "desk.detail.typed", "desk.detail.answered", "", "desk.typed.heading")
        for place, key in enumerate(heads):
            if key:
                self._grid.addWidget(label(words(key), "heading"), 0, place)
        for number, field in enumerate(_fields(), 1):
            self._row(number, field)
        self._grid.setColumnStretch(1, 5)
        self._grid.setColumnStretch(2, 5)
        self._grid.setColumnStretch(4, 12)
        keys = across(label("Ctrl+T", "key"), label(words("desk.keys.typed"), "small"), 1, self._use, gap=gap)
        title = label(words("desk.detail.look_at"), "heading")
        self.setLayout(column(title, self.picture, self.answer, self._grid, keys, 1, gap=gap, margin=gap))

    def _row(self, number: int, field: FormField) -> None:
        words = self._words
        name = label(words(f"desk.field.{field}"), "heading")
        one, other, mark = Elided(), Elided(), label("", "strong")
        mark.setFixedWidth(self._look.sizes.ems(1.2))
        for place, part in enumerate((name, one, other, mark)):
            self._grid.addWidget(part, number, place)
        self._names[field] = name
        self._cells[field] = (one, other, mark)
        if field not in typed.FIELDS:
            return
        line = QLineEdit()
        line.setObjectName(f"typed_{field}")
        line.setAccessibleName(words(f"desk.field.{field}"))
        line.setFixedWidth(self._look.sizes.ems(8.5))
        line.textChanged.connect(lambda _text, field=field: self._test(field))
        verdict = Elided(name=f"verdict_{field}")
        self.inputs[field], self.verdicts[field] = line, verdict
        self._grid.addLayout(across(line, verdict, gap=self._look.sizes.gap), number, 4)

    def _show_compared(self, detail: Detail) -> None:
        self._show_answer(detail)
        compared = {one.field: one for one in detail.compared or _answered(detail)}
        for field, (one, other, mark) in self._cells.items():
            found = compared.get(field)
            shown = found is not None or field in typed.FIELDS
            for part in (self._names[field], one, other, mark):
                part.setVisible(shown)
            one.setText(self._shown(field, found.typed) if found is not None else "")
            other.setText(self._shown(field, found.answered) if found is not None else "")
            self._mark(mark, found)

    def _show_answer(self, detail: Detail) -> None:
        """What the system said last, in words."""
        given = detail.answers[-1] if detail.answers else None
        if given is None:
            self.answer.say("")
            return
        words, verdict = self._words, given.verdict
        reason = words(f"reason.{verdict.reason}.patient") if verdict.reason is not None else "–"
        what = words(f"desk.says.{verdict.says}", reason=reason)
        if verdict.share is not None:
            what = words("desk.says.share", what=what, tenths=verdict.share)
        set_role(self.answer, {"valid": "fine", "not_valid": "alarm"}.get(verdict.says, "notice"))
        told = words("desk.says.late" if given.late else "desk.says.at", time=clock(given.at), what=what)
        self.answer.say(told)

    def _mark(self, mark: QLabel, found: Compared | None) -> None:
        agrees = None if found is None else found.agrees
        says = "" if agrees is None else "good" if agrees else "bad"
        mark.setText(_MARKS[says])
        mark.setAccessibleName(
            "" if agrees is None else self._words("desk.detail.agrees" if agrees else "desk.detail.differs")
        )
        set_role(mark, says or "strong")

    def _shown(self, field: FormField, value: str) -> str:
        if not value:
            return ""
        if field is FormField.KANA:
            return shown_kana(value)
        if field in _DAYS:
            return _as_printed(value, self._words)
        if field is FormField.RATIO and value.isdigit():
            return self._words("desk.detail.share_tenths", tenths=value)
        return self._words.find(f"field.{field}.{value}") or shown_name(value)

    def _test(self, field: FormField) -> None:
        found = typed.test(field, self.inputs[field].text(), self._today, self._words)
        verdict = self.verdicts[field]
        set_role(verdict, {"good": "passed", "bad": "failed"}.get(found.says, "small"))
        verdict.setText(f"{_MARKS[found.says]} {found.why}".strip())
        verdict.setAccessibleName(found.why)
        self._use.setEnabled(self.numbers() is not None)

    def _send(self) -> None:
        numbers = self.numbers()
        if numbers is not None:
            self.numbers_wanted.emit(numbers)


def _answered(detail: Detail) -> tuple[Compared, ...]:
    """Where nothing was typed: the coverage that counts, by itself."""
    given = detail.answers[-1] if detail.answers else None
    if given is None:
        return ()
    results, day = given.answer.results, detail.row.day
    in_force = given.answer.in_force(day)
    chosen = results[given.chosen - 1] if given.chosen else in_force[0] if len(in_force) == 1 else None
    return compare((), chosen, day)


def _as_printed(iso: str, words: Words) -> str:
    """A day as papers print it, to be compared at a glance: S51.5.20."""
    try:
        day = by_era(date.fromisoformat(iso))
    except ValueError:
        return iso
    return day.short if isinstance(day, EraDay) and words.language == "ja" else iso


def _fields() -> tuple[FormField, ...]:
    """Of whom, then the numbers, then what is printed besides."""
    return (
        FormField.KANA, FormField.NAME, FormField.BIRTH_DATE, FormField.INSURER_NAME, FormField.INSURER_NUMBER,
        FormField.SYMBOL, FormField.NUMBER, FormField.BRANCH, FormField.VALID_UNTIL, FormField.RATIO,
    )  # fmt: skip
