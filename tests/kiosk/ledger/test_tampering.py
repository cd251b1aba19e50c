"""Whatever is changed of a database or an export, and wherever: the audit names the first bad event."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from sqlcipher3.dbapi2 import OperationalError

from kiosk.ledger.audit import verify_folder
from kiosk.ledger.export import export, verify_export
from kiosk.ledger.schema import connect
from tests.support.ledgers import SqliteKit
from tests.support.tampering import (
    LINKS,
    Byte,
    Double,
    Drop,
    Swap,
    Tampering,
    bytes_of,
    doubles,
    drops,
    first_bad,
    orders,
    write_two_chains,
)

anything = st.one_of(
    bytes_of("core", "leaf", "hash", "salt", "payload"), bytes_of("core"), drops, orders, doubles
)
quickly = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Whole:
    """A ledger of two chains that nobody has touched, and its export with every payload."""

    def __init__(self, root: Path) -> None:
        self.root = root
        kit = SqliteKit(root / "whole")
        kiosk, console = kit.open("kiosk"), kit.open("console")
        write_two_chains(kiosk, console)
        self.chains = (kiosk.chain, console.chain)
        kit.finish()
        self.key = kit.key()
        self.export = root / "export.jsonl"
        with kit.snapshot() as source:
            export(source, self.export, self.key, created="2026-03-02T03:00:00.000Z", payloads=True)

    def copy(self) -> SqliteKit:
        folder = self.root / "copy"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.root / "whole", folder)
        return SqliteKit(folder)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return Whole(tmp_path_factory.mktemp("tampering"))


def test_untouched_both_are_good_and_wholly_signed(whole: Whole) -> None:
    for report in (whole.copy().verify(), verify_export(whole.export, whole.key)):
        assert (report.verdict, report.findings) == ("ok", [])
        assert [(one.head, one.uncovered) for one in report.chains] == [(LINKS, 0)] * 2


@given(tampering=anything, which=st.integers(0, 1))
@quickly
def test_in_the_database_the_first_bad_event_is_named(whole: Whole, tampering: Tampering, which: int) -> None:
    kit, chain = whole.copy(), whole.chains[which]
    in_database(kit, chain, tampering)
    report = kit.verify()
    assert report.verdict == "broken"
    other = whole.chains[1 - which]
    if isinstance(tampering, Double):  # beyond the last: a link that does not follow
        assert first_bad(report) == {chain: LINKS + 1, other: None}
    else:
        assert first_bad(report) == {chain: tampering.seq, other: None}


@given(tampering=anything, which=st.integers(0, 1))
@quickly
def test_in_an_export_the_first_bad_event_is_named(whole: Whole, tampering: Tampering, which: int) -> None:
    chain = whole.chains[which]
    lines = [json.loads(line) for line in whole.export.read_text().splitlines()]
    in_lines(lines, chain, tampering)
    forged = whole.root / "forged.jsonl"
    forged.write_text("".join(json.dumps(line) + "\n" for line in lines))
    report = verify_export(forged, whole.key)
    assert report.verdict == "broken"
    expected = LINKS + 1 if isinstance(tampering, Double) else tampering.seq
    assert first_bad(report) == {chain: expected, whole.chains[1 - which]: None}


@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@quickly
def test_no_byte_of_the_databases_file_changes_unnoticed(whole: Whole, place: float, bit: int) -> None:
    kit = whole.copy()
    file = kit.folder / "ledger.db"
    content = bytearray(file.read_bytes())
    content[int(place * len(content))] ^= 1 << bit
    file.write_bytes(content)
    assert verify_folder(kit.folder, whole.key).verdict != "ok"


# ------------------------------------------------------------------------------------------ how it is done


def in_database(kit: SqliteKit, chain: str, tampering: Tampering) -> None:
    """As somebody who has the database's key, and has taken away what stands against it."""
    connection = connect(kit.folder / "ledger.db", kit.database_key(), write=True)
    for obstacle in (
        "TRIGGER entry_no_update",
        "TRIGGER entry_no_delete",
        "INDEX entry_visit",
        "INDEX entry_chain",
    ):
        connection.execute(f"DROP {obstacle}")
    run: Callable[..., Any] = connection.execute

    def position(seq: int) -> int:
        found: int = run("SELECT position FROM entry WHERE chain = ? AND seq = ?", (chain, seq)).fetchone()[0]
        return found

    match tampering:
        case Byte(seq, field):
            table, column = ("payload", "body") if field == "payload" else ("entry", field)
            table = "payload" if field == "salt" else table
            at = position(seq)
            (value,) = run(f"SELECT CAST({column} AS BLOB) FROM {table} WHERE position = ?", (at,)).fetchone()
            to = "CAST(? AS TEXT)" if field == "core" else "?"
            try:
                run(f"UPDATE {table} SET {column} = {to} WHERE position = ?", (tampering.spoil(value), at))
            except OperationalError:  # the table itself takes no core that is not JSON
                reject()
        case Drop(seq):
            run("DELETE FROM entry WHERE chain = ? AND seq = ?", (chain, seq))
        case Swap(seq, other):
            one, two = position(seq), position(other)
            for table in ("entry", "payload"):
                for before, after in ((one, 0), (two, one), (0, two)):
                    run(f"UPDATE {table} SET position = ? WHERE position = ?", (after, before))
        case Double(seq):
            columns = "chain, seq, core, leaf, hash"
            run(
                f"INSERT INTO entry ({columns}) SELECT {columns} FROM entry WHERE position = ?",
                (position(seq),),
            )
            run(
                "INSERT INTO payload SELECT (SELECT max(position) FROM entry), salt, body FROM payload"
                " WHERE position = ?",
                (position(seq),),
            )
    connection.close()


def in_lines(lines: list[dict[str, Any]], chain: str, tampering: Tampering) -> None:
    """As somebody with an editor, who counts anew at the end."""

    def line(seq: int) -> int:
        return next(
            place for place, one in enumerate(lines) if one.get("chain") == chain and one["seq"] == seq
        )

    match tampering:
        case Byte(seq, field):
            one = lines[line(seq)]
            if field in ("core", "payload"):
                changed = tampering.spoil(one[field].encode("latin-1"))
                one[field] = changed.decode("latin-1")
            else:
                one[field] = tampering.spoil(bytes.fromhex(one[field])).hex()
        case Drop(seq):
            del lines[line(seq)]
            lines[-1]["links"] -= 1
        case Swap(seq, other):
            here, there = line(seq), line(other)
            lines[here], lines[there] = lines[there], lines[here]
        case Double(seq):
            last = max(place for place, one in enumerate(lines) if one["kind"] == "link")
            lines.insert(last + 1, lines[line(seq)])
            lines[-1]["links"] += 1
