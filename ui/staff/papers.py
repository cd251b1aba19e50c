"""Papers as the rule book describes them, drawn in outline with their fields, and those marked that staff must look at.

Where a field stands on the paper differs from insurer to insurer, so fields are drawn in the book's order and not in a
layout that nobody has seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.evidence.model import Document, Paper
from ui.staff.style import Look
from ui.staff.words import Words

_CARD_FRONT = ("顔写真", "氏名", "生年月日", "有効期限")
"""What of a My Number Card's front is compared with the person (evidence.check.same_person)."""
_LOOKED_AT: dict[str, tuple[str, ...]] = {
    "printed_date": ("有効期限",),
    "by_numbers": ("保険者番号", "記号", "枝番"),
    "by_numbers_first": ("保険者番号", "記号", "枝番"),
    "printed_ratio": ("負担割合",),
    "same_person": ("氏名", "生年月日", "顔写真"),
    "exchange_certificate": ("記号", "氏名", "性別"),
    "printed_unchanged": ("記号", "保険者番号"),
    "latest_screen": ("保険者名称", "資格取得"),
    "latest_notice": ("資格取得", "保険者名称"),
    "declaration_too": ("氏名",),
    "as_far_as_known": ("氏名", "生年月日"),
}
"""For each check of the book, parts of the names of the fields that it is about."""


@dataclass(frozen=True)
class FieldDrawn:
    """``number``: the mark of a field to look at, 0 for others. ``never``: it is not to be read."""

    name: str
    number: int = 0
    never: bool = False


@dataclass(frozen=True)
class PaperDrawn:
    document: Document
    title: str
    fields: tuple[FieldDrawn, ...]


def drawn(
    papers: Iterable[tuple[Document, Paper]], checks: Sequence[str], words: Words
) -> tuple[PaperDrawn, ...]:
    """The papers of a way, marks counted through all of them. ``checks``: sentences ``evidence.check.<id>``."""
    wanted = tuple(part for check in checks for part in _LOOKED_AT.get(check.rpartition(".")[2], ()))
    marks = 0
    found = []
    for document, paper in papers:
        fields: list[FieldDrawn] = []
        for name in _CARD_FRONT if document is Document.CARD else paper.fields:
            marked = any(part in name for part in wanted)
            marks += marked
            fields.append(FieldDrawn(name, marks if marked else 0))
        fields += [FieldDrawn(name, never=True) for name in paper.never]
        found.append(PaperDrawn(document, words(f"document.{document}.name"), tuple(fields)))
    return tuple(found)


