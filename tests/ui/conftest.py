"""Real windows on Qt's offscreen platform."""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from collections.abc import Iterator

import pytest

from tests.support.screens import Screen, settle
from ui.patient.window import Timing


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-goldens", action="store_true", help="write the golden pictures of screens anew"
    )


@pytest.fixture
def screen(request: pytest.FixtureRequest) -> Iterator[Screen]:
    """A portrait window that holds no page back; ``screen.open`` opens another kind instead."""
    request.getfixturevalue("qapp")
    opened = Screen()
    opened.open(timing=Timing(hold=0, reading=0))
    yield opened
    opened.window.close()
    opened.window.deleteLater()
    settle()
