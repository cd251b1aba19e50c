"""``uketsuke card read`` without PC/SC: a card and phones in a simulated radio field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from simulator.card import SimulatedCard, issue
from simulator.links.nfc_udp import NfcLink
from simulator.people import load
from tests.support.command import refused, uketsuke

pytestmark = pytest.mark.e2e


def card_of(persona: str) -> SimulatedCard:
    """As of today: the command has this machine's clock."""
    card = issue(load(persona), datetime.now(UTC).date())
    assert card is not None
    return card


@pytest.fixture
def field() -> Iterator[NfcLink]:
    made = NfcLink()
    yield made
    made.close()


def read(*arguments: str | Path) -> dict[str, Any]:
    done = uketsuke(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


@pytest.mark.parametrize(("persona", "token"), [("yamada", "card"), ("android", "android")])
def test_what_lies_in_the_field_is_read(field: NfcLink, persona: str, token: str) -> None:
    field.insert(card_of(persona))
    assert read("card", "read", "--nfc", field.path)["token"] == token


def test_the_settings_device_is_read_where_none_is_named(field: NfcLink, tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text(f'data = "data"\n[reader]\nkind = "nfc"\ndevice = "{field.path}"\n', encoding="utf-8")
    field.insert(card_of("iphone"))
    told = read("--settings", settings, "card", "read", "--pin-prompt")
    assert told["token"] == "iphone"
    assert told["verification"].startswith("verified: confirmed on the phone")


def test_a_device_that_is_not_there_is_said(tmp_path: Path) -> None:
    said = refused(uketsuke("card", "read", "--nfc", "tty:USB97:pn532", "--wait", "0.5"))
    assert "no card reader found" in said
