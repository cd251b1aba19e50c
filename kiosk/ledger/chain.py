"""The format of a chain: canonical core, salted leaf, linking hash. Pure; README.md tells it in words."""

from __future__ import annotations

import re
from hashlib import sha256
from struct import Struct
from typing import Final

import msgspec

from kiosk.ledger.errors import InvalidEntry
from kiosk.ledger.interface import Entry, Old, Purged, Record, Upcasts

GENESIS: Final = bytes(32)
SALT_BYTES: Final = 16
_MOST: Final = 2**53 - 1  # what every JSON reader holds exactly

REQUESTED: Final = "Requested"
ACCEPTED: Final = "Accepted"
REFUSED: Final = "Refused"
NUMBER_TAKEN: Final = "NumberTaken"
PURGED: Final = "LedgerPurged"
RESTORED: Final = "LedgerRestored"
RECEIVED: Final = "RequestReceived"
MOVED_ELSEWHERE: Final = "MovedElsewhere"
RESERVED: Final = frozenset(
    {REQUESTED, ACCEPTED, REFUSED, NUMBER_TAKEN, PURGED, RESTORED, RECEIVED, MOVED_ELSEWHERE}
)
"""Types the ledger writes itself and derives its caches from; `append` refuses them."""
RULES_SWITCHED: Final = "RulesSwitched"
NEVER_ERASED: Final = frozenset({NUMBER_TAKEN, PURGED, RESTORED, RULES_SWITCHED, MOVED_ELSEWHERE})
"""Nothing personal, and needed: a counter must not go back, what is missing must stay explained, and by which rules a
reception decided, and who owns a visit, must be known as long as anything of it is."""

_STAMP = re.compile(r"\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z", re.ASCII)
_ACTOR = re.compile(r"patient|reader|service|clock|system|staff:[^\x00-\x1f]{1,64}")
_CHAIN_PART = re.compile(r"[A-Za-z0-9-]{1,32}", re.ASCII)
_LENGTHS = Struct(">QQ").pack
_is_stamp = _STAMP.fullmatch
_is_actor = _ACTOR.fullmatch


class Core(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What a link binds for ever. Fields stand in alphabetical order: encoding needs no sorting."""

    actor: str
    at: str
    boot: str
    chain: str
    epoch: int
    id: str
    mono: int
    ref: str
    sim: bool
    state: str
    type: str
    v: int
    visit: str


_encode = msgspec.json.Encoder().encode
_decode_core = msgspec.json.Decoder(Core).decode
_check_json = msgspec.json.Decoder(msgspec.Raw).decode


def canonical_json(value: object) -> bytes:
    """Sorted keys, no spaces, UTF-8, integers only. Floats are refused: their text is not one and the same."""
    plain = msgspec.to_builtins(value)
    _refuse_floats(plain)
    return msgspec.json.encode(plain, order="deterministic")


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise InvalidEntry("canonical JSON holds no floats")
    if isinstance(value, dict):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)


def chain_id(terminal: str, process: str, instance: str) -> str:
    """`A.kiosk.3f9c21ab`: terminal, program, and the database's own random name."""
    if not all(_CHAIN_PART.fullmatch(part) for part in (terminal, process, instance)):
        raise InvalidEntry("terminal and process are 1-32 letters, digits or hyphens")
    return f"{terminal}.{process}.{instance}"


def encode_core(entry: Entry, chain: str, boot: str) -> bytes:
    """The canonical core. Raises InvalidEntry for anything the format does not allow."""
    if not _is_stamp(entry.at):
        raise InvalidEntry("`at` is not UTC ISO 8601 with milliseconds")
    if not _is_actor(entry.actor):
        raise InvalidEntry("unknown actor")
    if not (entry.id and entry.type):
        raise InvalidEntry("id and type must not be empty")
    # A bool or float here would change the JSON, and with it what a verifier must accept.
    if not (type(entry.mono_ms) is type(entry.owner_epoch) is type(entry.version) is int):
        raise InvalidEntry("mono_ms, owner_epoch and version are integers")
    if not (abs(entry.mono_ms) <= _MOST and 0 <= entry.owner_epoch <= _MOST and 1 <= entry.version <= _MOST):
        raise InvalidEntry("owner_epoch >= 0, version >= 1, none beyond 2^53 - 1")
    if (type(entry.simulated), type(entry.payload)) != (bool, bytes):
        raise InvalidEntry("simulated is a bool, payload is bytes")
    try:
        _check_json(entry.payload)
        entry.payload.decode()  # the line above lets wrong UTF-8 inside strings pass
        return _encode(
            Core(
                entry.actor,
                entry.at,
                boot,
                chain,
                entry.owner_epoch,
                entry.id,
                entry.mono_ms,
                entry.ref,
                entry.simulated,
                entry.state,
                entry.type,
                entry.version,
                entry.visit,
            )
        )
    except (msgspec.MsgspecError, TypeError, UnicodeError):
        raise InvalidEntry(f"{entry.type}: the payload is not JSON bytes, or a text is not Unicode") from None


def decode_core(core: bytes) -> Core:
    """The core of a stored link; ValueError if it is not in canonical form."""
    try:
        decoded = _decode_core(core)
    except msgspec.MsgspecError:
        raise ValueError("core is not of the format") from None
    if _encode(decoded) != core:
        raise ValueError("core is not canonical")
    return decoded


def leaf(salt: bytes, payload: bytes) -> bytes:
    return sha256(salt + payload).digest()


def link(previous: bytes, seq: int, core: bytes, leaf_digest: bytes) -> bytes:
    """h = SHA-256(0x00 ‖ previous ‖ seq ‖ len(core) ‖ core ‖ leaf), seq and len as big-endian u64."""
    return sha256(b"\x00" + previous + _LENGTHS(seq, len(core)) + core + leaf_digest).digest()


def to_record(
    position: int, seq: int, core: bytes, hash_: bytes, payload: bytes | Purged, upcasts: Upcasts
) -> Record:
    """A stored link as its reader sees it."""
    c = _decode_core(core)
    type_, version = c.type, c.v
    if upcasts and isinstance(payload, bytes) and (type_, version) in upcasts:
        type_, version, payload = upcast(Old(type_, version, msgspec.json.decode(payload)), upcasts)
    return Record(
        position, c.chain, seq, c.boot, hash_, c.visit, c.id, type_, c.at, c.mono, c.actor, c.state,
        c.epoch, c.sim, payload, version, c.ref,
    )  # fmt: skip


def upcast(old: Old, upcasts: Upcasts) -> tuple[str, int, bytes]:
    """Apply the registered steps until none fits. A step must raise the version or change the type."""
    while step := upcasts.get((old.type, old.version)):
        new = step(old)
        if new.type == old.type and new.version <= old.version:
            raise ValueError(f"upcast of {old.type} v{old.version} does not go forward")
        old = new
    return old.type, old.version, canonical_json(old.payload)
