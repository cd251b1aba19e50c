"""Composing a console: what it shares with the kiosk of its machine, what it keeps, and that all is ended again."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.accounts.outcomes import SignedIn
from kiosk.accounts.passwords import Password
from kiosk.ledger import LedgerError, SqliteLedger
from kiosk.ledger.audit import verify_folder
from kiosk.ledger.errors import ChainInUse
from tests.support.consoles import WORD, hire
from tests.support.ledgers import entry
from ui.compose_staff import build_console
from ui.composing.files import open_ledger
from ui.settings import Accounts, Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, accounts=Accounts(second_factor=False))


def kiosk(settings: Settings) -> SqliteLedger:
    """As far as a console sees one: a program that has written, and holds its chain."""
    ledger = open_ledger(settings)
    ledger.append([entry("v1", 1, simulated=True)])
    return ledger


def test_kiosk_and_console_share_one_file_each_with_its_own_chain(settings: Settings) -> None:
    ledger = kiosk(settings)
    console = build_console(settings)
    try:
        assert console.ledger.chain.startswith("A.desk.")
        assert console.ledger.heads()[ledger.chain].seq == 1
        assert [(one.terminal, one.running) for one in console.look_up().kiosks] == [("A", True)]
    finally:
        console.close()
        ledger.close()
    assert verify_folder(settings.ledger_folder, None, settings.checkpoints_folder).verdict == "ok"


def test_a_kiosk_that_ended_is_told_apart_from_one_that_runs(settings: Settings) -> None:
    kiosk(settings).close()
    console = build_console(settings)
    try:
        health = console.look_up()
        assert [(one.terminal, one.running) for one in health.kiosks] == [("A", False)]
        assert health.kiosks[0].last
        assert health.checkpoint, "the kiosk signed when it ended"
        assert {one.subject for one in health.findings} >= {"disk", "ledger", "certificates"}
    finally:
        console.close()


def test_what_the_accounts_tell_stands_in_the_console_s_chain(settings: Settings) -> None:
    hire(settings)
    console = build_console(settings)
    try:
        assert isinstance(console.guard.sign_in("sato", Password(WORD)), SignedIn)
        entry = list(console.ledger.entries(chain=console.ledger.chain))[-1]
        assert (entry.type, entry.actor, entry.visit, entry.simulated) == (
            "StaffSignedIn",
            "staff:sato",
            "",
            True,
        )
    finally:
        console.close()


def test_a_second_console_of_this_terminal_is_refused_and_leaves_nothing_running(settings: Settings) -> None:
    first = build_console(settings)
    try:
        before = threading.active_count()
        with pytest.raises(ChainInUse):
            build_console(settings)
        assert threading.active_count() == before
    finally:
        first.close()


def test_nothing_is_left_running_where_the_accounts_cannot_be_opened(settings: Settings) -> None:
    (settings.data / "accounts").write_text("no folder", encoding="utf-8")
    before = threading.active_count()
    with pytest.raises(Exception, match=r"io_fault|read_only"):
        build_console(settings)
    assert threading.active_count() == before
    try:
        build_console(replace(settings, accounts=Accounts(folder=settings.data / "elsewhere"))).close()
    except LedgerError as error:
        pytest.fail(f"the ledger was not let go: {error}")
