"""What stands around every page: above who is here and how things are, below what happened and what keys do."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame

from kiosk.accounts.outcomes import Standing
from kiosk.ledger.interface import JST
from ui.staff.model import Shown
from ui.staff.parts import Elided, across, frame, label, set_role
from ui.staff.style import Look
from ui.staff.words import Words, clock


class Head(QFrame):
    """Facility, calls, the national system, who is signed in, and the time."""

    def __init__(self, look: Look, words: Words, facility: str, terminal: str, *, simulated: bool) -> None:
        super().__init__()
        self.setProperty("role", "bar")
        self._words = words
        gap = look.sizes.gap
        self.ribbon = label(words("desk.frame.simulated"), "ribbon", "ribbon")
        self.ribbon.setVisible(simulated)
        self.facility = label(facility, "strong", "facility")
        self.calls = label("", "alarm", "calls")
        self.calls.hide()
        self.tickets = label("", "bad", "tickets")
        self.tickets.hide()
        self.service = label("", "small", "service")
        self.person = label("", "", "person")
        self.time = label("", "strong", "time")
        where = label(words("desk.frame.terminal", terminal=terminal), "small")
        row = across(
            self.ribbon,
            self.facility,
            where,
            self.calls,
            self.tickets,
            1,
            self.service,
            self.person,
            self.time,
            gap=gap * 3,
        )
        row.setContentsMargins(gap * 2, gap, gap * 2, gap)
        self.setLayout(row)

    def show_board(self, shown: Shown) -> None:
        words = self._words
        waiting = shown.waiting
        self.calls.setText(words("desk.board.calls", count=waiting))
        self.calls.setVisible(waiting > 0)
        self.tickets.setText(words("desk.frame.ticketless", terminals=words.listed(shown.ticketless)))
        self.tickets.setVisible(bool(shown.ticketless))
        if shown.down is not None:
            reason = words(f"reason.{shown.down}.patient")
            text = words("desk.frame.service_down", time=clock(shown.down_since), reason=reason)
        else:
            text = words("desk.frame.service_up" if shown.answered else "desk.frame.service_unknown")
        self.service.setText(text)
        set_role(self.service, "bad" if shown.down is not None else "small")

    def show_person(self, standing: Standing | None) -> None:
        words = self._words
        glass = ""
        if standing is not None and standing.glass:
            one = standing.glass[0]
            until = one.until.astimezone(JST).strftime("%H:%M")
            glass = "  " + words(
                "desk.glass.broken", action=words(f"desk.glass.action.{one.action}"), time=until
            )
        text = (
            ""
            if standing is None
            else words.aside(standing.display, words(f"desk.role.{standing.role}")) + glass
        )
        self.person.setText(text)
        self.person.setVisible(bool(text))

    def show_time(self, now: datetime) -> None:
        self.time.setText(now.astimezone(JST).strftime("%m/%d  %H:%M"))


class Foot(QFrame):
    """The last message, and the keys that work on this page."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "foot")
        gap = look.sizes.gap
        self.message = Elided(name="message")
        self.message.setMinimumWidth(look.sizes.ems(20))
        self.message.setMinimumHeight(round(look.sizes.body * 1.7))
        self._keys = frame("", "keys")
        self._keys.setLayout(across(gap=gap))
        row = across(self.message, self._keys, gap=gap * 2)
        row.setStretch(0, 1)
        row.setContentsMargins(gap * 2, 2, gap * 2, 2)
        self.setLayout(row)
        self._gap = gap

    def say(self, text: str, *, bad: bool = False) -> None:
        set_role(self.message, "bad" if bad else "strong")
        self.message.setText(text)

    def show_keys(self, keys: tuple[tuple[str, str], ...]) -> None:
        """Key and what it does, in a few words."""
        layout = self._keys.layout()
        assert layout is not None
        while (item := layout.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for key, what in keys:
            layout.addWidget(label(key, "key"))
            text = label(what, "small")
            text.setAlignment(Qt.AlignmentFlag.AlignVCenter)
            layout.addWidget(text)
