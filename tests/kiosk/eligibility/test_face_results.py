"""Results of a certified face reader, picked up from their folder."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.coverage.services import Capability
from kiosk.eligibility.folders import FolderService, FolderSettings, Oddity, Report
from kiosk.eligibility.folders.face import result_time
from kiosk.eligibility.port import FaceResult
from tests.support.national import VirtualWorld

PREFIX = "OQSsiquc01res_face_139999999900100000000000000001_"
DOCUMENT = """<XmlMsg><MessageHeader><SegmentOfResult>1</SegmentOfResult>
<MedicalInstitutionCode>{institution}</MedicalInstitutionCode></MessageHeader><MessageBody><ResultList>
<ResultOfQualificationConfirmation><NameKana>ﾔﾏﾀﾞ ﾀﾛｳ</NameKana></ResultOfQualificationConfirmation>
</ResultList></MessageBody></XmlMsg>"""


class Reader:
    def __init__(self, folder: Path, *, dedicated: bool = False, quota: int = 2000) -> None:
        self.world = VirtualWorld()
        self.face = folder / "face"
        self.face.mkdir()
        self.reports: list[Report] = []
        self._settings = FolderSettings(
            request_folder=folder,
            answer_folder=folder,
            face_folder=self.face,
            dedicated_face_folder=dedicated,
            medical_institution_code="1399999999",
            quota=quota,
        )
        self.service = FolderService(self._settings, self.world, self.reports.append)

    def leave(
        self, stamp: str = "20260601093005", institution: str = "1399999999", prefix: str = PREFIX
    ) -> Path:
        path = self.face / f"{prefix}{stamp}.xml"
        path.write_text(DOCUMENT.format(institution=institution), encoding="utf-8")
        return path

    def look(self, times: int = 1) -> list[FaceResult]:
        found: list[FaceResult] = []
        for _look in range(times):
            found += self.service.face_results()
            self.world.sleep(0.25)
        return found


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(tmp_path)


@pytest.mark.parametrize(
    ("name", "time"),
    [
        ("OQSsiquc01res_face_1_20260601093005.xml", datetime(2026, 6, 1, 0, 30, 5, tzinfo=UTC)),
        ("oqssiquc01RES_face_1_20260601093005.XML", datetime(2026, 6, 1, 0, 30, 5, tzinfo=UTC)),
        ("OQSsiquc01res_face_20260601093005.xml", None),
        ("OQSsiquc01res_face_1_20260601093005.xml.tmp", None),
        ("OQSsiquc01res_face_1_20260601093005.xml\n", None),
        ("OQSsiquc01res_face_1_20261301093005.xml", None),
        ("OQSsiquc01res_face_1_２０２６０６０１０９３００５.xml", None),
        ("YZKsiquc01res_face_1_20260601093005.xml", None),
    ],
)
def test_the_name_tells_the_japanese_time(name: str, time: datetime | None) -> None:
    assert result_time(name) == time


def test_a_result_is_given_once_after_two_equal_looks(reader: Reader) -> None:
    path = reader.leave()
    assert reader.look() == []
    (result,) = reader.look()
    assert result.id == path.name
    assert result.at == datetime(2026, 6, 1, 0, 30, 5, tzinfo=UTC)
    assert result.answer.results[0].name_kana == "ﾔﾏﾀﾞ ﾀﾛｳ"
    assert reader.look(3) == []
    assert path.exists()  # the receipt computer needs it too
    assert Capability.FACE_RESULT in reader.service.capabilities


def test_a_result_that_vanishes_and_comes_back_is_not_given_again(reader: Reader) -> None:
    path = reader.leave()
    assert len(reader.look(2)) == 1
    path.unlink()
    reader.look()
    reader.leave()
    assert reader.look(3) == []


def test_results_from_before_the_start_and_of_other_days_are_not_ours(reader: Reader) -> None:
    for stamp in ("20260601092959", "20260531235959", "20260602000000", "20250601093005"):
        reader.leave(stamp)
    assert reader.look(3) == []


def test_yesterdays_results_are_not_given_after_midnight(reader: Reader) -> None:
    reader.leave("20260601235959")
    reader.world.sleep(timedelta(hours=15).total_seconds())  # now 00:30 on the next day
    assert reader.look(3) == []
    reader.leave("20260602003100")
    assert len(reader.look(3)) == 1


def test_results_come_in_the_order_of_their_times(reader: Reader) -> None:
    for stamp in ("20260601093007", "20260601093005", "20260601093006"):
        reader.leave(stamp)
    assert [result.at.second for result in reader.look(2)] == [5, 6, 7]


def test_a_dedicated_folder_is_emptied(tmp_path: Path) -> None:
    reader = Reader(tmp_path, dedicated=True)
    path = reader.leave()
    assert len(reader.look(2)) == 1
    assert not path.exists()


def test_half_a_result_is_reported_and_read_again_when_it_is_whole(reader: Reader) -> None:
    path = reader.face / f"{PREFIX}20260601093005.xml"
    path.write_text(DOCUMENT[:60])
    assert reader.look(4) == []
    assert [report.oddity for report in reader.reports] == [Oddity.UNREADABLE_ANSWER]
    reader.leave()
    assert len(reader.look(2)) == 1


def test_another_facilitys_result_is_reported_and_not_given(reader: Reader) -> None:
    reader.leave(institution="1300000000")
    assert reader.look(3) == []
    assert [report.oddity for report in reader.reports] == [Oddity.FOREIGN_ANSWER]


def test_medical_files_in_the_folder_are_never_opened(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    real = os.open

    def watched(path: str | Path, *rest: int) -> int:
        opened.append(str(path))
        return real(path, *rest)

    monkeypatch.setattr(os, "open", watched)
    (reader.face / "YZKsiquc01res_20260601093005.xml").write_text("medicine")
    (reader.face / "TKKsiquc01res_20260601093005.pdf").write_text("checkup")
    reader.leave()
    reader.look(3)
    assert [Path(path).name[:19] for path in opened] == ["OQSsiquc01res_face_"]


def test_links_and_crowds_are_reported_once(tmp_path: Path) -> None:
    reader = Reader(tmp_path, quota=3)
    (reader.face / f"{PREFIX}20260601093005.xml").symlink_to(tmp_path / "elsewhere")
    reader.look(4)
    assert [report.oddity for report in reader.reports] == [Oddity.NOT_A_FILE]
    for number in range(4):
        (reader.face / f"other{number}").touch()
    reader.look(4)
    assert [report.oddity for report in reader.reports] == [Oddity.NOT_A_FILE, Oddity.TOO_MANY_FILES]


def test_a_folder_that_is_away_is_reported_once_and_found_again(reader: Reader) -> None:
    reader.face.rmdir()
    assert reader.look(3) == []
    assert [report.oddity for report in reader.reports] == [Oddity.UNREADABLE]
    reader.face.mkdir()
    reader.leave("20260601093010")
    assert len(reader.look(2)) == 1
