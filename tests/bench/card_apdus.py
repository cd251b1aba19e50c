"""How many APDUs a verified read takes, beside OpenSC's programs at the same work on the same card."""

from __future__ import annotations

import tempfile
from pathlib import Path

from simulator.links.inprocess import InProcessReader
from simulator.links.private_pcscd import PrivatePcscd, missing
from simulator.links.vpcd import VpcdLink
from simulator.people.loading import load
from tests.bench.rows import Row, at_most, row
from tests.bench.verified_read import EXTENDED, PERSONA, SHORT, asks_label, asks_tries, dialogue
from tests.support.reading import card_of

OPENSC_READS, OPENSC_SIGNS = 12, 9
"""OpenSC 0.23 as measured once: the authentication certificate, and one signature with PIN (pkcs15-crypt)."""
BESIDE_READING = 6
"""The least that a plain client sends by file identifiers, asking neither label nor tries: SELECT application, SELECT
and VERIFY PIN, SELECT certificate, SELECT key, sign; beside reading the certificate."""
_PATIENCE_S = 10.0


def rows(quick: bool) -> list[Row]:
    reads, signs, source = (OPENSC_READS, OPENSC_SIGNS, "documented") if quick else _opensc()
    floor = f"OpenSC: {reads} to read the certificate + {signs} to sign with PIN ({source})"
    return [
        _row("short", SHORT, reads + signs, floor),
        _row("extended", EXTENDED, reads + signs, floor),
    ]


def _row(name: str, extended_length: int, peer: int, floor: str) -> Row:
    reader = InProcessReader(extended_length=extended_length)
    talk = dialogue(reader, reader.insert(card_of(PERSONA)))
    size = len(talk.result.certificate)
    label, tries = talk.count(asks_label), talk.count(asks_tries)
    return row(
        f"verified_read.apdus.{name}",
        f"APDUs of a verified read, {name}",
        len(talk.commands),
        "APDUs",
        floor=peer,
        floor_what=floor,
        target=at_most(1.0, "ratio"),
        label=label,
        tries=tries,
        without_label_and_tries=len(talk.commands) - label - tries,
        least_by_file_identifiers=BESIDE_READING + (1 if extended_length > SHORT else -(-size // 256)),
        certificate_bytes=size,
    )


def _opensc() -> tuple[int, int, str]:
    """OpenSC's programs through a private pcscd, counted where the card is."""
    if missing():
        return OPENSC_READS, OPENSC_SIGNS, f"documented; here is no {missing()}"
    try:
        with PrivatePcscd() as daemon, tempfile.TemporaryDirectory() as folder:
            return _count(daemon, Path(folder))
    except FileNotFoundError as absent:
        return OPENSC_READS, OPENSC_SIGNS, f"documented; here is no {absent.filename}"


def _count(daemon: PrivatePcscd, folder: Path) -> tuple[int, int, str]:
    (folder / "opensc.conf").write_text("app default { card_drivers = jpki; }\n")
    (folder / "digest").write_bytes(bytes(32))
    hand = daemon.link()
    try:
        read = _apdus(hand, daemon, folder, "pkcs15-tool", "--read-certificate", "1")
        pin = load(PERSONA).card.pin
        sign = _apdus(
            hand, daemon, folder, "pkcs15-crypt", "--sign", "--key", "1", "--pin", pin, "--sha-256", "--pkcs1",
            "--raw", "--input", str(folder / "digest"), "--output", str(folder / "signature"),
        )  # fmt: skip
    finally:
        hand.close()
    return read, sign, "measured in this run"


def _apdus(hand: VpcdLink, daemon: PrivatePcscd, folder: Path, *command: str) -> int:
    hand.insert(card_of(PERSONA))
    if not hand.wait_powered(_PATIENCE_S):
        raise RuntimeError("the private pcscd does not see the card")
    done = daemon.run(command, {"OPENSC_CONF": str(folder / "opensc.conf")})
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr.strip()}")
    return hand.apdus
