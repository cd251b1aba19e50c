"""The private pcscd of the simulator, under the name that tests use."""

from simulator.links.private_pcscd import READER, PrivatePcscd, missing, session_pcscd

__all__ = ["READER", "PrivatePcscd", "missing", "session_pcscd"]
