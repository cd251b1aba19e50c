"""The reception ticket: what is on it, what is not, and that it can be printed, kept and read aloud."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.documents.fonts import FONT_FILES, OVERRIDE, FontsMissing, fonts_dir
from kiosk.documents.render import DocumentFault, render
from kiosk.documents.ticket import Paper, Ticket, ticket_pdf
from kiosk.wording.catalogues import UnknownLanguage, catalogue, languages

AT = datetime(2026, 2, 9, 23, 5, tzinfo=UTC)  # 10 February 8:05 in Tokyo
MILLIMETRE = 72 / 25.4
PAPERS: tuple[Paper, ...] = ("receipt", "a6")

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")


def ticket(**changes: object) -> Ticket:
    fields = {"number": "A23", "facility": "あおぞら内科クリニック", "issued_at": AT, **changes}
    return Ticket(**fields)  # type: ignore[arg-type]


@pytest.fixture
def text_of(tmp_path: Path) -> Callable[[bytes], str]:
    def read(pdf: bytes) -> str:
        (tmp_path / "x.pdf").write_bytes(pdf)
        done = subprocess.run(
            ["pdftotext", "-layout", tmp_path / "x.pdf", "-"], capture_output=True, check=True
        )
        return done.stdout.decode()

    return read


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def with_streams(pdf: bytes) -> bytes:
    """The file and, behind it, every compressed stream of it in plain."""
    plain = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        with contextlib.suppress(zlib.error):
            plain.append(zlib.decompress(stream))
    return b"\n".join(plain)


def boxes(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of every page in millimetres."""
    found = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", with_streams(pdf))
    return [(float(width) / MILLIMETRE, float(height) / MILLIMETRE) for width, height in found]


@needs_poppler
@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("tag", languages())
def test_every_sentence_can_be_copied_from_the_slip(
    tag: str, paper: Paper, text_of: Callable[[bytes], str]
) -> None:
    text = squeezed(text_of(ticket_pdf(ticket(language=tag, paper=paper))))
    for language in {tag, "ja"} if tag == "en" else {tag}:
        for key in ("title", "number", "next", "away", "not_a_bill"):
            sentence = catalogue(language).sentence(f"ticket.{key}").plain
            for line in re.split(r"[ 、。]", sentence):
                assert squeezed(line) in text, (key, line)
    assert "A23" in text
    assert "あおぞら内科クリニック" in text
    assert "8:05" in text


@needs_poppler
def test_the_day_is_that_of_tokyo_in_both_calendars(text_of: Callable[[bytes], str]) -> None:
    assert "令和8年2月10日（2026年）" in text_of(ticket_pdf(ticket()))
    english = text_of(ticket_pdf(ticket(language="en")))
    assert "10 February 2026 (令和8年)" in english
    assert "令和8年2月10日（2026年）" in english


@needs_poppler
def test_nothing_is_on_the_slip_but_what_it_was_given(text_of: Callable[[bytes], str]) -> None:
    text = squeezed(text_of(ticket_pdf(ticket())))
    known = ["A23", "あおぞら内科クリニック", "令和8年2月10日（2026年）", "8:05"]
    known += [
        catalogue("ja").sentence(f"ticket.{k}").plain
        for k in ("title", "number", "next", "away", "not_a_bill")
    ]
    for sentence in sorted(known, key=len, reverse=True):
        assert squeezed(sentence) in text
        text = text.replace(squeezed(sentence), "", 1)
    assert text == ""


@needs_poppler
@pytest.mark.parametrize("tag", languages())
def test_a_simulated_slip_says_so_and_a_real_one_does_not(tag: str, text_of: Callable[[bytes], str]) -> None:
    mark = squeezed(catalogue(tag).sentence("ticket.simulated").plain)
    assert mark in squeezed(text_of(ticket_pdf(ticket(language=tag, simulated=True))))
    assert mark not in squeezed(text_of(ticket_pdf(ticket(language=tag))))


