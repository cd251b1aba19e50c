"""Short sounds."""

from drivers.speech.player import AplayPlayer, Silent

__all__ = ["AplayPlayer", "Silent"]
