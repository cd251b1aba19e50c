"""Everything that the window draws, made for one language, one scheme of colours and one size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from drivers.interface import Printer
from kiosk.accounts.roles import Action
from kiosk.accounts.security_key import SecurityKey
from ui.staff.accounts_page import AccountsPage
from ui.staff.bars import Foot, Head
from ui.staff.board_page import BoardPage
from ui.staff.curtain import Curtain
from ui.staff.detail_page import DetailPage
from ui.staff.doing import Ask, Doing
from ui.staff.guard import Guard
from ui.staff.health import Health
from ui.staff.health_page import HealthPage
from ui.staff.importing import Importing, TakePatients
from ui.staff.keys_page import KeysPage
from ui.staff.lane import Lane
from ui.staff.model import DeskModel
from ui.staff.own_page import OwnPage, Say
from ui.staff.parts import Told, column
from ui.staff.report_page import ReportPage
from ui.staff.sign_in import FirstPage, SignInPage
from ui.staff.style import Look
from ui.staff.words import Words


@dataclass(frozen=True)
class Parts:
    """What a console is made of. ``accounts``: the lane of passwords; ``chores``: of what takes a second or two.
    ``call``: makes the sound of a new call. ``printer``: of what is for staff. ``take_patients``: into the
    facility's file, where it has one."""

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
    printer: Printer | None = None
    take_patients: TakePatients | None = None


class Page(Protocol):
    def pressed(self, event: QKeyEvent) -> bool:
        """Whether the key was for this page."""


class Views(QWidget):
    """Head, the pages of which one is seen, and foot. ``may``: whether whoever is there has an action."""

    def __init__(
        self,
        parts: Parts,
        look: Look,
        words: Words,
        may: Callable[[Action], bool],
        ask: Ask,
        say: Say,
        forbidden: Callable[[Action], object],
    ) -> None:
        super().__init__()
        guard = parts.guard
        self.head = Head(look, words, parts.facility, parts.terminal, simulated=parts.simulated)
        self.trouble = Told(role="alarm", name="trouble")
        self.trouble.say("")
        self.foot = Foot(look)
        self.starting = QWidget()
        self.starting.setObjectName("starting")
        self.first = FirstPage(look, words, guard, parts.accounts)
        self.sign_in = SignInPage(look, words, guard, parts.accounts, parts.key)
        self.own = OwnPage(look, words, guard, parts.accounts, parts.key, ask, say)
        self.board = BoardPage(look, words)
        doing = Doing(parts.model, words, ask, may, partial(say, bad=True), forbidden)
        self.detail = DetailPage(look, words, doing, may)
        self.health = HealthPage(look, words, guard, parts.chores, parts.look_up, say)
        self.accounts = AccountsPage(look, words, guard, parts.accounts, ask, say)
        self.report = ReportPage(
            look, words, parts.model, guard, parts.chores, parts.facility, parts.printer, ask, say
        )
        self.importing = (
            None
            if parts.take_patients is None
            else Importing(words, guard, parts.chores, parts.take_patients, ask, say)
        )
        self.keys = KeysPage(look, words)
        self.curtain = Curtain(look, words, parts.facility)
        self.stack = QStackedWidget()
        for page in self.pages:
            self.stack.addWidget(page)
        layout = column(self.head, self.trouble, self.stack, self.foot, gap=0)
        layout.setStretch(2, 1)
        self.setLayout(layout)

    @property
    def pages(self) -> tuple[QWidget, ...]:
        return (
            self.starting, self.first, self.sign_in, self.own, self.board, self.detail, self.health, self.accounts,
            self.report, self.keys, self.curtain,
        )  # fmt: skip

    @property
    def page(self) -> QWidget:
        """The one that is seen."""
        shown = self.stack.currentWidget()
        assert shown is not None
        return shown

    def pressed(self, event: QKeyEvent) -> bool:
        """Whether the key was for the page that is seen."""
        if self.page is self.starting:
            return True
        page: Page = self.page  # type: ignore[assignment]
        return page.pressed(event)
