"""Cards that people lay on the reader by mistake: they know their own application and none of ours."""

from __future__ import annotations

from simulator.card.card import Reply, SimulatedCard
from simulator.card.files import Application
from simulator.card.iso7816 import Command, Sw

FIDO_AID = bytes.fromhex("A0000006472F0001")
LICENCE_AID = bytes.fromhex("A0000002310100000000000000000000")
TYPE_A_ATR = bytes.fromhex("3B80800101")


class Stranger(SimulatedCard):
    """Selects what it has by name, refuses other names with 6A82 and other commands with 6D00."""

    def _dispatch(self, command: Command) -> Reply:
        if command.ins != 0xA4 or command.cla:
            return b"", Sw.INS_UNKNOWN
        if command.p1 != 0x04:
            return b"", Sw.NOT_FOUND
        return super()._dispatch(command)


def fido_key() -> SimulatedCard:
    """A security key; its application answers SELECT with the protocol's version."""
    return Stranger([Application(FIDO_AID, {}, greeting=b"U2F_V2")], atr=TYPE_A_ATR)


def driving_licence() -> SimulatedCard:
    return Stranger([Application(LICENCE_AID, {})])
