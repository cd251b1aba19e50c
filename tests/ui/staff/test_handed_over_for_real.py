"""A receiver that dies in the middle of a delivery, with real processes, files and TLS: the visit is on the board, is
handed over again by keys, and is there exactly once."""

from __future__ import annotations

import base64
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from kiosk.desk.deliveries import Handed
from kiosk.desk.row import Need, Row
from tests.support.consoles import PATIENCE_MS, RealKeyboard, console, hire
from tests.support.handoff import visit_entries
from tests.support.hub_sites import Site
from tests.support.webhook import WebHook
from tests.ui.staff.test_two_processes import COMMON, kiosk, settle_by_keys, show_a_certificate
from ui.compose_staff import build_console
from ui.settings import Settings, read_settings

pytestmark = [pytest.mark.gui, pytest.mark.e2e]


@pytest.fixture
def hook() -> Iterator[WebHook]:
    with WebHook() as hook:
        yield hook


def receiver_of(hook: WebHook, folder: Path) -> str:
    """The settings' part about it."""
    secret = folder / "secret"
    secret.write_text("whsec_" + base64.b64encode(bytes(32)).decode())
    secret.chmod(0o600)
    return (
        f'[[handoff.receivers]]\nname = "chart"\nformat = "json"\nurl = "{hook.url}"\nsimulated = true\n'
        f'secret_file = "{secret}"\ntls.authorities = "{hook.tls.authorities}"\n'
        f'tls.certificate = "{hook.tls.certificate}"\ntls.key = "{hook.tls.key}"\n'
    )


@pytest.fixture(params=["one file", "hub"])
def settings(
    request: pytest.FixtureRequest, tmp_path: Path, hook: WebHook, capsys: pytest.CaptureFixture[str]
) -> tuple[Path, Settings]:
    """The kiosk's file, which names the receiver, and what the console reads."""
    more = COMMON + receiver_of(hook, tmp_path)
    if request.param == "hub":
        site = Site(tmp_path, capsys)
        public = site.made()
        desk = site.settings("Z", "console", public, f'key = "{site.key}"\n{COMMON}')
        return site.settings("A", "kiosk", public, more), read_settings(desk)
    path = tmp_path / "settings.toml"
    path.write_text(f'data = "{tmp_path}/data"\n{more}', encoding="utf-8")
    return path, read_settings(path)


def row_of(keyboard: RealKeyboard, visit: str) -> Row:
    shown = keyboard.window.views.board.table.board.rows
    return next(row for row in shown if row.visit == visit)


def test_a_receiver_that_dies_mid_delivery_calls_a_person_whose_keys_bring_the_visit_there_once(
    settings: tuple[Path, Settings], qtbot: QtBot, hook: WebHook
) -> None:
    path, parsed = settings
    hire(parsed)
    hook.script.extend(
        ["forget", 403]
    )  # it keeps the visit and dies before saying so; then it is set up wrongly
    with kiosk(path, qtbot) as patient, console(parsed, qtbot) as keyboard:
        keyboard.sign_in()
        keyboard.sees("board_page")
        show_a_certificate(patient)
        visit = settle_by_keys(keyboard)
        patient.shows("Finished")
        keyboard.until(lambda: "できました" in keyboard.message)
        keyboard.press(Qt.Key.Key_Escape)
        keyboard.sees("board_page")
        keyboard.until(lambda: row_of(keyboard, visit).need is Need.NOT_HANDED_OVER)
        keyboard.press(Qt.Key.Key_F1)
        keyboard.sees("detail_page")
        keyboard.press(Qt.Key.Key_F6)
        keyboard.asked()
        keyboard.press(Qt.Key.Key_Return)
        keyboard.until(lambda: "「もう一度渡す」ができました" in keyboard.message)
        keyboard.press(Qt.Key.Key_Escape)
        keyboard.until(lambda: row_of(keyboard, visit).handed is Handed.DONE)
        records = list(keyboard.ledger.entries(visit))
    assert len(hook.kept) == 1
    assert len(hook.requests) == 3
    assert len({headers["Idempotency-Key"] for _path, headers, _body in hook.requests}) == 1
    assert len({body for _path, _headers, body in hook.requests}) == 1
    told = Counter(record.type for record in records if "Hand" in record.type)
    assert told == {
        "HandoffDelayed": 1, "HandoffNeedsPerson": 1, "HandoffTriedAgain": 1, "HandedOver": 1,
    }  # fmt: skip
    (again,) = (record for record in records if record.type == "HandoffTriedAgain")
    assert again.actor == "staff:sato"
    assert again.chain.startswith("A.kiosk."), "the console asks, the kiosk hands over"


def test_a_console_at_the_hub_hands_over_for_all_terminals_where_its_settings_say_so(
    tmp_path: Path, hook: WebHook, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    site = Site(tmp_path, capsys)
    more = f'key = "{site.key}"\n{COMMON}{receiver_of(hook, tmp_path)}'
    parsed = read_settings(site.settings("Z", "console", site.made(), more))
    soon = datetime.now(UTC) + timedelta(minutes=1)  # a receiver is told of visits since it was first met
    with closing(build_console(parsed)) as there:
        there.ledger.append([replace(one, simulated=True) for one in visit_entries("v1", soon)])

        def handed() -> bool:
            there.desk.poll()
            row = there.desk.row("v1")
            return row is not None and row.handed is Handed.DONE

        qtbot.waitUntil(handed, timeout=PATIENCE_MS)
        there.keep_house()
    assert len(hook.kept) == 1


def test_a_console_beside_its_kiosk_leaves_the_handing_over_to_it(tmp_path: Path, hook: WebHook) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f'data = "{tmp_path}/data"\n{COMMON}{receiver_of(hook, tmp_path)}', encoding="utf-8")
    with closing(build_console(read_settings(path))):
        assert "handoff" not in [thread.name for thread in threading.enumerate()]
