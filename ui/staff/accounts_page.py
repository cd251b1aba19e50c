"""Who may use the console: for the administrator, who sees no patient."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from kiosk.accounts.outcomes import Allowed, Changed, Denied, Person, Unchanged
from kiosk.accounts.passwords import Password
from kiosk.accounts.records import BrokenGlass
from kiosk.accounts.roles import Action, Role
from kiosk.ledger.interface import JST
from ui.staff.doing import Ask
from ui.staff.guard import Guard
from ui.staff.lane import Lane, Trouble
from ui.staff.own_page import Say
from ui.staff.parts import Told, across, button, column, label
from ui.staff.sheet import Answers, Choice, Field, Question, Secrets, Sheet
from ui.staff.sign_in import problem_of
from ui.staff.style import Look
from ui.staff.words import Words, shown_name

_ACTS = ("add", "set_role", "disable", "forget_second", "set_password")
_GLASS = 5  # so many are named
_COLUMNS = ("name", "display", "role", "second", "state")


class AccountsPage(QWidget):
    """``left``: back."""

    left = Signal()

    def __init__(self, look: Look, words: Words, guard: Guard, lane: Lane, ask: Ask, say: Say) -> None:
        super().__init__()
        self.setObjectName("accounts_page")
        self._words, self._guard, self._lane = words, guard, lane
        self._ask, self._say = ask, say
        self._people: list[Person] = []
        self.table = QTableWidget(0, len(_COLUMNS))
        self.table.setObjectName("people")
        self.table.setAccessibleName(words("desk.accounts.heading"))
        self.table.setHorizontalHeaderLabels([words(f"desk.accounts.{one}") for one in _COLUMNS])
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        gap = look.sizes.gap
        acts = [
            button(f"account_{act}", words(f"desk.accounts.{act}"), partial(self.begin, act), key=f"F{place}")
            for place, act in enumerate(_ACTS, 1)
        ]
        title = label(words("desk.accounts.heading"), "large")
        self.glass = Told(role="alarm", name="glass_broken")
        self.glass.hide()
        self.setLayout(
            column(title, self.table, across(*acts, 1, gap=gap), self.glass, gap=gap, margin=gap * 2)
        )

    def refresh(self) -> None:
        self._lane.do(self._guard.people, self._show)
        self._lane.do(self._guard.glass_broken, self._show_glass)

    def pressed(self, event: QKeyEvent) -> bool:
        key = event.key()
        if Qt.Key.Key_F1 <= key < Qt.Key.Key_F1 + len(_ACTS):
            self.begin(_ACTS[key - Qt.Key.Key_F1])
            return True
        if key == Qt.Key.Key_Escape:
            self.left.emit()
            return True
        return False

    def begin(self, act: str) -> None:
        person = self._selected()
        if act == "add":
            self._add()
        elif person is not None:
            {
                "set_role": self._set_role,
                "disable": self._disable,
                "forget_second": self._forget_second,
                "set_password": self._set_password,
            }[act](person)

    # -- inside
    def _show(self, people: list[Person] | Trouble) -> None:
        words = self._words
        if isinstance(people, Trouble):
            self._say(words("desk.trouble.accounts", code=people.code), bad=True)
            return
        kept = self.table.currentRow()
        self._people = people
        self.table.setRowCount(len(people))
        for row, one in enumerate(people):
            for place, text in enumerate(self._cells(one)):
                self.table.setItem(row, place, QTableWidgetItem(text))
        self.table.selectRow(min(max(kept, 0), len(people) - 1))
        self.table.setFocus()

    def _show_glass(self, broken: list[BrokenGlass] | Trouble) -> None:
        """Whoever keeps the accounts answers for what was taken without a right."""
        if isinstance(broken, Trouble):
            return  # the accounts themselves have told it
        lines = [self._words("desk.glass.list", count=len(broken)), *map(self._line, broken[::-1][:_GLASS])]
        self.glass.say("\n".join(lines))
        self.glass.setVisible(bool(broken))

    def _line(self, one: BrokenGlass) -> str:
        return self._words(
            "desk.glass.line",
            time=one.at.astimezone(JST).strftime("%m/%d %H:%M"),
            name=one.name,
            action=self._words(f"desk.glass.action.{one.action}"),
            reason=shown_name(one.reason),
        )

    def _cells(self, one: Person) -> tuple[str, ...]:
        words = self._words
        second = [words("desk.accounts.authenticator") if part == "totp" else part for part in one.second]
        state = "disabled" if one.disabled else f"owed_{one.owed[0]}" if one.owed else "active"
        return (
            one.name,
            one.display,
            words(f"desk.role.{one.role}"),
            words.listed(second) or words("desk.accounts.none"),
            words(f"desk.accounts.{state}"),
        )

    def _selected(self) -> Person | None:
        row = self.table.currentRow()
        return self._people[row] if 0 <= row < len(self._people) else None

    def _add(self) -> None:
        words = self._words
        fields = (
            Field("name", words("desk.accounts.name"), needed=True),
            Field("display", words("desk.accounts.display"), needed=True),
            self._role_field(Role.RECEPTION),
            Field("password", words("desk.accounts.temporary"), "secret", needed=True),
        )

        def change(leave: Allowed, told: Answers, secrets: Secrets) -> Changed | Unchanged:
            role, password = Role(told["role"]), Password(secrets["password"])
            return self._guard.add(leave, told["name"], told["display"], role, password)

        self._change(words("desk.accounts.add"), fields, change)

    def _set_role(self, person: Person) -> None:
        self._change(
            self._title("set_role", person),
            (self._role_field(person.role),),
            lambda leave, told, _secrets: self._guard.set_role(leave, person.name, Role(told["role"])),
        )

    def _disable(self, person: Person) -> None:
        act = "enable" if person.disabled else "disable"
        self._change(
            self._title(act, person),
            (),
            lambda leave, _told, _secrets: self._guard.set_disabled(leave, person.name, not person.disabled),
        )

    def _forget_second(self, person: Person) -> None:
        self._change(
            self._title("forget_second", person),
            (),
            lambda leave, _told, _secrets: self._guard.forget_second(leave, person.name),
        )

    def _set_password(self, person: Person) -> None:
        field = Field("password", self._words("desk.accounts.temporary"), "secret", needed=True)
        self._change(
            self._title("set_password", person),
            (field,),
            lambda leave, _told, secrets: self._guard.set_password(
                leave, person.name, Password(secrets["password"])
            ),
        )

    def _title(self, act: str, person: Person) -> str:
        return f"{self._words.aside(person.display, person.name)}　{self._words(f'desk.accounts.{act}')}"

    def _role_field(self, role: Role) -> Field:
        options = tuple(Choice(one, self._words(f"desk.role.{one}")) for one in Role)
        return Field("role", self._words("desk.accounts.role"), "choice", options, role)

    def _change(
        self,
        title: str,
        fields: tuple[Field, ...],
        change: Callable[[Allowed, Answers, Secrets], Changed | Unchanged],
    ) -> None:
        sheet: list[Sheet] = []

        def answered(told: Answers, secrets: Secrets) -> None:
            def job() -> Changed | Unchanged | Denied:
                leave = self._guard.allow(Action.MANAGE_ACCOUNTS)
                return leave if isinstance(leave, Denied) else change(leave, told, secrets)

            self._lane.do(job, lambda outcome: self._done(outcome, sheet[0], title))

        sheet.append(self._ask(Question(title, fields), answered, keep=True))

    def _done(self, outcome: Changed | Unchanged | Denied | Trouble, sheet: Sheet, title: str) -> None:
        words = self._words
        match outcome:
            case Changed():
                sheet.end()
                self._say(words("desk.accounts.done", name=title))
                self.refresh()
            case Unchanged():
                sheet.say(problem_of(outcome, words))
            case Denied(why=why):
                sheet.say(words(f"desk.denied.{why}"))
            case Trouble():
                sheet.say(words("desk.trouble.accounts", code=outcome.code))
