"""Taking a secret, presenting it once, and leaving nothing of it behind."""

from __future__ import annotations

from drivers.card.apdu import BLOCKED, OK, Command, describe, tries_left
from drivers.card.channel import Channel, wipe
from drivers.card.errors import Refused
from drivers.interface import Failure, Fault, PinRefused, Secret


def present(channel: Channel, short_id: int, secret: Secret, length: int) -> PinRefused | Failure | None:
    """Takes the secret and sends it in one VERIFY; None when the card accepted it. Wiped on every way out.

    A secret of another form than ``length`` digits is not sent, since the card would count it as a try.
    Raises ``LinkError`` where the connection fails.
    """
    digits = secret.take()
    try:
        if len(digits) != length or not all(0x30 <= digit <= 0x39 for digit in digits):
            return Failure.of(Fault.INTERNAL, f"secret is not {length} digits")
        sw = channel.verify(short_id, digits)
    finally:
        wipe(digits)
    if sw == OK:
        return None
    left = tries_left(sw)
    if left is None:
        raise Refused(Command(0x00, 0x20, 0x00, 0x80 | short_id), sw)
    # 63C0 is this try's own refusal, by which the secret locked; 6983 and 6984 say that it was locked before.
    if sw in BLOCKED and sw != 0x63C0:
        return Failure.of(Fault.PIN_LOCKED, describe(sw))
    return PinRefused(left)


def unlock(
    channel: Channel, aid: bytes, short_id: int, secret: Secret, length: int
) -> PinRefused | Failure | None:
    """Selects an application and presents its secret; as ``present``. Wiped on every way out."""
    try:
        channel.open(aid)
        return present(channel, short_id, secret, length)
    finally:
        discard(secret)


def discard(secret: Secret) -> None:
    """Takes what is left of a secret and wipes it."""
    wipe(secret.take())
