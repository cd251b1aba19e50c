"""The story of a visit, line by line."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QTextBrowser

from kiosk.desk.timeline import Kind, Line
from kiosk.wording.catalogues import languages
from kiosk.wording.glyphs import safe_text
from ui.staff.style import Look
from ui.staff.words import Words, clock

_HIDDEN = frozenset({"desk.event.Accepted", "desk.event.NumberTaken", "desk.event.TimePassed"})
"""What another line tells as well."""
_COLOURS: dict[Kind, str] = {"patient": "ink", "staff": "accent", "machine": "ink_soft", "audit": "ink_soft"}


class Story(QTextBrowser):
    """Read-only; the newest line is in sight unless somebody has scrolled up."""

    def __init__(self, look: Look, words: Words) -> None:
        super().__init__()
        self.setObjectName("story")
        self.setAccessibleName(words("desk.detail.story"))
        self._look, self._words = look, words
        self._lines: tuple[Line, ...] = ()
        self.setOpenLinks(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.document().setDocumentMargin(look.sizes.gap)

    def show_lines(self, lines: Iterable[Line]) -> None:
        told = tuple(line for line in lines if line.key not in _HIDDEN)
        if told == self._lines:
            return
        bar = self.verticalScrollBar()
        following = bar.value() >= bar.maximum() - 4
        self._lines = told
        before = ""
        rows = []
        for line in told:
            rows.append(self._row(line, before))
            before = line.state or before
        self.setHtml(f'<table cellspacing="0" cellpadding="2" width="100%">{"".join(rows)}</table>')
        if following:
            bar.setValue(bar.maximum())

    def turn(self, pages: int) -> None:
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + pages * max(1, bar.pageStep() - self._look.sizes.row))

    def _row(self, line: Line, before: str) -> str:
        palette = self._look.palette
        colour = getattr(palette, _COLOURS[line.kind])
        weight = "bold" if line.kind == "staff" else "normal"
        said = f'<span style="color:{colour};font-weight:{weight}">{escape(self.sentence(line))}</span>'
        follows = ""
        if line.state and line.state != before and line.state not in ("Welcome", "OutOfService"):
            page = escape(self._words("desk.detail.followed", page=self._words(f"desk.state.{line.state}")))
            follows = f' <span style="color:{palette.ink_soft}">{page}</span>'
        at = escape(clock(line.at, seconds=True))
        actor = escape(self._actor(line))
        small = f'style="color:{palette.ink_soft};font-size:{self._look.sizes.small}px"'
        return (
            f'<tr><td {small} valign="top">{at}&nbsp;</td>'
            f'<td valign="top">{said}{follows} <span {small}>{actor}</span></td></tr>'
        )

    def sentence(self, line: Line) -> str:
        """What happened, what it is about, and what was written."""
        words = self._words
        named = [self._named(key) for key in line.named if words.find(key)]
        text = [words("desk.detail.given", text=self._value(line, one)) for one in self._texts(line)]
        about = words.listed([*named, *text])
        return words.about(words(line.key), about) if about else words(line.key)

    def _texts(self, line: Line) -> tuple[str, ...]:
        """Which language a consent was read in matters to an auditor alone."""
        if line.key.startswith("desk.event.Consent"):
            return tuple(one for one in line.text if one not in languages())
        return line.text

    def _named(self, key: str) -> str:
        """Fields by the name that staff give them."""
        field = key.split(".")[1] if key.startswith("field.") else ""
        return self._words.find(f"desk.field.{field}") or self._words(key)

    def _value(self, line: Line, text: str) -> str:
        """An answer as it was chosen, a day as it is read."""
        for key in line.named:
            if key.startswith("field."):
                told = self._words.find(f"{key.removesuffix('.name')}.{text}")
                if told:
                    return told
        return safe_text(self._words.day(text)).text

    def _actor(self, line: Line) -> str:
        if line.kind == "staff" or line.actor.startswith("staff:"):
            return self._words("desk.detail.staff", name=line.actor.removeprefix("staff:"))
        return ""
