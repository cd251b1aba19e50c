"""The log: one JSON object a line, with an event's name and the fields that were given to it.

Only the program's own loggers may say words: those promise that no card data, PIN or name is in them. Of other
people's libraries only the logger's name is told, and of an exception its type and place: its text and its variables
could hold anything.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import traceback
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

from ui.settings import Settings

OURS = ("drivers", "kiosk", "simulator", "ui")
LONGEST = 300
_FILE_BYTES, _FILES = 2_000_000, 5
_DROPPED = frozenset({"exc_info", "stack_info", "positional_args", "_record", "_from_structlog"})
_log = structlog.get_logger(__name__)


class JsonLines(logging.Formatter):
    """Writes records of structlog, of our own standard loggers, and of others."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": at, "level": record.levelname.lower(), **_fields(record)}
        return json.dumps(line, ensure_ascii=False)


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    if isinstance(record.msg, dict):
        return {name: _plain(value) for name, value in record.msg.items() if name not in _DROPPED}
    if record.name.split(".")[0] not in OURS:
        return {"event": "library", "logger": record.name}
    fields = {"event": _plain(record.getMessage()), "logger": record.name}
    if record.exc_info and record.exc_info[0] is not None:
        fields["error"] = record.exc_info[0].__name__
    return fields


def _plain(value: object) -> Any:
    """Numbers and short texts as they are; of anything else its type."""
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)[:LONGEST] if isinstance(value, str) else type(value).__name__


def configure(settings: Settings, least: int = logging.INFO, *, program: str = "kiosk") -> None:
    """Sends every logger of this process where the settings say; in production every uncaught exception too."""
    # A call that cannot be written would print its values.
    logging.raiseExceptions = settings.profile != "production"
    handler = _handler(settings, program)
    handler.setFormatter(JsonLines())
    handler.setLevel(least)  # whoever asks a logger for more (the dev dock) has its own handler
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    if settings.profile == "production":  # a developer wants the whole text, and simulates people
        sys.excepthook = _uncaught
        threading.excepthook = _uncaught_in_thread


def log_file(settings: Settings, program: str = "kiosk") -> Path:
    """Each program has its own: one that turns its files over would take them from the other."""
    return settings.data / "log" / f"{program}.jsonl"


def _handler(settings: Settings, program: str) -> logging.Handler:
    if settings.log.to == "stderr":
        return logging.StreamHandler(sys.stderr)
    path = log_file(settings, program)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        return RotatingFileHandler(path, maxBytes=_FILE_BYTES, backupCount=_FILES, encoding="utf-8")
    except OSError as error:
        raise settings.wrong("log.to", f"{path} cannot be written ({type(error).__name__})") from None


def _uncaught(kind: type[BaseException], _error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    frames = traceback.extract_tb(trace)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    _log.error("exception", error=kind.__name__, where=where)


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    _uncaught(args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback)
