"""The base of every page. A page keeps nothing after it is closed."""

from __future__ import annotations

from msgspec.structs import replace as with_
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from drivers.interface import CardFront, FrontHint
from kiosk.visit.acts import Act
from kiosk.visit.views import Option, VisitView
from kiosk.wording.text import Span, Text
from ui.patient.layouts import arrange
from ui.patient.option_icons import icon_of
from ui.patient.parts import Arranged, Block, Parts
from ui.widgets.button import BigButton
from ui.widgets.kit import Kit
from ui.widgets.notice import Notice
from ui.widgets.picture import PictureView
from ui.widgets.say import Say
from ui.widgets.target import Target

GOES_ON_MS = 3_000
LONG_MS = 10_000


class BasePage(QWidget):
    """What the window knows of a page. ``acted`` gives what the patient did; ``help_due`` that waiting has become
    long; ``front_wanted`` whether somebody is to read the card's front now; ``hinted`` the sentence of what is to be
    done now, where somebody who looks elsewhere must know it."""

    acted = Signal(object)
    help_due = Signal()
    front_wanted = Signal(bool)
    hinted = Signal(str)

    def __init__(self, view: VisitView, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self.view = view
        self.kit = kit

    def act(self, act: Act) -> None:
        self.acted.emit(act)

    def targets(self) -> list[Target]:
        """What can be touched, in reading order."""
        raise NotImplementedError

    def arranged_as(self) -> tuple[float, bool]:
        """How far letters had to shrink, and whether everything has its place."""
        raise NotImplementedError

    def begin(self) -> None:
        """It is on the screen, and is heard."""

    def front_told(self, told: FrontHint | CardFront) -> None:
        """What the reader of the card's front says."""

    def take(self, view: VisitView) -> bool:
        """Shows ``view`` in place, without a new page; whether that could be done."""
        del view
        return False

    def digit(self, digit: int) -> None:
        """A digit of a real keyboard, 0 to 9."""

    def typed(self, letters: str) -> None:
        """Anything else that a real keyboard types."""

    def delete_one(self) -> None:
        """The delete key of a real keyboard."""

    def step_back(self) -> bool:
        """Goes a step back within the page; whether there was one."""
        return False

    def draft(self) -> str:
        """What was typed in the open and not given yet."""
        return ""

    def restore(self, draft: str) -> None:
        """Fills in what ``draft`` gave: the page is the same, only its language, size or colours changed."""

    def close_down(self) -> None:
        """The page is about to go."""


class Page(BasePage):
    """Makes the parts of a view and lays them out."""

    picture_matters = False

    def __init__(self, view: VisitView, kit: Kit, parent: QWidget) -> None:
        super().__init__(view, kit, parent)
        self.title = Say(kit, kit.say(view.title), "title", parent=self)
        self.under = self.make_under()
        self.patience = self._make_patience()
        self.picture = self.make_picture()
        self.buttons = [self._button(option) for option in view.options]
        self.arranged: Arranged | None = None

    # ---------------------------------------------------------------------------- what pages may change

    def make_under(self) -> list[Block]:
        """What stands beneath the title, in reading order."""
        return [*self.make_body(), *self.make_notices()]

    def make_picture(self) -> PictureView | None:
        return PictureView(self.kit, self.view.picture, parent=self) if self.view.picture else None

    def parts(self) -> Parts:
        under = [*self.under, *([self.patience] if self.patience else [])]
        return Parts(self.title, under, self.picture, self.picture_matters, self.buttons)

    def targets(self) -> list[Target]:
        return list(self.buttons)

    def offer(self, options: tuple[Option, ...]) -> None:
        """Other ways on, on the page as it stands."""
        if options == self.view.options:
            return
        self.view = with_(self.view, options=options)
        for button in self.buttons:
            button.setParent(None)
            button.deleteLater()
        self.buttons = [self._button(option) for option in options]
        for button in self.buttons:
            button.show()
        self.kit.guard.page_changed()
        self.arrange()

    def arranged_as(self) -> tuple[float, bool]:
        return (self.arranged.scale, self.arranged.fits) if self.arranged else (1.0, False)

    # ------------------------------------------------------------------------------------------- parts

    def make_body(self) -> list[Block]:
        texts = (self.kit.wording.find(sentence.key, sentence.slots) for sentence in self.view.body)
        return [Say(self.kit, text, "body", parent=self) for text in texts if text is not None]

    def make_notices(self) -> list[Block]:
        if not self.view.notices:
            return []
        return [Notice(self.kit, [self.kit.say(notice) for notice in self.view.notices], parent=self)]

    def make_code(self) -> list[Block]:
        """The code of a reason: small, and for staff."""
        if not self.view.code:
            return []
        code = Text((Span(self.view.code),), "und")
        return [Say(self.kit, code, "frame", colour="ink_soft", parent=self)]

    def _button(self, option: Option) -> BigButton:
        text = self.kit.wording.sentence(option.name_key, option.slots)
        note = self.kit.wording.find(option.note_key, option.slots)
        picture = icon_of(option.id)
        button = BigButton(self.kit, text, option.weight, note=note, picture=picture, parent=self)
        button.setObjectName(f"choice.{option.id}")
        button.touched.connect(lambda act=option.act: self.act(act))
        return button

    # ----------------------------------------------------------------------------------------- waiting

    def _make_patience(self) -> Say | None:
        """The sentence that comes when waiting takes long. Its room is kept free from the beginning."""
        if not self.view.waiting:
            return None
        say = Say(self.kit, self.kit.key("waiting.long"), "body", colour="accent", parent=self)
        policy = say.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        say.setSizePolicy(policy)
        say.hide()
        self._patience_timer = QTimer(self)
        self._patience_timer.setSingleShot(True)
        self._patience_timer.timeout.connect(self._wait_on)
        self._plan_patience()
        return say

    def _plan_patience(self) -> None:
        waited = self.kit.clock() - self.view.since
        due = GOES_ON_MS if waited < GOES_ON_MS else LONG_MS
        self._patience_timer.start(max(0, due - waited))

    def _wait_on(self) -> None:
        if self.patience is None:
            return
        long = self.kit.clock() - self.view.since >= LONG_MS
        self.patience.set_text(self.kit.key("waiting.long" if long else "waiting.goes_on"))
        self.patience.show()
        if long:
            self.help_due.emit()
        else:
            self._plan_patience()

    # ------------------------------------------------------------------------------------------ layout

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self.arrange()

    def arrange(self) -> None:
        parts = self.parts()
        self.arranged = arrange(parts, self.rect(), self.kit.profile)
        placed = {id(widget) for widget, _rect in self.arranged.placement.places}
        if self.picture is not None:
            self.picture.setVisible(id(self.picture) in placed)
        for widget, rect in self.arranged.placement.places:
            widget.setGeometry(rect)
            widget.update()


def digit_of(event: QKeyEvent) -> int | None:
    """The digit of a key, without ever making text of it."""
    number = event.key() - Qt.Key.Key_0
    return number if 0 <= number <= 9 else None
