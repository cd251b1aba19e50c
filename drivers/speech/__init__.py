"""Short sounds, and a voice."""

from drivers.speech.player import AplayPlayer, Silent
from drivers.speech.voice import EspeakVoice

__all__ = ["AplayPlayer", "EspeakVoice", "Silent"]
