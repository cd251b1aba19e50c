"""A style sheet made of tokens, for windows of Qt's standard widgets. The patient's own widgets paint themselves."""

from __future__ import annotations

from ui.theme.palette import Palette

_TEMPLATE = """
QWidget {{ background: {page}; color: {ink}; font-size: {px}px; }}
QLabel[quiet="true"] {{ color: {ink_soft}; }}
QPushButton, QToolButton, QComboBox, QLineEdit, QSpinBox, QPlainTextEdit, QListView, QTableView, QTreeView {{
    background: {page}; border: 1px solid {edge}; border-radius: 8px; padding: 4px 8px;
    selection-background-color: {accent}; selection-color: {on_accent}; }}
QPushButton:pressed, QToolButton:pressed, QPushButton:checked, QToolButton:checked {{
    background: {pressed}; border-color: {accent}; color: {ink}; }}
QPushButton[main="true"] {{ background: {accent}; border-color: {accent}; color: {on_accent}; }}
QPushButton:disabled, QToolButton:disabled, QComboBox:disabled {{ border-color: {line}; color: {ink_off}; }}
QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus, QListView:focus, QTableView:focus {{
    border: 3px solid {focus_inner}; background: {focus_outer}; color: {focus_inner}; }}
QHeaderView::section {{ background: {accent_soft}; color: {ink}; border: 0; border-bottom: 1px solid {edge};
    padding: 4px 8px; }}
QGroupBox {{ border: 1px solid {line}; border-radius: 8px; margin-top: 1.2em; padding: 8px; }}
QGroupBox::title {{ subcontrol-origin: margin; left: 8px; color: {ink_soft}; }}
QToolTip {{ background: {notice_soft}; color: {ink}; border: 1px solid {notice}; }}
"""


def style_sheet(palette: Palette, px: int) -> str:
    """Qt style sheet for letters of ``px`` pixels."""
    roles = {name: getattr(palette, name) for name in Palette.__slots__}
    return _TEMPLATE.format(px=px, **roles)
