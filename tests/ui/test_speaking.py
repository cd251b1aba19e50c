"""What is to be done before a camera is said aloud as it is shown: in the patient's language, each change once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from drivers.interface import CardFront, FaceHint, FrontHint
from kiosk.wording.catalogues import catalogue
from tests.support.kiosks import Visitor, opened, simulated
from tests.support.screens import settle
from ui.composing.devices import voice_of
from ui.patient.gallery import LANGUAGES, examples
from ui.patient.gallery_pictures import still_window
from ui.patient.window import PatientWindow
from ui.settings import Camera, Reader, Screen, Settings
from ui.speaking import Speaking, said
from ui.theme.panel import PROFILES

HINTS = [f"face_hint.{hint}" for hint in FaceHint] + [f"front_hint.{hint}" for hint in FrontHint]


class Heard:
    """A voice that keeps what it says."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, bool]] = []
        self.hushed = 0
        self.closed = False

    def say(self, text: str, language: str, *, at_once: bool = False) -> None:
        self.told.append((text, language, at_once))

    def hush(self) -> None:
        self.hushed += 1

    def close(self) -> None:
        self.closed = True


def is_kana(text: str) -> bool:
    return all("\u3040" <= one <= "\u30ff" or one in " 、。" for one in text)


@pytest.mark.parametrize("key", HINTS)
def test_every_hint_can_be_said_in_japanese_without_a_kanji(key: str) -> None:
    for language in ("ja", "ja-easy"):
        text, tongue = said(catalogue, key, language)
        assert tongue == "ja"
        assert is_kana(text), text


@pytest.mark.parametrize("key", HINTS)
def test_every_hint_can_be_said_in_english(key: str) -> None:
    assert said(catalogue, key, "en") == (catalogue("en").sentence(key).plain, "en")


def test_particles_are_said_as_they_sound() -> None:
    text, _ = said(catalogue, "front_hint.dark", "ja")
    assert text == "カードを あかるい ほうえ むけて ください"
    assert said(catalogue, "face_hint.off_centre", "ja")[0].startswith("かおを ")


def test_a_turn_does_not_wait_until_something_else_was_said() -> None:
    heard = Heard()
    speaking = Speaking(catalogue, heard)
    for hint in (FaceHint.HOLD_STILL, FaceHint.TURN_LEFT, FaceHint.MASK):
        speaking.say(f"face_hint.{hint}", "en")
    assert [at_once for _text, _language, at_once in heard.told] == [False, True, False]


PHONE_PAGES = {name: view for name, view in examples().items() if view.state == "ReadingPhone"}


@pytest.mark.parametrize("page", PHONE_PAGES)
def test_what_is_to_be_done_with_a_phone_is_said_in_words_that_a_voice_can_read(page: str) -> None:
    text, tongue = said(catalogue, PHONE_PAGES[page].title.key, "ja")
    assert (tongue, is_kana(text)) == ("ja", True), text


def test_a_phones_pages_are_said_once_each_and_again_in_another_language() -> None:
    heard = Heard()
    speaking = Speaking(catalogue, heard)
    for name in ("hold", "hold", "reading", "lost"):
        speaking.follow(replace(PHONE_PAGES[f"ReadingPhone.{name}"], language="en"))
    titles = [
        catalogue("en").sentence(f"ReadingPhone.{name}.title").plain for name in ("hold", "reading", "lost")
    ]
    assert heard.told == [(title, "en", True) for title in titles]
    assert heard.hushed == 0
    speaking.follow(replace(PHONE_PAGES["ReadingPhone.lost"], language="ja"))
    assert heard.told[3][1] == "ja"


def test_other_pages_are_silent_and_the_cameras_are_let_speak() -> None:
    heard = Heard()
    speaking = Speaking(catalogue, heard)
    speaking.follow(examples()["MatchingFace"])
    assert (heard.hushed, heard.told) == (0, [])
    speaking.follow(examples()["Welcome"])
    speaking.follow(PHONE_PAGES["ReadingPhone.hold"])
    speaking.follow(examples()["AskingConsent"])
    speaking.follow(PHONE_PAGES["ReadingPhone.hold"])
    assert heard.hushed == 2
    assert len(heard.told) == 2


# ------------------------------------------------------------------------------------------- the screen


@pytest.fixture
def hinted(qapp: object) -> Iterator[tuple[PatientWindow, list[str]]]:
    del qapp
    window = still_window(PROFILES["landscape"])
    told: list[str] = []
    window.hinted.connect(told.append)
    window.show()
    yield window, told
    window.close()
    window.deleteLater()
    settle()


@pytest.mark.gui
def test_the_mirror_says_each_change_once_and_again_in_another_language(
    hinted: tuple[PatientWindow, list[str]],
) -> None:
    window, told = hinted
    window.show_view(examples()["MatchingFace"])
    assert told == []
    for name in ("mask", "mask", "hold_still"):
        window.show_view(examples()[f"MatchingFace.{name}"])
    assert told == ["face_hint.mask", "face_hint.hold_still"]
    window.show_view(replace(examples()["MatchingFace.hold_still"], language="en"))
    assert told[2:] == ["face_hint.hold_still"]
    window.show_view(examples()["MatchingFace.again.no_turn"])
    assert len(told) == 3


@pytest.mark.gui
def test_the_front_says_how_to_hold_the_card_and_never_what_was_read(
    hinted: tuple[PatientWindow, list[str]],
) -> None:
    window, told = hinted
    window.show_view(examples()["ReadingCardFront.camera"])
    window.front_told(FrontHint.NO_CARD)
    window.front_told(FrontHint.GLARE)
    window.front_told(CardFront("550217", "2035", "2285"))
    assert told == ["front_hint.no_card", "front_hint.glare"]


@pytest.mark.gui
def test_a_kiosk_says_hints_in_the_patient_s_language_and_is_silent_afterwards(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = Heard()
    monkeypatch.setattr("ui.kiosk_app.voice_of", lambda _settings: heard)
    with opened(simulated(tmp_path), qtbot) as visitor:
        visitor.dock.bench.act("LanguageChosen", language="en")
        to_the_front(visitor)
        visitor.until(lambda: bool(heard.told))
        assert heard.told[0][:2] == (catalogue("en").sentence("front_hint.no_card").plain, "en")
        hushed = heard.hushed
        visitor.touch("pin_instead")
        visitor.sees("EnteringPin")
        assert heard.hushed > hushed
    assert heard.closed


def to_the_front(visitor: Visitor) -> None:
    visitor.choose("yamada")
    visitor.sees("ChoosingVerification")
    visitor.touch("face")
    visitor.sees("ReadingCardFront.camera")


# ------------------------------------------------------------------------------------------ the settings


def test_who_reads_neither_faces_nor_phones_or_wants_silence_has_no_voice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    assert voice_of(Settings()) is not None
    assert voice_of(Settings(camera=Camera(kind="none"))) is None
    assert voice_of(Settings(camera=Camera(kind="none"), reader=Reader(phones=True))) is not None
    assert voice_of(Settings(screen=Screen(spoken_hints=False))) is None
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert voice_of(Settings()) is None


def test_both_languages_of_the_voice_are_those_of_the_pages() -> None:
    assert {said(catalogue, HINTS[0], language)[1] for language in LANGUAGES} == {"ja", "en"}
