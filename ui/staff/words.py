"""The console's sentences in the language of whoever sits there, and what a row says in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal, get_args

from kiosk.coverage.kana import katakana
from kiosk.desk.row import Light, Need, Next, Row
from kiosk.ledger.interface import JST, parse_stamp
from kiosk.wording.catalogues import catalogue
from kiosk.wording.dates import day_markup
from kiosk.wording.glyphs import safe_text
from kiosk.wording.text import Text, parse

Language = Literal["ja", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


class Words:
    """Says things. ``words("desk.light.going_on")`` is plain text; ``text`` keeps its language for line breaking."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._catalogue = catalogue(language)

    def __call__(self, key: str, **slots: object) -> str:
        return self._catalogue.sentence(key, slots).plain

    def text(self, key: str, **slots: object) -> Text:
        return self._catalogue.sentence(key, slots)

    def find(self, key: str, **slots: object) -> str:
        """ "" for a key that there is not."""
        found = self._catalogue.find(key, slots)
        return "" if found is None else found.plain

    # -- punctuation
    def about(self, what: str, told: str) -> str:
        return f"{what}：{told}" if self.language == "ja" else f"{what}: {told}"

    def aside(self, told: str, note: str) -> str:
        """The note in brackets behind it."""
        return f"{told}（{note}）" if self.language == "ja" else f"{told} ({note})"

    def listed(self, parts: Iterable[str]) -> str:
        return ("・" if self.language == "ja" else ", ").join(parts)

    # -- days
    def day(self, iso: str) -> str:
        """A day in words, by the Gregorian calendar and by its era; what is no day stays as it is."""
        try:
            day = datetime.fromisoformat(iso).date()
        except ValueError:
            return iso
        return "".join(span.text for span in parse(day_markup(day, self.language)).filled({}, self.language))


def clock(at: str, seconds: bool = False) -> str:
    """A stamp as the clock on the wall shows it; "" for none."""
    return parse_stamp(at).astimezone(JST).strftime("%H:%M:%S" if seconds else "%H:%M") if at else ""


def shown_name(name: str) -> str:
    """A name as received, in characters that the fonts hold."""
    return safe_text(name).text


def shown_kana(kana: str) -> str:
    """Kana in full width, which is easier to read."""
    return safe_text(katakana(kana)).text


def waiting(row: Row, now: datetime, words: Words) -> str:
    """How long somebody waits for a person; "" where nobody does."""
    if not row.waits_since:
        return ""
    return span(max(timedelta(), now - parse_stamp(row.waits_since)), words)


def span(passed: timedelta, words: Words) -> str:
    minutes, seconds = divmod(int(passed.total_seconds()), 60)
    if minutes < 1:
        return words("desk.board.seconds", count=seconds)
    if minutes < 60:
        return words("desk.board.minutes", count=minutes)
    return words("desk.board.hours", hours=minutes // 60, count=minutes % 60)


def who(row: Row, words: Words) -> str:
    """How staff speak of this visit: its number, or the name where there is none yet."""
    return row.number or shown_kana(row.kana) or words("desk.board.no_name")


# ------------------------------------------------------------------------------------------ where it stands


def standing(row: Row, words: Words) -> str:
    """Where a visit stands, in words."""
    if row.need is not None:
        return _needed(row, row.need, words)
    if row.held_by:
        return words("desk.standing.held", name=row.held_by)
    match row.light:
        case Light.GOING_ON:
            return _page(row, words)
        case Light.RECHECK:
            return _rechecking(row, words)
        case _:
            return _settled(row, words)


def _needed(row: Row, need: Need, words: Words) -> str:
    what = words(f"desk.need.{need}")
    match need:
        case Need.NOT_HANDED_OVER:
            return words("desk.standing.by", what=what, way=words.listed(row.not_handed_to))
        case Need.EVIDENCE if row.shown is not None:
            return words("desk.standing.shows", way=words(f"evidence.{row.shown}.name"))
        case Need.REASON | Need.NO_NUMBERS | Need.NOT_ANSWERABLE | Need.DAY_OVER if row.reason is not None:
            return words("desk.standing.with_reason", what=what, reason=_reason(row, words))
        case Need.CALLED if row.reason is not None:
            return words("desk.standing.with_reason", what=what, reason=_reason(row, words))
        case Need.OUTCOME_CHANGED | Need.PAPER_FAILED | Need.REGISTRATION_UNKNOWN if row.outcome is not None:
            return words("desk.standing.by", what=what, way=words(f"desk.outcome.{row.outcome}"))
        case _:
            return what


def _page(row: Row, words: Words) -> str:
    page = words(f"desk.state.{row.state}")
    if row.reason is None:
        return page
    return words("desk.standing.with_reason", what=page, reason=_reason(row, words))


def _rechecking(row: Row, words: Words) -> str:
    when = (
        words("desk.standing.next_ask", time=clock(row.next_ask), count=row.asked + 1)
        if row.next_ask
        else words("desk.standing.not_asked")
    )
    return words("desk.standing.by", what=_settled(row, words), way=when)


def _settled(row: Row, words: Words) -> str:
    if row.outcome is None:
        return words(f"desk.state.{row.state}")
    what = words(f"desk.outcome.{row.outcome}")
    if row.evidence is None or row.outcome not in ("accepted_by_evidence", "declared"):
        return what
    return words("desk.standing.by", what=what, way=words(f"evidence.{row.evidence}.name"))


def _reason(row: Row, words: Words) -> str:
    """The patient's own sentence is the shortest true name of a reason."""
    return words(f"reason.{row.reason}.patient")


def next_step(row: Row, words: Words) -> str:
    return words(f"desk.next.{row.next}") if row.next is not Next.NONE else ""
