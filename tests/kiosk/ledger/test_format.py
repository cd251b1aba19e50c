"""The format as README.md tells it, recomputed here with nothing but hashlib, json and cryptography."""

from __future__ import annotations

import json
from base64 import b64decode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from kiosk.ledger import Entry, InvalidEntry, MemoryStore, canonical_json
from kiosk.ledger.chain import decode_core, encode_core, leaf, link, upcast
from kiosk.ledger.checkpoint import Checkpoint, open_checkpoint
from kiosk.ledger.interface import Old
from kiosk.ledger.keys import Keys
from kiosk.ledger.note import VerifyKey, open_note, sign
from tests.support.ledgers import MemoryKit, entry

KEYS = Keys(bytes(32), bytes(range(32)))


def test_a_link_is_the_documented_hash() -> None:
    core, payload, salt, previous = b'{"a":1}', b'{"name":"x"}', b"s" * 16, b"p" * 32
    expected = sha256(
        b"\x00"
        + previous
        + (7).to_bytes(8, "big")
        + len(core).to_bytes(8, "big")
        + core
        + sha256(salt + payload).digest()
    ).digest()
    assert link(previous, 7, core, leaf(salt, payload)) == expected


def test_a_core_is_sorted_json_without_spaces_and_holds_every_field_but_the_payload() -> None:
    one = entry("v1", 1, actor="staff:佐藤", payload=b'{"secret":1}', ref="r1")
    core = encode_core(one, "A.kiosk.x", "b007")
    values = json.loads(core)
    assert core == json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert values == {
        "actor": "staff:佐藤", "at": one.at, "boot": "b007", "chain": "A.kiosk.x", "epoch": 0,
        "id": "event-0001", "mono": 1000, "ref": "r1", "sim": False, "state": "ReadingCard",
        "type": "CardInserted", "v": 1, "visit": "v1",
    }  # fmt: skip


def test_an_outsider_can_verify_a_whole_chain_and_its_checkpoint() -> None:
    kit = MemoryKit()
    kit.store = MemoryStore(keys=KEYS)
    ledger = kit.open()
    ledger.append([entry("v1", n) for n in range(3)])
    result = ledger.checkpoint()
    assert result is not None

    head = bytes(32)
    for n, row in enumerate(ledger.links(), 1):
        assert row.payload is not None
        assert row.salt is not None
        assert len(row.salt) == 16
        leaf_ = sha256(row.salt + row.payload).digest()
        sizes = n.to_bytes(8, "big") + len(row.core).to_bytes(8, "big")
        head = sha256(b"\x00" + head + sizes + row.core + leaf_).digest()
        assert row.hash == head

    text, _, signature_line = result.note.partition("\n\n")
    origin, size, digest, at = text.split("\n")
    assert (origin, size, b64decode(digest)) == (f"uketsuke/ledger/{ledger.chain}", "3", head)
    assert at == "at 2026-03-02T03:00:00.000Z"
    dash, name, encoded = signature_line.rstrip("\n").split(" ")
    raw = b64decode(encoded)
    public = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key()
    key_id = sha256(name.encode() + b"\n\x01" + public.public_bytes_raw()).digest()[:4]
    assert (dash, raw[:4]) == ("—", key_id)
    public.verify(raw[4:], (text + "\n").encode())


def test_the_format_does_not_change_by_accident() -> None:
    """A change of these values breaks every ledger in the field: it needs a new version of the format."""
    one = Entry("v1", "e1", "T", "2026-03-02T03:00:00.000Z", 5, "patient", "S", payload=b'{"a":"b"}')
    core = encode_core(one, "A.kiosk.00000000", "0" * 16)
    hash_ = link(bytes(32), 1, core, leaf(bytes(16), one.payload))
    assert hash_.hex() == "fe4207958c519c6d355def8daee4ef988e31249f7ea7443cc14a542646928aaa"
    note = sign(Checkpoint("A.kiosk.00000000", 1, hash_, one.at).text(), KEYS.signer, KEYS.verify_key)
    assert (
        sha256(note.encode()).hexdigest()
        == "c8d1a345346f45a68c1b979eab3729122e5f4af2be516bfa25379999da4875b4"
    )


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8")),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
        max_leaves=20,
    )
)
def test_canonical_json_says_the_same_and_is_a_fixed_point(value: object) -> None:
    text = canonical_json(value)
    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text


@pytest.mark.parametrize("value", [0.5, [1, 2.0], {"a": {"b": [float("nan")]}}])
def test_canonical_json_refuses_floats(value: object) -> None:
    with pytest.raises(InvalidEntry):
        canonical_json(value)


