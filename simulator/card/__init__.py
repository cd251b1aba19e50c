"""A simulated My Number Card that answers APDUs. ``issue`` makes the card of a persona."""

from simulator.card.card import CardOptions, SimulatedCard
from simulator.card.issuing import issue

__all__ = ["CardOptions", "SimulatedCard", "issue"]
