"""What a card application holds: one transaction with one card."""

from __future__ import annotations

from drivers.interface import ExtendedRefused, Failure, Fault, LinkError, Response
from drivers.pcsc.card_thread import CardThread, Held
from drivers.pcsc.properties import SHORT_LIMIT
from drivers.pcsc.scard import Code, failure_of

# How drivers that carry no extended APDU answer one; the first also means that the card is gone.
_EXTENDED_TROUBLE = frozenset(
    {Code.NOT_TRANSACTED, Code.INSUFFICIENT_BUFFER, Code.INVALID_PARAMETER, Code.UNSUPPORTED_FEATURE}
)


class Limits:
    """How long an APDU may be on each reader: what it says, what the settings say, and what it refused."""

    def __init__(self, override: int | None) -> None:
        self._override = override
        self._short_only: set[str] = set()

    def of(self, held: Held) -> int:
        """Largest APDU to try, in bytes."""
        if held.reader in self._short_only:
            return SHORT_LIMIT
        return held.limit if self._override is None else self._override

    def refuse_extended(self, held: Held) -> None:
        """Remembers for good that this reader carries no extended APDU."""
        self._short_only.add(held.reader)


class PcscConnection:
    """One transaction. Dead after its first ``LinkError`` other than ``ExtendedRefused``."""

    def __init__(self, thread: CardThread, held: Held, limits: Limits) -> None:
        self._thread = thread
        self._held = held
        self._limits = limits
        self._dead: Failure | None = None
        self._suspects_reader = False

    @property
    def extended_length(self) -> int:
        return self._limits.of(self._held)

    def transmit(self, apdu: bytes) -> Response:
        if self._dead is not None:
            raise LinkError(self._dead)
        try:
            code, data = self._thread.transmit(self._held, apdu)
        except LinkError as error:
            raise self._die(error.failure) from None
        if code == Code.SUCCESS and len(data) >= 2:
            if self._suspects_reader:
                # The card answers, so it was the reader that failed: only now is that certain.
                self._limits.refuse_extended(self._held)
                self._suspects_reader = False
            return Response(data[:-2], data[-2] << 8 | data[-1])
        if code == Code.SUCCESS:
            # pcsc-lite reports a card that is pulled during an APDU as a successful empty answer.
            raise self._die(Failure.of(Fault.CARD_GONE, f"response of {len(data)} bytes"))
        if _is_extended(apdu) and code in _EXTENDED_TROUBLE and self._thread.still_there(self._held):
            self._suspects_reader = True
            raise ExtendedRefused(failure_of(code, "extended APDU"))
        raise self._die(failure_of(code, "transmit"))

    def end(self) -> None:
        """The transaction is over: the connection must not be used again."""
        self._dead = self._dead or Failure.of(Fault.CARD_GONE, "the transaction has ended")

    def _die(self, failure: Failure) -> LinkError:
        self._dead = failure
        return LinkError(failure)


def _is_extended(apdu: bytes) -> bool:
    return len(apdu) >= 7 and apdu[4] == 0
