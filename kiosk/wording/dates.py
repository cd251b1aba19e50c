"""Calendar days in words. Pure; the era is by the day itself, 令和 from 2019-05-01."""

from __future__ import annotations

from datetime import date

_ERAS = (
    (date(2019, 5, 1), "令和", "れいわ"),
    (date(1989, 1, 8), "平成", "へいせい"),
    (date(1926, 12, 25), "昭和", "しょうわ"),
    (date(1912, 7, 30), "大正", "たいしょう"),
    (date(1868, 1, 25), "明治", "めいじ"),
)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

_DAY_READINGS = {
    1: "ついたち", 2: "ふつか", 3: "みっか", 4: "よっか", 5: "いつか", 6: "むいか", 7: "なのか", 8: "ようか",
    9: "ここのか", 10: "とおか", 14: "じゅうよっか", 20: "はつか", 24: "にじゅうよっか",
}  # fmt: skip


def era_year(day: date) -> str:
    """The year by its era: 令和7年, 平成元年. Days before 明治 have only their Gregorian year."""
    era, _, year = _era(day)
    return f"{era}{'元' if era and year == 1 else year}年"


def day_markup(day: date, tag: str) -> str:
    """A day as a sentence names it in a catalogue's language, furigana marked: 令和8年5月31日, 31 May 2026."""
    if tag == "ja":
        return f"{era_year(day)}{day.month}月{day.day}日"
    if tag == "ja-easy":
        return f"{day.year}｛年｜ねん｝ {day.month}｛月｜がつ｝ {_easy_day(day.day)}"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def other_year_markup(day: date, tag: str) -> str:
    """The year by the calendar that ``day_markup`` does not use: 2026年, ｛令和｜れいわ｝8｛年｜ねん｝, 令和8年."""
    if tag == "ja":
        return f"{day.year}年"
    if tag != "ja-easy":
        return era_year(day)
    era, reading, year = _era(day)
    return f"｛{era}｜{reading}｝{year}｛年｜ねん｝" if era else f"{year}｛年｜ねん｝"


def _era(day: date) -> tuple[str, str, int]:
    """The era, its reading, and the year in it, counted from 1."""
    for start, era, reading in _ERAS:
        if day >= start:
            return era, reading, day.year - start.year + 1
    return "", "", day.year


def _easy_day(number: int) -> str:
    reading = _DAY_READINGS.get(number)
    return f"｛{number}日｜{reading}｝" if reading else f"{number}｛日｜にち｝"
