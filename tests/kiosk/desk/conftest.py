"""A kiosk and a console over one ledger in a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.desks import House
from tests.support.visits import TARO


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "ledger", known=TARO)
    yield house
    house.close()
