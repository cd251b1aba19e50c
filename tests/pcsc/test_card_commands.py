"""``uketsuke card simulate`` and ``uketsuke card read`` through a real PC/SC service."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.command import refused, uketsuke
from tests.support.pcscd import PrivatePcscd

pytestmark = pytest.mark.pcsc


@contextmanager
def held_card(pcscd: PrivatePcscd, persona: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "ui.cli", "card", "simulate", "--persona", persona]
    process = subprocess.Popen(
        [*command, "--vpcd", f"127.0.0.1:{pcscd.port}"],
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    with process:
        try:
            assert process.stdout is not None
            assert "is in the reader" in process.stdout.readline()
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 0


def test_a_card_held_by_one_command_is_read_by_the_other(pcscd: PrivatePcscd) -> None:
    with held_card(pcscd, "one_try_left"):
        result = uketsuke("card", "read", "--json", environment=pcscd.environment())
    assert result.returncode == 0, result.stderr
    facts = json.loads(result.stdout)
    assert facts["token"] == "card"
    assert facts["auth_pin_tries"] == 1
    assert facts["certificate"]["revocation"] == "unknown"
    assert "sha256" not in facts["certificate"]


def test_a_stranger_in_the_reader_is_called_one(pcscd: PrivatePcscd) -> None:
    with held_card(pcscd, "fido_key"):
        said = refused(uketsuke("card", "read", environment=pcscd.environment()))
    assert "not_my_number_card" in said


def test_no_card_in_time_says_so(pcscd: PrivatePcscd) -> None:
    said = refused(uketsuke("card", "read", "--wait", "0.1", environment=pcscd.environment()))
    assert "no card" in said or "no card reader" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--persona", "yamada", "--vpcd", "nowhere"), "HOST:PORT"),
        (("--persona", "nobody", "--vpcd", "127.0.0.1:1"), "nobody"),
        (("--persona", "no_card", "--vpcd", "127.0.0.1:1"), "no card"),
        (("--persona", "yamada", "--vpcd", "127.0.0.1:1"), "no virtual reader"),
    ],
)
def test_what_cannot_be_simulated_is_one_clear_line(arguments: tuple[str, ...], said: str) -> None:
    assert said in refused(uketsuke("card", "simulate", *arguments))
