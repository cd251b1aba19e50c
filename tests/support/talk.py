"""Speaks to a simulated card in hexadecimal, as one writes APDUs down."""

from __future__ import annotations

from datetime import date

from simulator.card import CardOptions, SimulatedCard, issue
from simulator.people import load

VISIT_DAY = date(2026, 6, 1)

JPKI = "D392F000260100000001"
TEXT = "D3921000310001010408"
SURFACE = "D3921000310001010402"
COMMON = "D3921000310001010100"
RESIDENT = "D3921000310001010401"


class Talk:
    """A card and the short forms of what is said to it. ``sw`` and ``data`` are those of the last answer."""

    def __init__(self, card: SimulatedCard) -> None:
        self.card = card
        self.sw = 0
        self.data = b""

    def send(self, apdu: str | bytes) -> int:
        """One command; returns the status word."""
        answer = self.card.process(apdu if isinstance(apdu, bytes) else bytes.fromhex(apdu))
        self.data, self.sw = answer[:-2], int.from_bytes(answer[-2:], "big")
        return self.sw

    def select(self, aid: str) -> int:
        return self.send(f"00A4040C{len(aid) // 2:02X}{aid}")

    def select_file(self, file: int) -> int:
        return self.send(f"00A4020C02{file:04X}")

    def verify(self, file: int, value: str) -> int:
        self.select_file(file)
        return self.send(f"00200080{len(value):02X}{value.encode('ascii').hex()}")

    def tries(self, file: int) -> int:
        """The status word of the query that costs nothing."""
        self.select_file(file)
        return self.send("00200080")

    def read(self, file: int) -> bytes:
        """A whole file in pieces of 256 bytes. Fails where the first piece does."""
        assert self.select_file(file) == 0x9000
        content = b""
        while self.send(f"00B0{len(content):04X}00") == 0x9000 and self.data:
            content += self.data
        assert content or self.sw == 0x6B00, f"{self.sw:04X}"
        return content


def card_of(persona: str, options: CardOptions | None = None) -> SimulatedCard:
    """The card of a persona on the tests' day."""
    card = issue(load(persona), VISIT_DAY, options)
    assert card is not None
    return card


def talk_to(persona: str, aid: str = "", options: CardOptions | None = None) -> Talk:
    """The same, with an application selected."""
    talk = Talk(card_of(persona, options))
    if aid:
        assert talk.select(aid) == 0x9000
    return talk
