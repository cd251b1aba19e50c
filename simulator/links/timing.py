"""How long a contactless card takes, for the measure of what a patient waits. A model, not a measurement."""

from __future__ import annotations

from dataclasses import dataclass

_RSA_INSTRUCTIONS = (0x2A, 0x88)


@dataclass(frozen=True, slots=True)
class Timing:
    """Bytes both ways at the radio's rate, and the chip's time for one RSA signature."""

    bytes_per_second: float = 10_000.0
    rsa_seconds: float = 0.4

    def seconds(self, apdu: bytes, response: bytes) -> float:
        """The time that one exchange takes."""
        signed = (
            len(apdu) > 1 and apdu[1] in _RSA_INSTRUCTIONS and response[-2:] in (b"\x90\x00", b"\x61\x00")
        )
        radio = (len(apdu) + len(response)) / self.bytes_per_second
        return radio + (self.rsa_seconds if signed else 0.0)
