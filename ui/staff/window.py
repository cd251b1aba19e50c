"""The console's window: who is here decides what is shown, and keys lead everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QLayout, QWidget

from kiosk.accounts.outcomes import Present, Standing, Why
from kiosk.accounts.roles import Action
from kiosk.desk.detail import Detail
from kiosk.desk.row import Row
from kiosk.visit.policy import Contrast
from ui.staff.board_page import ORDER
from ui.staff.glass import Glass
from ui.staff.lane import Trouble
from ui.staff.model import Shown, Told
from ui.staff.parts import column
from ui.staff.presence import Presence
from ui.staff.sheet import Answered, Question, Sheet
from ui.staff.style import TEXT_SIZES, Look, Sizes, TextSize, sheet
from ui.staff.telling import is_bad, new_call, said_of, trouble_of
from ui.staff.views import Parts, Views
from ui.staff.words import LANGUAGES, Language, Words
from ui.theme.fonts import Fonts
from ui.theme.palette import PALETTES

_SECOND_MS = 1_000
_SETTLED_MS = 200  # after the last of a row of resizings
_SIZES: tuple[TextSize, ...] = tuple(TEXT_SIZES)


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
        self._locked_as: tuple[str, str] | None = None
        self._opening = ""
        self._detail: Detail | None = None
        self.sheet: Sheet | None = None
        self.views: Views
        self.presence = Presence(parts.guard, parts.accounts)
        self.glass = Glass(self.presence, self.ask, self.say)
        self._build()
        self._listen()

    def start(self) -> None:
        """Asks who is there."""
        self._timer.start()
        self._parts.accounts.do(self._parts.guard.is_first_start, self._begin)

    # ------------------------------------------------------------------------------------ what is shown

    @property
    def page(self) -> QWidget:
        return self.views.page

    def open(self, visit: str) -> None:
        """Opens a visit; the page follows when the look is recorded."""
        self._opening = visit
        self._parts.model.open(visit)

    def go_on(self) -> None:
        """Shows what whoever has just signed in may see."""
        self._locked_as = None
        self.presence.go_in()

    def lock(self, note: str = "") -> None:
        """Everything of patients goes from the screen at once; the session waits for its password, and others may sign
        in beside it."""
        standing = self.presence.standing
        if standing is None:
            return
        self._locked_as = (standing.name, standing.display)
        self._clear()
        self.presence.lock()
        self._to_unlock(note)

    def ask(self, question: Question, answered: Answered, *, keep: bool = False) -> Sheet:
        """A question in front of the page, in the place of one that is there."""
        if self.sheet is not None:
            self.sheet.end()
        made = self.sheet = Sheet(self, self._look, self._words, question, answered, keep=keep)
        made.gone.connect(partial(self._sheet_gone, made))
        return made

    def say(self, text: str, *, bad: bool = False) -> None:
        self.views.foot.say(text, bad=bad)

    # --------------------------------------------------------------------------------------------- keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Of the whole application: a page's keys work wherever the focus is."""
        if not isinstance(watched, QWidget) or watched.window() is not self:
            return False
        kind = event.type()
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress):
            self.presence.touch()
        if kind is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if self.sheet is not None:
            return self.sheet.pressed(event)
        return self.views.pressed(event) or self._pressed_anywhere(event)

    def _pressed_anywhere(self, event: QKeyEvent) -> bool:
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        key = event.key()
        if key in _LOOKS:
            _LOOKS[key](self)
        elif self.presence.standing is None:
            return False
        elif key in _LEADS:
            _LEADS[key](self)
        elif Qt.Key.Key_1 <= key < Qt.Key.Key_1 + len(ORDER) and self.presence.may(Action.SEE_BOARD):
            self._show_page(self.views.board)
            self.views.board.choose(ORDER[key - Qt.Key.Key_1])
        else:
            return False
        return True

    def _search(self) -> None:
        if self.presence.may(Action.SEE_BOARD):
            self._show_page(self.views.board)
            self.views.board.begin_search()

    def _draw_curtain(self) -> None:
        self.say("")
        self._show_page(self.views.curtain)

    def _next_call(self) -> None:
        shown = self._parts.model.latest
        if shown is None or not self.presence.may(Action.OPEN_VISIT):
            return
        waiting = [row for row in shown.rows[ORDER[0]] if row.visit != self.views.detail.visit]
        if waiting:
            self.open(waiting[0].visit)

    def show_keys(self) -> None:
        self._show_page(self.views.keys)

    def show_health(self) -> None:
        if self._allowed(Action.SEE_HEALTH):
            self._show_page(self.views.health)
            self.views.health.refresh()

    def show_accounts(self) -> None:
        if self._allowed(Action.MANAGE_ACCOUNTS):
            self._show_page(self.views.accounts)
            self.views.accounts.refresh()

    def show_report(self) -> None:
        shown = self._parts.model.latest
        if shown is not None and self._allowed(Action.SEE_REPORT):
            self._show_page(self.views.report)
            self.views.report.show_day(shown.today)

    def import_patients(self) -> None:
        importing = self.views.importing
        if importing is not None and self._allowed(Action.IMPORT_PATIENTS):
            importing.begin()

    def show_own(self) -> None:
        if self.presence.standing is not None:
            self.views.own.show_standing(self.presence.standing)
            self._show_page(self.views.own)

    # ------------------------------------------------------------------------------- coming and going

    def _begin(self, first: bool | Trouble) -> None:
        if first is True:
            self._show_page(self.views.first)
            self.views.first.begin()
            return
        self._to_sign_in()
        if isinstance(first, Trouble):
            self._cannot(first)

    def _to_sign_in(self, note: str = "") -> None:
        self._locked_as = None
        self.views.sign_in.begin(note)
        self._show_sign_in()

    def _to_unlock(self, note: str) -> None:
        assert self._locked_as is not None
        name, display = self._locked_as
        self.views.sign_in.ask_to_unlock(name, display, note)
        self._show_sign_in()

    def _show_sign_in(self) -> None:
        self._show_page(self.views.sign_in)

        def come(present: list[Present] | Trouble) -> None:
            self.views.sign_in.show_present([] if isinstance(present, Trouble) else present)

        self._parts.accounts.do(self._parts.guard.present, come)

    def _stands(self, standing: Standing) -> None:
        self.views.head.show_person(standing)
        self.views.own.show_standing(standing)
        if self.page in (self.views.sign_in, self.views.first):
            self._home()

    def _home(self) -> None:
        """The page that this role begins with; first what is owed."""
        standing = self.presence.standing
        if standing is None:
            self._to_sign_in()
        elif standing.owed:
            self.show_own()
        elif self.presence.may(Action.SEE_BOARD):
            self._show_page(self.views.board)
            self.views.board.table.setFocus()
        elif self.presence.may(Action.MANAGE_ACCOUNTS):
            self.show_accounts()
        else:
            self.show_health()

    def _locked_itself(self) -> None:
        standing = self.presence.standing
        assert standing is not None
        self._locked_as = (standing.name, standing.display)
        self._clear()
        self._to_unlock(self._words("desk.sign_in.idle"))

    def _ended(self) -> None:
        self._clear()
        self._to_sign_in(self._words("desk.denied.no_session"))

    def _sign_out(self) -> None:
        self._clear()
        self.presence.sign_out(self._to_sign_in)

    def _clear(self) -> None:
        """What is about patients, and about whoever was here."""
        if self.sheet is not None:
            self.sheet.end()
        self.presence.leave()
        self._leave_visit()
        self.views.own.forget()
        self.views.head.show_person(None)
        self.say("")

    def _leave_visit(self) -> None:
        self._opening, self._detail = "", None
        self._parts.model.leave()
        self.views.detail.forget()

    def _every_second(self) -> None:
        now = self._parts.now()
        self.views.head.show_time(now)
        self.views.board.let_time_pass(now)
        self.views.detail.let_time_pass(now)
        self.presence.every_second()

    # --------------------------------------------------------------------------------- what the desk tells

    def _show_board(self, shown: Shown) -> None:
        self.views.head.show_board(shown)
        self.views.curtain.show_board(shown)
        self.views.board.show_board(shown, self._parts.now())
        self.views.trouble.say(
            trouble_of(shown.trouble, self._words, shown) if shown.trouble is not None else ""
        )
        count = shown.waiting
        self.setWindowTitle(f"({count}) {self._title()}" if count else self._title())
        with suppress(AttributeError):  # a desktop without badges
            QGuiApplication.instance().setBadgeNumber(count)  # type: ignore[union-attr]

    def _show_detail(self, detail: Detail | None) -> None:
        if detail is None or self.presence.standing is None:
            return
        opened = detail.row.visit == self._opening
        if not opened and detail.row.visit != self.views.detail.visit:
            return
        shown = self._parts.model.latest
        today = shown.today if shown is not None else detail.row.day
        if opened:
            self._show_page(self.views.detail)
            self._opening = ""
        self._detail = detail
        self.views.detail.show_detail(detail, today, self._parts.now())

    def _show_told(self, told: Told) -> None:
        if told.denied is not None and told.denied.why is Why.LOCKED:
            return  # the lock itself is told
        if self.presence.standing is not None:
            self.say(said_of(told, self._words), bad=is_bad(told))

    def _called(self, rows: Sequence[Row]) -> None:
        self._parts.call()
        QApplication.alert(self)
        if rows and self.presence.may(Action.SEE_BOARD) and self.page is not self.views.curtain:
            self.say(new_call(rows[0], self._words), bad=True)

    def _cannot(self, trouble: Trouble) -> None:
        self.say(trouble_of(trouble, self._words), bad=True)

    def _allowed(self, action: Action) -> bool:
        if not self.presence.may(action):
            self._forbidden(action)
            return False
        return True

    def _forbidden(self, action: Action) -> None:
        self.glass.tell(action, self._words)

    def _break_glass(self) -> None:
        self.glass.ask(self._words)

    # ------------------------------------------------------------------------------------------- building

    def _listen(self) -> None:
        model, presence = self._parts.model, self.presence
        model.shown.connect(self._show_board)
        model.detailed.connect(self._show_detail)
        model.told.connect(self._show_told)
        model.called.connect(self._called)
        presence.stands.connect(self._stands)
        presence.locked.connect(self._locked_itself)
        presence.ended.connect(self._ended)
        presence.trouble.connect(self._cannot)
        self._timer = QTimer(self)
        self._timer.setInterval(_SECOND_MS)
        self._timer.timeout.connect(self._every_second)
        self._resized = QTimer(self)
        self._resized.setSingleShot(True)
        self._resized.setInterval(_SETTLED_MS)
        self._resized.timeout.connect(self.fit)
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    def _build(self) -> None:
        words = self._words = Words(self._language)
        sizes = Sizes(self._px_per_mm, self._text_size, self.width())
        look = self._look = Look(sizes, PALETTES[self._contrast], self._fonts)
        self.setStyleSheet(sheet(look))
        self.setWindowTitle(self._title())
        views = Views(self._parts, look, words, self.presence.may, self.ask, self.say, self._forbidden)
        views.first.done.connect(lambda: self._to_sign_in(self._words("desk.first.done")))
        views.sign_in.entered.connect(lambda _signed_in: self.go_on())
        views.own.changed.connect(self.presence.look)
        views.board.chosen.connect(self.open)
        for home in (
            views.detail.left, views.own.finished, views.curtain.drawn_back, views.health.left, views.accounts.left,
            views.keys.left, views.report.left,
        ):  # fmt: skip
            home.connect(self._home)
        self._put_in_place(views)
        views.head.show_time(self._parts.now())
        self._show_key_hints()

    def _put_in_place(self, views: Views) -> None:
        layout = self.layout()
        if layout is None:
            made = column(views)
            made.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # never larger than its screen
            self.setLayout(made)
        else:
            layout.replaceWidget(self.views, views)
            self.views.hide()
            self.views.deleteLater()
            views.show()
        self.views = views

    def _rebuild(self) -> None:
        """The same in another language, colour or size. What was typed is gone."""
        name, detail = self.page.objectName(), self._detail
        if self.sheet is not None:
            self.sheet.end()
        self._build()
        if self.presence.standing is not None:
            self.views.head.show_person(self.presence.standing)
            self.views.own.show_standing(self.presence.standing)
        shown = self._parts.model.latest
        if shown is not None:
            self._show_board(shown)
        if name == self.views.detail.objectName() and detail is not None:
            self._opening = detail.row.visit
            self._show_detail(detail)
        elif name == self.views.sign_in.objectName():
            if self._locked_as is not None:
                self._to_unlock("")
            else:
                self._to_sign_in()
        else:
            self._show_page(next(page for page in self.views.pages if page.objectName() == name))

    def _other_language(self) -> None:
        self._language = LANGUAGES[(LANGUAGES.index(self._language) + 1) % len(LANGUAGES)]
        self._rebuild()

    def _other_contrast(self) -> None:
        self._contrast = "high" if self._contrast == "standard" else "standard"
        self._rebuild()

    def _other_size(self) -> None:
        self._text_size = _SIZES[(_SIZES.index(self._text_size) + 1) % len(_SIZES)]
        self._rebuild()

    def fit(self) -> None:
        """Letters follow the room that there is; done by itself a moment after each resizing."""
        sizes = Sizes(self._px_per_mm, self._text_size, self.width())
        if sizes.body != self._look.sizes.body and self.sheet is None:
            self._rebuild()

    def _show_page(self, page: QWidget) -> None:
        if page is not self.views.detail and self.page is self.views.detail:
            self._leave_visit()
        self.views.stack.setCurrentWidget(page)
        self._show_key_hints()

    def _show_key_hints(self) -> None:
        words = self._words
        keys = [("Ctrl+J", words("desk.frame.language"))]
        if self.presence.standing is not None:
            first = {
                self.views.detail: [
                    ("Esc", words("desk.frame.back")),
                    ("Ctrl+N", words("desk.frame.next_call")),
                ],
                self.views.board: [("Enter", words("desk.keys.open"))],
            }
            keys = [
                *first.get(self.page, [("Esc", words("desk.frame.back"))]),
                ("Ctrl+K", words("desk.frame.keys")),
                ("Ctrl+B", words("desk.frame.clear")),
                ("Ctrl+L", words("desk.frame.lock")),
                *keys,
            ]
        self.views.foot.show_keys(tuple(keys))

    def _title(self) -> str:
        return f"{self._words('desk.frame.name')} — {self._parts.facility}"

    def _sheet_gone(self, gone: Sheet) -> None:
        if self.sheet is gone:
            self.sheet = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._resized.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._timer.stop()
        self._resized.stop()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        super().closeEvent(event)


