"""The page on which the card's number is read or typed, looked at, and confirmed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from drivers.interface import CardFront, FrontHint
from kiosk.visit import events as e
from kiosk.visit.acts import Act
from kiosk.visit.presenting import view_of
from kiosk.visit.views import VisitView
from kiosk.wording.catalogues import catalogue
from tests.support.face_pages import BY_CAMERA, at_the_front
from tests.support.screens import settle
from tests.support.visits import Table, facts
from ui.patient.front import Confirming, FrontPage, Looking, Typing
from ui.patient.gallery import LANGUAGES, examples
from ui.patient.window import PatientWindow, Timing
from ui.theme.panel import PROFILES
from ui.widgets.button import BigButton
from ui.widgets.keypad import SETTLE_MS

pytestmark = pytest.mark.gui
READ = CardFront("550217", "2035", "2285")


class Bench:
    """A window whose acts and secrets are kept."""

    def __init__(self) -> None:
        self.acts: list[Act] = []
        self.secrets: list[bytes] = []
        self.wanted: list[bool] = []
        self.window = PatientWindow(
            PROFILES["portrait"], catalogue, self.acts.append, self._put, languages=LANGUAGES, clock=lambda: 0,
            timing=Timing(hold=0, reading=0, double_touch=0),
        )  # fmt: skip
        self.window.front_wanted.connect(self.wanted.append)
        self.window.show()

    def _put(self, digits: bytearray) -> str:
        self.secrets.append(bytes(digits))
        digits[:] = bytes(len(digits))
        return "slot-1"

    @property
    def page(self) -> FrontPage:
        assert isinstance(self.window.page, FrontPage)
        return self.window.page

    def show(self, name: str) -> FrontPage:
        self.window.show_view(view(name))
        return self.page

    def touch(self, option: str) -> None:
        button = self.window.findChild(BigButton, f"choice.{option}")
        assert button is not None
        button.touched.emit()

    def type(self, digits: str) -> None:
        for digit in digits:
            self.page.digit(int(digit))


def put_back(table: Table, bench: Bench) -> None:
    """The card lies there again, was read, and tells its tries."""
    table.feed(e.CardRemoved, insertion=2)
    table.feed(e.CardInserted, insertion=2)
    table.feed(e.CardRead, insertion=2, facts=facts())
    bench.window.show_view(view_of(table.visit))
    table.feed(e.PhotoTriesTold, insertion=2, tries_left=10)
    bench.window.show_view(view_of(table.visit))


def ways(bench: Bench) -> list[str]:
    names = (target.objectName() for target in bench.page.targets())
    return [name.removeprefix("choice.") for name in names if name.startswith("choice.")]


def view(name: str) -> VisitView:
    return examples()[name]


@pytest.fixture
def bench(qapp: object) -> Iterator[Bench]:
    del qapp
    made = Bench()
    yield made
    made.window.close()
    made.window.deleteLater()
    settle()


def test_the_reader_is_wanted_as_long_as_the_page_looks(bench: Bench) -> None:
    bench.show("ReadingCardFront.camera")
    assert bench.wanted == [True]
    bench.window.front_told(READ)
    assert bench.wanted == [True, False]
    bench.touch("front_again")
    assert bench.wanted == [True, False, True]
    bench.window.show_view(view("Welcome"))
    assert bench.wanted[-1] is False


def test_hints_are_said_in_words(bench: Bench) -> None:
    page = bench.show("ReadingCardFront.camera")
    for hint in FrontHint:
        bench.window.front_told(hint)
        assert isinstance(page.inner, Looking)
        assert page.inner.hint.text() == catalogue("ja").sentence(f"front_hint.{hint}").plain


def test_what_was_read_is_handed_over_only_after_somebody_confirmed_it(bench: Bench) -> None:
    page = bench.show("ReadingCardFront.camera")
    bench.window.front_told(READ)
    assert isinstance(page.inner, Confirming)
    assert (bench.secrets, bench.acts) == ([], [])
    bench.touch("front_right")
    assert bench.secrets == [b"55021720352285"]
    assert bench.acts == [Act("PinEntered", (("slot", "slot-1"),))]
    assert len(page.digits) == 0


def test_what_was_read_wrongly_is_corrected_by_keypad(bench: Bench, qtbot: QtBot) -> None:
    page = bench.show("ReadingCardFront.camera")
    bench.window.front_told(READ)
    bench.touch("front_mend")
    assert isinstance(page.inner, Typing)
    assert len(page.digits) == 14
    page.delete_one()
    bench.type("7")
    qtbot.waitUntil(lambda: isinstance(page.inner, Confirming), timeout=SETTLE_MS * 10)
    bench.touch("front_right")
    assert bench.secrets == [b"55021720352287"]


def test_typed_digits_are_confirmed_too(bench: Bench, qtbot: QtBot) -> None:
    page = bench.show("ReadingCardFront.typed")
    assert isinstance(page.inner, Typing)
    bench.type("55021720352285")
    qtbot.waitUntil(lambda: isinstance(page.inner, Confirming), timeout=SETTLE_MS * 10)
    assert bench.acts == []
    bench.touch("front_right")
    assert bench.secrets == [b"55021720352285"]


def test_a_card_that_is_lifted_and_put_back_changes_nothing_but_the_ways_on(bench: Bench) -> None:
    table = at_the_front(BY_CAMERA)
    bench.window.show_view(view_of(table.visit))
    page = bench.page
    bench.window.front_told(FrontHint.TILTED)
    assert ways(bench) == ["type_number_b", "pin_instead"]
    table.feed(e.CardRemoved, insertion=1)
    bench.window.show_view(view_of(table.visit))
    assert ways(bench) == ["type_number_b"]
    assert isinstance(page.inner, Looking)
    assert page.inner.hint.hint == FrontHint.TILTED
    bench.window.front_told(READ)
    put_back(table, bench)
    assert bench.page is page
    assert isinstance(page.inner, Confirming)
    assert bench.wanted == [True, False], "what reads the card was never sent away and called again"
    bench.touch("front_right")
    assert bench.secrets == [b"55021720352285"]


def test_digits_that_were_typed_stay_when_the_card_is_put_back(bench: Bench, qtbot: QtBot) -> None:
    table = at_the_front(BY_CAMERA)
    table.feed(e.NumbersWanted)
    table.feed(e.CardRemoved, insertion=1)
    bench.window.show_view(view_of(table.visit))
    bench.type("5502172")
    put_back(table, bench)
    assert ways(bench) == ["read_number_b", "pin_instead"]
    bench.type("0352285")
    put_back(table, bench)  # also while the last digit settles
    qtbot.waitUntil(lambda: isinstance(bench.page.inner, Confirming), timeout=SETTLE_MS * 10)
    bench.touch("front_right")
    assert bench.secrets == [b"55021720352285"]


def test_who_mends_what_was_read_goes_on_when_the_card_is_put_back(bench: Bench) -> None:
    table = at_the_front(BY_CAMERA)
    table.feed(e.CardRemoved, insertion=1)
    bench.window.show_view(view_of(table.visit))
    bench.window.front_told(READ)
    bench.touch("front_mend")
    put_back(table, bench)
    assert ways(bench) == ["pin_instead"]
    assert isinstance(bench.page.inner, Typing)
    assert len(bench.page.digits) == 14


def test_another_number_of_tries_is_another_page(bench: Bench) -> None:
    bench.window.show_view(view_of(at_the_front(BY_CAMERA, 10).visit))
    bench.window.front_told(READ)
    page, digits = bench.page, bench.page.digits
    bench.window.show_view(view_of(at_the_front(BY_CAMERA, 9).visit))
    assert bench.page is not page
    assert len(digits) == 0


def test_a_step_back_forgets_what_was_given_and_stays_on_the_page(bench: Bench) -> None:
    page = bench.show("ReadingCardFront.camera")
    bench.window.front_told(READ)
    assert page.step_back()
    assert isinstance(page.inner, Looking)
    assert len(page.digits) == 0
    assert not page.step_back()


@pytest.mark.parametrize(
    "leave",
    [
        lambda bench: bench.window.show_view(view("Welcome")),
        lambda bench: bench.window.show_view(replace(view("ReadingCardFront.camera"), language="en")),
        lambda bench: bench.page.close_down(),
    ],
    ids=["visit over", "language", "closed"],
)
@pytest.mark.parametrize("mended", [False, True])
def test_no_digit_stays_in_a_page_that_is_left(
    bench: Bench, leave: Callable[[Bench], None], *, mended: bool
) -> None:
    page = bench.show("ReadingCardFront.camera")
    bench.window.front_told(READ)
    if mended:
        bench.touch("front_mend")
    digits = page.digits
    assert len(digits) == 14
    leave(bench)
    assert [digits.digit(place) for place in range(14)] == [None] * 14
    assert bytes(digits._digits) == bytes(14)
    assert bench.secrets == []


def test_a_page_that_was_left_hears_nothing_more(bench: Bench) -> None:
    page = bench.show("ReadingCardFront.camera")
    page.close_down()
    page.front_told(READ)
    assert len(page.digits) == 0


def test_digits_are_not_told_to_assistive_technology(bench: Bench) -> None:
    page = bench.show("ReadingCardFront.camera")
    bench.window.front_told(READ)
    assert isinstance(page.inner, Confirming)
    spoken = page.inner.fields.accessibleName() + page.inner.fields.text()
    assert "14" in spoken
    assert not any(part in spoken for part in ("550217", "2035", "2285"))


def test_the_tries_that_are_left_stand_on_the_page() -> None:
    for name, tries in (("camera", "10"), ("typed", "10"), ("wrong", "9"), ("last_try", "1")):
        shown = view(f"ReadingCardFront.{name}")
        said = [catalogue("ja").sentence(one.key, one.slots).plain for one in (shown.title, *shown.body)]
        assert any(f"あと{tries}回" in one for one in said), name


def test_one_try_left_is_asked_about_before_a_key_appears(bench: Bench) -> None:
    bench.window.show_view(view("ReadingCardFront.last_try"))
    assert not isinstance(bench.window.page, FrontPage)
    ids = [option.id for option in view("ReadingCardFront.last_try").options]
    assert {"number_b_last_try", "call_staff_instead", "pin_instead"} <= set(ids)