@pytest.mark.parametrize("simulated", [False, True])
@pytest.mark.parametrize("tag", languages())
@pytest.mark.parametrize(
    "facility", ["内科", "医療法人社団 青空会 " + "あおぞら総合内科小児科皮膚科" * 4, "A" * 200, ""]
)
def test_a_slip_is_one_page_of_its_paper_whatever_the_facility_is_called(
    facility: str, tag: str, simulated: bool
) -> None:
    fields = {"facility": facility, "language": tag, "simulated": simulated}
    ((width, height),) = boxes(ticket_pdf(ticket(**fields)))
    assert width == pytest.approx(80, abs=0.1)
    assert 80 < height < 400
    assert boxes(ticket_pdf(ticket(paper="a6", **fields))) == [pytest.approx((105, 148), abs=0.1)]


@needs_poppler
@pytest.mark.parametrize("number", ["1", "A1234", "A123456789012"])
def test_a_long_number_is_set_smaller_and_never_broken(number: str, text_of: Callable[[bytes], str]) -> None:
    for paper in PAPERS:
        assert number in text_of(ticket_pdf(ticket(number=number, paper=paper)))


@needs_poppler
def test_what_no_font_holds_is_a_geta_on_the_slip(text_of: Callable[[bytes], str]) -> None:
    pdf = ticket_pdf(ticket(facility="髙𠮷\ue000医院\u202e"))
    assert "髙𠮷〓医院" in text_of(pdf)


@pytest.mark.parametrize("tag", languages())
def test_the_file_is_tagged_pdf_a_2a_in_its_language(tag: str) -> None:
    pdf = ticket_pdf(ticket(language=tag))
    assert pdf.startswith(b"%PDF-1.7")
    assert re.search(rb"<pdfaid:part>2</pdfaid:part>\s*<pdfaid:conformance>A</pdfaid:conformance>", pdf)
    language = catalogue(tag).about.lang.encode()
    assert re.search(rb"<rdf:li>" + language + rb"</rdf:li>", pdf)
    assert b"A23" not in pdf  # the number is in no metadata


def test_furigana_is_decoration_and_not_part_of_what_is_read_aloud() -> None:
    def decorations(tag: str) -> int:
        return with_streams(ticket_pdf(ticket(language=tag))).count(b"/Artifact")

    assert decorations("ja-easy") > decorations("ja")


def test_only_the_shipped_fonts_are_in_it() -> None:
    pdf = with_streams(ticket_pdf(ticket(facility="𠮷田医院")))
    families = {name.split(b"+")[-1] for name in re.findall(rb"/BaseFont\s*/([A-Za-z0-9+-]+)", pdf)}
    assert families
    assert all(family.startswith((b"BIZUDPGothic", b"NotoSansCJKjp")) for family in families), families


def test_equal_tickets_give_equal_bytes_and_others_do_not() -> None:
    first, second, other = ticket_pdf(ticket()), ticket_pdf(ticket()), ticket_pdf(ticket(number="A24"))
    assert first == second
    assert first != other


def test_an_unknown_language_and_an_unknown_template_are_refused() -> None:
    with pytest.raises(UnknownLanguage):
        ticket_pdf(ticket(language="xx"))
    with pytest.raises(DocumentFault, match="no_such_template"):
        render("no_such_template", {}, "ja", made_at=AT)


def test_a_fault_of_a_template_never_quotes_its_data() -> None:
    with pytest.raises(DocumentFault) as caught:
        render("ticket", {"paper": "receipt", "title": "ヤマダ タロウ", "say": {}}, "ja", made_at=AT)
    assert "ヤマダ" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_missing_fonts_are_named_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / FONT_FILES[0]).touch()
    with pytest.raises(FontsMissing) as caught:
        ticket_pdf(ticket(), fonts=tmp_path)
    assert caught.value.missing == FONT_FILES[1:]
    assert OVERRIDE in caught.value.remedy
    monkeypatch.setenv(OVERRIDE, str(tmp_path))
    with pytest.raises(FontsMissing):
        fonts_dir()


def test_a_setting_wins_over_the_environment_and_that_over_what_is_carried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = fonts_dir()
    chosen, environment = tmp_path / "chosen", tmp_path / "environment"
    for folder in (chosen, environment):
        folder.mkdir()
        for name in FONT_FILES:
            (folder / name).symlink_to(carried / name)
    monkeypatch.setenv(OVERRIDE, str(environment))
    assert fonts_dir() == environment
    assert fonts_dir(chosen) == chosen


def test_the_typesetter_is_loaded_only_when_something_is_printed() -> None:
    code = "import sys, kiosk.documents.ticket; assert not {'typst', 'budoux'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
