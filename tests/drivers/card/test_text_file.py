"""What is made of the bytes that hold a card's name, address, birth date and sex."""

from __future__ import annotations

import traceback
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.card import text, tlv
from drivers.card.errors import Nonsense
from drivers.interface import CardText
from tests.support.card_text import BASIC, FACTS


def fields(**changed: bytes) -> bytes:
    """The file with some of its objects changed."""
    found = tlv.fields(tlv.first(BASIC).value)
    values = {f"{tag:X}": value for tag, value in found.items()} | changed
    return tlv.encode(0xFF20, b"".join(tlv.encode(int(tag, 16), value) for tag, value in values.items()))


@given(st.dates())
def test_every_day_is_read_as_it_is_spelt(day: date) -> None:
    spelt = f"{day.year:04d}{day.month:02d}{day.day:02d}".encode()
    assert text.parse_text(fields(DF24=spelt)).birth_date == day


@pytest.mark.parametrize(
    "digits",
    [b"19920000", b"19920500", b"00000000", b"19920230", b"99999999", b"1992    ", b"        ", b"",
     b"1992W101", b"1992", b"199205201", b"\xff" * 8, "１９９２".encode()],
)  # fmt: skip
def test_what_spells_no_day_leaves_the_other_facts_as_they_are(digits: bytes) -> None:
    assert text.parse_text(fields(DF24=digits)) == CardText(FACTS.name, FACTS.address, None, "2")


@pytest.mark.parametrize("sex", "01239")
def test_the_sex_is_the_chips_own_code(sex: str) -> None:
    assert text.parse_text(fields(DF25=sex.encode())).sex == sex


def test_names_may_hold_any_character_of_writing() -> None:
    for name in ("WANG　XIAOMING", "𠮷田　髙﨑", "\ue000田　太郎", "葛󠄀城　凪"):
        assert text.parse_text(fields(DF22=name.encode())).name == name


BROKEN = [
    b"",
    b"\xff\x20\x00",
    BASIC[:-3],
    fields(DF25=b"X"),
    fields(DF25=b""),
    fields(DF25=b"12"),
    fields(DF25="１".encode()),
    fields(DF22=b""),
    fields(DF23=b""),
    fields(DF22=b"\xff\xff\xff"),
    fields(DF22=b"a\nb"),
    fields(DF23=b"a\x1bb"),
    fields(DF22=b"\0\0"),
]


@pytest.mark.parametrize("broken", BROKEN)
def test_malformed_facts_are_damage(broken: bytes) -> None:
    with pytest.raises(Nonsense):
        text.parse_text(broken)


def test_the_facts_never_show_themselves() -> None:
    assert repr(FACTS) == str(FACTS) == "CardText()"


@pytest.mark.parametrize("broken", BROKEN)
def test_an_exception_about_the_facts_holds_none_of_them(broken: bytes) -> None:
    with pytest.raises(Nonsense) as caught:
        text.parse_text(broken)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    shown = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
    assert not [
        word for word in ("山田", "花子", "東京", "1980", repr(broken)) if len(word) > 3 and word in shown
    ]
