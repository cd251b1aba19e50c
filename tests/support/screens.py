"""A patient's window for tests, with a clock that only the test moves, and everything that the window told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from kiosk.visit.acts import Act
from kiosk.visit.views import VisitView
from kiosk.wording.catalogues import catalogue
from ui.patient.gallery import LANGUAGES, examples
from ui.patient.window import PatientWindow, Timing
from ui.theme.panel import PORTRAIT, PanelProfile
from ui.widgets.kit import Settings
from ui.widgets.target import Target


def settle() -> None:
    """Lets Qt deliver what is due, and really delete what was to be deleted."""
    QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@dataclass
class Clock:
    now: int = 100_000

    def __call__(self) -> int:
        return self.now

    def pass_ms(self, milliseconds: int) -> None:
        self.now += milliseconds


@dataclass
class Screen:
    """A window with everything that it told."""

    clock: Clock = field(default_factory=Clock)
    acts: list[Act] = field(default_factory=list)
    secrets: list[bytes] = field(default_factory=list)
    sounds: int = 0
    window: PatientWindow = field(init=False)

    def put_secret(self, digits: bytearray) -> str:
        self.secrets.append(bytes(digits))
        return f"slot-{len(self.secrets)}"

    def sound(self) -> None:
        self.sounds += 1

    def open(
        self, profile: PanelProfile = PORTRAIT, *, timing: Timing | None = None, **settings: object
    ) -> None:
        self.window = PatientWindow(
            profile,
            catalogue,
            self.acts.append,
            self.put_secret,
            settings=_settings(self.sound, settings),
            languages=LANGUAGES,
            clock=self.clock,
            timing=timing,
        )
        self.window.show()

    def show(self, name: str, **changes: object) -> VisitView:
        """Shows a page of the gallery, long enough after the last for touches to count."""
        view = replace(examples()[name], **{"since": self.clock.now, **changes})
        self.clock.pass_ms(1_000)
        self.window.show_view(view)
        self.clock.pass_ms(1_000)
        return view

    def target(self, name: str) -> Target:
        found = [
            target
            for target in self.window.targets()
            if name in (target.objectName(), target.accessibleName())
        ]
        assert len(found) == 1, (
            f"{name}: {len(found)} of {[t.accessibleName() for t in self.window.targets()]}"
        )
        return found[0]

    def touch(self, name: str) -> None:
        QTest.mouseClick(self.target(name), Qt.MouseButton.LeftButton)

    def key(self, key: Qt.Key) -> None:
        QTest.keyClick(self.window.focused() or self.window, key)

    def visible(self, kind: type[QWidget]) -> list[QWidget]:
        return [widget for widget in self.window.findChildren(kind) if widget.isVisibleTo(self.window)]


def _settings(sound: Callable[[], None], changes: dict[str, object]) -> Settings:
    given: dict[str, object] = {
        "facility": "見本内科クリニック",
        "reduced_motion": True,
        "touch_sound": sound,
        **changes,
    }
    return Settings(**given)  # type: ignore[arg-type]
