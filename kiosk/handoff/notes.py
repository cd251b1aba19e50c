"""What the ledger is told of deliveries, and what staff ask of them.

A class name is the entry's type: renaming one is a migration. ``key`` and ``revision`` are the letter's. Nothing is
personal but ``why``, which staff have written.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

How = Literal["again", "by_hand", "after_all"]
"""``again``: try to deliver it now. ``by_hand``: people have told the receiver otherwise. ``after_all``: they have not;
it is to be delivered."""


class DeliveryNote(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The payload of one entry about one letter."""

    receiver: str
    key: str
    revision: int = 1

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.receiver}>"


# ------------------------------------------------------------------------------------- of the courier


class HandedOver(DeliveryNote, frozen=True, kw_only=True):
    """The receiver has it. ``taken_at``: since when (``stamp``); a program that ended meanwhile tells it later."""

    taken_at: str


class HandoffDelayed(DeliveryNote, frozen=True, kw_only=True):
    """An attempt came to nothing; others follow. Told once, until staff act."""

    problem: str


class HandoffNeedsPerson(DeliveryNote, frozen=True, kw_only=True):
    """The receiver will not take it, it cannot be made, or nobody took it for long (``tried_on``: attempts go on). Told
    again each day, so that no board forgets it."""

    problem: str
    tried_on: bool = False


class HandoffTriedAgain(DeliveryNote, frozen=True, kw_only=True):
    """Staff wanted it, and it is done. ``ref`` of this and of the next two is the id of the wish, ``actor`` whose."""


class HandoffByHand(DeliveryNote, frozen=True, kw_only=True):
    why: str = ""


class HandoffNotDone(DeliveryNote, frozen=True, kw_only=True):
    """The wish came too late: the letter does not wait for a person any more."""


# -------------------------------------------------------------------------------------------- of staff


class HandoffWanted(DeliveryNote, frozen=True, kw_only=True):
    """A wish to a courier that reads the same ledger but does not own the visit, and so may answer no request."""

    how: How
    why: str = ""


class Wanted(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The same as the detail of a request to the courier that owns the visit."""

    receiver: str
    key: str
    why: str = ""


ACTIONS: Final[dict[str, How]] = {
    "handoff_again": "again",
    "handoff_by_hand": "by_hand",
    "handoff_after_all": "after_all",
}
"""Of requests: what the courier answers, and nobody else."""
ACTION_OF: Final[dict[How, str]] = {how: action for action, how in ACTIONS.items()}
NOTES: Final[dict[str, type[DeliveryNote]]] = {kind.__name__: kind for kind in DeliveryNote.__subclasses__()}
