"""A card whose every command and answer is written down by hand: bytes judge bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from drivers.interface import CardConnection, Failure, Fault, LinkError, Listener, ReaderSnapshot, Response

Answer = str | bytes | LinkError


def gone() -> LinkError:
    """The error of a card that was taken away."""
    return LinkError(Failure.of(Fault.CARD_GONE, "taken away"))


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else bytes.fromhex(text)


class ScriptedReader:
    """Plays one script over any number of transactions. Each command must be exactly the next one written.

    ``transactions`` counts those begun, ``reset`` those ended: every one must end.
    """

    def __init__(
        self, script: Sequence[tuple[str | bytes, Answer]], insertion: int = 1, extended_length: int = 261
    ) -> None:
        self.script = list(script)
        self.insertion = insertion
        self.extended_length = extended_length
        self.transactions = 0
        self.resets = 0
        self.sent: list[bytes] = []

    def watch(self, listener: Listener) -> None:
        listener(self.snapshot())

    def snapshot(self) -> ReaderSnapshot:
        return ReaderSnapshot("scripted", True, True, True, True, False, self.insertion)

    def close(self) -> None:
        pass

    @contextmanager
    def connect(self, insertion: int) -> Iterator[CardConnection]:
        if insertion != self.insertion:
            raise gone()
        self.transactions += 1
        try:
            yield _ScriptedConnection(self)
        finally:
            self.resets += 1

    @property
    def finished(self) -> bool:
        return not self.script and self.transactions == self.resets


class _ScriptedConnection:
    def __init__(self, reader: ScriptedReader) -> None:
        self._reader = reader

    @property
    def extended_length(self) -> int:
        return self._reader.extended_length

    def transmit(self, apdu: bytes) -> Response:
        self._reader.sent.append(apdu)
        assert self._reader.script, f"unexpected command {apdu[:4].hex()}"
        expected, answer = self._reader.script.pop(0)
        assert apdu == _bytes(expected), f"sent {apdu[:5].hex()}, script has {_bytes(expected)[:5].hex()}"
        if isinstance(answer, LinkError):
            raise answer
        data = _bytes(answer)
        return Response(data[:-2], int.from_bytes(data[-2:], "big"))


class OneShotSecret:
    """A secret that can be taken once, as the keypad's; remembers the buffer it gave to show that it was wiped."""

    def __init__(self, digits: str) -> None:
        self._digits = bytearray(digits.encode("ascii"))
        self.given: bytearray | None = None

    def take(self) -> bytearray:
        if self.given is not None:
            return bytearray()
        self.given, self._digits = self._digits, bytearray()
        return self.given

    @property
    def wiped(self) -> bool:
        return self.given is not None and not any(self.given)
