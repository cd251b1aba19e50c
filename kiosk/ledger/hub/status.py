"""How the hub stands: what is missing, what was refused, who is silent. For consoles and auditors."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from kiosk.ledger.hub.endpoint import Connection
from kiosk.ledger.hub.errors import HubNotReady, as_hub_errors


class Trouble(msgspec.Struct, frozen=True):
    """kind: `gap` (link `seq` has not come), `fork` (another link `seq` is there), `rolled_back` (the terminal's file
    was set back behind `seq`), `hash`, `core`, `payload`, `simulated` (link `seq` was refused), `key_changed`, `note`
    (another checkpoint is there)."""

    kind: str
    seq: int
    since: datetime
    times: int


class ChainStanding(msgspec.Struct, frozen=True):
    """One chain. missing: links that its terminal told of and that are not here yet. unheeded: links that are kept but
    moved nothing here, by reason. seen: when its terminal was last heard of."""

    chain: str
    terminal: str
    kind: str
    head: int
    missing: int
    covered: int
    seen: datetime | None
    running: bool
    arrived: datetime | None
    unheeded: dict[str, int]
    troubles: tuple[Trouble, ...]


class HubStatus(msgspec.Struct, frozen=True):
    """now: by the server's clock, like all times here. silent: terminals that were let in and never came."""

    instance: str
    production: bool
    public_key: str
    keep_years: int
    position: int
    now: datetime
    chains: tuple[ChainStanding, ...]
    silent: tuple[str, ...]

    @property
    def well(self) -> bool:
        return not any(one.missing or one.troubles or one.unheeded for one in self.chains)


_CHAINS = """SELECT c.chain, c.terminal, m.kind, c.seq, greatest(coalesce(p.seq, 0) - c.seq, 0),
        coalesce((SELECT max(n.seq) FROM checkpoint n WHERE n.chain = c.chain), 0),
        p.seen, coalesce(p.running AND p.seen > clock_timestamp() - interval '15 s', false), c.arrived
    FROM chain c JOIN member m USING (terminal) LEFT JOIN presence p USING (chain) ORDER BY c.chain"""
_TROUBLES = """SELECT t.chain, t.kind, t.seq, t.since, t.times FROM trouble t JOIN chain c USING (chain)
    WHERE t.kind IN ('fork', 'rolled_back', 'key_changed', 'note') OR c.seq < t.seq
    ORDER BY t.chain, t.since"""
_UNHEEDED = """SELECT l.chain, u.why, count(*) FROM unheeded u JOIN link l USING (position) GROUP BY 1, 2"""


def status(hub: Connection) -> HubStatus:
    """Raises HubError; HubLoginRefused for a kiosk's login, which sees nothing of this."""
    with as_hub_errors(), hub.transaction():
        about = hub.execute(
            "SELECT instance, production, public_key, keep_years, position, clock_timestamp() FROM hub, counter"
        ).fetchone()
        chains = hub.execute(_CHAINS).fetchall()
        troubles = hub.execute(_TROUBLES).fetchall()
        unheeded = hub.execute(_UNHEEDED).fetchall()
        silent = hub.execute(
            "SELECT terminal FROM member WHERE terminal NOT IN (SELECT terminal FROM chain) ORDER BY 1"
        ).fetchall()
    if about is None:
        raise HubNotReady("no hub row")
    standings = tuple(
        _chain(
            row,
            {why: times for chain, why, times in unheeded if chain == row[0]},
            tuple(Trouble(*one) for chain, *one in troubles if chain == row[0]),
        )
        for row in chains
    )
    instance, production, public_key, keep_years, position, now = about
    names = tuple(name for (name,) in silent)
    return HubStatus(instance, production, public_key, keep_years, position, now, standings, names)


def _chain(row: tuple[Any, ...], unheeded: dict[str, int], troubles: tuple[Trouble, ...]) -> ChainStanding:
    chain, terminal, kind, head, missing, covered, seen, running, arrived = row
    return ChainStanding(
        chain, terminal, kind, head, missing, covered, seen, running, arrived, unheeded, troubles
    )
