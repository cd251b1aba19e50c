"""A facility's own lines beside the book's."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kiosk.evidence.case import Case
from kiosk.evidence.deciding import decide
from kiosk.evidence.loading import book
from kiosk.evidence.model import BookError, Contact
from kiosk.evidence.own_contacts import own_contact, with_contacts
from kiosk.evidence.reasons import Reason

TODAY = date(2026, 11, 24)
OURS = "見本健康保険組合"


def line(**changes: Any) -> Contact:
    told: dict[str, Any] = {"name": "見本健保 適用課", "phone": "03-0000-0000", "insurer": OURS}
    return own_contact(**(told | changes))


def phones(*own: Contact, insurer: str = OURS, day: date = TODAY) -> list[str]:
    case = Case(reason=Reason.INVALID, day=day, insurer=insurer)
    return [contact.phone for contact in decide(case, with_contacts(book(), own)).contacts]


def test_a_facilitys_own_line_is_told_to_members_of_that_insurer_only() -> None:
    assert phones(line())[-1] == "03-0000-0000"
    assert "03-0000-0000" not in phones(line(), insurer="別の健康保険組合")
    assert "03-0000-0000" not in phones(line(), insurer="")


def test_own_lines_stand_after_the_books_in_their_order_and_the_book_stays_as_it_is() -> None:
    shipped = dict(book().contacts)
    made = with_contacts(book(), [line(), line(phone="06-0000-0000")])
    assert list(made.contacts)[: len(shipped)] == list(shipped)
    assert [(id, one.id, one.phone) for id, one in made.contacts.items()][len(shipped) :] == [
        ("own_1", "own_1", "03-0000-0000"),
        ("own_2", "own_2", "06-0000-0000"),
    ]
    assert book().contacts == shipped
    assert phones(line(), line(phone="06-0000-0000"))[-2:] == ["03-0000-0000", "06-0000-0000"]


def test_blanks_and_width_do_not_make_another_insurer() -> None:
    assert "03-0000-0000" in phones(
        line(insurer="全国健康保険協会　見本支部"), insurer="全国健康保険協会 見本支部"
    )
    assert phones(line(insurer=" ＡＢＣ健保 "), insurer="ABC健保")[-1] == "03-0000-0000"


@pytest.mark.parametrize(("day", "told"), [(5, False), (6, True), (8, True), (9, False)])
def test_a_line_is_told_from_its_first_day_to_its_last(day: int, told: bool) -> None:
    dated = line(since=date(2026, 11, 6), until=date(2026, 11, 8))
    assert ("03-0000-0000" in phones(dated, day=date(2026, 11, day))) is told


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": " "}, "name: empty"),
        ({"phone": ""}, "phone: empty"),
        ({"insurer": "　"}, "insurer: empty"),
        ({"since": date(2026, 2, 1), "until": date(2026, 1, 31)}, "until: before from"),
    ],
)
def test_a_line_that_helps_nobody_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BookError, match=said):
        line(**changes)


def test_an_own_line_needs_no_sentences_in_the_catalogues() -> None:
    made = with_contacts(book(), [line(hours="平日 9:00〜17:00")])
    assert made.wording_keys() == book().wording_keys()
    own = made.contacts["own_1"]
    assert (own.name_key, own.hours_key) == (None, None)
    assert (own.name, own.hours_in_words) == ("見本健保 適用課", "平日 9:00〜17:00")
    shipped = book().contacts["my_number_dial"]
    assert (shipped.name_key, shipped.hours_key) == (
        "contact.my_number_dial.name",
        "contact.my_number_dial.hours",
    )