@pytest.mark.parametrize(
    "core",
    [
        b"",
        b"[]",
        b'{"actor":"patient"}',
        encode_core(entry("v", 1), "A.k.x", "b").replace(b'"v":1', b'"v": 1'),
        encode_core(entry("v", 1), "A.k.x", "b").replace(b'"v":1', b'"v":1.0'),
        encode_core(entry("v", 1), "A.k.x", "b")[:-1] + b',"x":1}',
        encode_core(entry("v", 1), "A.k.x", "b")[:-1] + b',"visit":"w"}',
    ],
)
def test_a_core_that_is_not_canonical_is_not_decoded(core: bytes) -> None:
    with pytest.raises(ValueError, match="core is not"):
        decode_core(core)


# -- notes
def test_a_note_opens_only_with_its_key_and_unchanged() -> None:
    note = sign("hello\nworld\n", KEYS.signer, KEYS.verify_key)
    other = Keys(bytes(32), bytes(32))
    assert open_note(note, KEYS.verify_key) == "hello\nworld\n"
    with pytest.raises(ValueError, match="not signed by this key"):
        open_note(note, other.verify_key)
    named_alike = VerifyKey(KEYS.verify_key.name, other.verify_key.public)
    with pytest.raises(ValueError, match="not signed by this key"):
        open_note(note, named_alike)


def test_no_changed_character_of_a_note_goes_unseen() -> None:
    note = sign("uketsuke/x\n12\n", KEYS.signer, KEYS.verify_key)
    for place in range(len(note)):
        changed = note[:place] + ("A" if note[place] != "A" else "B") + note[place + 1 :]
        with pytest.raises(ValueError):  # noqa: PT011 - many ways to be wrong
            open_note(changed, KEYS.verify_key)
    for cut in range(len(note)):
        with pytest.raises(ValueError):  # noqa: PT011
            open_note(note[:cut], KEYS.verify_key)


def test_signatures_of_witnesses_may_stand_beside_ours() -> None:
    text = "uketsuke/x\n12\n"
    witness = Keys(bytes(32), b"w" * 32)
    ours = sign(text, KEYS.signer, KEYS.verify_key)
    theirs = sign(text, witness.signer, witness.verify_key).rpartition("\n\n")[2]
    both = ours + theirs
    assert open_note(both, KEYS.verify_key) == open_note(both, witness.verify_key) == text


def test_a_verify_key_survives_its_text() -> None:
    text = KEYS.verify_key.text()
    assert VerifyKey.parse(text) == KEYS.verify_key
    Ed25519PublicKey.from_public_bytes(VerifyKey.parse(text).public)
    for bad in ("", "x", text[:-4], text.replace("uketsuke", "someone"), text + "AAAA"):
        with pytest.raises(ValueError):  # noqa: PT011
            VerifyKey.parse(bad)


@pytest.mark.parametrize(
    "text",
    [
        "other/ledger/A.kiosk.x\n3\n" + "A" * 43 + "=\nat 2026-03-02T03:00:00.000Z\n",
        "uketsuke/ledger/A.kiosk.x\n0\n" + "A" * 43 + "=\nat 2026-03-02T03:00:00.000Z\n",
        "uketsuke/ledger/A.kiosk.x\n03\n" + "A" * 43 + "=\nat 2026-03-02T03:00:00.000Z\n",
        "uketsuke/ledger/A.kiosk.x\n3\nAAAA\nat 2026-03-02T03:00:00.000Z\n",
        "uketsuke/ledger/A.kiosk.x\n3\n" + "A" * 43 + "=\nat 2026-03-02T03:00:00.000Z\nmore\n",
        "uketsuke/ledger/../../etc\n3\n" + "A" * 43 + "=\nat 2026-03-02T03:00:00.000Z\n",
    ],
)
def test_what_is_signed_but_not_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a ledger checkpoint"):
        open_checkpoint(sign(text, KEYS.signer, KEYS.verify_key), KEYS.verify_key)


def test_keys_do_not_show_themselves() -> None:
    keys = Keys(b"D" * 32, b"S" * 32)
    assert "44" * 8 not in repr(keys)
    assert "D" * 8 not in repr(keys)


def test_an_upcast_that_does_not_go_forward_is_a_bug() -> None:
    with pytest.raises(ValueError, match="does not go forward"):
        upcast(Old("T", 1, {}), {("T", 1): lambda old: old})
