"""Questions on a panel, each gone after its test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from kiosk.visit.form import FormField
from tests.support.entries import Asked, Panel, asking, kit_for
from tests.support.screens import Clock, settle
from ui.entry.field import Entry
from ui.theme.panel import PORTRAIT, PanelProfile
from ui.widgets.kit import Kit

Make = Callable[[Kit], Entry]


@pytest.fixture
def ask(request: pytest.FixtureRequest) -> Iterator[Callable[..., Asked]]:
    """Opens a question: of a form (``FormField``), or whatever a function makes with a kit."""
    request.getfixturevalue("qapp")
    opened: list[Asked] = []

    def open_one(
        what: FormField | Make, value: str = "", *, profile: PanelProfile = PORTRAIT, reading: str = ""
    ) -> Asked:
        clock = Clock()
        kit = kit_for(profile, clock=clock)
        entry = asking(kit, what, value, reading=reading) if isinstance(what, FormField) else what(kit)
        opened.append(Asked(entry, Panel(kit, entry), clock))
        return opened[-1]

    yield open_one
    for one in opened:
        one.entry.close_down()
        one.panel.close()
        one.panel.deleteLater()
    settle()