class PapersPicture(QWidget):
    """Papers side by side. Told to assistive technology as a list of what is marked."""

    def __init__(self, look: Look, words: Words) -> None:
        super().__init__()
        self.setObjectName("papers_picture")
        self._look, self._words = look, words
        self._papers: tuple[PaperDrawn, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def papers(self) -> tuple[PaperDrawn, ...]:
        return self._papers

    def show_papers(self, papers: tuple[PaperDrawn, ...]) -> None:
        self._papers = papers
        self.setVisible(bool(papers))
        marked = [
            f"{field.number} {field.name}" for paper in papers for field in paper.fields if field.number
        ]
        self.setAccessibleName(self._words.listed([*(paper.title for paper in papers), *marked]))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        rows = max((self._rows(paper) for paper in self._papers), default=0)
        line = self._line()
        return QSize(self._look.sizes.ems(20), round(line * (rows + 1.6)) if rows else 0)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def _columns(self, paper: PaperDrawn) -> int:
        if len(self._papers) == 1:
            return 3
        return 2 if len(paper.fields) > 4 else 1

    def _rows(self, paper: PaperDrawn) -> int:
        """What is never read has a line of its own."""
        never = sum(field.never for field in paper.fields)
        return -(-(len(paper.fields) - never) // self._columns(paper)) + never

    def _line(self) -> float:
        return self._look.sizes.small * 1.95

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._papers:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            gap = self._look.sizes.gap * 1.5
            shares = [3.0 if paper.document is not Document.CARD else 2.0 for paper in self._papers]
            room = self.width() - gap * (len(shares) - 1) - 2
            left = 1.0
            for paper, share in zip(self._papers, shares, strict=True):
                width = room * share / sum(shares)
                self._paper(painter, paper, QRectF(left, 1, width, self.height() - 2))
                left += width + gap

    def _paper(self, painter: QPainter, paper: PaperDrawn, box: QRectF) -> None:
        look, sizes = self._look, self._look.sizes
        palette = look.palette
        painter.setPen(QPen(QColor(palette.stroke), 1.6))
        painter.setBrush(QColor(palette.paper))
        phone = paper.document is Document.PORTAL
        painter.drawRoundedRect(box, 14 if phone else 6, 14 if phone else 6)
        inner = box.adjusted(sizes.gap * 1.5, sizes.gap, -sizes.gap * 1.5, -sizes.gap)
        painter.setFont(look.fonts.font(sizes.small, True))
        painter.setPen(QColor(palette.stroke))
        title = painter.fontMetrics().elidedText(paper.title, Qt.TextElideMode.ElideRight, int(inner.width()))
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft), title)
        inner.setTop(inner.top() + sizes.small * 1.5)
        columns = self._columns(paper)
        width, height = inner.width() / columns, self._line()
        read = [field for field in paper.fields if not field.never]
        for place, field in enumerate(read):
            column, row = place % columns, place // columns
            cell = QRectF(inner.left() + column * width, inner.top() + row * height, width, height)
            self._field(painter, field, cell.adjusted(1, 1, -3, -2))
        below = -(-len(read) // columns)
        for place, field in enumerate(field for field in paper.fields if field.never):
            top = inner.top() + (below + place) * height
            self._field(
                painter, field, QRectF(inner.left(), top, inner.width(), height).adjusted(1, 1, -3, -2)
            )

    def _field(self, painter: QPainter, field: FieldDrawn, cell: QRectF) -> None:
        look, sizes, palette = self._look, self._look.sizes, self._look.palette
        if field.never:
            painter.setPen(QPen(QColor(palette.danger), 1))
            painter.setBrush(QBrush(QColor(palette.danger_soft)))
            painter.drawRect(cell)
            painter.setBrush(QBrush(QColor(palette.danger), Qt.BrushStyle.BDiagPattern))
            strip = QRectF(cell.left(), cell.top(), sizes.small * 0.8, cell.height())
            painter.drawRect(strip)
            text = self._words.about(field.name, self._words("desk.detail.never"))
            self._write(painter, text, cell.adjusted(sizes.small * 1.1, 0, 0, 0), palette.danger, bold=True)
            return
        marked = bool(field.number)
        painter.setPen(QPen(QColor(palette.accent if marked else palette.line), 1.8 if marked else 1))
        painter.setBrush(QColor(palette.accent_soft if marked else palette.page))
        painter.drawRoundedRect(cell, 2, 2)
        inner = cell.adjusted(sizes.gap * 0.6, 0, 0, 0)
        if marked:
            radius = sizes.small * 0.72
            centre = QPointF(cell.left() + radius + 2, cell.center().y())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.accent))
            painter.drawEllipse(centre, radius, radius)
            painter.setPen(QColor(palette.on_accent))
            painter.setFont(look.fonts.font(sizes.small - 1, True))
            badge = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
            painter.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), str(field.number))
            inner.setLeft(badge.right() + 4)
        self._write(painter, field.name, inner, palette.accent if marked else palette.ink_soft, bold=marked)

    def _write(self, painter: QPainter, text: str, box: QRectF, colour: str, *, bold: bool) -> None:
        painter.setFont(self._look.fonts.font(self._look.sizes.small, bold))
        painter.setPen(QColor(colour))
        cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), cut)
