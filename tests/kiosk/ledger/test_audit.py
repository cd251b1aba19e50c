"""Every change of what was written is found, or reported as standing after the last checkpoint."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk.ledger import Entry, Options, SqliteLedger, stamp
from kiosk.ledger.affected import affected
from kiosk.ledger.audit import AuditReport, verify, verify_folder, verify_tail
from kiosk.ledger.chain import leaf, link
from kiosk.ledger.checkpoint import Checkpoint, delivered, due, note_path
from kiosk.ledger.checkpoint import CheckpointPolicy as Policy
from kiosk.ledger.interface import Caches, Head, Link
from kiosk.ledger.keys import Home, Keys, load_keys
from kiosk.ledger.note import VerifyKey, sign
from kiosk.ledger.schema import connect
from tests.support.ledgers import NOON, MemoryKit, VirtualClock, entry

LINKS, COVERED = 12, 9
TODAY = date(2026, 3, 2)


class Copy:
    """Links and notes of a ledger, free to be tampered with."""

    def __init__(self, links: list[Link], notes: list[str]) -> None:
        self.rows, self._notes = links, notes

    def heads(self) -> dict[str, Head]:
        heads: dict[str, Head] = {}
        for row in self.rows:
            if row.chain not in heads or row.seq > heads[row.chain].seq:
                heads[row.chain] = Head(row.chain, row.seq, row.hash)
        return heads

    def links(self, chain: str | None = None, first: int = 1) -> Iterator[Link]:
        yield from (r for r in self.rows if chain is None or (r.chain == chain and r.seq >= first))

    def notes(self) -> list[str]:
        return self._notes

    def cached(self) -> Caches | None:
        return None

    def damage(self) -> str:
        return ""

    def with_rows(self, rows: list[Link]) -> Copy:
        return Copy(rows, self._notes)


@pytest.fixture(scope="module")
def original() -> tuple[Copy, Keys]:
    """12 links, checkpoints at 4 and 9."""
    kit = MemoryKit()
    ledger = kit.open()
    for n in range(1, LINKS + 1):
        ledger.append([entry("v1", n)])
        if n in (4, COVERED):
            ledger.checkpoint()
    return Copy(list(ledger.links()), ledger.notes()), kit.store.keys


def rehashed(rows: list[Link]) -> list[Link]:
    """What somebody who knows the format would do: renumber, and make all hashes fit again."""
    previous, out = bytes(32), []
    for seq, row in enumerate(rows, 1):
        assert row.salt is not None
        assert row.payload is not None
        leaf_ = leaf(row.salt, row.payload)
        previous = link(previous, seq, row.core, leaf_)
        out.append(msgspec.structs.replace(row, seq=seq, leaf=leaf_, hash=previous))
    return out


def test_an_untouched_ledger_is_good_and_its_tail_is_reported(original: tuple[Copy, Keys]) -> None:
    copy, keys = original
    report = verify(copy, keys.verify_key)
    (chain,) = report.chains
    assert (report.verdict, report.exit_code, report.findings) == ("ok", 0, [])
    assert (chain.head, chain.checked, chain.uncovered, chain.first_bad) == (12, 12, 3, None)
    assert chain.last_good_checkpoint is not None
    assert chain.last_good_checkpoint.seq == COVERED


@pytest.mark.parametrize("field", ["core", "leaf", "hash", "salt", "payload"])
def test_every_flipped_byte_of_every_link_is_found(original: tuple[Copy, Keys], field: str) -> None:
    copy, keys = original
    for index, row in enumerate(copy.rows):
        value: bytes = getattr(row, field)
        for place in range(len(value)):
            changed = bytearray(value)
            changed[place] ^= 1 << place % 8
            rows = copy.rows.copy()
            rows[index] = msgspec.structs.replace(row, **{field: bytes(changed)})
            report = verify(copy.with_rows(rows), keys.verify_key)
            assert report.verdict == "broken"
            assert report.chains[0].first_bad == row.seq
            good = report.chains[0].last_good_checkpoint
            assert (good.seq if good else 0) == (9 if row.seq > 9 else 4 if row.seq > 4 else 0)


@pytest.mark.parametrize("field", ["seq", "chain"])
def test_a_link_moved_elsewhere_is_found(original: tuple[Copy, Keys], field: str) -> None:
    copy, keys = original
    for index, row in enumerate(copy.rows):
        rows = copy.rows.copy()
        rows[index] = msgspec.structs.replace(row, **{field: 99 if field == "seq" else "B.kiosk.memory"})
        assert verify(copy.with_rows(rows), keys.verify_key).verdict == "broken"


def test_a_chain_passed_off_as_another_one_is_found(original: tuple[Copy, Keys]) -> None:
    copy, keys = original
    rows = [msgspec.structs.replace(row, chain="B.kiosk.memory") for row in copy.rows]
    report = verify(Copy(rows, []), keys.verify_key)
    assert [(f.problem, f.seq) for f in report.findings] == [("core", 1)]


def _structural(rows: list[Link]) -> Iterator[tuple[int, list[Link]]]:
    """(first link concerned, rows) for each way to delete, double, swap, insert or cut."""
    for i in range(len(rows)):
        yield i + 1, rows[:i] + rows[i + 1 :]
        yield i + 2, [*rows[: i + 1], rows[i], *rows[i + 1 :]]
        yield i + 1, rows[:i]
        forged = msgspec.structs.replace(rows[i], payload=b'{"forged":true}')
        yield i + 1, [*rows[:i], forged, *rows[i:]]
        yield i + 1, [*rows[:i], forged, *rows[i + 1 :]]
        if i:
            yield i, [*rows[: i - 1], rows[i], rows[i - 1], *rows[i + 1 :]]


def test_every_deletion_doubling_swap_insertion_and_cut_is_found(original: tuple[Copy, Keys]) -> None:
    copy, keys = original
    for first, rows in _structural(copy.rows):
        report = verify(copy.with_rows(rows), keys.verify_key)
        cut_in_tail = rows == copy.rows[: len(rows)] and len(rows) >= COVERED
        assert report.verdict == ("ok" if cut_in_tail else "broken"), first


def test_a_rewritten_chain_is_found_up_to_the_last_checkpoint_and_uncovered_after_it(
    original: tuple[Copy, Keys],
) -> None:
    copy, keys = original
    for first, rows in _structural(copy.rows):
        rows = rehashed(rows)
        report = verify(copy.with_rows(rows), keys.verify_key)
        if first <= COVERED:
            assert report.verdict == "broken", first
        else:
            assert report.verdict == "ok"
            assert report.chains[0].uncovered == len(rows) - COVERED


def test_a_chain_rewritten_and_signed_with_another_key_is_found(original: tuple[Copy, Keys]) -> None:
    copy, keys = original
    rows = rehashed([msgspec.structs.replace(row, payload=b'{"n":0}') for row in copy.rows])
    thief = Keys(bytes(32), b"t" * 32)
    note = sign(
        Checkpoint(rows[-1].chain, 12, rows[-1].hash, stamp(NOON)).text(), thief.signer, thief.verify_key
    )
    report = verify(Copy(rows, [note]), keys.verify_key)
    assert report.verdict == "broken"
    assert [finding.problem for finding in report.findings] == ["checkpoint_invalid"]
    assert report.chains[0].last_good_checkpoint is None


def test_from_a_later_start_only_the_rest_is_checked(original: tuple[Copy, Keys]) -> None:
    copy, keys = original
    report = verify(copy, keys.verify_key, first=10)
    assert (report.verdict, report.chains[0].checked, report.chains[0].uncovered) == ("ok", 3, 3)
    rows = copy.rows.copy()
    rows[2] = msgspec.structs.replace(rows[2], core=b"{}")
    rows[10] = msgspec.structs.replace(rows[10], core=b"{}")
    report = verify(copy.with_rows(rows), keys.verify_key, first=10)
    assert (report.verdict, report.chains[0].first_bad) == ("broken", 11)
    rows[8] = msgspec.structs.replace(rows[8], hash=bytes(32))  # the link that is believed is under a note
    assert verify(copy.with_rows(rows), keys.verify_key, first=10).chains[0].first_bad == 9
    assert verify(copy, keys.verify_key, first=500).verdict == "ok"


# -- the database
class Case:
    """A ledger on disk with two chains, a request, numbers, a purge, and checkpoints in a folder."""

    def __init__(self, root: Path) -> None:
        self.folder, self.notes = root / "ledger", root / "notes"
        self.notes.mkdir(parents=True)
        clock = VirtualClock()
        kiosk, console = (
            SqliteLedger(self.folder, Options(process=process, clock=clock, checkpoints=self.notes))
            for process in ("kiosk", "console")
        )
        self.kiosk, self.console = kiosk.chain, console.chain
        kiosk.append([entry("old", 0, "Finished")])
        clock.advance(days=1)
        at = stamp(clock.wall)
        kiosk.append([entry("v1", 1, at=at), entry("v1", 2, at=at)], take_number=TODAY)
        kiosk.answer(console.request("v1", "Settle"), False)
        console.request("v1", "Print")
        console.purge(TODAY + timedelta(days=1))
        kiosk.append([entry("v2", 3, "Finished", at=at)])
        console.close()
        kiosk.close()
        self.keys = load_keys(Home(self.folder))

    def verify(self, key: VerifyKey | None = None) -> AuditReport:
        return verify_folder(self.folder, key or self.keys.verify_key, self.notes)

    def sql(self, *statements: str) -> None:
        connection = connect(self.folder / "ledger.db", self.keys.database, write=True)
        for table in ("update", "delete"):
            connection.execute(f"DROP TRIGGER IF EXISTS entry_no_{table}")
        connection.execute("DROP INDEX IF EXISTS entry_visit")
        for statement in statements:
            connection.execute(statement)
        connection.close()

    def problems(self) -> list[str]:
        report = self.verify()
        assert report.verdict == "broken"
        assert report.exit_code == 1
        return [finding.problem for finding in report.findings]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("audit")
    Case(root)
    return root


@pytest.fixture
def case(template: Path, tmp_path: Path) -> Case:
    root = tmp_path / "case"
    shutil.copytree(template, root)
    case = object.__new__(Case)
    case.folder, case.notes = root / "ledger", root / "notes"
    case.keys = load_keys(Home(case.folder))
    case.kiosk, case.console = sorted(
        (path.name for path in case.notes.iterdir()), key=lambda name: "console" in name
    )
    return case


def test_a_whole_ledger_on_disk_is_good(case: Case) -> None:
    report = case.verify()
    assert report.findings == []
    assert (report.verdict, report.erased) == ("ok", 1)
    assert [(chain.chain, chain.uncovered) for chain in report.chains] == [(case.console, 0), (case.kiosk, 0)]


@pytest.mark.parametrize(
    ("tampering", "problem"),
    [
        ("UPDATE entry SET core = replace(core, 'patient', 'service') WHERE position = 3", "hash"),
        ("UPDATE entry SET core = '{}' WHERE position = 3", "hash"),
        ("UPDATE entry SET hash = randomblob(32) WHERE position = 2", "hash"),
        ("UPDATE entry SET seq = 77 WHERE position = 2", "gap"),
        ("DELETE FROM entry WHERE position = 3", "gap"),
        ("UPDATE entry SET position = 500 WHERE position = 3", "gap"),
        ("UPDATE payload SET body = x'7b7d' WHERE position = 3", "payload"),
        ("UPDATE payload SET salt = randomblob(16) WHERE position = 3", "payload"),
        ("INSERT INTO payload VALUES (1, zeroblob(16), x'7b7d')", "payload"),
        ("DELETE FROM payload WHERE position = 3", "payload_missing"),
        ("DELETE FROM entry WHERE chain LIKE 'A.console%'", "rolled_back"),
        ("DELETE FROM entry", "rolled_back"),
        ("DELETE FROM entry WHERE position > 5", "rolled_back"),
        ("UPDATE checkpoint SET note = replace(note, 'uketsuke', 'uketsuka')", "checkpoint_invalid"),
        ("UPDATE visit SET state = 'Finished' WHERE visit = 'v1'", "cache"),
        ("DELETE FROM visit WHERE visit = 'v1'", "cache"),
        ("UPDATE visit SET chain = 'A.console.x' WHERE visit = 'v1'", "cache"),
        ("DELETE FROM request WHERE answer IS NULL", "cache"),
        ("UPDATE request SET accepted = 1, answer = 3 WHERE answer IS NULL", "cache"),
        ("UPDATE number SET count = 9", "cache"),
    ],
)
def test_tampering_through_the_database_is_found(case: Case, tampering: str, problem: str) -> None:
    case.sql(tampering)
    assert problem in case.problems()


def test_a_payload_gone_without_a_purge_is_named_or_counted(case: Case) -> None:
    with SqliteLedger(case.folder, Options(clock=VirtualClock())) as ledger:
        ledger.append([entry("v1", 10, at=stamp(NOON))])  # older than the purge, of a visit that was kept
        position = [record.position for record in ledger.entries()][-1]
    case.sql(f"DELETE FROM payload WHERE position = {position}")
    (finding,) = case.verify().findings
    assert (finding.problem, finding.seq, finding.detail) == ("payload_missing", 0, "2 missing, 1 purged")
    case.sql("DELETE FROM payload WHERE position = 3")
    named = [finding for finding in case.verify().findings if finding.seq]
    assert [(f.problem, f.chain, f.seq) for f in named] == [("payload_missing", case.kiosk, 3)]


def test_exchanged_payloads_are_found(case: Case) -> None:
    case.sql(
        "CREATE TEMP TABLE t AS SELECT * FROM payload WHERE position IN (2, 3)",
        "UPDATE payload SET salt = (SELECT salt FROM t WHERE position = 5 - payload.position),"
        " body = (SELECT body FROM t WHERE position = 5 - payload.position) WHERE position IN (2, 3)",
    )
    assert case.problems()[0] == "payload"


def test_a_chain_rewritten_with_all_hashes_right_is_found_by_its_checkpoint(case: Case) -> None:
    connection = connect(case.folder / "ledger.db", case.keys.database, write=True)
    connection.execute("DROP TRIGGER entry_no_update")
    previous = bytes(32)
    rows = connection.execute(
        "SELECT position, seq, CAST(core AS BLOB), leaf FROM entry WHERE chain = ? ORDER BY seq",
        (case.kiosk,),
    ).fetchall()
    for position, seq, core, leaf_ in rows:
        core = core.replace(b"CardInserted", b"CardRemoved!")
        previous = link(previous, seq, core, leaf_)
        connection.execute(
            "UPDATE entry SET core = ?, hash = ? WHERE position = ?", (core.decode(), previous, position)
        )
    connection.close()
    assert case.problems() == ["checkpoint_mismatch"]


def test_an_older_copy_of_the_whole_file_is_found_by_the_folder(case: Case, tmp_path: Path) -> None:
    older = tmp_path / "older"
    shutil.copytree(case.folder, older)
    with SqliteLedger(case.folder, Options(checkpoints=case.notes, clock=VirtualClock())) as ledger:
        ledger.append([entry("v3", 9)])
    shutil.rmtree(case.folder)
    shutil.move(older, case.folder)
    report = case.verify()
    assert [(f.problem, f.chain) for f in report.findings] == [("rolled_back", case.kiosk)]
    kiosk = next(chain for chain in report.chains if chain.chain == case.kiosk)
    assert kiosk.last_good_checkpoint is not None
    assert kiosk.first_bad == kiosk.last_good_checkpoint.seq + 1


def test_a_terminal_that_goes_on_from_a_rolled_back_file_is_found(case: Case, tmp_path: Path) -> None:
    older = tmp_path / "older"
    shutil.copytree(case.folder, older)
    for folder in (case.folder, older):
        with SqliteLedger(folder, Options(checkpoints=case.notes, clock=VirtualClock())) as ledger:
            ledger.append([entry("v3", 9)])
            result = ledger.checkpoint()
            assert result is not None
            assert (getattr(result.problem, "code", None) == "checkpoint_conflict") == (folder == older)
    assert verify_folder(older, case.keys.verify_key, case.notes).verdict == "broken"


def test_lost_notes_leave_links_uncovered_and_foreign_ones_are_counted(case: Case) -> None:
    other = Keys(bytes(32), b"o" * 32)
    foreign = Checkpoint("B.kiosk.ffffffff", 7, bytes(32), stamp(NOON))
    path = note_path(case.notes, foreign.chain, 7)
    path.parent.mkdir()
    path.write_text(sign(foreign.text(), other.signer, other.verify_key))
    (path.parent / "note.txt").write_text("not a checkpoint")
    for note in (case.notes / case.kiosk).iterdir():
        note.unlink()
    report = case.verify()
    assert (report.verdict, report.foreign_notes) == ("ok", 1)
    kiosk = next(chain for chain in report.chains if chain.chain == case.kiosk)
    assert (kiosk.uncovered, kiosk.last_good_checkpoint) == (kiosk.head, None)


@pytest.mark.parametrize(
    "content", [b"", b"garbage", b"\xff\xfe", b"x" * 200_000, b"\n\n\n", "—  —\n\n— a b\n".encode()]
)
def test_a_note_of_this_chain_that_is_not_one_is_found(case: Case, content: bytes) -> None:
    note_path(case.notes, case.kiosk, 3).write_bytes(content)
    assert case.problems() == ["checkpoint_invalid"]


def test_what_cannot_be_read_is_neither_good_nor_broken(case: Case, tmp_path: Path) -> None:
    key = case.keys.verify_key
    assert verify_folder(tmp_path / "nowhere", key).error == "missing"
    assert verify_folder(case.folder, key, tmp_path / "nowhere").exit_code == 2
    (case.folder / "ledger.key").write_text("ab" * 32 + "\n")
    report = case.verify(key)
    assert (report.verdict, report.error, report.exit_code) == ("unreadable", "wrong_key", 2)
    assert report.remedy
    (case.folder / "ledger.db").unlink()
    assert case.verify(key).error == "missing"


def test_no_damaged_page_passes_for_good(case: Case) -> None:
    path = case.folder / "ledger.db"
    whole = path.read_bytes()
    for page in range(len(whole) // 4096):
        for place in (0, 1717, 4095):
            damaged = bytearray(whole)
            damaged[page * 4096 + place] ^= 0x40
            path.write_bytes(damaged)
            assert case.verify(case.keys.verify_key).verdict != "ok", (page, place)


def test_derived_tables_can_be_made_anew(case: Case) -> None:
    case.sql("DELETE FROM visit", "DELETE FROM request", "UPDATE number SET count = 5", "DELETE FROM purge")
    with SqliteLedger(case.folder, Options(clock=VirtualClock(NOON + timedelta(days=1)))) as ledger:
        ledger.rebuild()
        assert [visit.visit for visit in ledger.open_visits({"Finished"})] == ["v1"]
        assert [request.action for request in ledger.requests()] == ["Print"]
        assert ledger.last_purge() == stamp(NOON + timedelta(days=1))
        assert str(ledger.append([entry("v9", 9)], take_number=TODAY).number) == "A002"
    assert case.verify().verdict == "ok"


def test_the_folder_without_a_key_given_is_checked_with_its_own(case: Case) -> None:
    assert verify_folder(case.folder, checkpoints=case.notes).verdict == "ok"
    assert verify_folder(case.folder).chains[0].uncovered == 0
    assert len(list(delivered(case.notes))) == 2


def test_at_its_start_a_terminal_checks_what_follows_its_last_checkpoint(case: Case) -> None:
    options = Options(clock=VirtualClock())
    with SqliteLedger(case.folder, options) as ledger:
        assert verify_tail(ledger).chains[0].checked == 0
        ledger.append([entry("v3", 20), entry("v3", 21)])
        report = verify_tail(ledger)
        assert (report.verdict, len(report.chains), report.chains[0].checked) == ("ok", 1, 2)
        broken = f"UPDATE entry SET core = replace(core, 'v3', 'v4') WHERE seq = {ledger.head().seq}"
        case.sql(broken + f" AND chain = '{ledger.chain}'")
        report = verify_tail(ledger)
        assert (report.verdict, report.chains[0].first_bad) == ("broken", ledger.head().seq)
    with SqliteLedger(case.folder, options) as ledger, ledger.snapshot() as source:
        assert verify(source, case.keys.verify_key, chain=case.console).verdict == "ok"
        assert verify(source, case.keys.verify_key, chain=case.kiosk).verdict == "broken"


# -- affected
def test_affected_lists_the_visits_touched_in_a_span(case: Case) -> None:
    options = Options(process="audit", clock=VirtualClock())
    with SqliteLedger(case.folder, options) as ledger, ledger.snapshot() as source:
        every = affected(source, NOON, NOON + timedelta(days=30))
        first_day = affected(source, NOON, NOON + timedelta(hours=2))
        elsewhere = affected(source, NOON, NOON + timedelta(days=30), terminal="B")
    assert [(one.visit, one.entries, one.erased) for one in every] == [
        ("old", 1, True), ("v1", 6, False), ("v2", 1, False),
    ]  # fmt: skip
    assert every[1].chains == {case.kiosk, case.console}
    assert every[1].actors == {"patient", "system"}
    assert every[1].numbers == {"A001"}
    assert [one.visit for one in first_day] == ["old"]
    assert elsewhere == []


def test_affected_tells_what_one_member_of_staff_touched(tmp_path: Path) -> None:
    with SqliteLedger(tmp_path, Options(clock=VirtualClock())) as ledger:
        at = stamp(NOON)
        for visit, actor in (("v1", "staff:sato"), ("v2", "staff:suzuki"), ("v3", "patient")):
            ledger.append([Entry(visit, f"e{visit}", "VisitLookedAt", at, 1, actor, state="")])
        with ledger.snapshot() as source:
            touched = affected(source, NOON, NOON + timedelta(days=1), staff="sato")
    assert [(one.visit, one.actors) for one in touched] == [("v1", {"staff:sato"})]


# -- when a checkpoint is due
@pytest.mark.parametrize(
    ("seq", "now", "closing", "reason"),
    [
        (5, NOON + timedelta(days=9), True, None),
        (6, NOON, False, None),
        (6, NOON + timedelta(minutes=14, seconds=59), False, None),
        (6, NOON + timedelta(minutes=15), False, "interval"),
        (6, NOON - timedelta(seconds=1), False, "interval"),
        (1004, NOON, False, None),
        (1005, NOON, False, "events"),
        (6, NOON + timedelta(hours=11, minutes=59), False, "interval"),
        (6, NOON + timedelta(hours=12), False, "day_end"),  # midnight in Japan
        (6, NOON, True, "shutdown"),
    ],
)
def test_the_checkpoint_policy(seq: int, now: Any, closing: bool, reason: str | None) -> None:
    assert due(Policy(), 5, NOON, seq, now, closing=closing) == reason
