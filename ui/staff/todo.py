"""What to do about a visit: why it stands there, which ways are open, and what to check for the chosen one."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QScrollArea, QVBoxLayout, QWidget

from kiosk.coverage.qualification import ResultOfQualificationConfirmation
from kiosk.desk.deliveries import Handed
from kiosk.desk.detail import AnswerGiven, Detail, WayOpen
from kiosk.desk.names import is_incomplete
from kiosk.desk.row import Need
from kiosk.evidence.model import Way
from ui.staff import certified, handed
from ui.staff.deeds import several
from ui.staff.parts import Told, across, column, frame, label
from ui.staff.style import Look
from ui.staff.words import Words, clock, shown_name

_NUMBERED = 9


class Todo(QWidget):
    """``chosen``: a way. The way whose evidence is shown is chosen until somebody chooses another."""

    chosen = Signal(object)

    def __init__(self, look: Look, words: Words) -> None:
        super().__init__()
        self._look, self._words = look, words
        self._detail: Detail | None = None
        self._ways: tuple[WayOpen, ...] = ()
        self._picked: Way | None = None
        self.reason = Told(role="notice", name="reason")
        self.ways = QListWidget()
        self.ways.setObjectName("ways")
        self.ways.setAccessibleName(words("desk.detail.ways"))
        self.ways.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.ways.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.ways.currentRowChanged.connect(self._pick)
        self._no_ways = label(words("desk.detail.no_ways"), "small")
        self._checks_heading = label(words("desk.detail.checks"), "heading")
        self._checks = QVBoxLayout()
        self._checks.setSpacing(look.sizes.gap)
        self.rule = Told(role="small", name="rule")
        self.rule.hide()
        self._rule_hint = frame("", "rule_hint")
        self._rule_hint.setLayout(
            across(label("Ctrl+R", "key"), label(words("desk.keys.rule"), "small"), 1, gap=look.sizes.gap)
        )
        self._handed = QVBoxLayout()
        self._handed.setSpacing(look.sizes.gap)
        self._facts = QVBoxLayout()
        self._facts.setSpacing(look.sizes.gap)
        self._lay_out()

    @property
    def way(self) -> Way | None:
        """The chosen one."""
        return self._picked

    def way_open(self) -> WayOpen | None:
        """The same with its rule; what the page shows where nothing is chosen."""
        found = next((one for one in self._ways if one.way is self._picked), None)
        return found or (self._detail.look_at if self._detail is not None else None)

    def show_detail(self, detail: Detail) -> None:
        before = self._detail
        self._detail = detail
        self._ways = _ways(detail)
        if before is None or before.row.visit != detail.row.visit or before.row.shown is not detail.row.shown:
            self._picked = detail.row.shown
        if self._picked not in [one.way for one in self._ways]:
            self._picked = detail.row.shown
        self._show_reason(detail)
        self._show_handed(detail)
        self._show_ways(detail)
        self._show_way()
        self._show_facts(detail)

    def choose(self, place: int) -> None:
        """By its number, from 1."""
        if 0 < place <= self.ways.count():
            self.ways.setCurrentRow(place - 1)

    def toggle_rule(self) -> None:
        way = self.way_open()
        if way is not None:
            self.rule.setVisible(not self.rule.isVisible())

    # -- inside
    def _lay_out(self) -> None:
        gap = self._look.sizes.gap
        inside = QWidget()
        inside.setLayout(
            column(
                self.reason,
                self._handed,
                label(self._words("desk.detail.ways"), "heading"),
                self._no_ways,
                self.ways,
                self._checks_heading,
                self._checks,
                self._rule_hint,
                self.rule,
                self._facts,
                1,
                gap=gap,
                margin=gap,
            )
        )
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setLayout(column(area))

    def _show_reason(self, detail: Detail) -> None:
        words, need = self._words, detail.row.need
        if detail.reason_key is None or need is Need.NOT_HANDED_OVER:
            self.reason.say(words(f"desk.need.{need}") if need is not None else "")
            return
        self.reason.say(words.text(detail.reason_key))

    def _show_handed(self, detail: Detail) -> None:
        """What needs somebody first."""
        _empty(self._handed)
        if detail.deliveries:
            self._handed.addWidget(label(self._words("desk.detail.handed"), "heading"))
        order = list(Handed)
        for one in sorted(detail.deliveries, key=lambda one: order.index(one.state)):
            self._handed.addWidget(Told(handed.told(one, self._words), handed.ROLES[one.state]))

    def _show_ways(self, detail: Detail) -> None:
        words = self._words
        self.ways.blockSignals(True)
        self.ways.clear()
        for number, one in enumerate(self._ways, 1):
            mark = f"{number}  " if number <= _NUMBERED else "   "
            here = one.way is detail.row.shown and detail.row.need is not Need.RESULT
            shown = f"　◀ {words('desk.need.evidence')}" if here else ""
            self.ways.addItem(QListWidgetItem(f"{mark}{words(one.name_key)}{shown}"))
        places = [place for place, one in enumerate(self._ways) if one.way is self._picked]
        self.ways.setCurrentRow(places[0] if places else -1)
        self.ways.blockSignals(False)
        self.ways.setVisible(bool(self._ways))
        self._no_ways.setVisible(not self._ways)
        rows = min(len(self._ways), 7)
        height = self.ways.sizeHintForRow(0) if rows else 0
        self.ways.setFixedHeight(rows * height + 2 * self.ways.frameWidth() + 2)

    def _pick(self, place: int) -> None:
        if 0 <= place < len(self._ways):
            self._picked = self._ways[place].way
            self._show_way()
            self.chosen.emit(self._picked)

    def _show_way(self) -> None:
        words = self._words
        _empty(self._checks)
        way = self.way_open()
        self._checks_heading.setVisible(way is not None and bool(way.checks))
        self._rule_hint.setVisible(way is not None)
        for check in way.checks if way is not None else ():
            told = Told(words.text(check))
            mark = label("□", "strong")
            mark.setAlignment(Qt.AlignmentFlag.AlignTop)
            row = across(mark, told, gap=self._look.sizes.gap)
            row.setStretch(1, 1)
            self._checks.addLayout(row)
        if way is None:
            self.rule.say("")
            self.rule.hide()
            return
        visible = self.rule.isVisible()
        self.rule.say("\n".join(self._rule_of(way)))
        self.rule.setVisible(visible)

    def _rule_of(self, way: WayOpen) -> list[str]:
        """The rule in words, and the documents it comes from."""
        words = self._words
        told = [
            words("desk.detail.rule_of", rule=way.rule),
            words.find(f"evidence.{way.way}.why") or way.what,
        ]
        told.append(words("desk.detail.sources", sources=words.listed(way.sources)))
        documents = dict.fromkeys(re.split(r"[ #]", source)[0] for source in way.sources)
        return told + [text for one in documents if (text := words.find(f"desk.source.{one}"))]

    def _show_facts(self, detail: Detail) -> None:
        _empty(self._facts)
        words = self._words
        for told in self._facts_of(detail):
            self._facts.addWidget(told)
        for note in detail.notes:
            if not note.withdrawn:
                who = words("desk.detail.staff", name=note.actor.removeprefix("staff:"))
                written = words.aside(words("desk.detail.notes"), f"{clock(note.at)} {who}")
                self._facts.addWidget(Told(words.about(written, shown_name(note.text)), "notice"))

    def _facts_of(self, detail: Detail) -> list[Told]:
        words = self._words
        told = []
        if is_incomplete(detail.name):
            told.append(Told(words.text("desk.detail.incomplete"), "notice"))
        if detail.code:
            code = f"{detail.code}  {shown_name(detail.message)}".strip()
            told.append(Told(words("desk.detail.code", code=code), "small"))
        told += [Told(text, "small") for text in certified.told(detail, words)]
        if detail.scanned:
            told.append(Told(words.about(words("desk.detail.scanned"), shown_name(detail.scanned)), "small"))
        given = several(detail)
        if given is not None:
            told.append(Told(words("desk.detail.several", count=len(given.answer.results)), "strong"))
            told += [Told(text) for text in coverages(given, detail, words)]
        if detail.claim is not None:
            told.append(Told(words("desk.detail.claim"), "heading"))
            told += [Told(shown_name(text), "small") for text in detail.claim.lines]
        if detail.notices:
            notices = words.listed(words(f"reason.{notice}.patient") for notice in detail.notices)
            told.append(Told(words.about(words("desk.detail.notices"), notices), "small"))
        if detail.consents:
            consents = words.listed(
                f"{words(f'consent.{item}.name')} {words(f'desk.choice.{choice}')}"
                for item, choice in detail.consents
            )
            told.append(Told(words.about(words("desk.detail.consents"), consents), "small"))
        return told


def coverages(given: AnswerGiven, detail: Detail, words: Words) -> list[str]:
    """The coverages of an answer, one line each, in their order from 1."""
    in_force = given.answer.in_force(detail.row.day)
    return [
        _coverage(place, one, chosen=given.chosen == place, in_force=one in in_force, words=words)
        for place, one in enumerate(given.answer.results, 1)
    ]


def _coverage(
    place: int, one: ResultOfQualificationConfirmation, *, chosen: bool, in_force: bool, words: Words
) -> str:
    numbers = " ".join(
        part
        for part in (one.insurer_number, one.insured_card_symbol, one.insured_identification_number)
        if part
    )
    standing = words("desk.detail.in_force" if in_force else "desk.detail.not_in_force")
    mark = f"　✓{words('desk.detail.chosen')}" if chosen else ""
    return f"{place}  {shown_name(one.insurer_name)}　{shown_name(numbers)}　{standing}{mark}"


def _ways(detail: Detail) -> tuple[WayOpen, ...]:
    """Those that are open, and what is shown even if it is none of them."""
    shown = detail.look_at
    if shown is None or shown.way in [one.way for one in detail.ways]:
        return detail.ways
    return (shown, *detail.ways)


def _empty(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        inner = item.layout()
        if isinstance(inner, QVBoxLayout) or inner is not None:
            while (part := inner.takeAt(0)) is not None:
                old = part.widget()
                if old is not None:
                    old.hide()
                    old.deleteLater()
            inner.deleteLater()
        old = item.widget()
        if old is not None:
            old.hide()
            old.deleteLater()
