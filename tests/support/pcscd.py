"""The private pcscd of the simulator, under the name that tests use."""

from simulator.links.private_pcscd import READER, PrivatePcscd, bind_this_process, missing, session_pcscd

__all__ = ["READER", "PrivatePcscd", "bind_this_process", "missing", "session_pcscd"]
