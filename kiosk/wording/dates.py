"""Calendar days in words. Pure; the era is by the day itself, 令和 from 2019-05-01."""

from __future__ import annotations

from datetime import date

_ERAS = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
    (date(1912, 7, 30), "大正"),
    (date(1873, 1, 1), "明治"),  # the Gregorian calendar begins here; 明治1 is 1868
)
_FIRST_YEARS = {"明治": 1868}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_WEEKDAYS = "月火水木金土日"
_WEEKDAYS_ENGLISH = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def era_year(day: date) -> str:
    """The year by its era: 令和7年, 平成元年. Days before 1873 have only their Gregorian year."""
    for start, era in _ERAS:
        if day >= start:
            year = day.year - _FIRST_YEARS.get(era, start.year) + 1
            return f"{era}{'元' if year == 1 else year}年"
    return f"{day.year}年"


def day_in_words(day: date, tag: str) -> str:
    """A day as a sentence names it in a catalogue's language: 令和8年5月31日, 31 May 2026."""
    if tag == "ja":
        return f"{era_year(day)}{day.month}月{day.day}日"
    if tag == "ja-easy":  # a slot has no furigana
        return f"{day.year}ねん {day.month}がつ {day.day}にち"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def weekday_in_words(day: date, tag: str) -> str:
    """The day of the week: 日, にちようび, Sunday."""
    if tag == "ja":
        return _WEEKDAYS[day.weekday()]
    if tag == "ja-easy":
        return ("げつ", "か", "すい", "もく", "きん", "ど", "にち")[day.weekday()] + "ようび"
    return _WEEKDAYS_ENGLISH[day.weekday()]
