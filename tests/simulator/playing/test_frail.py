"""What can break on purpose works as what is within until then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.evidence.reasons import Reason
from kiosk.patients.errors import FileIoFault, PatientFileError
from kiosk.patients.memory import MemoryPatientFile
from kiosk.visit.effects import MakePaper
from simulator.people import load
from simulator.playing.frail import FrailFile, FrailPapers, PaperNotMade
from simulator.playing.someone import known_as, patient_number
from tests.support.visits import DAY, answer

WANTED = MakePaper("refund_slip", "A1", "ja", Reason.NO_CARD)


def test_no_paper_comes_of_a_broken_maker() -> None:
    papers = FrailPapers(lambda wanted: wanted.number.encode())
    assert papers(WANTED) == b"A1"
    papers.broken = True
    with pytest.raises(PaperNotMade):
        papers(WANTED)


def test_nothing_is_read_from_or_written_to_a_broken_file(tmp_path: Path) -> None:
    yamada = load("yamada")
    file = FrailFile(MemoryPatientFile(today=lambda: DAY))
    file.remember(known_as(yamada), DAY)
    found = file.by_number(patient_number(yamada), yamada.person.birth_date)
    assert found is not None
    assert (file.count(), found.name_kana) == (1, yamada.person.kana)
    assert file.by_answer(answer()) is None
    assert file.purge(DAY) == 0
    with pytest.raises(PatientFileError):
        file.import_csv(tmp_path / "nothing.csv")
    file.broken = True
    uses: list[Callable[[], object]] = [
        file.count,
        lambda: file.by_number("1", DAY),
        lambda: file.by_answer(answer()),
        lambda: file.remember(known_as(yamada), DAY),
        lambda: file.purge(DAY),
        lambda: file.import_csv(tmp_path / "nothing.csv"),
    ]
    for use in uses:
        with pytest.raises(FileIoFault):
            use()
    file.close()
