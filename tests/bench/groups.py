"""The groups of rows, in the order of the table. Each runs in a process of its own, so that none is slowed, or made
larger, by what another has loaded."""

from __future__ import annotations

from importlib import import_module

from tests.bench.rows import Row

GROUPS = {
    "card_inprocess": "card, in process",
    "card_apdus": "card, APDUs",
    "card_pcsc": "card, real PC/SC service",
    "waiting": "waiting for a contactless card (model: 10 kB/s, 400 ms RSA)",
    "on_screen": "the same waiting, on the screen",
    "start": "start and memory",
    "pages": "pages",
    "console": "the console with 200 visits",
    "ledger": "ledger",
    "ticket": "the ticket",
    "forms": "forms on A4 and A5",
    "visits": "whole visits",
    "growth": "memory over many visits",
}


def rows_of(group: str, *, quick: bool) -> list[Row]:
    found: list[Row] = import_module(f"tests.bench.{group}").rows(quick)
    return found
