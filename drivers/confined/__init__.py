"""Processes that see what must not stay: what they may do, how they begin and end, which networks they load."""
