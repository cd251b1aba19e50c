"""An export can be checked by anybody with the public key, and tells nothing personal by itself."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kiosk.ledger.export import End, export, verify_export
from tests.support.ledgers import SqliteKit, entry


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[SqliteKit]:
    kit = SqliteKit(tmp_path / "ledger")
    (tmp_path / "notes").mkdir()
    ledger = kit.open(checkpoints=tmp_path / "notes")
    ledger.append([entry("v1", n, payload=b'{"name":"\xe5\x82\xac KANARIA"}') for n in range(6)])
    ledger.checkpoint()
    kit.clock.advance(days=2)
    ledger.append([entry("v2", 7, "Finished", at="2026-03-04T03:00:00.000Z", payload=b'{"name":"KANARIA"}')])
    ledger.purge(date(2026, 3, 4))
    ledger.checkpoint()
    ledger.append([entry("v2", 8, "Finished", at="2026-03-04T03:00:00.000Z", payload=b'{"name":"KANARIA"}')])
    yield kit
    kit.finish()


def write(kit: SqliteKit, to: Path, *, payloads: bool = False, checkpoints: Path | None = None) -> End:
    with kit.snapshot() as source:
        return export(
            source,
            to,
            kit.key(),
            created="2026-03-04T04:00:00.000Z",
            payloads=payloads,
            checkpoints=checkpoints,
        )


@pytest.mark.parametrize("payloads", [False, True])
def test_an_export_verifies_without_the_database(kit: SqliteKit, tmp_path: Path, payloads: bool) -> None:
    path = tmp_path / "export.jsonl"
    assert write(kit, path, payloads=payloads) == End(9, 2)
    report = verify_export(path, kit.key())
    assert (report.verdict, report.findings) == ("ok", [])
    assert (report.chains[0].head, report.chains[0].uncovered) == (9, 1)
    assert report.erased == (6 if payloads else 0)
    assert verify_export(path, kit.key(), tmp_path / "notes").chains[0].uncovered == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_personal_payloads_go_along_only_when_asked_for(kit: SqliteKit, tmp_path: Path) -> None:
    write(kit, tmp_path / "plain.jsonl")
    write(kit, tmp_path / "full.jsonl", payloads=True)
    plain = (tmp_path / "plain.jsonl").read_text()
    assert "KANARIA" not in plain
    assert sum("salt" in json.loads(line) for line in plain.splitlines()) == 1  # only the purge's own note
    assert (tmp_path / "full.jsonl").read_text().count("KANARIA") == 2


def test_every_changed_character_of_a_covered_line_is_found(kit: SqliteKit, tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    write(kit, path, payloads=True)
    lines = path.read_text().splitlines(keepends=True)
    for number in (2, 7):  # a purged entry and one with its payload
        line = lines[number]
        for place in range(line.index('"chain"'), len(line)):
            changed = "x" if line[place] != "x" else "y"
            tampered = [*lines[:number], line[:place] + changed + line[place + 1 :], *lines[number + 1 :]]
            path.write_text("".join(tampered))
            assert verify_export(path, kit.key()).verdict != "ok", line[place:]


def test_missing_and_doubled_lines_are_found(kit: SqliteKit, tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    write(kit, path)
    lines = path.read_text().splitlines(keepends=True)
    for number in range(len(lines)):
        path.write_text("".join(lines[:number] + lines[number + 1 :]))
        assert verify_export(path, kit.key()).verdict != "ok", number
        path.write_text("".join(lines[: number + 1] + lines[number:]))
        assert verify_export(path, kit.key()).verdict != "ok", number


@pytest.mark.parametrize("added", [{"payload": '{"name":"forged"}'}, {"salt": "00" * 16}])
def test_a_payload_that_nothing_binds_is_not_believed(
    kit: SqliteKit, tmp_path: Path, added: dict[str, str]
) -> None:
    path = tmp_path / "export.jsonl"
    write(kit, path)
    lines = path.read_text().splitlines()
    lines[2] = json.dumps(json.loads(lines[2]) | added)
    path.write_text("\n".join(lines) + "\n")
    assert [f.problem for f in verify_export(path, kit.key()).findings] == ["payload"]


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\n", b'{"kind":"end","links":0,"checkpoints":0}\n'])
def test_what_is_no_export_is_unreadable(kit: SqliteKit, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "export.jsonl"
    assert verify_export(path, kit.key()).exit_code == 2
    path.write_bytes(content)
    report = verify_export(path, kit.key())
    assert (report.verdict, report.error) == ("unreadable", "corrupt")


def test_the_folders_notes_can_go_along(kit: SqliteKit, tmp_path: Path) -> None:
    extra = tmp_path / "notes" / "B.kiosk.ffffffff"
    extra.mkdir()
    (extra / "000000000001.note").write_text("kept as it is\n")
    assert write(kit, tmp_path / "export.jsonl", checkpoints=tmp_path / "notes").checkpoints == 3
