"""Payloads on their way to the hub and in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kiosk.ledger.errors import KeyExposed, KeyInvalid, KeyMissing
from kiosk.ledger.hub.sealing import (
    BoxKey,
    Opener,
    Sealer,
    Unopenable,
    load_hub_keys,
    make_hub_key,
    public_of,
    terminal_key,
)

HUB, TERMINAL, OTHER = (X25519PrivateKey.generate() for _ in range(3))
SALT = bytes(range(16))


def sealer(*keys: X25519PrivateKey) -> Sealer:
    return Sealer([public_of(key) for key in keys], os.urandom)


@given(st.binary(max_size=200), st.text(max_size=20), st.integers(0, 2**53))
def test_each_recipient_opens_what_was_sealed_and_nobody_else(payload: bytes, chain: str, seq: int) -> None:
    chain = chain.encode(errors="replace").decode()
    sealed = sealer(HUB, TERMINAL).seal(chain, seq, SALT, payload)
    for key in (HUB, TERMINAL):
        assert Opener([OTHER, key]).open(chain, seq, sealed) == (SALT, payload)
    with pytest.raises(Unopenable):
        Opener([OTHER]).open(chain, seq, sealed)


@given(st.integers(0), st.integers(1, 255))
def test_a_changed_byte_anywhere_is_noticed(place: int, change: int) -> None:
    sealed = bytearray(sealer(HUB).seal("A.kiosk.1", 1, SALT, b'{"n":1}'))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(Unopenable):
        Opener([HUB]).open("A.kiosk.1", 1, bytes(sealed))


@given(st.binary(max_size=300))
def test_garbage_is_refused_as_such(garbage: bytes) -> None:
    with pytest.raises(Unopenable):
        Opener([HUB]).open("A.kiosk.1", 1, b"\x01" + garbage)


def test_a_payload_cannot_be_passed_off_as_another_links() -> None:
    sealed = sealer(HUB).seal("A.kiosk.1", 7, SALT, b"{}")
    for chain, seq in (("A.kiosk.2", 7), ("A.kiosk.1", 8)):
        with pytest.raises(Unopenable):
            Opener([HUB]).open(chain, seq, sealed)


def test_a_content_key_is_not_used_for_ever_and_no_two_payloads_look_alike() -> None:
    one = sealer(HUB)
    sealed = [one.seal("A.kiosk.1", 1, SALT, b"{}") for _ in range(1001)]
    assert len(set(sealed)) == 1001
    assert len({box[: 2 + 88] for box in sealed}) == 3
    opener = Opener([HUB])
    assert all(opener.open("A.kiosk.1", 1, box) == (SALT, b"{}") for box in sealed)


def test_a_terminals_key_follows_from_its_signing_key_and_does_not_show_it() -> None:
    seed = bytes(range(32))
    key = terminal_key(seed)
    assert public_of(key) == public_of(terminal_key(seed))
    assert key.private_bytes_raw() != seed
    assert public_of(terminal_key(bytes(32))) != public_of(key)


def test_public_keys_are_one_line_of_text() -> None:
    text = public_of(HUB).text()
    assert BoxKey.parse(text + "\n") == public_of(HUB)
    for bad in (
        "",
        "uketsuke-hub+",
        text[:-4],
        text + "AAAA",
        text.replace("hub+", "hub+!"),
        "x" + text,
        BoxKey(bytes(32)).text(),
    ):
        with pytest.raises(ValueError, match=r"."):
            BoxKey.parse(bad)


def test_a_hub_key_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    path = tmp_path / "hub.key"
    with pytest.raises(KeyMissing):
        load_hub_keys(path)
    public = make_hub_key(path, os.urandom)
    assert [public_of(key) for key in load_hub_keys(path)] == [public]
    with pytest.raises(FileExistsError):
        make_hub_key(path, os.urandom)
    path.chmod(0o640)
    with pytest.raises(KeyExposed):
        load_hub_keys(path)
    path.chmod(0o600)
    path.write_text("zz")
    with pytest.raises(KeyInvalid):
        load_hub_keys(path)


def test_what_was_sealed_to_an_older_hub_key_stays_readable(tmp_path: Path) -> None:
    path = tmp_path / "hub.key"
    path.write_text("".join(key.private_bytes_raw().hex() + "\n" for key in (HUB, OTHER)))
    path.chmod(0o600)
    sealed = sealer(OTHER).seal("A.kiosk.1", 1, SALT, b"{}")
    assert Opener(load_hub_keys(path)).open("A.kiosk.1", 1, sealed) == (SALT, b"{}")
