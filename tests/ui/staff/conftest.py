"""A console over a simulated day, for tests that need no second process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.support.consoles import OverDay, over_day


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[OverDay]:
    """Nobody has signed in yet."""
    with over_day(qtbot) as keyboard:
        yield keyboard


@pytest.fixture
def lead(desk: OverDay) -> OverDay:
    """Somebody who may do everything at the desk stands before the board."""
    desk.enter_as_lead()
    return desk
