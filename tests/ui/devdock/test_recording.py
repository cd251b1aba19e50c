"""Saved at the dock, played by ``uketsuke simulate``: the same visit comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from simulator.national.faults import Fault
from simulator.playing.player import play
from simulator.scenarios import load_file
from simulator.scenarios.scenario import CardPart, Scenario
from tests.support.kiosks import Visitor, opened, simulated
from ui.cli import main
from ui.settings import Screen

pytestmark = pytest.mark.gui
Story = Callable[[Visitor], None]


@pytest.fixture
def visitor(tmp_path: Path, qtbot: QtBot) -> Iterator[Visitor]:
    with opened(simulated(tmp_path / "data"), qtbot) as visitor:
        visitor.dock._folder = tmp_path / "scenarios"
        yield visitor


def saved(visitor: Visitor) -> Scenario:
    visitor.dock.name.setText("recorded")
    visitor.press("save")
    return load_file(visitor.dock._folder / "recorded.toml")


# -------------------------------------------------------------------------------------------- stories


def keypad(visitor: Visitor, persona: str = "yamada") -> None:
    visitor.choose(persona)
    visitor.sees("ChoosingVerification")
    visitor.touch("pin")
    visitor.sees("EnteringPin")


def consent(visitor: Visitor) -> None:
    keypad(visitor)
    visitor.press("pin")
    visitor.sees("AskingConsent")


def goes_on(visitor: Visitor) -> None:
    """From consent to the end."""
    visitor.sees("AskingConsent")
    visitor.touch("consent_all")
    finish(visitor)


def finish(visitor: Visitor) -> None:
    visitor.sees("Confirmed")
    visitor.touch("next")
    visitor.sees("TakeCard.finished")
    visitor.press("remove")
    visitor.sees("Finished")


def main_path(visitor: Visitor) -> None:
    keypad(visitor)
    visitor.type_pin("1234")
    goes_on(visitor)


def wrong_pin_first(visitor: Visitor) -> None:
    keypad(visitor)
    visitor.type_pin("9999")
    visitor.sees("EnteringPin.wrong")
    visitor.type_pin("1234")
    goes_on(visitor)


def pin_locked_in_front_of_us(visitor: Visitor) -> None:
    keypad(visitor)
    for page in ("EnteringPin.wrong", "EnteringPin.last_try"):
        visitor.press("wrong_pin")
        visitor.sees(page)
    visitor.touch("pin_last_try")
    visitor.sees("EnteringPin.wrong")
    visitor.press("wrong_pin")
    visitor.sees("ChoosingVerification")  # by the face alone
    visitor.touch("other_ways")
    visitor.sees("ChoosingEvidence")
    visitor.press("handled")
    staff_received(visitor)


def staff_received(visitor: Visitor) -> None:
    visitor.until(lambda: visitor.page in ("TakeCard.finished", "Finished", "Finished.staff"))
    if visitor.page.startswith("TakeCard"):
        visitor.press("remove")
    visitor.until(lambda: visitor.page.startswith("Finished"))


def consent_one_by_one_in_english(visitor: Visitor) -> None:
    visitor.dock.bench.act("LanguageChosen", language="en")
    keypad(visitor)
    visitor.press("pin")
    visitor.sees("AskingConsent")
    visitor.touch("consent_choose")
    for item, answer in (
        ("care", "yes"),
        ("operations", "no"),
        ("checkups", "yes"),
        ("specific_diseases", "no"),
    ):
        visitor.until(lambda item=item: title(visitor) == f"consent.{item}.title")  # type: ignore[misc]
        visitor.touch(f"consent_{answer}")
    finish(visitor)


def title(visitor: Visitor) -> str:
    page = visitor.kiosk.window.page
    return page.view.title.key if page is not None else ""


def card_taken_early(visitor: Visitor) -> None:
    keypad(visitor)
    visitor.press("remove")
    visitor.until(lambda: visitor.page.startswith("Abandoned"))


def nobody_is_there_any_more(visitor: Visitor) -> None:
    consent(visitor)
    visitor.press("skip")
    visitor.until(lambda: visitor.kiosk.window.warning is not None)
    visitor.until(lambda: "to end" in visitor.dock.state.left.text())
    visitor.press("skip")
    visitor.until(lambda: visitor.page.startswith("TakeCard"))
    visitor.press("remove")
    visitor.until(lambda: visitor.page.startswith("Abandoned"))


def takes_more_time(visitor: Visitor) -> None:
    consent(visitor)
    for _ in range(2):
        visitor.press("skip")
        visitor.until(lambda: visitor.kiosk.window.warning is not None)
        visitor.dock.bench.act("TimeExtended")
        visitor.until(lambda: visitor.kiosk.window.warning is None)
    goes_on(visitor)


def answer_late_once(visitor: Visitor) -> None:
    keypad(visitor)
    plan(visitor, Fault.SERVER_ERROR)
    visitor.press("pin")
    visitor.sees("ChoosingEvidence")
    visitor.touch("way_retry")
    goes_on(visitor)


def second_question_fails(visitor: Visitor) -> None:
    consent(visitor)
    plan(visitor, Fault.GARBAGE)
    visitor.touch("consent_all")
    visitor.sees("ChoosingEvidence")
    visitor.press("handled")
    staff_received(visitor)


def system_down(visitor: Visitor) -> None:
    visitor.dock.faults.when.setCurrentIndex(1)
    plan(visitor, Fault.SERVER_ERROR)
    keypad(visitor)
    visitor.press("pin")
    visitor.sees("ChoosingEvidence")
    visitor.press("handled")
    staff_received(visitor)


def plan(visitor: Visitor, fault: Fault) -> None:
    box = visitor.dock.faults.fault
    box.setCurrentIndex(box.findData(fault.value))


def reader_away_during_consent(visitor: Visitor) -> None:
    consent(visitor)
    visitor.press("unplugged")
    visitor.sees("ReadingCard.reader_away")
    visitor.press("unplugged")
    goes_on(visitor)


def reader_away_before_anybody_came(visitor: Visitor) -> None:
    visitor.press("killed")
    visitor.sees("OutOfService")
    visitor.press("killed")
    visitor.sees("Welcome")
    main_path(visitor)


def link_breaks(visitor: Visitor) -> None:
    box = visitor.dock.faults.link
    box.setCurrentIndex(box.findData("status"))
    visitor.dock.faults.at.setValue(2)
    visitor.choose("yamada")
    visitor.sees("ReadingCard.problem.card_unreadable")
    visitor.press("remove")
    visitor.until(lambda: visitor.page != "ReadingCard.problem.card_unreadable")


def registers_here(visitor: Visitor) -> None:
    box = visitor.dock.faults.card
    box.setCurrentIndex(box.findText("not registered"))
    keypad(visitor)
    visitor.press("pin")
    visitor.sees("OfferingRegistration")
    visitor.touch("register")
    goes_on(visitor)


def membership_ended(visitor: Visitor) -> None:
    box = visitor.dock.faults.answer
    box.setCurrentIndex(box.findData("invalid"))
    consent(visitor)
    visitor.touch("consent_none")
    visitor.sees("ChoosingEvidence")
    visitor.press("handled")
    staff_received(visitor)


def staff_help_and_the_patient_goes_on(visitor: Visitor) -> None:
    visitor.choose("yamada")
    visitor.sees("ChoosingVerification")
    visitor.touch("call_staff_instead")
    visitor.sees("WaitingForStaff.called")
    visitor.press("resume")
    visitor.sees("ChoosingVerification")
    visitor.touch("pin")
    visitor.sees("EnteringPin")
    visitor.type_pin("1234")
    goes_on(visitor)


def came_without_a_card(visitor: Visitor) -> None:
    visitor.touch("no_card")
    visitor.sees("ExplainingNoCard")
    visitor.press("handled")
    staff_received(visitor)


def first_the_wrong_card(visitor: Visitor) -> None:
    visitor.choose("driving_licence")
    visitor.sees("ReadingCard.problem.not_my_number_card")
    visitor.choose("yamada")  # in its place, at once
    visitor.sees("ChoosingVerification")
    visitor.touch("pin")
    visitor.sees("EnteringPin")
    visitor.type_pin("1234")
    goes_on(visitor)


def somebody_else_s_card_while_staff_come(visitor: Visitor) -> None:
    visitor.choose("yamada")
    visitor.sees("ChoosingVerification")
    visitor.touch("call_staff_instead")
    visitor.sees("WaitingForStaff.called")
    visitor.choose("hundred")  # in its place, at once
    visitor.sees("ChoosingVerification")
    visitor.touch("pin")
    visitor.sees("EnteringPin")
    visitor.type_pin("1234")
    goes_on(visitor)


def the_second_of_two(visitor: Visitor) -> None:
    main_path(visitor)
    visitor.touch("another_patient")
    visitor.sees("Welcome")
    keypad(visitor, "hundred")
    visitor.press("pin")
    goes_on(visitor)


STORIES: tuple[Story, ...] = (
    main_path, wrong_pin_first, pin_locked_in_front_of_us, consent_one_by_one_in_english, card_taken_early,
    nobody_is_there_any_more, takes_more_time, answer_late_once, second_question_fails, system_down,
    reader_away_during_consent, reader_away_before_anybody_came, link_breaks, registers_here, membership_ended,
    staff_help_and_the_patient_goes_on, came_without_a_card, first_the_wrong_card,
    somebody_else_s_card_while_staff_come, the_second_of_two,
)  # fmt: skip


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_what_was_done_is_played_again_with_the_same_pages_and_outcome(
    visitor: Visitor, story: Story
) -> None:
    story(visitor)
    scenario = saved(visitor)
    result = play(scenario)
    assert result.failed == ()
    assert visitor.dock.saved.text().endswith("plays the same")
    live = visitor.kiosk.terminal.reception.visit
    if scenario.expect.states is not None:
        assert result.states == scenario.expect.states
        assert result.outcome == scenario.expect.outcome
        assert scenario.expect.states[-1] == type(live.state).__name__ == result.states[-1]


def test_the_command_plays_the_file(visitor: Visitor, capsys: pytest.CaptureFixture[str]) -> None:
    wrong_pin_first(visitor)
    saved(visitor)
    assert main(["simulate", str(visitor.dock._folder / "recorded.toml"), "--json"]) == 0
    assert '"outcome":"confirmed"' in capsys.readouterr().out


def test_a_visit_that_goes_on_is_saved_as_far_as_it_came(visitor: Visitor) -> None:
    consent(visitor)
    scenario = saved(visitor)
    assert [do.act for do in scenario.do] == ["CardInserted", "PinChosen", "PinEntered"]
    assert scenario.expect.outcome is None
    assert play(scenario).outcome == "confirmed"


def test_only_the_last_visit_is_in_the_file(visitor: Visitor) -> None:
    the_second_of_two(visitor)
    scenario = saved(visitor)
    assert scenario.patient.persona == "hundred"
    assert [do.act for do in scenario.do].count("CardInserted") == 1


def test_digits_are_never_in_the_file_only_whether_they_were_right(visitor: Visitor) -> None:
    wrong_pin_first(visitor)
    scenario = saved(visitor)
    assert [do.args for do in scenario.do if do.act == "PinEntered"] == [{"pin": "wrong"}, {"pin": "right"}]
    text = (visitor.dock._folder / "recorded.toml").read_text(encoding="utf-8")
    assert not {"1234", "9999"} & {text[i : i + 4] for i in range(len(text))}


def test_the_kiosk_s_own_language_and_terminal_are_the_scenario_s(tmp_path: Path, qtbot: QtBot) -> None:
    settings = simulated(tmp_path, terminal="B", screen=Screen(language="en", text_size="large"))
    with opened(settings, qtbot) as visitor:
        visitor.dock._folder = tmp_path
        main_path(visitor)
        scenario = saved(visitor)
        assert (scenario.visit.terminal, scenario.visit.language) == ("B", "en")
        assert visitor.dock.saved.text().endswith("plays the same")


def test_what_a_scenario_cannot_say_is_said_instead(visitor: Visitor) -> None:
    """Two faults of the national system in one visit."""
    keypad(visitor)
    plan(visitor, Fault.SERVER_ERROR)
    visitor.press("pin")
    visitor.sees("ChoosingEvidence")
    visitor.until(lambda: visitor.dock.faults.fault.currentIndex() == 0)
    plan(visitor, Fault.GARBAGE)
    visitor.touch("way_retry")
    visitor.until(lambda: "more than one fault of the national system" in visitor.dock.bench.recorder.doubts)
    saved(visitor)
    assert "plays otherwise" in visitor.dock.saved.text()
    text = (visitor.dock._folder / "recorded.toml").read_text(encoding="utf-8")
    assert text.startswith("# not in this file: more than one fault")


def test_a_second_card_that_was_changed_is_told(visitor: Visitor) -> None:
    visitor.choose("yamada")
    visitor.sees("ChoosingVerification")
    visitor.touch("call_staff_instead")
    visitor.sees("WaitingForStaff.called")
    visitor.press("remove")
    visitor.dock.bench.place("hundred", card=CardPart(pin_tries_left=1))
    visitor.sees("ChoosingVerification")
    assert visitor.dock.bench.recorder.doubts == ("a card that was changed, and not the first of the visit",)


def test_a_file_that_cannot_be_written_is_told(visitor: Visitor, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    visitor.dock._folder = tmp_path / "file"
    visitor.press("save")
    assert "cannot be written" in visitor.dock.saved.text()
