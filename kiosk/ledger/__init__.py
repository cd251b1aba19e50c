"""What happened, kept so that it cannot be changed unseen. README.md tells the format."""

from kiosk.ledger.base import Options
from kiosk.ledger.chain import canonical_json
from kiosk.ledger.checkpoint import CheckpointPolicy
from kiosk.ledger.errors import InvalidEntry, LedgerError
from kiosk.ledger.interface import (
    CheckpointResult,
    Entry,
    Head,
    Ledger,
    Moment,
    Old,
    OpenVisit,
    Place,
    Purge,
    Purged,
    ReceptionNumber,
    Record,
    Request,
    stamp,
)
from kiosk.ledger.memory import MemoryLedger, MemoryStore
from kiosk.ledger.sqlite import SqliteLedger

__all__ = [
    "CheckpointPolicy",
    "CheckpointResult",
    "Entry",
    "Head",
    "InvalidEntry",
    "Ledger",
    "LedgerError",
    "MemoryLedger",
    "MemoryStore",
    "Moment",
    "Old",
    "OpenVisit",
    "Options",
    "Place",
    "Purge",
    "Purged",
    "ReceptionNumber",
    "Record",
    "Request",
    "SqliteLedger",
    "canonical_json",
    "stamp",
]
