"""Plays whole visits: a reception in virtual time, people who touch its screen, and what came of it."""
