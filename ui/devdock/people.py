"""The list of people: each with what they hold, a name, and what they are for. Click one, or drag it to the reader."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QDrag, QFont, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from kiosk.wording.glyphs import safe_text
from simulator.people.persona import CardKind, Persona
from ui.devdock import style
from ui.pictures.canvas import Canvas
from ui.pictures.parts import CARD, badge, card, other_card
from ui.theme.palette import STANDARD

MIME = "application/x-uketsuke-persona"
PICTURE = QSize(44, 28)
_PERSONA = Qt.ItemDataRole.UserRole
_SEARCHED = Qt.ItemDataRole.UserRole + 1
_PHONES: tuple[CardKind, ...] = ("android", "iphone")
_STRANGERS: tuple[CardKind, ...] = ("fido", "driving_licence", "old_resident_card")
Index = QModelIndex | QPersistentModelIndex


def name_of(persona: Persona) -> str:
    """As the kiosk would show it."""
    return safe_text(persona.person.name.replace("\u3000", " ")).text


def draw_card(painter: QPainter, box: QRectF, persona: Persona) -> None:
    """What this person holds out, as large as ``box`` allows."""
    kind = persona.card.kind
    width, height = (54.0, 76.0) if kind in _PHONES else CARD
    scale = min(box.width() / width, box.height() / height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.center().x() - width * scale / 2, box.center().y() - height * scale / 2)
    painter.scale(scale, scale)
    canvas = Canvas(painter, STANDARD)
    if kind in _PHONES:
        canvas.rect(0, 0, width, height, 9, "paper", width=5)
        canvas.rect(9, 12, width - 18, height - 26, 3, "screen", width=3)
    elif kind in _STRANGERS:
        other_card(canvas)
    elif kind != "none":
        card(canvas)
    if kind in ("dead", "damaged"):
        with canvas.at(width - 22, height - 22, 0.8):
            badge(canvas, "cross", "danger")
    painter.restore()


class PeopleModel(QAbstractListModel):
    def __init__(self, people: Sequence[Persona], parent: QWidget) -> None:
        super().__init__(parent)
        self._people = tuple(people)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        return 0 if parent.isValid() else len(self._people)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        persona = self._people[index.row()]
        person = persona.person
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return name_of(persona)
            case Qt.ItemDataRole.ToolTipRole:
                return f"{persona.id}\n{persona.title}\n{person.kana}, born {person.birth_date}"
            case _ if role == _PERSONA:
                return persona
            case _ if role == _SEARCHED:
                words = (persona.id, persona.title, person.name, person.kana, persona.card.kind)
                return " ".join(words).casefold()
            case _:
                return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        holds = index.isValid() and self._people[index.row()].card.kind != "none"
        return flags | Qt.ItemFlag.ItemIsDragEnabled if holds else flags

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        data.setData(MIME, QByteArray(self._people[indexes[0].row()].id.encode()))
        return data


class _Filter(QSortFilterProxyModel):
    """Every word that is typed must occur."""

    words: tuple[str, ...] = ()

    def narrow(self, text: str) -> None:
        self.words = tuple(text.casefold().split())
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        searched = str(self.sourceModel().index(row, 0, parent).data(_SEARCHED))
        return all(word in searched for word in self.words)


class _Row(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(120, style.ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        persona: Persona = index.data(_PERSONA)
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        font: QFont = option.font
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, QColor("#4d4d4d"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, QColor("#333333"))
        picture = QRectF(box.left() + 6, box.top() + 6, PICTURE.width(), PICTURE.height())
        draw_card(painter, picture, persona)
        text = QRect(box.left() + PICTURE.width() + 16, box.top() + 2, 0, 18)
        text.setRight(box.right() - 6)
        bold = QFont(font)
        bold.setBold(True)
        painter.setFont(bold)
        painter.setPen(QColor(style.TEXT))
        _line(painter, text, name_of(persona))
        painter.setFont(font)
        painter.setPen(QColor(style.SOFT))
        _line(painter, text.translated(0, 18), persona.title)
        painter.restore()


def _line(painter: QPainter, box: QRect, text: str) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


class _List(QListView):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.clicked.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def startDrag(self, actions: Qt.DropAction) -> None:
        """The dragged thing looks like the card."""
        persona: Persona = self.currentIndex().data(_PERSONA)
        drag = QDrag(self)
        drag.setMimeData(self.model().mimeData([self.currentIndex()]))
        pixmap = QPixmap(PICTURE * 2)
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            draw_card(painter, QRectF(pixmap.rect()), persona)
        drag.setPixmap(pixmap)
        drag.setHotSpot(QPoint(pixmap.width() // 2, pixmap.height() // 2))
        drag.exec(actions)


class People(QWidget):
    """Filter and list. ``chosen`` gives the identifier of the person whose card is to be placed."""

    chosen = Signal(str)

    def __init__(self, people: Sequence[Persona], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filter = QLineEdit(self)
        self.filter.setObjectName("filter")
        self.filter.setPlaceholderText(f"Filter {len(people)} people: name, title, kind of card")
        self.filter.setClearButtonEnabled(True)
        self._shown = _Filter(self)
        self._shown.setSourceModel(PeopleModel(people, self))
        self.list = _List(self)
        self.list.setObjectName("people")
        self.list.setModel(self._shown)
        self.list.setItemDelegate(_Row(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setDragEnabled(True)
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.filter)
        layout.addWidget(self.list)
        self.filter.textChanged.connect(self._shown.narrow)
        self.list.clicked.connect(self._choose)

    def shown(self) -> list[str]:
        """Identifiers of the people who pass the filter."""
        rows = (self._shown.index(row, 0) for row in range(self._shown.rowCount()))
        return [row.data(_PERSONA).id for row in rows]

    def row_of(self, persona_id: str) -> QRect:
        """Where this person's row is on the list's viewport."""
        index = self._shown.index(self.shown().index(persona_id), 0)
        self.list.scrollTo(index)
        return self.list.visualRect(index)

    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(index.data(_PERSONA).id)
