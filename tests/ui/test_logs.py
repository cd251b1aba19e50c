"""The log: what gets into it, and what never does."""

from __future__ import annotations

import json
import logging
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from ui import logs
from ui.settings import Log, Settings, SettingsError

SECRET = "山田 太郎 1234"


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The log in a file; afterwards everything is as it was."""
    root = logging.getLogger()
    before = {name: logging.getLogger(name).level for name in ("", *logs.OURS)}
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    settings = Settings(profile="production", data=tmp_path, log=Log(to="file"))
    logs.configure(settings)
    yield lambda: [
        json.loads(line) for line in logs.log_file(settings).read_text(encoding="utf-8").splitlines()
    ]
    root.handlers[0].close()
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)
    structlog.reset_defaults()


Lines = Callable[[], list[dict[str, Any]]]


def test_an_event_and_its_fields_are_one_object_a_line(lines: Lines) -> None:
    structlog.get_logger("ui.somewhere").info("ledger.open", chain="A", seq=3, fresh=True, missing=None)
    (line,) = lines()
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info", "event": "ledger.open", "chain": "A", "seq": 3, "fresh": True, "missing": None,
    }  # fmt: skip


def test_of_anything_but_short_texts_and_numbers_only_the_type_is_told(lines: Lines) -> None:
    structlog.get_logger("ui").warning("x", card=SECRET.encode(), error=ValueError(SECRET), long="a" * 5_000)
    (line,) = lines()
    assert (line["card"], line["error"]) == ("bytes", "ValueError")
    assert len(line["long"]) == logs.LONGEST
    assert SECRET not in str(line)


def test_no_exception_s_text_or_trace_gets_in(lines: Lines) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        structlog.get_logger("kiosk.x").exception("visit.step_failed")
        logging.getLogger("drivers.pcsc.watcher").exception("the watcher starts again after a bug")
        logging.getLogger("httpx").exception("failed: %s", SECRET)
    events = lines()
    assert SECRET not in str(events)
    assert [line["event"] for line in events] == [
        "visit.step_failed", "the watcher starts again after a bug", "library",
    ]  # fmt: skip
    assert events[1]["error"] == "ValueError"


def test_of_other_libraries_only_the_name_of_the_logger_is_told(lines: Lines) -> None:
    logging.getLogger("httpx").info("HTTP Request: POST %s", SECRET)
    logging.getLogger("somebody.else").error("about %s", SECRET)
    (line,) = lines()
    assert (line["event"], line["logger"]) == ("library", "somebody.else")
    assert SECRET not in str(line)


def test_the_card_s_conversation_stays_out_even_when_the_dock_listens(lines: Lines) -> None:
    channel = logging.getLogger("drivers.card.channel")
    channel.setLevel(logging.DEBUG)
    channel.debug("apdu %s -> %04X", "00 20 00 98 Lc=04", 0x9000)
    channel.setLevel(logging.NOTSET)
    assert lines() == []


def test_uncaught_exceptions_leave_their_type_and_place(lines: Lines) -> None:
    def fail() -> None:
        raise KeyError(SECRET)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    try:
        fail()
    except KeyError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    events = lines()
    assert [(line["event"], line["error"]) for line in events] == [("exception", "KeyError")] * 2
    assert all(line["where"].startswith("test_logs.py:") for line in events)
    assert SECRET not in str(events)


def test_only_this_user_can_read_the_log(tmp_path: Path, lines: Lines) -> None:
    assert stat.S_IMODE(logs.log_file(Settings(data=tmp_path)).parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(logs.log_file(Settings(data=tmp_path)).stat().st_mode) == 0o600


def test_a_log_that_cannot_be_written_is_an_error_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a file where a folder should be")
    with pytest.raises(SettingsError, match=r"log\.to"):
        logs.configure(Settings(data=tmp_path, log=Log(to="file")))


def test_without_a_file_the_log_goes_to_standard_error(tmp_path: Path) -> None:
    program = (
        "import structlog; from ui import logs; from ui.settings import Settings\n"
        "logs.configure(Settings()); structlog.get_logger('ui').info('x', seq=1)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == ""
    assert json.loads(done.stderr)["seq"] == 1
