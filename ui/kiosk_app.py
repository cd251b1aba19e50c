"""The kiosk as a Qt application: a running terminal, the patient's window over it, and a developer's dock beside it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import structlog
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QMessageLogContext,
    QRect,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from drivers.interface import Failure
from kiosk.documents.fonts import fonts_dir
from kiosk.visit.acts import Act
from kiosk.visit.effects import AlertStaff
from kiosk.visit.events import FrontFailed
from kiosk.visit.states import Visit
from kiosk.visit.views import VisitView
from kiosk.wording import catalogues
from ui import logs
from ui.bridge import Bridge
from ui.codes import CodesOnPapers
from ui.compose import Terminal, build
from ui.composing.devices import voice_of
from ui.composing.scanner import code_source
from ui.patient.eyes import Eyes
from ui.patient.window import PatientWindow, Timing
from ui.process import harden, quit_on_signals
from ui.settings import Settings
from ui.speaking import Speaking
from ui.theme.panel import PROFILES, PanelProfile
from ui.widgets.kit import Settings as ScreenSettings

if TYPE_CHECKING:
    from ui.devdock.dock import Dock
    from ui.fronts import FrontsOfCards

TITLE_BAR = 40  # pixels a desktop's window frame takes, roughly
LEAST_SIDE = 400  # pixels of a panel's shorter side below which its pages do not fit
LEAST_SIDE_OF_SMALL, _SMALL_MM = 520, 150.0  # where the kana keyboard takes most of the height
_PLAUSIBLE_PX_PER_MM = (1.5, 14.0)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Way:
    """How the kiosk is started. ``panel``: another than the settings' ("" for theirs). ``first_screen`` is called once,
    when the first page is on the screen. ``timing``: of the screen, for tests."""

    panel: str = ""
    windowed: bool = False
    dock: bool = True
    first_screen: Callable[[], None] = lambda: None
    timing: Timing | None = None


class Kiosk:
    """Everything between ``open`` and ``close``. Needs a ``QApplication``.

    Raises ``SettingsError``, ``LedgerError`` and ``FontsMissing``; then nothing is left running.
    """

    def __init__(self, settings: Settings, way: Way | None = None) -> None:
        self.settings = settings
        self.way = way or Way()
        self.full_screen = not self.way.windowed and (
            settings.screen.full_screen or settings.profile == "production"
        )
        self.docked = self.way.dock and settings.profile == "simulated" and not self.full_screen
        self.dock: Dock | None = None
        self._seen = self._closed = False
        self._language = settings.screen.language
        fonts_dir()  # before anything is started that would have to be ended again
        self.bridge = Bridge()
        watch = self.bridge.watch if settings.profile == "simulated" else None
        self.terminal: Terminal = build(settings, self.bridge.show, alert=_log_alert, watch=watch)
        try:
            self.window = PatientWindow(
                self._profile(),
                catalogues.catalogue,
                self._send,
                self.terminal.secrets.put,
                settings=_screen_settings(settings),
                languages=catalogues.languages(),
                clock=self.clock,
                today=self._day,
                timing=self.way.timing,
                eyes=self._eyes(),
            )
            self.fronts = self._fronts()
            self.speaking = self._speaking()
            scanner = code_source(settings, self.window, self.terminal.simulated)
            self.codes = CodesOnPapers(scanner, self._send) if scanner is not None else None
        except BaseException:
            self.terminal.close()
            raise
        self.bridge.viewed.connect(self._show)

    def _day(self) -> date:
        """The visits' own, which is not the machine's in a simulation."""
        return self.terminal.world.now().day

    def clock(self) -> int:
        """Monotonic milliseconds, the same that the visit lives by."""
        return self.terminal.world.now().mono

    def open(self) -> None:
        """Puts the window on the screen."""
        if self.full_screen:
            self._fill_screen()
        else:
            self.window.move(_room().topLeft())
            self.window.show()

    def close(self) -> None:
        """Ends every thread, signs the ledger's last checkpoint, and takes the windows away. Idempotent."""
        if self._closed:
            return
        self._closed = True
        self.bridge.close()
        if self.dock is not None:
            self.dock.shut()
            self.dock = None
        if self.codes is not None:
            self.codes.close()
        if self.fronts is not None:
            self.fronts.close()
        if self.speaking is not None:
            self.speaking.close()
        self.terminal.close()
        self.window.close()
        self.window.deleteLater()
        self.bridge.deleteLater()

    # -------------------------------------------------------------------------------------- internals

    def _eyes(self) -> Eyes | None:
        """What the pages may show of the cameras."""
        face, front = self.terminal.face, self.terminal.front
        looks = {"face": face, "front": front}
        seen = {name: one.picture for name, one in looks.items() if one is not None}
        return Eyes(**seen) if seen else None

    def _fronts(self) -> FrontsOfCards | None:
        reader = self.terminal.front
        if reader is None:
            return None
        from ui.fronts import FrontsOfCards

        fronts = FrontsOfCards(reader, self._front_failed)
        self.window.front_wanted.connect(fronts.set_wanted)
        fronts.told.connect(self.window.front_told)
        return fronts

    def _speaking(self) -> Speaking | None:
        """Who says aloud what is to be done before a camera."""
        voice = voice_of(self.settings)
        if voice is None:
            return None
        speaking = Speaking(catalogues.catalogue, voice)
        self.window.hinted.connect(lambda key: speaking.say(key, self._language))
        return speaking

    def _front_failed(self, failure: Failure) -> None:
        self.terminal.inbox.post(FrontFailed, failure=failure)

    def _send(self, act: Act) -> None:
        self.terminal.inbox.send(act)

    def _show(self, view: VisitView) -> None:
        self._language = view.language
        if self.speaking is not None:
            self.speaking.follow(view)
        self.window.show_view(view)
        if self.codes is not None:
            self.codes.show(view)
        if not self._seen:
            self._seen = True
            self.window.repaint()
            self.way.first_screen()
            if self.docked:
                QTimer.singleShot(0, self.window, self._open_dock)

    def _open_dock(self) -> None:
        from ui.devdock.dock import Dock

        self.dock = Dock(self.terminal, self.bridge)
        self.dock.place_beside(self.window)
        self.dock.show()

    def _profile(self) -> PanelProfile:
        """The panel as the settings have it; as the screen is where the kiosk fills it; smaller where a developer's
        screen has no room for it."""
        screen = self.settings.screen
        profile = PROFILES[self.way.panel or screen.panel]
        if screen.px is not None and screen.mm is not None and not self.way.panel:
            profile = PanelProfile(*screen.px, *screen.mm)
        if self.full_screen:
            return as_screen(profile, measured=screen.mm is not None)
        room = _room()
        width = room.width()
        if self.docked:
            from ui.devdock.style import WIDTH

            width -= WIDTH
        return shrunk(profile, width, room.height() - TITLE_BAR)

    def _fill_screen(self) -> None:
        """Without a window manager nobody answers the wish for a full screen: the geometry is set as well."""
        screen = QGuiApplication.primaryScreen()
        self.window.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.window.setGeometry(screen.geometry())
        self.window.setCursor(Qt.CursorShape.BlankCursor)
        self.window.showFullScreen()
        self.window.setGeometry(screen.geometry())
        screen.geometryChanged.connect(self.window.setGeometry)


