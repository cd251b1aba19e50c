"""The console's window: who is here decides what is shown, and keys lead everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from kiosk.accounts.outcomes import Denied, GlassBroken, Present, Standing, Why
from kiosk.accounts.roles import Action, can_break, permits
from kiosk.accounts.security_key import SecurityKey
from kiosk.desk.detail import Detail
from kiosk.desk.row import Row
from kiosk.visit.policy import Contrast
from ui.staff.accounts_page import AccountsPage
from ui.staff.bars import Foot, Head
from ui.staff.board_page import ORDER, BoardPage
from ui.staff.curtain import Curtain
from ui.staff.detail_page import DetailPage
from ui.staff.doing import Doing
from ui.staff.guard import Guard
from ui.staff.health import Health
from ui.staff.health_page import HealthPage
from ui.staff.keys_page import KeysPage
from ui.staff.lane import Lane, Trouble
from ui.staff.model import DeskModel, Shown, Told
from ui.staff.own_page import OwnPage
from ui.staff.parts import Told as ToldLabel
from ui.staff.parts import column
from ui.staff.sheet import Answered, Answers, Field, Question, Secrets, Sheet
from ui.staff.sign_in import FirstPage, SignInPage
from ui.staff.style import TEXT_SIZES, Look, Sizes, TextSize, sheet
from ui.staff.telling import is_bad, new_call, said_of, trouble_of
from ui.staff.words import LANGUAGES, Language, Words
from ui.theme.fonts import Fonts
from ui.theme.palette import PALETTES

_LOOK_EVERY_MS = 1_000
_SIZES: tuple[TextSize, ...] = tuple(TEXT_SIZES)


class Page(Protocol):
    def pressed(self, event: QKeyEvent) -> bool:
        """Whether the key was for this page."""


@dataclass(frozen=True)
class Parts:
    """What a console is made of. ``accounts``: the lane of passwords; ``chores``: of what takes a second or two.
    ``call``: makes the sound of a new call."""

    facility: str
    terminal: str
    simulated: bool
    model: DeskModel
    guard: Guard
    accounts: Lane
    chores: Lane
    key: SecurityKey
    look_up: Callable[[], Health]
    now: Callable[[], datetime]
    call: Callable[[], None] = lambda: None


class ConsoleWindow(QWidget):
    """Shows nothing of a patient before somebody has signed in, and nothing any more when they have gone."""

    def __init__(
        self,
        parts: Parts,
        *,
        language: Language = "ja",
        contrast: Contrast = "standard",
        px_per_mm: float = Sizes().px_per_mm,
        text_size: TextSize = "small",
    ) -> None:
        super().__init__()
        self.setObjectName("console")
        self._parts = parts
        self._fonts = Fonts()
        self._language: Language = language
        self._contrast: Contrast = contrast
        self._px_per_mm = px_per_mm
        self._text_size: TextSize = text_size
        self._standing: Standing | None = None
        self._locked_as: tuple[str, str] | None = None
        self._before_curtain = ""
        self._touched = self._asking = False
        self._wanted_glass: Action | None = None
        self._opening = ""
        self._detail: Detail | None = None
        self.sheet: Sheet | None = None
        self._root: QWidget | None = None
        self._build()
        model = parts.model
        model.shown.connect(self._show_board)
        model.detailed.connect(self._show_detail)
        model.told.connect(self._show_told)
        model.called.connect(self._called)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._every_second)
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    def start(self) -> None:
        """Asks who is there."""
        self._timer.start()
        self._parts.accounts.do(self._parts.guard.is_first_start, self._begin)

    # ------------------------------------------------------------------------------------ what is shown

    @property
    def page(self) -> QWidget:
        shown = self.stack.currentWidget()
        assert shown is not None
        return shown

    @property
    def words(self) -> Words:
        return self._words

    def open(self, visit: str) -> None:
        """Opens a visit; the page follows when the look is recorded."""
        self._opening = visit
        self._parts.model.open(visit)

    def may(self, action: Action) -> bool:
        standing = self._standing
        if standing is None:
            return False
        return permits(standing.role, action) or any(one.action is action for one in standing.glass)

    def ask(self, question: Question, answered: Answered, *, keep: bool = False) -> Sheet:
        if self.sheet is not None:
            self.sheet.end()
        sheet = self.sheet = Sheet(self, self._look, self._words, question, answered, keep=keep)
        sheet.gone.connect(partial(self._sheet_gone, sheet))
        return sheet

    def say(self, text: str, *, bad: bool = False) -> None:
        self.foot.say(text, bad=bad)

    def lock(self, note: str = "") -> None:
        """Everything of patients goes from the screen at once; the session waits for its password."""
        standing = self._standing
        if standing is None:
            return
        self._locked_as = (standing.name, standing.display)
        self._clear()
        self._parts.accounts.do(self._parts.guard.lock)
        self._to_unlock(note)

    def change_user(self) -> None:
        """The session is locked, and somebody else may sign in beside it."""
        self.lock()

    # --------------------------------------------------------------------------------------------- keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(watched, QWidget) or watched.window() is not self:
            return False
        kind = event.type()
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress):
            self._touched = True
        if kind is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        return self._pressed(event)

    def _pressed(self, event: QKeyEvent) -> bool:
        if self.sheet is not None:
            return self.sheet.pressed(event)
        page: Page = self.page  # type: ignore[assignment]
        if page.pressed(event):
            return True
        return self._pressed_anywhere(event)

    def _pressed_anywhere(self, event: QKeyEvent) -> bool:
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        key = event.key()
        if key == Qt.Key.Key_J:
            self._other_language()
        elif key == Qt.Key.Key_I:
            self._rebuild(contrast="high" if self._contrast == "standard" else "standard")
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Semicolon, Qt.Key.Key_Equal):
            self._rebuild(text_size=_SIZES[(_SIZES.index(self._text_size) + 1) % len(_SIZES)])
        elif self._standing is None:
            return False
        elif key in _LEADS:
            _LEADS[key](self)
        elif Qt.Key.Key_1 <= key < Qt.Key.Key_1 + len(ORDER) and self.may(Action.SEE_BOARD):
            self._show_page(self.board)
            self.board.choose(ORDER[key - Qt.Key.Key_1])
        else:
            return False
        return True

    def _search(self) -> None:
        if self.may(Action.SEE_BOARD):
            self._leave_detail()
            self._show_page(self.board)
            self.board.begin_search()

    def _draw_curtain(self) -> None:
        self._before_curtain = self.page.objectName()
        self._parts.model.leave()
        self.detail.forget()
        self.say("")
        self._show_page(self.curtain)

    def _draw_back(self) -> None:
        self._home()

    def _next_call(self) -> None:
        shown = self._parts.model.latest
        if shown is None or not self.may(Action.OPEN_VISIT):
            return
        waiting = [row for row in shown.rows[ORDER[0]] if row.visit != self.detail.visit]
        if waiting:
            self.open(waiting[0].visit)

    def show_keys(self) -> None:
        self._leave_detail()
        self._show_page(self.keys)

    def show_health(self) -> None:
        if self._allowed(Action.SEE_HEALTH):
            self._leave_detail()
            self._show_page(self.health)
            self.health.refresh()

    def _to_accounts(self) -> None:
        if self._allowed(Action.MANAGE_ACCOUNTS):
            self._leave_detail()
            self._show_page(self.accounts)
            self.accounts.refresh()

    def _to_own(self) -> None:
        if self._standing is not None:
            self._leave_detail()
            self.own.show_standing(self._standing)
            self._show_page(self.own)

    def _allowed(self, action: Action) -> bool:
        if not self.may(action):
            self._forbidden(action)
            return False
        return True

    # ------------------------------------------------------------------------------- coming and going

    def _begin(self, first: bool | Trouble) -> None:
        if isinstance(first, Trouble):
            self.say(trouble_of(first, self._words), bad=True)
        if first is True:
            self._show_page(self.first)
            self.first.begin()
        else:
            self._to_sign_in()

    def _to_sign_in(self, note: str = "") -> None:
        self._locked_as = None
        self.sign_in.begin(note)
        self._show_sign_in()

    def _to_unlock(self, note: str) -> None:
        assert self._locked_as is not None
        name, display = self._locked_as
        self.sign_in.ask_to_unlock(name, display, note)
        self._show_sign_in()

    def _show_sign_in(self) -> None:
        self._show_page(self.sign_in)

        def come(present: list[Present] | Trouble) -> None:
            self.sign_in.show_present([] if isinstance(present, Trouble) else present)

        self._parts.accounts.do(self._parts.guard.present, come)

    def go_on(self) -> None:
        """Shows what whoever is signed in may see."""
        self._locked_as = None
        self._parts.accounts.do(self._parts.guard.standing, self._go_in)

    def _go_in(self, standing: Standing | Denied | Trouble) -> None:
        if isinstance(standing, Standing):
            self._show_standing(standing)
            self._home()
        else:
            self._to_sign_in(self._words("desk.sign_in.start_again"))

    def _home(self) -> None:
        """The page that this role begins with; first what is owed."""
        standing = self._standing
        if standing is None:
            self._to_sign_in()
        elif standing.owed:
            self._to_own()
        elif self.may(Action.SEE_BOARD):
            self._show_page(self.board)
            self.board.table.setFocus()
        elif self.may(Action.MANAGE_ACCOUNTS):
            self._to_accounts()
        else:
            self.show_health()

    def _clear(self) -> None:
        """What is about patients, and about whoever was here."""
        self._standing = None
        self._parts.model.leave()
        self.detail.forget()
        self.own.forget()
        self._detail = None
        self._opening = ""
        if self.sheet is not None:
            self.sheet.end()
        self.head.show_person(None)
        self.say("")

    def _show_standing(self, standing: Standing) -> None:
        self._standing = standing
        self.head.show_person(standing)
        self.own.show_standing(standing)

    def _leave_detail(self) -> None:
        if self.detail.visit:
            self._parts.model.leave()
            self.detail.forget()
            self._detail = None

    def _sign_out(self) -> None:
        self._clear()
        self._parts.accounts.do(self._parts.guard.sign_out, lambda _done: self._to_sign_in())

    # ---------------------------------------------------------------------------------------- each second

    def _every_second(self) -> None:
        now = self._parts.now()
        self.head.show_time(now)
        self.board.let_time_pass(now)
        self.detail.let_time_pass(now)
        if self._standing is None or self._asking:
            return
        self._asking = True
        guard = self._parts.guard
        touched, self._touched = self._touched, False
        self._parts.accounts.do(guard.touch if touched else guard.standing, self._stands)

    def _stands(self, standing: Standing | Denied | Trouble) -> None:
        self._asking = False
        if self._standing is None:
            return
        match standing:
            case Standing():
                if standing != self._standing:
                    self._show_standing(standing)
            case Denied(why=Why.LOCKED):
                self._locked_as = (self._standing.name, self._standing.display)
                self._clear()
                self._to_unlock(self._words("desk.sign_in.idle"))
            case Denied():
                self._clear()
                self._to_sign_in(self._words("desk.denied.no_session"))
            case Trouble():
                self.say(trouble_of(standing, self._words), bad=True)

    # --------------------------------------------------------------------------------- what the desk tells

    def _show_board(self, shown: Shown) -> None:
        self.head.show_board(shown)
        self.curtain.show_board(shown)
        self.board.show_board(shown, self._parts.now())
        self.trouble.say(trouble_of(shown.trouble, self._words, shown) if shown.trouble is not None else "")
        count = shown.waiting
        self.setWindowTitle(f"({count}) {self._title()}" if count else self._title())
        with suppress(AttributeError):  # a desktop without badges
            QGuiApplication.instance().setBadgeNumber(count)  # type: ignore[union-attr]

    def _show_detail(self, detail: Detail | None) -> None:
        if detail is None or self._standing is None:
            return
        opened = detail.row.visit == self._opening
        if not opened and detail.row.visit != self.detail.visit:
            return
        self._detail = detail
        shown = self._parts.model.latest
        today = shown.today if shown is not None else detail.row.day
        if opened:
            self._opening = ""
            self._show_page(self.detail)
        self.detail.show_detail(detail, today, self._parts.now())

    def _show_told(self, told: Told) -> None:
        if told.denied is not None and told.denied.why is Why.LOCKED:
            self._touched = False
            return
        if self._standing is not None:
            self.say(said_of(told, self._words), bad=is_bad(told))

    def _called(self, rows: Sequence[Row]) -> None:
        self._parts.call()
        QApplication.alert(self)
        if (
            self._standing is not None
            and rows
            and self.may(Action.SEE_BOARD)
            and self.page is not self.curtain
        ):
            self.say(new_call(rows[0], self._words), bad=True)

    # ------------------------------------------------------------------------------------- what is forbidden

    def _forbidden(self, action: Action) -> None:
        standing = self._standing
        if standing is None:
            return
        role = self._words(f"desk.role.{standing.role}")
        self._wanted_glass = action if can_break(standing.role, action) else None
        hint = f"　Ctrl+G {self._words('desk.glass.heading')}" if self._wanted_glass is not None else ""
        self.say(self._words("desk.denied.forbidden", role=role) + hint, bad=True)

    def _break_glass(self) -> None:
        action, words = self._wanted_glass, self._words
        if action is None:
            return
        question = Question(
            words("desk.glass.heading"),
            (Field("why", words("desk.glass.why"), needed=True),),
            words("desk.glass.body"),
            dangerous=True,
        )
        sheet: list[Sheet] = []

        def came(outcome: GlassBroken | Denied | Trouble) -> None:
            match outcome:
                case GlassBroken():
                    sheet[0].end()
                    self._wanted_glass = None
                    self._parts.accounts.do(self._parts.guard.standing, self._stands)
                case Denied(why=why):
                    sheet[0].say(words(f"desk.denied.{why}", role=""))
                case Trouble():
                    sheet[0].say(trouble_of(outcome, words))

        def answered(told: Answers, _secrets: Secrets) -> None:
            why = told["why"]
            self._parts.accounts.do(lambda: self._parts.guard.break_glass(action, why), came)

        sheet.append(self.ask(question, answered, keep=True))

    # ------------------------------------------------------------------------------------------- building

    def _build(self) -> None:
        parts = self._parts
        self._words = words = Words(self._language)
        self._look = look = Look(
            Sizes(self._px_per_mm, self._text_size),
            PALETTES[self._contrast],
            self._fonts,
        )
        self.setStyleSheet(sheet(look))
        self.setWindowTitle(self._title())
        self.head = Head(look, words, parts.facility, parts.terminal, simulated=parts.simulated)
        self.foot = Foot(look)
        self.trouble = ToldLabel(role="alarm", name="trouble")
        self.trouble.say("")
        self.stack = QStackedWidget()
        self.first = FirstPage(look, words, parts.guard, parts.accounts)
        self.sign_in = SignInPage(look, words, parts.guard, parts.accounts, parts.key)
        self.own = OwnPage(look, words, parts.guard, parts.accounts, parts.key, self.ask, self.say)
        self.board = BoardPage(look, words)
        doing = Doing(
            parts.model, words, self.ask, self.may, lambda text: self.say(text, bad=True), self._forbidden
        )
        self.detail = DetailPage(look, words, doing, self.may)
        self.health = HealthPage(look, words, parts.guard, parts.chores, parts.look_up, self.say)
        self.accounts = AccountsPage(look, words, parts.guard, parts.accounts, self.ask, self.say)
        self.keys = KeysPage(look, words)
        self.curtain = Curtain(look, words, parts.facility)
        self.starting = QWidget()
        for page in (
            self.starting, self.sign_in, self.first, self.own, self.board, self.detail, self.health, self.accounts, self.keys,
            self.curtain,
        ):  # fmt: skip
            self.stack.addWidget(page)
        self._connect()
        root = QWidget()
        layout = column(self.head, self.trouble, self.stack, self.foot, gap=0)
        layout.setStretch(2, 1)
        root.setLayout(layout)
        if self._root is None:
            self.setLayout(column(root))
        else:
            own = self.layout()
            assert own is not None
            own.replaceWidget(self._root, root)
            self._root.hide()
            self._root.deleteLater()
        self._root = root
        self.head.show_time(parts.now())
        self._show_keys()

    def _connect(self) -> None:
        self.first.done.connect(lambda: self._to_sign_in(self._words("desk.first.done")))
        self.sign_in.entered.connect(lambda _signed_in: self.go_on())
        self.own.finished.connect(self._home)
        self.own.changed.connect(lambda: self._parts.accounts.do(self._parts.guard.standing, self._stands))
        self.board.chosen.connect(self.open)
        self.detail.left.connect(self._left_detail)
        for page in (self.health, self.accounts, self.keys):
            page.left.connect(self._home)
        self.curtain.drawn_back.connect(self._draw_back)

    def _rebuild(self, **changes: str) -> None:
        """The same in another language, colour or size. What was typed is gone."""
        name, visit, standing = self.page.objectName(), self.detail.visit, self._standing
        locked = self._locked_as
        self._language = changes.get("language", self._language)  # type: ignore[assignment]
        self._contrast = changes.get("contrast", self._contrast)  # type: ignore[assignment]
        self._text_size = changes.get("text_size", self._text_size)  # type: ignore[assignment]
        detail = self._detail
        self._build()
        if standing is not None:
            self._show_standing(standing)
        shown = self._parts.model.latest
        if shown is not None:
            self._show_board(shown)
        page = next((one for one in self._pages() if one.objectName() == name), self.sign_in)
        if page is self.detail and detail is not None and visit:
            self._opening = visit
            self._show_detail(detail)
        elif page is self.sign_in:
            self._locked_as = locked
            self._to_unlock("") if locked is not None else self._to_sign_in()
        else:
            self._show_page(page)

    def _pages(self) -> list[QWidget]:
        return [page for place in range(self.stack.count()) if (page := self.stack.widget(place)) is not None]

    def _other_language(self) -> None:
        self._rebuild(language=LANGUAGES[(LANGUAGES.index(self._language) + 1) % len(LANGUAGES)])

    def _left_detail(self) -> None:
        self._leave_detail()
        self._home()

    def _show_page(self, page: QWidget) -> None:
        self.stack.setCurrentWidget(page)
        if page is not self.detail and self.detail.visit:
            self._leave_detail()
        self._show_keys()

    def _show_keys(self) -> None:
        words = self._words
        keys = [("Ctrl+J", words("desk.frame.language"))]
        if self._standing is not None:
            keys = [
                ("Ctrl+K", words("desk.frame.keys")),
                ("Ctrl+B", words("desk.frame.clear")),
                ("Ctrl+L", words("desk.frame.lock")),
                *keys,
            ]
            if self.page is self.detail:
                keys = [("Esc", words("desk.frame.back")), ("Ctrl+N", words("desk.frame.next_call")), *keys]
            elif self.page is self.board:
                keys = [("Enter", words("desk.keys.open")), *keys]
            else:
                keys = [("Esc", words("desk.frame.back")), *keys]
        self.foot.show_keys(tuple(keys))

    def _title(self) -> str:
        return f"{self._words('desk.frame.name')} — {self._parts.facility}"

    def _sheet_gone(self, gone: Sheet) -> None:
        if self.sheet is gone:
            self.sheet = None

    def closeEvent(self, event: QCloseEvent) -> None:
        self._timer.stop()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        super().closeEvent(event)


_LEADS: dict[int, Callable[[ConsoleWindow], None]] = {
    Qt.Key.Key_F: ConsoleWindow._search,
    Qt.Key.Key_L: ConsoleWindow.lock,
    Qt.Key.Key_U: ConsoleWindow.change_user,
    Qt.Key.Key_B: ConsoleWindow._draw_curtain,
    Qt.Key.Key_N: ConsoleWindow._next_call,
    Qt.Key.Key_K: ConsoleWindow.show_keys,
    Qt.Key.Key_H: ConsoleWindow.show_health,
    Qt.Key.Key_M: ConsoleWindow._to_accounts,
    Qt.Key.Key_O: ConsoleWindow._to_own,
    Qt.Key.Key_G: ConsoleWindow._break_glass,
    Qt.Key.Key_Q: ConsoleWindow._sign_out,
}
