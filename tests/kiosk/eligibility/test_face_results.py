"""Results of a certified face reader, picked up from their folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest

from kiosk.coverage.face_result import Method
from kiosk.coverage.services import Capability
from kiosk.eligibility.folders import (
    FaceReader,
    FolderService,
    FolderSettings,
    MethodPlace,
    Oddity,
    Report,
    files,
)
from kiosk.eligibility.folders.face import result_time
from kiosk.eligibility.port import FaceResult
from tests.support.national import VirtualWorld

PREFIX = "OQSsiquc01res_face_139999999900100000000000000001_"
DOCUMENT = """<XmlMsg><MessageHeader><SegmentOfResult>1</SegmentOfResult>
<MedicalInstitutionCode>{institution}</MedicalInstitutionCode></MessageHeader><MessageBody><ResultList>
<ResultOfQualificationConfirmation><NameKana>ﾔﾏﾀﾞ ﾀﾛｳ</NameKana></ResultOfQualificationConfirmation>
</ResultList></MessageBody></XmlMsg>"""


class Reader:
    def __init__(
        self,
        folder: Path,
        *,
        dedicated: bool = False,
        quota: int = 2000,
        readers: tuple[FaceReader, ...] = (),
        method: MethodPlace | None = None,
    ) -> None:
        self.world = VirtualWorld()
        self.face = folder / "face"
        self.face.mkdir(exist_ok=True)
        self.reports: list[Report] = []
        self._settings = FolderSettings(
            request_folder=folder,
            answer_folder=folder,
            face_readers=readers or (FaceReader(folder=self.face, desk="A"),),
            face_method=method,
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
    assert result.id == sha256(path.name.encode() + b"\0" + path.read_bytes()).hexdigest()
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


def test_results_from_long_before_the_start_and_of_other_days_are_not_ours(reader: Reader) -> None:
    for stamp in ("20260601092459", "20260531235959", "20260602000000", "20250601093005"):
        reader.leave(stamp)
    assert reader.look(3) == []


def test_what_came_while_the_program_was_starting_is_not_lost(reader: Reader) -> None:
    reader.leave("20260601092501")
    assert len(reader.look(2)) == 1


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


def test_a_result_that_is_half_written_at_one_look_is_no_trouble(reader: Reader) -> None:
    path = reader.face / f"{PREFIX}20260601093005.xml"
    path.write_text(DOCUMENT[:60])
    assert reader.look() == []
    reader.leave()
    assert len(reader.look(2)) == 1
    assert reader.reports == []


def test_a_result_in_another_encoding_than_it_says_is_reported_and_never_guessed(reader: Reader) -> None:
    text = '<?xml version="1.0" encoding="UTF-8"?>' + DOCUMENT.format(institution="1399999999")
    (reader.face / f"{PREFIX}20260601093005.xml").write_bytes(text.encode("cp932"))
    assert reader.look(4) == []
    assert [report.oddity for report in reader.reports] == [Oddity.UNREADABLE_ANSWER]


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
    assert len(reader.look(6)) == 1


def test_the_pauses_grow_while_the_folder_is_away(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[float] = []
    real = files.names

    def watched(folder: Path, limit: int) -> Iterator[str]:
        looked.append(reader.world.monotonic())
        return real(folder, limit)

    monkeypatch.setattr(files, "names", watched)
    reader.face.rmdir()
    reader.look(480)  # two minutes
    assert [round(later - sooner) for sooner, later in pairwise(looked)] == [1, 2, 4, 8, 16, 30, 30]
    reader.face.mkdir()
    reader.look(120)
    assert looked[-1] - looked[-2] == pytest.approx(0.25)  # as before


def test_a_result_that_is_taken_away_at_once_is_given_all_the_same(reader: Reader) -> None:
    path = reader.leave()
    assert reader.look() == []
    path.unlink()  # the receipt computer was quicker
    assert len(reader.look()) == 1
    assert reader.look(3) == []


def test_a_result_that_grows_between_two_looks_is_given_as_it_is_at_last(reader: Reader) -> None:
    path = reader.leave()
    reader.look()
    path.write_text(path.read_text().replace("ﾔﾏﾀﾞ", "ｻﾄｳﾄｳ"))
    (result,) = reader.look(3)
    assert result.answer.results[0].name_kana == "ｻﾄｳﾄｳ ﾀﾛｳ"
    assert reader.reports == []


def test_a_result_that_is_rewritten_after_it_was_taken_is_reported_and_not_given(reader: Reader) -> None:
    path = reader.leave()
    assert len(reader.look(2)) == 1
    path.write_text(path.read_text().replace("ﾀﾛｳ", "ﾊﾅｺ ﾊﾅｺ"))
    assert reader.look(4) == []
    assert [report.oddity for report in reader.reports] == [Oddity.CHANGED]


def test_a_copy_under_another_name_is_the_same_result(reader: Reader) -> None:
    reader.leave()
    reader.leave(prefix="OQSsiquc01res_face_copy_")
    assert len(reader.look(4)) == 1
    assert [report.oddity for report in reader.reports] == [Oddity.REPEATED]
    reader.leave("20260601093105")  # the same person again, a minute later
    assert len(reader.look(2)) == 1


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", ""), ("utf-8", "UTF-8"), ("utf-8-sig", ""), ("utf-8-sig", "UTF-8"), ("utf-8-sig", "Shift_JIS"),
        ("cp932", "Shift_JIS"), ("cp932", "Windows-31J"),
    ],
)  # fmt: skip
def test_every_encoding_that_is_met_is_read(reader: Reader, encoding: str, declared: str) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    text = head + DOCUMENT.format(institution="1399999999")
    (reader.face / f"{PREFIX}20260601093005.xml").write_bytes(text.encode(encoding))
    (result,) = reader.look(2)
    assert result.answer.results[0].name_kana == "ﾔﾏﾀﾞ ﾀﾛｳ"


def test_an_encrypted_result_is_reported_with_its_name_alone(reader: Reader) -> None:
    (reader.face / f"{PREFIX}20260601093005.zip").write_bytes(b"PK\3\4")
    assert reader.look(4) == []
    assert [report.oddity for report in reader.reports] == [Oddity.ENCRYPTED]


def test_results_wait_until_two_looks_even_when_nothing_but_the_mark_changes(reader: Reader) -> None:
    path = reader.leave()
    for second in range(3):
        os.utime(path, (second, second))
        assert reader.look() == []
    assert len(reader.look(2)) == 1


# ------------------------------------------------------------------------------------ two desks


def test_each_folder_has_its_desk(tmp_path: Path) -> None:
    left, right = tmp_path / "left", tmp_path / "right"
    for folder in (left, right):
        folder.mkdir()
    readers = (FaceReader(folder=left, desk="1"), FaceReader(folder=right, desk="2"))
    reader = Reader(tmp_path, readers=readers)
    for stamp, folder in (("20260601093005", right), ("20260601093006", left)):
        reader.leave(stamp).rename(folder / f"{PREFIX}{stamp}.xml")
    assert {(one.desk, one.at.second) for one in reader.look(2)} == {("2", 5), ("1", 6)}


def test_names_tell_desks_where_readers_share_a_folder(tmp_path: Path) -> None:
    face = tmp_path / "face"
    readers = (
        FaceReader(folder=face, desk="1", name="*_face_*001*"),
        FaceReader(folder=face, desk="2", name="*_FACE_*002*"),
    )
    reader = Reader(tmp_path, readers=readers)
    for desk, stamp in (("1", "20260601093005"), ("2", "20260601093006"), ("9", "20260601093007")):
        reader.leave(stamp, prefix=f"OQSsiquc01res_face_x00{desk}x_")
    assert [(one.desk, one.at.second) for one in reader.look(2)] == [("1", 5), ("2", 6)]


def test_a_reader_without_a_desk_leaves_results_of_nowhere(tmp_path: Path) -> None:
    reader = Reader(tmp_path, readers=(FaceReader(folder=tmp_path / "face"),))
    reader.leave()
    assert [one.desk for one in reader.look(2)] == [""]


# ------------------------------------------------------------------------------------ by what means


PLACE = MethodPlace(element="HowVerified", codes={"1": Method.FACE, "2": Method.PIN, "3": Method.VISUAL})


@pytest.mark.parametrize(
    ("told", "method", "code"),
    [
        ("<HowVerified>1</HowVerified>", Method.FACE, "1"),
        ("<HowVerified>3</HowVerified>", Method.VISUAL, "3"),
        ("<HowVerified>9</HowVerified>", Method.NOT_TOLD, "9"),
        ("<HowVerified>1</HowVerified><HowVerified>2</HowVerified>", Method.NOT_TOLD, "1/2"),
        ("<NotHowVerified>1</NotHowVerified>", Method.NOT_TOLD, ""),
        ("", Method.NOT_TOLD, ""),
    ],
)
def test_the_means_of_verification_stand_where_the_settings_say(
    tmp_path: Path, told: str, method: Method, code: str
) -> None:
    reader = Reader(tmp_path, method=PLACE)
    path = reader.leave()
    path.write_text(path.read_text().replace("</MessageHeader>", f"{told}</MessageHeader>"))
    (result,) = reader.look(2)
    assert (result.method, result.method_code) == (method, code)


def test_without_settings_no_means_are_guessed(reader: Reader) -> None:
    path = reader.leave()
    path.write_text(
        path.read_text().replace("</MessageHeader>", "<HowVerified>1</HowVerified></MessageHeader>")
    )
    (result,) = reader.look(2)
    assert (result.method, result.method_code) == (Method.NOT_TOLD, "")
    assert result.answer.unknown == (("MessageHeader/HowVerified", "1"),)
