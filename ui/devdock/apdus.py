"""The card's conversation as the driver logs it: header and status word, never data."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Signal

_CHANNEL = "drivers.card.channel"
_PREFIX = "apdu "
_INSTRUCTIONS = {
    "20": "VERIFY", "2A": "SIGN", "88": "AUTHENTICATE", "A4": "SELECT", "B0": "READ", "C0": "GET RESPONSE",
}  # fmt: skip


class ApduLog(QObject):
    """``told``: instruction's name, header in hexadecimal, status word or failure. Until ``close``."""

    told = Signal(str, str, str)

    def __init__(self) -> None:
        super().__init__()
        self._logger = logging.getLogger(_CHANNEL)
        self._level = self._logger.level
        self._handler = _Handler(self)
        self._logger.addHandler(self._handler)
        self._logger.setLevel(logging.DEBUG)

    def close(self) -> None:
        self._logger.removeHandler(self._handler)
        self._logger.setLevel(self._level)


class _Handler(logging.Handler):
    def __init__(self, log: ApduLog) -> None:
        super().__init__(logging.DEBUG)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        line = record.getMessage()
        if not line.startswith(_PREFIX):
            return
        header, _, result = line.removeprefix(_PREFIX).partition(" -> ")
        plain = header.replace(" ", "")
        self._log.told.emit(_INSTRUCTIONS.get(plain[2:4], plain[2:4]), header, result)
