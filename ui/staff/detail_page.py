"""One visit: left its story, in the middle what to do, right what to look at; below ten keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from kiosk.accounts.roles import Action
from kiosk.coverage.ages import age_on
from kiosk.desk.case import CLOSED
from kiosk.desk.detail import Detail
from kiosk.desk.row import Mark, Need
from ui.staff.deeds import PERMISSION, Deed, Seen, denied, doubted, keys, permission, suggested, unable
from ui.staff.doing import Doing
from ui.staff.face import FaceView
from ui.staff.look_at import LookAt
from ui.staff.parts import Elided, Lamp, across, button, column, label, line, restyle
from ui.staff.story import Story
from ui.staff.style import Look
from ui.staff.todo import Todo
from ui.staff.words import Words, shown_kana, shown_name, standing, waiting


class DetailPage(QWidget):
    """``left``: back to the board."""

    left = Signal()

    def __init__(self, look: Look, words: Words, doing: Doing, may: Callable[[Action], bool]) -> None:
        super().__init__()
        self.setObjectName("detail_page")
        self._look, self._words, self._doing, self._may = look, words, doing, may
        self._detail: Detail | None = None
        self._today = date.min
        self._now: datetime | None = None
        self.head = _Head(look, words)
        self.story = Story(look, words)
        self.todo = Todo(look, words)
        self.look_at = LookAt(look, words)
        self.face = FaceView(look, words, partial(self.begin, Deed.FACE))
        self.bar = DeedBar(look, words, self.begin)
        self.hint = Elided("small", "hint")
        self.todo.chosen.connect(lambda _way: self._way_changed())
        self.look_at.numbers_wanted.connect(self._tell_numbers)
        self._lay_out()

    @property
    def visit(self) -> str:
        return self._detail.row.visit if self._detail is not None else ""

    @property
    def seen(self) -> Seen | None:
        if self._detail is None:
            return None
        return Seen(self._detail, self._today, self.todo.way)

    def show_detail(self, detail: Detail, today: date, now: datetime) -> None:
        first, typing = detail.row.visit != self.visit, self.look_at.typing
        self._detail, self._today, self._now = detail, today, now
        self.todo.show_detail(detail)
        self.look_at.show_detail(detail, self.todo.way_open(), today)
        self.story.show_lines(detail.lines)
        self._show_face(detail)
        self.head.show_detail(detail, today)
        self.head.show_waiting(detail, now)
        self._show_bar()
        if first or (self.look_at.typing and not typing):  # what had the focus may be gone
            self._rest()

    def let_time_pass(self, now: datetime) -> None:
        self._now = now
        if self._detail is not None:
            self.head.show_waiting(self._detail, now)

    def forget(self) -> None:
        """Nothing of the visit stays in the page."""
        self._detail = None
        self.story.show_lines(())
        self.head.clear()
        self.face.clear()
        for typed in self.look_at.inputs.values():
            typed.clear()

    def begin(self, deed: Deed) -> None:
        seen = self.seen
        if seen is not None:
            self._doing.begin(deed, seen)

    # -- keys
    def pressed(self, event: QKeyEvent) -> bool:
        key = event.key()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if Qt.Key.Key_F1 <= key <= Qt.Key.Key_F10:
            self._press(key - Qt.Key.Key_F1)
            return True
        if key == Qt.Key.Key_Escape:
            if self.look_at.typing:
                self._rest()
            else:
                self.left.emit()
            return True
        if control and key in (Qt.Key.Key_T, Qt.Key.Key_R, Qt.Key.Key_E, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if key == Qt.Key.Key_T:
                self.look_at.begin_typing()
            elif key == Qt.Key.Key_R:
                self.todo.toggle_rule()
            elif key == Qt.Key.Key_E:
                self.begin(Deed.FACE)
            else:
                self.look_at.send()
            return True
        if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.story.turn(1 if key == Qt.Key.Key_PageDown else -1)
            return True
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if plain and Qt.Key.Key_1 <= key <= Qt.Key.Key_9 and not self.look_at.typing:
            self.todo.choose(key - Qt.Key.Key_0)
            return True
        return False

    # -- inside
    def _rest(self) -> None:
        """Where the focus is while nothing is typed."""
        (self.todo.ways if self.todo.ways.count() else self.story).setFocus()

    def _lay_out(self) -> None:
        gap = self._look.sizes.gap
        do = column(self.todo, self.face, gap=0)
        do.setStretch(0, 1)
        middle = across(self.story, line(vertical=True), do, line(vertical=True), self.look_at, gap=0)
        middle.setStretch(0, 26)
        middle.setStretch(2, 31)
        middle.setStretch(4, 43)
        below = column(self.hint, self.bar, gap=max(2, gap // 2))
        below.setContentsMargins(gap, 2, gap, gap)
        layout = column(self.head, line(), middle, line(), below, gap=0)
        layout.setStretch(2, 1)
        self.setLayout(layout)

    def _press(self, place: int) -> None:
        seen = self.seen
        if seen is not None:
            self.begin(keys(seen)[place][1])

    def _way_changed(self) -> None:
        self.look_at.show_way(self.todo.way_open())
        self._show_bar()

    def _tell_numbers(self, numbers: object) -> None:
        seen = self.seen
        if seen is not None:
            self._doing.tell_numbers(seen, numbers)  # type: ignore[arg-type]

    def _show_bar(self) -> None:
        seen = self.seen
        if seen is None:
            return
        best = suggested(seen)
        self.bar.show_deeds(seen, best, self._may)
        self.hint.setText(self._hint(best, seen))

    def _show_face(self, detail: Detail) -> None:
        """As it comes: with each hint and each result."""
        seen = self.seen
        can = seen is not None and not unable(Deed.FACE, seen)
        self.face.show_detail(detail, may_ask=can and self._may(PERMISSION[Deed.FACE]))

    def _hint(self, deed: Deed | None, seen: Seen) -> str:
        """What the suggested action does."""
        words = self._words
        if deed is None and seen.detail.row.need is Need.EVIDENCE and denied(seen.detail):
            return words("desk.face.look_twice" if doubted(seen.detail) else "desk.detail.look_twice")
        if deed is None or unable(deed, seen):
            return ""
        way = words(f"evidence.{seen.way}.name") if seen.way is not None else ""
        name = words(f"desk.do.{deed}")
        return f"{words.about(words('desk.detail.suggestion'), name)} — {words(f'desk.hint.{deed}', way=way)}"


class _Head(QWidget):
    """Who it is, where the visit stands, and what the patient sees."""

    def __init__(self, look: Look, words: Words) -> None:
        super().__init__()
        self._words = words
        gap = look.sizes.gap
        self.lamp = Lamp(look)
        self.light = label("", "strong", "light")
        self.number = label("", "large", "number")
        self.name = label("", "large", "name")
        self.person = label("", "", "person_facts")
        self.marks = label("", "bad", "marks")
        self.waiting = label("", "strong", "waiting")
        self.standing = Elided(name="standing")
        self.page = Elided("strong", "page")
        top = across(
            self.lamp,
            self.light,
            self.number,
            self.name,
            self.person,
            self.marks,
            1,
            self.waiting,
            gap=gap * 2,
        )
        below = across(self.standing, self.page, gap=gap * 2)
        below.setStretch(0, 3)
        below.setStretch(1, 2)
        layout = column(top, below, gap=2)
        layout.setContentsMargins(gap * 2, gap, gap * 2, gap)
        self.setLayout(layout)

    def show_detail(self, detail: Detail, today: date) -> None:
        words, row = self._words, detail.row
        word = words(f"desk.light.{row.light}")
        self.lamp.show_light(row.light, word)
        self.light.setText(word)
        self.number.setText(row.number or "–")
        kana, name = shown_kana(detail.kana or row.kana), shown_name(detail.corrected or detail.name)
        self.name.setText("　".join(part for part in (kana, name) if part) or words("desk.board.no_name"))
        self.person.setText("　".join(self._facts(detail, today)))
        marks = [words(f"desk.mark.{mark}") for mark in Mark if mark in row.marks]
        self.marks.setText(words.listed(marks))
        self.standing.setText(standing(row, words))
        if row.state in CLOSED or row.need is Need.RESULT:
            self.page.setText(words("desk.detail.nobody_sees"))
        elif Mark.TAKEN_OVER in row.marks:
            self.page.setText(words("desk.detail.taken_over"))
        else:
            self.page.setText(words("desk.detail.patient_sees", page=words(f"desk.state.{row.state}")))

    def _facts(self, detail: Detail, today: date) -> list[str]:
        words = self._words
        facts = []
        if detail.birth_date:
            age = age_on(date.fromisoformat(detail.birth_date), today)
            facts.append(words.aside(words.day(detail.birth_date), words("desk.detail.age", age=age)))
        if detail.share is not None:
            share = words("desk.detail.share_tenths", tenths=detail.share)
            facts.append(f"{words('desk.detail.share')} {share}")
        if detail.row.patient_number:
            facts.append(f"{words('desk.detail.patient_number')} {detail.row.patient_number}")
        if detail.language != words.language:
            facts.append(f"{words('desk.detail.language')} {words.find(f'language.{detail.language}')}")
        if detail.companion:
            facts.append(words("desk.detail.companion"))
        return facts

    def show_waiting(self, detail: Detail, now: datetime) -> None:
        waits = waiting(detail.row, now, self._words)
        self.waiting.setText(f"{self._words('desk.column.waiting')} {waits}" if waits else "")

    def clear(self) -> None:
        for part in (self.number, self.name, self.person, self.marks, self.waiting):
            part.setText("")
        self.standing.setText("")
        self.page.setText("")


class DeedBar(QWidget):
    """Ten buttons in two lines, each with its key; one that cannot be used says why."""

    def __init__(self, look: Look, words: Words, begin: Callable[[Deed], object]) -> None:
        super().__init__()
        self._words, self._begin = words, begin
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(look.sizes.gap)
        self._buttons: list[QPushButton] = []
        self._deeds: list[Deed] = []
        for place in range(10):
            made = button(f"F{place + 1}", "", partial(self._press, place))
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._buttons.append(made)
            self._grid.addWidget(made, place // 5, place % 5)
        for column_ in range(5):
            self._grid.setColumnStretch(column_, 1)

    def show_deeds(self, seen: Seen, best: Deed | None, may: Callable[[Action], bool]) -> None:
        words = self._words
        self._deeds = [deed for _key, deed in keys(seen)]
        hidden_best = best is not None and best not in self._deeds
        for (key, deed), made in zip(keys(seen), self._buttons, strict=True):
            why_not = unable(deed, seen)
            text = words(f"desk.do.{deed}")
            shown = words.about(text, words(f"desk.do.{best}")) if deed is Deed.MORE and hidden_best else text
            allowed = may(permission(deed, seen))
            made.setText(f"{key}  {shown}")
            made.setAccessibleName(f"{key} {shown}")
            made.setEnabled(not why_not and allowed)
            way = words(f"evidence.{seen.way}.name") if seen.way is not None else ""
            told = words(f"desk.unable.{why_not}") if why_not else words.find(f"desk.hint.{deed}", way=way)
            made.setToolTip(told)
            made.setAccessibleDescription(told)
            main = deed is best or (deed is Deed.MORE and hidden_best)
            if bool(made.property("main")) is not main:
                made.setProperty("main", main)
                restyle(made)

    def _press(self, place: int) -> None:
        if place < len(self._deeds):
            self._begin(self._deeds[place])
