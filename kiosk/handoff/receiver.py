"""Whom visits are handed to: in which form, by which carrier."""

from __future__ import annotations

from hashlib import sha256

import msgspec
import structlog

from kiosk.handoff.carrier import Carrier
from kiosk.handoff.outbox import Draft
from kiosk.handoff.parcel import Form, Label, NotMade, Parcel, label_of
from kiosk.handoff.settled import SettledVisit

_log = structlog.get_logger(__name__)


class Receiver(msgspec.Struct, frozen=True, kw_only=True):
    """``name``: stable; keys are made of it. ``takes_simulated``: it is somebody's trial system. Everybody else is
    never sent a simulated visit."""

    name: str
    form: Form
    carrier: Carrier
    takes_simulated: bool = False

    def draft(self, settled: SettledVisit, revision: int, replaces: str, digest: bytes) -> Draft:
        """The letter, or why there is none. Whatever goes wrong with one visit is told of that visit; the others go
        on."""
        label = label_of(settled, self.name, digest, revision, replaces)
        refused = settled.simulated and not self.takes_simulated
        made = NotMade("simulated") if refused else self._made(settled, label)
        return Draft(
            visit=settled.visit,
            number=settled.reception_number,
            receiver=self.name,
            revision=revision,
            key=label.key,
            digest=digest,
            state="refused" if refused else "needs_person" if isinstance(made, NotMade) else "waiting",
            problem=made.problem if isinstance(made, NotMade) else "",
            parcel=made if isinstance(made, Parcel) else None,
        )

    def _made(self, settled: SettledVisit, label: Label) -> Parcel | NotMade:
        try:
            return self.form.make(settled, label)
        except Exception as error:  # a bug of ours, or an odd character: it must hold up nobody else's visit
            _log.error(
                "handoff.not_made", receiver=self.name, visit=settled.visit, error=type(error).__name__
            )
            return NotMade(f"not_made_{type(error).__name__}")

    def digest(self, settled: SettledVisit) -> bytes | None:
        """Of what the receiver learns; None where there is nothing to tell it."""
        relevant = self.form.relevant(settled)
        return None if relevant is None else sha256(relevant).digest()