_LOOKS: dict[int, Callable[[ConsoleWindow], None]] = {
    Qt.Key.Key_J: ConsoleWindow._other_language,
    Qt.Key.Key_I: ConsoleWindow._other_contrast,
    Qt.Key.Key_Plus: ConsoleWindow._other_size,
    Qt.Key.Key_Semicolon: ConsoleWindow._other_size,  # + without Shift on a Japanese keyboard
    Qt.Key.Key_Equal: ConsoleWindow._other_size,
}
_LEADS: dict[int, Callable[[ConsoleWindow], None]] = {
    Qt.Key.Key_F: ConsoleWindow._search,
    Qt.Key.Key_L: ConsoleWindow.lock,
    Qt.Key.Key_U: ConsoleWindow.lock,
    Qt.Key.Key_B: ConsoleWindow._draw_curtain,
    Qt.Key.Key_N: ConsoleWindow._next_call,
    Qt.Key.Key_K: ConsoleWindow.show_keys,
    Qt.Key.Key_H: ConsoleWindow.show_health,
    Qt.Key.Key_M: ConsoleWindow.show_accounts,
    Qt.Key.Key_O: ConsoleWindow.show_own,
    Qt.Key.Key_D: ConsoleWindow.show_report,
    Qt.Key.Key_P: ConsoleWindow.import_patients,
    Qt.Key.Key_G: ConsoleWindow._break_glass,
    Qt.Key.Key_Q: ConsoleWindow._sign_out,
}
