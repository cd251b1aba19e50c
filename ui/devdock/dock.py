"""The dock: one slim window beside a simulated kiosk."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QLabel, QLayout, QLineEdit, QTabWidget, QVBoxLayout, QWidget

from kiosk.coverage.certificate_life import JAPAN
from kiosk.visit.acts import UnknownAct
from kiosk.visit.moment import Moment
from kiosk.visit.views import VisitView
from simulator.people import PersonaError, everyone
from simulator.playing.player import play
from simulator.scenarios import ScenarioError, load_file
from ui.bridge import Bridge, Step
from ui.compose import Terminal
from ui.devdock import style
from ui.devdock.apdus import ApduLog
from ui.devdock.bench import Bench
from ui.devdock.camera import CameraSection
from ui.devdock.parts import Journal, Line, button, row
from ui.devdock.people import People
from ui.devdock.sections import FaultPart, ReaderPart, ScreenPart, StatePart
from ui.devdock.writing import to_toml

FIRST = "yamada"  # who plays the main path
SCENARIOS = Path("out") / "scenarios"


class Dock(QWidget):
    """Watches and manipulates ``terminal``, which must be a simulated one. Follows what ``bridge`` tells.

    Raises ``ValueError`` for a production terminal.
    """

    def __init__(self, terminal: Terminal, bridge: Bridge, *, folder: Path = SCENARIOS) -> None:
        super().__init__(None, Qt.WindowType.Window)
        if terminal.simulated is None:
            raise ValueError("a production terminal has no dock")
        self._terminal = terminal
        self._folder = folder
        self.bench = Bench(terminal, terminal.simulated)
        self.setWindowTitle("Uketsuke dev dock")
        self.setObjectName("dock")
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(style.SHEET)
        self.state = StatePart(terminal, self.bench)
        self.reader = ReaderPart(self.bench)
        self.people = People(sorted(everyone(), key=lambda one: (one.id != FIRST, one.title)))
        self.people.setEnabled(self.bench.has_reader)
        self.faults = FaultPart(self.bench)
        self.camera = CameraSection(self.bench)
        self.screen_part = ScreenPart(self.bench)
        self.events = Journal("events", (78, 128, 140))
        self.apdus = Journal("apdus", (30, 106, 170, 50))
        self._apdu_log = ApduLog()
        self._lay_out()
        self.people.chosen.connect(self.place)
        self.reader.dropped.connect(self.place)
        self._apdu_log.told.connect(self._show_apdu)
        bridge.stepped.connect(self._follow_step)
        bridge.viewed.connect(self._follow_view)
        self.resize(style.WIDTH, 900)
        if bridge.latest is not None:
            self._follow_view(bridge.latest)
        self._refresh()

    def place(self, persona_id: str) -> None:
        """Lays a person's card on the reader, with the faults that are chosen."""
        placed = self.bench.place(
            persona_id,
            card=self.faults.card.currentData(),
            answer=self.faults.answer.currentData(),
            faults=self.faults.link_faults(),
        )
        if placed:
            self.faults.card_placed()
        else:
            self._say("this person has no card", good=False)
        self._refresh()

    def save(self) -> Path | None:
        """Writes the acts so far as a scenario, and plays it to see whether it comes to the same."""
        name = Path(self.name.text().strip() or "recorded").stem
        path = self._folder / f"{name}.toml"
        scenario = self.bench.recorder.scenario(name, self.bench.today)
        remarks = tuple(f"not in this file: {doubt}" for doubt in self.bench.recorder.doubts)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(to_toml(scenario, remarks), encoding="utf-8")
        except OSError as error:
            self._say(f"{path}: cannot be written ({type(error).__name__})", good=False)
            return None
        problem = _replayed(path)
        if problem or remarks:
            self._say(f"{path}: plays otherwise: {problem or remarks[0]}", good=False)
        else:
            self._say(f"{path}: plays the same", good=True)
        return path

    def place_beside(self, window: QWidget) -> None:
        """To the right of the kiosk, as high as it, where the desktop lets windows choose their place."""
        frame = window.frameGeometry()
        room = QGuiApplication.primaryScreen().availableGeometry()
        self.resize(style.WIDTH, max(window.height(), min(760, room.height())))
        self.move(frame.right() + 1, frame.top())

    def shut(self) -> None:
        """Ends everything that watches the kiosk."""
        self._apdu_log.close()
        self.state.stop()
        self.close()
        self.deleteLater()

    # -------------------------------------------------------------------------------------- internals

    def _lay_out(self) -> None:
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.tabBar().setDrawBase(False)
        tabs.addTab(self.events, "Events")
        tabs.addTab(self.apdus, "APDUs")
        self.name = QLineEdit()
        self.name.setObjectName("name")
        self.name.setPlaceholderText("recorded")
        self.saved = Line()
        self.saved.setObjectName("saved")
        self.recorded = QLabel()
        self.recorded.setProperty("role", "soft")
        save = button("save", "Save as scenario", self.save, "The acts of this visit, for uketsuke simulate")
        layout = QVBoxLayout(self)
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.state)
        layout.addWidget(self.reader)
        layout.addWidget(self.people, 5)
        layout.addWidget(self.faults)
        layout.addWidget(self.camera)
        layout.addWidget(self.screen_part)
        layout.addWidget(tabs, 4)
        layout.addLayout(row(self.name, save, self.recorded, stretch=(2, 1, 0)))
        layout.addWidget(self.saved)
        self.saved.hide()

    def _follow_view(self, view: VisitView) -> None:
        for part in (self.state, self.reader, self.screen_part):
            part.show_view(view)
        self._refresh()

    def _follow_step(self, step: Step) -> None:
        self.bench.recorder.step(step.before, step.event, step.after, step.effects)
        before, after = type(step.before.state).__name__, type(step.after.state).__name__
        moved = before != after
        item = self.events.add(
            _clock(step.event.at), type(step.event).__name__, f"→ {after}" if moved else ""
        )
        item.setForeground(0, QColor(style.SOFT))
        item.setForeground(2, QColor(style.ACCENT))
        self.faults.follow()
        self._refresh()

    def _show_apdu(self, instruction: str, header: str, result: str) -> None:
        number = str(len(self.apdus.lines()) + 1)
        item = self.apdus.add(number, instruction, header, result)
        item.setForeground(0, QColor(style.SOFT))
        item.setForeground(3, QColor(style.GOOD if result == "9000" else style.NOTICE))

    def _refresh(self) -> None:
        self.reader.refresh(self._terminal.reader.snapshot())
        acts = self.bench.recorder.acts
        self.recorded.setText(f"{acts} act{'' if acts == 1 else 's'}")

    def _say(self, text: str, *, good: bool) -> None:
        self.saved.setText(text)
        self.saved.setStyleSheet(f"color: {style.GOOD if good else style.NOTICE}")
        self.saved.show()


def _clock(at: Moment) -> str:
    return datetime.fromtimestamp(at.wall / 1000, UTC).astimezone(JAPAN).strftime("%H:%M:%S")


def _replayed(path: Path) -> str:
    """What comes out otherwise when the file is played; "" if nothing does."""
    try:
        failed = play(load_file(path)).failed
    except (ScenarioError, PersonaError, UnknownAct) as error:
        return str(error)
    return failed[0] if failed else ""
