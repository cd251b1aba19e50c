"""Patient files for tests: invented people, CSV files, both kinds of file behind one face, pages in plain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from msgspec.structs import replace

from kiosk.coverage.qualification import Answer, ResultOfQualificationConfirmation
from kiosk.patients.interface import PatientFile
from kiosk.patients.memory import MemoryPatientFile
from kiosk.patients.sqlite import SqlitePatientFile
from kiosk.visit.known import KnownPatient
from simulator.card.codes import check_digit

TODAY = date(2026, 3, 2)
HANAKO = KnownPatient(
    patient_number="001234",
    name_kana="ミホン　ハナコ",
    name="見本　花子",
    birth_date="1985-04-01",
    insurer_number="06319917",
    insurer_name="見本健康保険組合",
    insured_card_symbol="１２－３４",
    insured_identification_number="0056789",
    insured_branch_number="02",
    partial_contribution_ratio=3,
    last_visit="2026-01-15",
)
HEADER = (
    "患者番号,カナ氏名,氏名,生年月日,保険者番号,保険者名,記号,保険証番号,枝番,負担割合,最終来院日,照会番号"
)
LINE = "001234,ミホン　ハナコ,見本　花子,1985-04-01,06319917,見本健康保険組合,１２－３４,0056789,02,3,2026-01-15,"
"""Hanako, as a receipt computer would write her."""


def born(patient: KnownPatient) -> date:
    return date.fromisoformat(patient.birth_date)


def result(patient: KnownPatient = HANAKO, /, **changes: str) -> ResultOfQualificationConfirmation:
    """What the national system would say of this patient."""
    values: dict[str, Any] = {
        "insurer_number": patient.insurer_number,
        "insured_card_symbol": patient.insured_card_symbol,
        "insured_identification_number": patient.insured_identification_number,
        "insured_branch_number": patient.insured_branch_number,
        "name": patient.name,
        "name_kana": patient.name_kana,
        "birthdate": patient.birth_date.replace("-", ""),
    }
    return ResultOfQualificationConfirmation(**(values | changes))


def answer(*results: ResultOfQualificationConfirmation, **changes: Any) -> Answer:
    return Answer(asked_at="2026-03-02T10:00:00+09:00", results=results, **changes)


def write_csv(path: Path, lines: Sequence[str], *, header: str = HEADER, encoding: str = "utf-8") -> Path:
    path.write_bytes("\r\n".join((header, *lines, "")).encode(encoding))
    return path


def with_cell(column: str, cell: str, line: str = LINE) -> str:
    """The line with another cell in the column of that Japanese name."""
    cells = line.split(",")
    cells[HEADER.split(",").index(column)] = cell
    return ",".join(cells)


def individual_number(eleven: str = "99912345678") -> str:
    """Made when it is needed and written nowhere: twelve digits that pass the check."""
    return f"{eleven}{check_digit(eleven)}"


class PatientKit(Protocol):
    """One patient file; ``open`` twice leads to the same patients."""

    today: date

    def open(self) -> PatientFile: ...
    def finish(self) -> None: ...


class SqlitePatients:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.today = TODAY
        self._opened: list[SqlitePatientFile] = []

    def open(self) -> SqlitePatientFile:
        patients = SqlitePatientFile(self.folder, today=lambda: self.today, busy_ms=200)
        self._opened.append(patients)
        return patients

    def finish(self) -> None:
        for patients in self._opened:
            patients.close()


class MemoryPatients:
    def __init__(self) -> None:
        self.today = TODAY
        self._patients = MemoryPatientFile(today=lambda: self.today)

    def open(self) -> MemoryPatientFile:
        return self._patients

    def finish(self) -> None:
        self._patients.close()


def another(patient: KnownPatient = HANAKO, /, **changes: Any) -> KnownPatient:
    return replace(patient, **changes)


# -- what is on the disk ---------------------------------------------------------------------------
_PAGE, _RESERVED, _WAL_HEADER, _FRAME_HEADER = 4096, 80, 32, 24


def decrypted_pages(folder: Path) -> bytes:
    """Every page of file and log in plain, free pages too (SQLCipher 4: AES-256-CBC, the IV in the page's end)."""
    key = bytes.fromhex((folder / "patients.key").read_text())
    content = (folder / "patients.db").read_bytes()
    pages = [content[at : at + _PAGE] for at in range(0, len(content), _PAGE)]
    plain = [_page(pages[0][16:], key), *(_page(page, key) for page in pages[1:])]
    log = folder / "patients.db-wal"
    frames = log.read_bytes() if log.exists() else b""
    starts = range(_WAL_HEADER + _FRAME_HEADER, len(frames), _FRAME_HEADER + _PAGE)
    return b"".join(plain + [_page(frames[at : at + _PAGE], key) for at in starts])


def _page(page: bytes, key: bytes) -> bytes:
    body, iv = page[:-_RESERVED], page[-_RESERVED : -_RESERVED + 16]
    if len(iv) < 16 or not any(page):
        return b""
    reader = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    return reader.update(body) + reader.finalize()