def run_kiosk(settings: Settings, way: Way) -> int:
    """Runs until the window is closed or a signal ends the process. Gives the exit code."""
    harden()
    logs.configure(settings)
    if settings.profile == "production" and not way.windowed:
        os.environ.setdefault("QT_ENABLE_HIGHDPI_SCALING", "0")  # sizes come in millimetres from the panel
    qInstallMessageHandler(_log_qt)
    application = QApplication.instance() or QApplication(["uketsuke"])

    def leave() -> None:
        """Not quit(), which would close the windows under a running visit; and from within the loop, since an exit
        that comes before it is forgotten."""
        QTimer.singleShot(0, application, lambda: application.exit(0))

    with quit_on_signals(leave):
        kiosk = Kiosk(settings, way)
        try:
            kiosk.open()
            return application.exec()
        finally:
            kiosk.close()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def since_process_start() -> float:
    """Milliseconds since this process began, to 10 ms. Linux only."""
    with open("/proc/self/stat", encoding="ascii") as file:
        ticks = int(file.read().rpartition(")")[2].split()[19])
    return (time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")) * 1000


def shrunk(profile: PanelProfile, width: int, height: int) -> PanelProfile:
    """The same panel in as many pixels as there are, but never so few that a page could not be laid out any more."""
    least = LEAST_SIDE_OF_SMALL if min(profile.mm_w, profile.mm_h) < _SMALL_MM else LEAST_SIDE
    scale = max(
        least / min(profile.px_w, profile.px_h), min(1.0, width / profile.px_w, height / profile.px_h)
    )
    if scale >= 1.0:
        return profile
    px = round(profile.px_w * scale), round(profile.px_h * scale)
    return PanelProfile(*px, profile.mm_w, profile.mm_h, profile.name)


def as_screen(profile: PanelProfile, *, measured: bool) -> PanelProfile:
    """The panel with the pixels that the screen really has. ``measured``: its millimetres are the facility's own and
    count; else what the screen says of itself, unless that cannot be."""
    screen = QGuiApplication.primaryScreen()
    width, height = screen.geometry().width(), screen.geometry().height()
    if (width, height) == (profile.px_w, profile.px_h):
        return profile
    _log.warning("screen.differs", width=width, height=height)
    if measured:
        return PanelProfile(width, height, profile.mm_w, profile.mm_h)
    size = screen.physicalSize()
    least, most = _PLAUSIBLE_PX_PER_MM
    if size.width() > 0 and size.height() > 0:
        told = PanelProfile(width, height, size.width(), size.height())
        if least <= told.px_per_mm <= most:
            return told
    return PanelProfile(width, height, width / profile.px_per_mm, height / profile.px_per_mm)


def _room() -> QRect:
    return QGuiApplication.primaryScreen().availableGeometry()


def _screen_settings(settings: Settings) -> ScreenSettings:
    screen = settings.screen
    return ScreenSettings(
        facility=settings.facility.name,
        reader=screen.reader_picture,
        simulated=settings.profile == "simulated",
        reduced_motion=screen.reduced_motion,
        shuffled_keys=screen.shuffle_keypad,
    )


def _log_qt(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Qt's own words, which are about windows and fonts."""
    tell = _log.info if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) else _log.warning
    tell("qt.message", category=context.category, text=message)


def _log_alert(effect: AlertStaff, _visit: Visit) -> None:
    _log.info("staff.alert", cause=str(effect.cause))
