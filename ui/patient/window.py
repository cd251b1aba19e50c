"""The patient's window: draws the newest view, sends back what was touched. Knows nothing of what a visit is."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QScreen
from PySide6.QtWidgets import QApplication, QWidget

from drivers.interface import CardFront, FrontHint
from kiosk.visit.acts import Act
from kiosk.visit.views import VisitView
from ui.patient.comparing import looks, same_page, undressed
from ui.patient.eyes import Eyes
from ui.patient.page import BasePage, digit_of
from ui.patient.pages import page_for
from ui.theme.fonts import Fonts
from ui.theme.palette import PALETTES
from ui.theme.panel import PanelProfile, Sizes
from ui.theme.tokens import WHITE
from ui.widgets.frame import FocusRing, Footer, Header, Ribbon
from ui.widgets.kit import Kit, Settings, TouchGuard, Wording, today_in_japan
from ui.widgets.secret import PutSecret
from ui.widgets.target import Target
from ui.widgets.time_warning import TimeWarning

if TYPE_CHECKING:
    from ui.patient.panels import Panel

# These pages come at once, whatever is shown: with them the last patient's data leave the screen.
_AT_ONCE = frozenset({"Welcome", "OutOfService", "TakeCard", "Finished", "Abandoned"})


@dataclass(frozen=True)
class Timing:
    """Milliseconds. ``hold``: how long every other page is shown at least. ``reading``: a card that is read sooner
    than this leads to its next page at once, so that nobody waits for the sake of a page that says "wait"."""

    hold: int = 600
    reading: int = 300
    double_touch: int = 300


@dataclass(frozen=True)
class Frame:
    """What stands around the page, in one language, size and colours."""

    kit: Kit
    header: Header
    footer: Footer
    ring: FocusRing
    ribbon: Ribbon | None

    def parts(self) -> list[QWidget]:
        return [self.header, self.footer, self.ring, *([self.ribbon] if self.ribbon else [])]


def _monotonic_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class PatientWindow(QWidget):
    """``wording`` gives a language's catalogue, ``send`` takes acts, ``put_secret`` takes over the
    digits of a PIN (``SecretSlots.put``).

    ``clock`` must be the one by which views tell ``deadline`` and ``since``, ``today`` that of the visit's days.
    Raises ``FontsMissing``.
    """

    front_wanted = Signal(bool)
    """Whether a page wants the front of a card to be read now; what is read comes back by ``front_told``."""
    hinted = Signal(str)
    """The sentence of what the patient is to do now, to be said aloud."""
    _posted = Signal(object)

    def __init__(
        self,
        profile: PanelProfile,
        wording: Callable[[str], Wording],
        send: Callable[[Act], None],
        put_secret: PutSecret,
        *,
        settings: Settings | None = None,
        languages: Sequence[str] = ("ja",),
        clock: Callable[[], int] = _monotonic_ms,
        today: Callable[[], date] = today_in_japan,
        timing: Timing | None = None,
        fonts_folder: Path | None = None,
        eyes: Eyes | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._eyes = eyes
        self.profile = profile
        self.page: BasePage | None = None
        self.warning: TimeWarning | None = None
        self.panel: Panel | None = None
        self.frame: Frame | None = None
        self._panel_name = ""
        self._wording = wording
        self._send = send
        self._put_secret = put_secret
        self._settings = settings or Settings()
        self._languages = tuple(languages)
        self._clock = clock
        self._today = today
        self._timing = timing or Timing()
        self._guard = TouchGuard(clock, self._timing.double_touch)
        self._fonts = Fonts(fonts_folder)
        self._view: VisitView | None = None
        self._pending: VisitView | None = None
        self._shown_at = 0
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.timeout.connect(self._release)
        self._stale = False  # the page on the screen answers no longer: another one waits
        self.setWindowTitle("Uketsuke")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.resize(profile.px_w, profile.px_h)
        self._posted.connect(self.show_view)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)

    def fill(self, screen: QScreen) -> None:
        """Takes the whole screen, without relying on a window manager, and shows no mouse pointer."""
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setGeometry(screen.geometry())
        self.show()

    # ------------------------------------------------------------------------------------------- views

    def post_view(self, view: VisitView) -> None:
        """``show_view`` from any thread."""
        self._posted.emit(view)

    def show_view(self, view: VisitView) -> None:
        """Draws ``view``, on the UI's thread: at once, or when the page on the screen has been seen long enough."""
        current = self._view
        if current is None or view.state in _AT_ONCE or same_page(current, view) or self._takes(view):
            self._present(view)
            return
        wait = self._shown_at + self._timing.hold - self._clock()
        if view.state == "ReadingCard" and view.waiting and current.state != view.state:
            wait = max(wait, self._timing.reading)
        if wait <= 0:
            self._present(view)
            return
        self._pending = view
        self._stale = True
        if self.page is not None:
            self.page.close_down()
        self._hold.start(wait)

    def _takes(self, view: VisitView) -> bool:
        """Whether the page on the screen shows this view in place; then it does."""
        if self._stale or self.page is None or self._view is None or looks(self._view) != looks(view):
            return False
        return self.page.take(view)

    def front_told(self, told: FrontHint | CardFront) -> None:
        """What the reader of cards' fronts says, for the page that asked for it."""
        if self.page is not None:
            self.page.front_told(told)

    def _release(self) -> None:
        if self._pending is not None:
            self._present(self._pending)

    def _present(self, view: VisitView) -> None:
        self._hold.stop()
        self._pending = None
        old, self._view = self._view, view
        frame = self.frame
        if frame is None or old is None or looks(old) != looks(view):
            frame = self._dress(view)
            draft = (
                self.page.draft() if self.page and old and same_page(undressed(old), undressed(view)) else ""
            )
            self._turn_page(view, frame)
            if draft and self.page is not None:
                self.page.restore(draft)
        elif self._stale or not (same_page(old, view) or (self.page and self.page.view == view)):
            self._turn_page(view, frame)
        if self._panel_name:
            if old is None or old.state != view.state or old.language != view.language:
                self.close_panel()
            elif looks(old) != looks(view):
                self._open_panel(self._panel_name)
        self._refresh(view, frame)

    def _dress(self, view: VisitView) -> Frame:
        """Builds what stands around the page anew, in this view's language, size and colours."""
        self._drop_focus()
        if self.frame is not None:
            for widget in self.frame.parts():
                _dispose(widget)
        kit = Kit(
            profile=self.profile,
            sizes=Sizes(self.profile, view.text_size),
            palette=PALETTES[view.contrast],
            fonts=self._fonts,
            wording=self._wording(view.language),
            guard=self._guard,
            clock=self._clock,
            today=self._today,
            settings=self._settings,
        )
        ribbon = Ribbon(kit, self) if self._settings.simulated else None
        self.frame = frame = Frame(kit, Header(kit, self), Footer(kit, self), FocusRing(kit, self), ribbon)
        frame.header.display_touched.connect(lambda: self._toggle_panel("display"))
        frame.header.language_touched.connect(lambda: self._toggle_panel("language"))
        frame.footer.back_touched.connect(self._back)
        frame.footer.staff_touched.connect(lambda: self._send(Act("StaffCalled")))
        for widget in frame.parts():
            widget.setVisible(widget is not frame.ring)
        return frame

    def _turn_page(self, view: VisitView, frame: Frame) -> None:
        self._drop_focus()
        if self.page is not None:
            self.page.close_down()
            _dispose(self.page)
        self.page = page = page_for(view, frame.kit, self, self._put_secret, self._eyes)
        page.acted.connect(self._act_on_page)
        page.help_due.connect(self._show_help)
        page.front_wanted.connect(self.front_wanted)
        page.hinted.connect(self.hinted)
        frame.footer.staff.set_chosen(False)
        self._guard.page_changed()
        self._shown_at = self._clock()
        self._stale = False
        self._place()
        page.setVisible(self.panel is None)
        page.begin()
        frame.footer.raise_()  # last in reading order
        self.update()

    def _refresh(self, view: VisitView, frame: Frame) -> None:
        frame.header.set_progress(view.progress)
        frame.footer.back.setEnabled(view.back or self.panel is not None)
        frame.footer.staff.setEnabled(view.staff)
        self._refresh_warning(view, frame)

    def _refresh_warning(self, view: VisitView, frame: Frame) -> None:
        end = view.deadline.end if view.warned and view.deadline is not None else None
        if self.warning is not None and (self.warning.end != end or self.warning.kit is not frame.kit):
            self._drop_focus()
            _dispose(self.warning)
            self.warning = None
        if self.warning is None and end is not None:
            self._drop_focus()
            self.warning = TimeWarning(frame.kit, end, self)
            self.warning.continued.connect(lambda: self._send(Act("TimeExtended")))
            self.warning.setGeometry(self.rect())
            self.warning.show()
            frame.ring.raise_()

    def _show_help(self) -> None:
        if self.frame is not None:
            self.frame.footer.staff.set_chosen(True)

    # -------------------------------------------------------------------------------------------- acts

    def _act_on_page(self, act: Act) -> None:
        """Passes on what was touched, unless the page is already out of date."""
        if self._pending is None:
            self._send(act)

    def _back(self) -> None:
        if self.panel is not None:
            self.close_panel()
        elif self.page is None or self._pending is not None or not self.page.step_back():
            self._act_on_page(Act("BackChosen"))

    # ------------------------------------------------------------------------------------------ panels

    def _toggle_panel(self, name: str) -> None:
        if self._panel_name == name:
            self.close_panel()
        else:
            self._open_panel(name)

    def _open_panel(self, name: str) -> None:
        from ui.patient.panels import display_panel, language_panel

        view, frame = self._view, self.frame
        if view is None or frame is None:
            return
        self._drop_panel()
        self._panel_name = name
        if name == "display":
            self.panel = display_panel(view, frame.kit, self)
        else:
            self.panel = language_panel(view, frame.kit, self, self._languages)
        self.panel.acted.connect(self._send)
        self._panel_changed(view, frame)

    def close_panel(self) -> None:
        """Shows the page again."""
        self._drop_panel()
        if self._view is not None and self.frame is not None:
            self._panel_changed(self._view, self.frame)

    def _drop_panel(self) -> None:
        self._drop_focus()
        _dispose(self.panel)
        self.panel = None
        self._panel_name = ""

    def _panel_changed(self, view: VisitView, frame: Frame) -> None:
        self._guard.page_changed()
        self._place()
        if self.panel is not None:
            self.panel.show()
        if self.page is not None:
            self.page.setVisible(self.panel is None)
        self._refresh(view, frame)

    # ------------------------------------------------------------------------------------------ layout

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._place()

    def _place(self) -> None:
        if self.frame is None:
            return
        header, footer, ribbon = self.frame.header, self.frame.footer, self.frame.ribbon
        width, top = self.width(), 0
        if ribbon is not None:
            top = self.profile.px(5.0)
            ribbon.setGeometry(0, 0, width, top)
        height = header.height_for(width)
        header.setGeometry(0, top, width, height)
        bottom = self.height() - footer.height_for(width)
        footer.setGeometry(0, bottom, width, self.height() - bottom)
        for widget in (self.page, self.panel):
            if widget is not None:
                widget.setGeometry(QRect(0, top + height, width, bottom - top - height))
        if self.warning is not None:
            self.warning.setGeometry(self.rect())

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            colour = self.frame.kit.palette.page if self.frame else WHITE
            painter.fillRect(self.rect(), QColor(colour))

    # ---------------------------------------------------------------------------------------- keyboard

    def targets(self) -> list[Target]:
        """Everything that can be reached now, in reading order."""
        if self.warning is not None:
            return [self.warning.go_on]
        if self.frame is None:
            return []
        middle = self.panel or self.page
        inner = middle.targets() if middle is not None else []
        header, footer = self.frame.header, self.frame.footer
        around = [header.display, header.language, *inner, footer.back, footer.staff]
        return [target for target in around if target.isEnabled() and not target.isHidden()]

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Walks through ``targets``; on a fresh page it begins with the page's own first target."""
        targets = self.targets()
        focused = self.focused()
        if focused in targets:
            place = targets.index(focused) + (1 if forwards else -1)
        else:
            own = self.panel or self.page
            inside = [i for i, target in enumerate(targets) if own and own.isAncestorOf(target)]
            place = (inside[0] if forwards else inside[-1]) if inside else 0
        if targets:
            targets[place % len(targets)].setFocus(Qt.FocusReason.TabFocusReason)
        return bool(targets)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        digit = digit_of(event)
        if self.warning is None and self.panel is None and self.page is not None:
            if digit is not None and not event.isAutoRepeat():
                self.page.digit(digit)
                return
            if event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
                self.page.delete_one()
                return
            if event.text() and event.text().isprintable():
                self.page.typed(event.text())
                return
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Right):
            self.focusNextPrevChild(True)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Left):
            self.focusNextPrevChild(False)

    def focused(self) -> Target | None:
        """What the keyboard has reached."""
        widget: QWidget | None = self.focusWidget()
        return widget if isinstance(widget, Target) else None

    def _drop_focus(self) -> None:
        if focused := self.focused():
            focused.clearFocus()
        if self.frame is not None:
            self.frame.ring.hide()

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self.frame is not None:
            self.frame.ring.around(new)


def _dispose(widget: QWidget | None) -> None:
    if widget is not None:
        widget.hide()
        widget.deleteLater()
