"""The dock's sections: what the visit shows, the reader, what is to go wrong, and how the screen speaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args, get_type_hints

from PySide6.QtCore import QRectF, QSize, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from drivers.interface import ReaderSnapshot
from kiosk.visit.events import TimePassed
from kiosk.visit.policy import Contrast, TextSize
from kiosk.visit.states import Deadline
from kiosk.visit.views import VisitView
from kiosk.wording import catalogues
from simulator.links.faults import CardFault, FaultKind
from simulator.national.faults import Fault
from simulator.people.persona import Persona
from simulator.scenarios.scenario import CardPart, NationalPart
from ui.compose import Terminal
from ui.devdock.bench import Bench
from ui.devdock.parts import Line, button, choice, count, heading, row, seconds, soft, switch, table
from ui.devdock.people import MIME, draw_card, name_of
from ui.devdock.recording import PlannedFault

_TICK_MS = 100
_URGENT_MS = 20_000
_SPEEDS = ((1.0, "1×"), (5.0, "5×"), (20.0, "20×"))
# A swap needs a second card, which one places by hand; extended APDUs are not what this reader carries.
_LINK_FAULTS = tuple(
    kind for kind in get_args(FaultKind) if kind not in ("swap", "silent_swap", "extended_refused")
)
_TERMINAL_ONLY = frozenset({Fault.TWICE, Fault.FOREIGN, Fault.LINK})
_CARDS: tuple[tuple[str, CardPart], ...] = (
    ("as the person's file says", CardPart()),
    ("certificate expired", CardPart(expired=True)),
    ("not registered", CardPart(unregistered=True)),
    ("registration cancelled", CardPart(deregistered=True)),
    ("one try left", CardPart(pin_tries_left=1)),
    ("PIN locked", CardPart(pin_tries_left=0)),
    ("顔認証 card", CardPart(face_only=True)),
    ("chip damaged", CardPart(damaged=True)),
)
_ANSWERS = get_args(get_type_hints(NationalPart)["answer"])


class StatePart(QWidget):
    """Where the visit stands, and how much time is left."""

    def __init__(self, terminal: Terminal, bench: Bench) -> None:
        super().__init__()
        self._terminal = terminal
        self._bench = bench
        self._deadline: Deadline | None = None
        self._warned = False
        self._began = 0
        self.state = QLabel("…")
        self.state.setObjectName("state")
        self.variant = QLabel()
        self.variant.setObjectName("variant")
        self.left = soft()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.speed = choice("speed", [(shown, value) for value, shown in _SPEEDS], "How fast time limits run")
        self.speed.setFixedWidth(58)
        self.speed.currentIndexChanged.connect(lambda _: bench.set_speed(self.speed.currentData()))
        self.skip = button("skip", "Skip", self._skip, "Put the clock forward to the next time limit")
        head = QHBoxLayout()
        head.addWidget(self.state)
        head.addWidget(self.variant)
        head.addStretch(1)
        simulated = QLabel("SIMULATED")
        simulated.setObjectName("simulated")
        head.addWidget(simulated)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.bar)
        layout.addLayout(row(self.left, self.speed, self.skip, stretch=(1, 0, 0)))
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._timer.start()

    def show_view(self, view: VisitView) -> None:
        self.state.setText(view.state)
        self.variant.setText(view.variant)
        if view.deadline != self._deadline:
            self._began = self._terminal.world.now().mono
        self._deadline, self._warned = view.deadline, view.warned
        self.tick()

    def due(self) -> int | None:
        if self._deadline is None:
            return None
        warn = self._deadline.warn
        return self._deadline.end if warn is None or self._warned else warn

    def tick(self) -> None:
        """Shows the time; where the clock runs fast, also wakes the visit, which sleeps by the real one."""
        due, deadline = self.due(), self._deadline
        self.skip.setEnabled(due is not None)
        if due is None or deadline is None:
            self.left.setText("no time limit")
            self.bar.setValue(0)
            return
        now = self._terminal.world.now().mono
        until = "warning" if due != deadline.end else "end"
        self.left.setText(f"{max(0, due - now) / 1000:5.1f} s to {until}")
        whole = max(1, deadline.end - self._began)
        self.bar.setValue(max(0, min(1000, round((deadline.end - now) * 1000 / whole))))
        urgent = deadline.end - now < _URGENT_MS
        if self.bar.property("urgent") != urgent:
            self.bar.setProperty("urgent", urgent)
            self.bar.style().polish(self.bar)
        if now >= due and self.speed.currentData() != 1.0:
            self._wake()

    def stop(self) -> None:
        self._timer.stop()

    def _skip(self) -> None:
        due = self.due()
        if due is not None:
            self._bench.skip_to(due, self._wake)

    def _wake(self) -> None:
        self._terminal.inbox.post(TimePassed)


class _Picture(QWidget):
    """The card that lies on the reader."""

    def __init__(self) -> None:
        super().__init__()
        self.persona: Persona | None = None
        self.setFixedSize(QSize(66, 44))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.persona is not None:
            with QPainter(self) as painter:
                draw_card(painter, QRectF(self.rect()).adjusted(2, 2, -2, -2), self.persona)


class ReaderPart(QFrame):
    """The reader: cards are dropped here. ``dropped`` gives the person."""

    dropped = Signal(str)

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self.setObjectName("reader")
        self.setAcceptDrops(bench.has_reader)
        self._bench = bench
        self._picture = _Picture()
        self.title = Line("strong")
        self.note = Line("soft")
        self.remove = button("remove", "Remove", bench.remove, "Take the card away")
        self.right = button("pin", "PIN", bench.enter_pin, "Enter this person's PIN by the secret slot")
        wrong = "Enter a PIN that is certainly wrong: it spends a try"
        self.wrong = button("wrong_pin", "Wrong PIN", lambda: bench.enter_pin(right=False), wrong)
        self.unplugged = switch("unplugged", "Unplug", lambda on: bench.set_plugged(not on), "Pull the cable")
        self.killed = switch(
            "killed", "Kill PC/SC", lambda on: bench.set_service(not on), "End the reader's service"
        )
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self.note)
        top = QHBoxLayout()
        top.addWidget(self._picture)
        top.addLayout(words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 6)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addLayout(
            row(self.remove, self.right, self.wrong, self.unplugged, self.killed, stretch=[0] * 5)
        )
        self._has_keypad = False
        for widget in (self.unplugged, self.killed):
            widget.setEnabled(bench.has_reader)

    def show_view(self, view: VisitView) -> None:
        self._has_keypad = view.keypad or view.camera == "front"

    def refresh(self, snapshot: ReaderSnapshot) -> None:
        lying = self._bench.lying
        self._picture.persona = lying
        self._picture.update()
        if not self._bench.has_reader:
            title, note = snapshot.name or "no reader", "A real reader: place a real card"
        elif not snapshot.enabled:
            title, note = "The reader's service is down", "Nobody knows what lies on the reader"
        elif not snapshot.available:
            title, note = "The reader is unplugged", "Nobody knows what lies on the reader"
        elif lying is None:
            title, note = "No card on the reader", "Click a person, or drag one here"
        else:
            title, note = name_of(lying), lying.title
        self.title.setText(title)
        self.note.setText(note)
        self.remove.setEnabled(lying is not None)
        for widget in (self.right, self.wrong):
            widget.setEnabled(self._has_keypad and lying is not None)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            self._light(True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._light(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._light(False)
        event.acceptProposedAction()
        self.dropped.emit(event.mimeData().data(MIME).toStdString())

    def _light(self, over: bool) -> None:
        self.setProperty("over", over)
        self.style().polish(self)


class FaultPart(QWidget):
    """What the next card is like, and how the national system answers."""

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self._bench = bench
        self.card = choice("card", _CARDS, "Of the next person who comes")
        self.link = choice(
            "link", [("link is sound", ""), *((kind.replace("_", " "), kind) for kind in _LINK_FAULTS)],
            "What goes wrong between the next card and the reader",
        )  # fmt: skip
        self.at = count("at", "at APDU ", 99, "Which command, from 1; 0: every one")
        self.at.setValue(3)
        self.link_delay = seconds("link_delay", 1.0, "How late the card answers")
        self.answer = choice(
            "answer", [(name.replace("_", " ") or "answer as the file says", name) for name in _ANSWERS],
            "The validity that the system gives for the next person who comes",
        )  # fmt: skip
        faults = [fault for fault in Fault if fault not in _TERMINAL_ONLY]
        self.fault = choice(
            "fault", [("no fault", ""), *((fault.replace("_", " "), fault.value) for fault in faults)],
            "How the national system misbehaves",
        )  # fmt: skip
        self.when = choice(
            "when", [("once", False), ("always", True)], "At the next question, or at every one"
        )
        self.delay = seconds("delay", 3.0, "How late it answers")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(heading("Next card"))
        link = row(self.link, self.at, self.link_delay, stretch=(4, 2, 2))
        layout.addLayout(table([("Card", self.card), ("Link", link)]))
        layout.addWidget(heading("National system"))
        fault = row(self.fault, self.when, self.delay, stretch=(4, 2, 2))
        layout.addLayout(table([("Answer", self.answer), ("Fault", fault)]))
        self.link.currentIndexChanged.connect(self._show_what_counts)
        for box in (self.fault, self.when):
            box.currentIndexChanged.connect(self._plan)
        self.delay.valueChanged.connect(self._plan)
        for widget in (self.card, self.link, self.at):
            widget.setEnabled(bench.has_reader)
        for widget in (self.answer, self.fault, self.when):
            widget.setEnabled(bench.has_national)
        self._show_what_counts()

    def link_faults(self) -> tuple[CardFault, ...]:
        kind = self.link.currentData()
        if not kind:
            return ()
        late = self.link_delay.value() if kind == "delay" else 0.0
        return (CardFault(kind=kind, at=self.at.value(), seconds=late),)

    def card_placed(self) -> None:
        """The next card is as sound again as can be."""
        self.link.setCurrentIndex(0)
        self.card.setCurrentIndex(0)

    def follow(self) -> None:
        """A fault of one question is over when the question was asked."""
        if self.fault.currentIndex() and self._bench.recorder.standing is None:
            self.fault.blockSignals(True)
            self.fault.setCurrentIndex(0)
            self.fault.blockSignals(False)
            self._show_what_counts()

    def _plan(self) -> None:
        self._show_what_counts()
        name = self.fault.currentData()
        late = self.delay.value() if name == Fault.DELAY else 0.0
        planned = PlannedFault(Fault(name), late, self.when.currentData()) if name else None
        self._bench.plan(planned)

    def _show_what_counts(self) -> None:
        self.at.setEnabled(bool(self.link.currentData()))
        self.link_delay.setEnabled(self.link.currentData() == "delay")
        self.delay.setEnabled(self.fault.currentData() == Fault.DELAY)


class ScreenPart(QWidget):
    """How the kiosk speaks, and what staff do."""

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self._bench = bench
        self.language = choice("language", [(tag, tag) for tag in catalogues.languages()], "Language")
        self.text_size = choice(
            "text_size", [(size.replace("_", " "), size) for size in get_args(TextSize)], "Text size"
        )
        self.contrast = choice("contrast", [(name, name) for name in get_args(Contrast)], "Contrast")
        self.language.currentIndexChanged.connect(
            lambda _: bench.act("LanguageChosen", language=self.language.currentData())
        )
        self.text_size.currentIndexChanged.connect(
            lambda _: bench.act("TextSizeChosen", text_size=self.text_size.currentData())
        )
        self.contrast.currentIndexChanged.connect(
            lambda _: bench.act("ContrastChosen", contrast=self.contrast.currentData())
        )
        resume = button("resume", "Resume", self._staff("resume"), "The patient goes on where they were")
        restart = button("restart", "Restart", self._staff("restart"), "Back to the first page")
        handled = button("handled", "Handled", self._staff("handled"), "Staff have received the patient")
        accept = button("accept", "Accept", self._staff("accept"), "What the patient shows is accepted")
        refuse = button(
            "refuse", "Refuse", self._staff("refuse"), "It is not: the patient sees the other ways"
        )
        ways = button("ways", "Ways", self._staff("evidence"), "The patient is shown the ways on")
        self.code = QLineEdit()
        self.code.setObjectName("code")
        self.code.setPlaceholderText("what a scanner reads on a paper")
        self.code.returnPressed.connect(self._scan)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(heading("Screen and staff"))
        screen = row(self.language, self.text_size, self.contrast, stretch=(1, 1, 1))
        staff, evidence = row(resume, restart, handled), row(accept, refuse, ways)
        layout.addLayout(
            table([("Screen", screen), ("Staff", staff), ("Evidence", evidence), ("Scanner", self.code)])
        )

    def show_view(self, view: VisitView) -> None:
        _follow(self.language, view.language)
        _follow(self.text_size, view.text_size)
        _follow(self.contrast, view.contrast)

    def _scan(self) -> None:
        if self.code.text():
            self._bench.act("CodeScanned", text=self.code.text())
            self.code.clear()

    def _staff(self, action: str) -> Callable[[], None]:
        return lambda: self._bench.act("StaffActed", action=action, staff="dock")


def _follow(box: QComboBox, value: str) -> None:
    """Shows what holds, without acting."""
    box.blockSignals(True)
    box.setCurrentIndex(box.findData(value))
    box.blockSignals(False)
