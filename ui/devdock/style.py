"""How the dock looks: dark and dense, so that nobody takes it for a part of the kiosk."""

from __future__ import annotations

from kiosk.documents.fonts import FAMILIES
from ui.theme.tokens import BLUE, GREEN, RED, SOLID_GRAY, WHITE, YELLOW

WIDTH = 400
ROW = 40  # pixels of a person in the list

GROUND, RAISED, LINE = SOLID_GRAY[900], "#262626", "#3d3d3d"
TEXT, SOFT = SOLID_GRAY[50], SOLID_GRAY[400]
ACCENT, GOOD, NOTICE, DANGER = BLUE[300], GREEN[300], YELLOW[300], RED[300]

_FAMILIES = ", ".join(f'"{family}"' for family in FAMILIES)
SHEET = f"""
QWidget {{
    background: {GROUND}; color: {TEXT}; font-family: {_FAMILIES}; font-size: 12px;
}}
QLabel#state {{ font-size: 19px; font-weight: bold; color: {WHITE}; }}
QLabel#variant {{ font-size: 12px; color: {ACCENT}; }}
QLabel[role="soft"] {{ color: {SOFT}; }}
QLabel[role="heading"] {{ color: {SOFT}; font-size: 10px; font-weight: bold; padding-top: 3px; }}
QLabel[role="strong"] {{ font-weight: bold; }}
QLabel#simulated {{ background: {NOTICE}; color: {GROUND}; font-weight: bold; padding: 2px 6px; }}
QFrame#reader {{ border: 1px dashed {SOLID_GRAY[600]}; border-radius: 6px; background: {RAISED}; }}
QFrame#reader[over="true"] {{ border: 2px solid {ACCENT}; }}
QFrame#reader QLabel {{ background: transparent; }}
QPushButton, QComboBox, QLineEdit, QSpinBox, QDoubleSpinBox {{
    background: {RAISED}; border: 1px solid {LINE}; border-radius: 4px; padding: 0 6px; min-height: 22px;
}}
QPushButton:hover, QComboBox:hover {{ border-color: {SOLID_GRAY[500]}; }}
QPushButton:pressed {{ background: {SOLID_GRAY[700]}; }}
QPushButton:checked {{ background: {RED[1100]}; border-color: {DANGER}; color: {WHITE}; }}
QPushButton:disabled, QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled {{
    color: {SOLID_GRAY[600]}; background: {GROUND};
}}
QPushButton:focus, QComboBox:focus, QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QListView:focus {{
    border-color: {ACCENT};
}}
QComboBox::drop-down {{ width: 14px; border: none; }}
QComboBox::down-arrow {{
    width: 0; height: 0; border-left: 4px solid {RAISED}; border-right: 4px solid {RAISED};
    border-top: 5px solid {SOFT};
}}
QComboBox QAbstractItemView {{ background: {RAISED}; selection-background-color: {SOLID_GRAY[700]}; }}
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{ width: 0; }}
QListView, QTreeWidget {{
    background: {RAISED}; border: 1px solid {LINE}; border-radius: 4px; outline: none;
    selection-background-color: {SOLID_GRAY[700]}; selection-color: {WHITE};
}}
QTreeWidget::item {{ padding: 0 2px; min-height: 16px; }}
QTabWidget::pane {{ border: none; }}
QTabBar::tab {{ background: {GROUND}; color: {SOFT}; padding: 3px 10px; border-bottom: 2px solid {GROUND}; }}
QTabBar::tab:selected {{ color: {WHITE}; border-bottom: 2px solid {ACCENT}; }}
QProgressBar {{ border: none; background: {LINE}; max-height: 4px; min-height: 4px; border-radius: 2px; }}
QProgressBar::chunk {{ background: {ACCENT}; border-radius: 2px; }}
QProgressBar[urgent="true"]::chunk {{ background: {NOTICE}; }}
QScrollBar:vertical {{ width: 9px; background: {GROUND}; }}
QScrollBar::handle:vertical {{ background: {SOLID_GRAY[700]}; border-radius: 4px; min-height: 24px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
QToolTip {{ background: {SOLID_GRAY[700]}; color: {WHITE}; border: none; }}
"""
