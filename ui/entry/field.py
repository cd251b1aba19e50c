"""One question with its answer: the base of everything that a patient fills in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from kiosk.visit.form import Problem
from kiosk.wording.text import Text
from ui.entry.action import Action
from ui.entry.arranging import EntryParts, Places, arrange
from ui.entry.head import Line, Message, Tone
from ui.entry.keys import Area
from ui.widgets.button import Style
from ui.widgets.kit import Kit
from ui.widgets.say import Say
from ui.widgets.target import Target

Check = Callable[[str], str | Problem]
"""The answer as it is kept, or why it cannot be taken: ``kiosk.visit.form.checked`` for one question and one day."""


class Entry(QWidget):
    """What a page shows of a question: it takes the whole room between header and footer.

    ``entered`` gives an answer that passed its check; ``skipped`` comes from わからない, where that is allowed.
    ``edited`` tells that something was typed, and nothing of what. A page passes on ``targets``, gives ``typed`` and
    ``delete_one`` what comes from a real keyboard, and calls ``close_down`` before it goes.
    """

    entered = Signal(str)
    skipped = Signal()
    edited = Signal()

    @property
    def problem(self) -> str:
        """The problem that is on the screen, in words; "" for none."""
        raise NotImplementedError

    def set_value(self, value: str) -> None:
        """Fills in what is known; "" empties it."""
        raise NotImplementedError

    def targets(self) -> list[Target]:
        """What can be touched, in reading order."""
        raise NotImplementedError

    def typed(self, letters: str) -> None:
        """Letters or digits of a real keyboard."""

    def delete_one(self) -> None:
        """The delete key of a real keyboard."""

    def step_back(self) -> bool:
        """Goes one step back within the question; whether there was one."""
        return False

    def close_down(self) -> None:
        """The question goes away: what was typed and not given is forgotten."""
        self.set_value("")


class Field(Entry):
    """One question, its answer, and the keys for it.

    ``hint``: said as long as there is nothing else to say, and where there is room. ``skip``: the sentence of the
    button that leaves the answer out, "" where it is needed. ``problems``: what ``check`` may find, so that there is
    room for it.
    """

    def __init__(
        self,
        kit: Kit,
        question: Text,
        check: Check,
        *,
        hint: Text | None = None,
        skip: str = "",
        problems: Sequence[Problem] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.kit = kit
        self.check = check
        self.problems = tuple(problems)
        self.title = Say(kit, question, "title", parent=self)
        said = [*map(self.problem_text, problems), *self.more_messages()]
        self.message = Message(kit, said, hint, parent=self)
        self.skip = self.button(skip, "quiet") if skip else None
        if self.skip is not None:
            self.skip.touched.connect(self.skipped)
        self.done = self.button("choice.next", "main")
        self.done.touched.connect(self.finish)
        self.places: Places | None = None
        self._filling = False
        self.message.said.connect(self._make_room)
        self.say_hint()

    # ------------------------------------------------------------------------------- what fields are made of

    @property
    def area(self) -> Area:
        raise NotImplementedError

    def line(self) -> Line | None:
        return None

    def buttons(self) -> list[Action]:
        return [*([self.skip] if self.skip else []), self.done]

    def more_messages(self) -> Sequence[Text]:
        """What may be said beside the hint and the problems of the check."""
        return ()

    def value(self) -> str:
        """What was typed, as it is to be checked."""
        raise NotImplementedError

    def tell_edited(self) -> None:
        """Something changed: tells of it, if it was the patient who did it."""
        if not self._filling:
            self.edited.emit()

    # ------------------------------------------------------------------------------------------- answering

    def finish(self) -> None:
        """Gives the answer, or says what stands against it."""
        checked = self.check(self.value())
        if isinstance(checked, Problem):
            self.say_problem(checked)
        else:
            self.entered.emit(checked)

    def problem_text(self, problem: Problem) -> Text:
        return self.kit.key(f"form.problem.{problem}")

    @property
    def problem(self) -> str:
        return self.message.text() if self.message.tone == "problem" else ""

    def say_problem(self, problem: Problem) -> None:
        self.say(self.problem_text(problem), "problem")

    def say_hint(self) -> None:
        self.message.say_hint()

    def say(self, text: Text, tone: Tone) -> None:
        self.message.say(text, tone)
        if self.message.height_for(self.message.width()) > self.message.height() > 0:
            self.rearrange()

    def _make_room(self) -> None:
        """Where room is scarce, a message stands in the question's place."""
        scarce = self.places is not None and self.places.scarce
        self.title.setVisible(not (scarce and self.message.isVisibleTo(self)))

    # ---------------------------------------------------------------------------------------------- layout

    def button(self, key: str, style: Style) -> Action:
        button = Action(self.kit, self.kit.key(key), style, parent=self)
        button.setObjectName(key)
        return button

    def targets(self) -> list[Target]:
        return [*self.area.targets(), *self.buttons()]

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self.rearrange()

    def rearrange(self) -> None:
        """Finds the arrangement anew: the area, the line or the buttons are others."""
        parts = EntryParts(self.title, self.message, self.line(), self.area, self.buttons())
        self.places = arrange(parts, self.rect(), self.kit.profile)
        self.message.show_if_there_is_room()
        self._make_room()
        for widget, place in self.places.places:
            widget.setGeometry(place)
            widget.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().isprintable() and event.text():
            self.typed(event.text())
        else:
            event.ignore()
