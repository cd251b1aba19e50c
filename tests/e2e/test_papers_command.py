"""``uketsuke papers``: what a visit left on paper, found, shown and printed again, each time on record."""

from __future__ import annotations

import stat
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from kiosk.ledger import Options, SqliteLedger
from tests.support.command import uketsuke
from ui.cli import main

pytestmark = pytest.mark.e2e
DAY = "2026-11-24"
TEXT = b"%PDF"


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    shots = folder / "shots"  # with pictures, real papers are made
    played = uketsuke("simulate", "self_pay_in_english", "--ledger", folder / "ledger", "--shots", shots)
    assert played.returncode == 0, played.stderr
    return folder / "ledger"


def kept(ledger: Path) -> list[tuple[str, str]]:
    """Type and actor of each time that a paper was taken out."""
    with closing(SqliteLedger(ledger, Options(process="look"))) as opened:
        return [(one.type, one.actor) for one in opened.entries() if one.type == "PaperTakenOut"]


def number(ledger: Path, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert main(["papers", "list", "--ledger", str(ledger), "--json"]) == 0
    [paper] = msgspec.json.decode(capsys.readouterr().out)
    assert (paper["kind"], paper["erased"], paper["at"][:10]) == ("refund_slip", False, DAY)
    return str(paper["number"])


def slip_of(ledger: Path, number: str) -> list[str]:
    return ["--ledger", str(ledger), "--number", number, "--day", DAY, "--kind", "refund_slip"]


def test_a_paper_is_listed_and_written_to_a_file_for_this_user_alone(
    ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    which = slip_of(ledger, number(ledger, capsys))
    before, file = len(kept(ledger)), tmp_path / "slip.pdf"
    file.write_bytes(b"older, and readable by all")
    file.chmod(0o644)
    assert main(["papers", "show", *which, str(file)]) == 0
    assert file.read_bytes().startswith(TEXT)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    taken = kept(ledger)
    assert len(taken) == before + 1
    assert taken[-1][1].startswith("staff:")


def test_it_is_printed_again_on_the_settings_printer(
    ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text(f'data = "{tmp_path}"\nterminal = "B"\n[papers]\nfolder = "{tmp_path}/out"\n')
    which = slip_of(ledger, number(ledger, capsys))
    before = len(kept(ledger))
    assert main(["--settings", str(settings), "papers", "print", *which]) == 0
    [printed] = (tmp_path / "out").iterdir()
    assert printed.read_bytes().startswith(TEXT)
    assert len(kept(ledger)) == before + 1
    with closing(SqliteLedger(ledger, Options(process="look"))) as opened:
        chains = {one.chain.rpartition(".")[0] for one in opened.entries() if one.type == "PaperTakenOut"}
    assert "B.papers" in chains, "under this terminal's name, or no hub would take it"


@pytest.mark.parametrize(
    ("which", "said"),
    [
        ((), "which visit?"),
        (("--visit", "nobody's"), "no refund_slip is kept"),
        (("--number", "Z999", "--day", DAY), "no refund_slip is kept"),
    ],
)
def test_what_is_not_there_is_one_clear_line_and_nothing_on_record(
    ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], which: tuple[str, ...], said: str
) -> None:
    before, file = len(kept(ledger)), tmp_path / "slip.pdf"
    code = main(["papers", "show", "--ledger", str(ledger), *which, "--kind", "refund_slip", str(file)])
    assert (code, file.exists(), len(kept(ledger))) == (2, False, before)
    assert said in capsys.readouterr().err
