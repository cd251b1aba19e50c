"""A reader that remembers the commands sent through it, so that a floor can send the very same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from drivers.interface import CardConnection, CardReader, Listener, ReaderSnapshot, Response


class RecordingReader:
    """``transactions``: the commands of each connection, in order. They hold a PIN: keep them in memory only."""

    def __init__(self, reader: CardReader) -> None:
        self._reader = reader
        self.transactions: list[list[bytes]] = []

    def watch(self, listener: Listener) -> None:
        self._reader.watch(listener)

    def snapshot(self) -> ReaderSnapshot:
        return self._reader.snapshot()

    @contextmanager
    def connect(self, insertion: int) -> Iterator[CardConnection]:
        with self._reader.connect(insertion) as connection:
            commands: list[bytes] = []
            self.transactions.append(commands)
            yield _Recording(connection, commands)

    def close(self) -> None:
        self._reader.close()


class _Recording:
    def __init__(self, connection: CardConnection, commands: list[bytes]) -> None:
        self._connection = connection
        self._commands = commands

    @property
    def extended_length(self) -> int:
        return self._connection.extended_length

    def transmit(self, apdu: bytes) -> Response:
        self._commands.append(apdu)
        return self._connection.transmit(apdu)
