"""The small parts that the dock's sections are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

_KEPT = 400


def heading(text: str) -> QLabel:
    label = QLabel(text.upper())
    label.setProperty("role", "heading")
    return label


def soft(text: str = "") -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "soft")
    return label


def button(name: str, text: str, act: Callable[[], object], tip: str = "") -> QPushButton:
    made = QPushButton(text)
    made.setObjectName(name)
    made.setToolTip(tip)
    made.clicked.connect(lambda: act())
    return made


def switch(name: str, text: str, turned: Callable[[bool], object], tip: str = "") -> QPushButton:
    """A button that stays down. ``turned`` gets whether it is."""
    made = QPushButton(text)
    made.setObjectName(name)
    made.setToolTip(tip)
    made.setCheckable(True)
    made.toggled.connect(turned)
    return made


def choice(name: str, entries: Iterable[tuple[str, object]], tip: str = "") -> QComboBox:
    """``entries``: what is shown, and what is meant (``currentData``)."""
    box = QComboBox()
    box.setObjectName(name)
    box.setToolTip(tip)
    for shown, meant in entries:
        box.addItem(shown, meant)
    box.setMinimumContentsLength(6)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box


def count(name: str, prefix: str, most: int, tip: str = "") -> QSpinBox:
    box = QSpinBox()
    box.setObjectName(name)
    box.setRange(0, most)
    box.setPrefix(prefix)
    box.setToolTip(tip)
    return box


def seconds(name: str, value: float, tip: str = "") -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setObjectName(name)
    box.setRange(0.0, 120.0)
    box.setDecimals(1)
    box.setSuffix(" s")
    box.setValue(value)
    box.setToolTip(tip)
    return box


def row(*widgets: QWidget, stretch: Iterable[int] = ()) -> QHBoxLayout:
    layout = QHBoxLayout()
    layout.setSpacing(4)
    weights = (*stretch, *([1] * len(widgets)))
    for widget, weight in zip(widgets, weights, strict=False):
        layout.addWidget(widget, weight)
    return layout


def table(rows: Iterable[tuple[str, QWidget | QHBoxLayout]]) -> QGridLayout:
    """A label and what it is about, line by line."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(6)
    grid.setVerticalSpacing(4)
    grid.setColumnMinimumWidth(0, 56)
    grid.setColumnStretch(1, 1)
    for number, (name, content) in enumerate(rows):
        grid.addWidget(soft(name), number, 0)
        if isinstance(content, QWidget):
            grid.addWidget(content, number, 1)
        else:
            grid.addLayout(content, number, 1)
    return grid


class Line(QLabel):
    """One line of text that never asks for room: what does not fit is cut, and told by the tool tip."""

    def __init__(self, role: str = "") -> None:
        super().__init__()
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        self.setToolTip(text)
        super().setText(text)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
            painter.setPen(self.palette().windowText().color())
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter), shown)


class Journal(QTreeWidget):
    """Lines in columns, the newest last and in sight. Keeps some hundred."""

    def __init__(self, name: str, columns: Iterable[int]) -> None:
        super().__init__()
        self.setObjectName(name)
        widths = tuple(columns)
        self.setColumnCount(len(widths))
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.header().setStretchLastSection(True)
        self.header().setMinimumSectionSize(10)
        for column, width in enumerate(widths):
            self.header().setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            self.setColumnWidth(column, width)

    def add(self, *texts: str) -> QTreeWidgetItem:
        if self.topLevelItemCount() >= _KEPT:
            self.takeTopLevelItem(0)
        item = QTreeWidgetItem(list(texts))
        self.addTopLevelItem(item)
        self.scrollToItem(item)
        return item

    def lines(self) -> list[tuple[str, ...]]:
        items = (self.topLevelItem(number) for number in range(self.topLevelItemCount()))
        return [tuple(item.text(column) for column in range(self.columnCount())) for item in items if item]
