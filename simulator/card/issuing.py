"""Makes the card, phone or stranger that a persona carries."""

from __future__ import annotations

from datetime import date

from simulator.card import common, jpki, strangers, surface, text
from simulator.card.card import CONTACTLESS_ATR, CardOptions, SimulatedCard
from simulator.card.lifetimes import lifetimes
from simulator.people.persona import Persona

_RESIDENT_CARD_ATR = bytes.fromhex("3B888001000014E0B38191005E")


def issue(persona: Persona, today: date, options: CardOptions | None = None) -> SimulatedCard | None:
    """The thing in this persona's hand as it is on ``today``; None where there is nothing.

    Each call gives a new card with full memory of nothing: counters begin as the persona file says.
    """
    seed = b"challenge/" + persona.id.encode()
    life = lifetimes(persona, today)
    match persona.card.kind:
        case "none":
            return None
        case "fido":
            return strangers.fido_key()
        case "driving_licence":
            return strangers.driving_licence()
        case "dead":
            return SimulatedCard([], behaviour="mute")
        case "android":
            return SimulatedCard(
                [jpki.application(persona, life)], atr=strangers.TYPE_A_ATR, options=options, seed=seed
            )
        case "iphone":
            return SimulatedCard(
                [jpki.application(persona, life)],
                atr=strangers.TYPE_A_ATR,
                options=options or CardOptions(last_command_indicator=True),
                seed=seed,
            )
        case "old_resident_card":
            return SimulatedCard(
                [jpki.application(persona, life)], atr=_RESIDENT_CARD_ATR, options=options, seed=seed
            )
        case "card" | "damaged" as kind:
            return SimulatedCard(
                [
                    jpki.application(persona, life),
                    text.application(persona, life),
                    surface.application(persona, life),
                    common.common_application(persona, life),
                    common.resident_application(persona),
                ],
                atr=CONTACTLESS_ATR,
                options=options,
                behaviour="damaged" if kind == "damaged" else "sound",
                seed=seed,
            )
