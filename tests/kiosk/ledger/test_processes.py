"""Real processes: sharing one file, and dying at any moment."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.ledger import Options, SqliteLedger
from kiosk.ledger.audit import verify_folder
from tests.support.ledgers import CLOSED

WRITER = """
import sys
from datetime import date
from pathlib import Path
import structlog, logging
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
from kiosk.ledger import CheckpointPolicy, Options, SqliteLedger
from tests.support.ledgers import entry
folder, process, count, tag = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
policy = CheckpointPolicy(events=7)
ledger = SqliteLedger(folder, Options(process=process, checkpoints=folder / "notes", policy=policy))
for n in range(count):
    visit = f"{process}-{tag}-{n // 3}"
    entries = [entry(visit, n, id=f"{visit}-{n}-{part}") for part in "ab"]
    head = ledger.append(entries, take_number=date(2026, 3, 2))
    print(*(e.id for e in entries), head.number, flush=True)
    ledger.checkpoint_if_due()
ledger.close()
"""


def start(folder: Path, process: str, count: int, tag: str = "x") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), process, str(count), tag],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ledger" / "notes").mkdir(parents=True, mode=0o700)
    return tmp_path / "ledger"


def check(folder: Path, acknowledged: list[str]) -> None:
    """What was acknowledged is there once, appends are whole, numbers are unique, the chains verify."""
    report = verify_folder(folder, None, folder / "notes")
    assert (report.verdict, report.findings) == ("ok", [])
    with SqliteLedger(folder, Options(process="test")) as ledger:
        ids = [record.id for record in ledger.entries() if record.type == "CardInserted"]
        visits = {visit.visit for visit in ledger.open_visits(CLOSED)}
        with ledger.snapshot() as source:
            caches = source.cached()
    assert caches is not None
    assert len(ids) == len(set(ids))
    assert set(acknowledged) <= set(ids)
    assert {i[:-1] + "a" for i in ids} == {i for i in ids if i.endswith("a")}
    assert len({i for i in ids if i.endswith("b")}) * 2 == len(ids)
    assert visits == set(caches.numbers.values())
    counts = sorted(count for _, _, count in caches.numbers)
    assert counts == list(range(1, len(counts) + 1))


def test_two_processes_share_one_file_from_the_first_start_on(folder: Path) -> None:
    writers = [start(folder, process, 60) for process in ("kiosk", "console")]
    outputs = [writer.communicate(timeout=60)[0] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0]
    acknowledged = [word for output in outputs for line in output.splitlines() for word in line.split()[:2]]
    assert len(acknowledged) == 240
    check(folder, acknowledged)
    numbers = {line.split()[2] for output in outputs for line in output.splitlines()}
    assert numbers == {f"A{n:03d}" for n in range(1, 41)}
    assert [chain.uncovered for chain in verify_folder(folder, None, folder / "notes").chains] == [0, 0]


def test_no_acknowledged_entry_is_lost_when_writers_are_killed_at_random_moments(folder: Path) -> None:
    chance = random.Random(20260302)
    acknowledged: list[str] = []
    for round_ in range(12):
        writers = [start(folder, process, 10_000, str(round_)) for process in ("kiosk", "console")]
        for writer in writers:
            assert writer.stdout is not None
            for _ in range(chance.randrange(1, 40)):
                acknowledged += writer.stdout.readline().split()[:2]
        for writer in writers:
            writer.kill()
        for writer in writers:
            assert writer.stdout is not None
            # The last line may be torn: its entries were written, but nobody was told so.
            whole = [line for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
            acknowledged += [word for line in whole for word in line.split()[:2]]
            writer.stdout.close()
            assert writer.wait(timeout=30) == -9
    assert len(acknowledged) > 24
    check(folder, acknowledged)


LIMITED = """
import resource, signal, sys
from pathlib import Path
from kiosk.ledger import LedgerError, SqliteLedger
from tests.support.ledgers import entry
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Path(sys.argv[1])
ledger = SqliteLedger(folder)
log = folder / "ledger.db-wal"
done, codes = 0, set()
for extra in range(0, 40_000, 1_999):  # the limit falls at many different places of a transaction
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + extra, resource.RLIM_INFINITY))
    for _ in range(20):
        try:
            ledger.append([entry("v1", done, id=f"e{done}", payload=b'"' + b"x" * 5000 + b'"')])
            done += 1
        except LedgerError as error:
            codes.add(error.code)
            break
    assert ledger.head().seq == done
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    ledger.append([entry("v1", done, id=f"e{done}")])
    done += 1
assert [r.id for r in ledger.entries()] == [f"e{n}" for n in range(done)]
print(done, *codes)
"""


def test_a_write_the_system_refuses_fails_that_append_alone(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(folder)],
        capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[3], check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    count, *codes = done.stdout.splitlines()[-1].split()
    assert int(count) > 20
    assert codes == ["io_fault"]
    assert verify_folder(folder).verdict == "ok"
