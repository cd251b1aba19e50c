"""The reader: reads, verifies and asks for consent on screens of its own (S3 §2: 読み取り, 本人確認, 同意取得), has the
system asked by its terminal, and leaves the result.

What is simulated and not known of real ones: where the means of verification stand, and whether errors come as files.
Both can be switched off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from simulator.certified_reader.writing import Drop, Written, drops
from simulator.national.answers import JAPAN
from simulator.national.system import INSTITUTION, NationalSystem
from simulator.national.terminal_xml import document
from simulator.people import load

METHOD_ELEMENT = "SimulatedVerificationMethod"
"""Of our own making, like its codes: no public document names the real one."""
METHOD_CODES = {"face": "1", "pin": "2", "visual": "3"}
MESSAGES = {"001": "マイナンバーカードの認識不可", "002": "マイナンバーカード以外"}
_VERIFYING_S = {"face": 4.0, "pin": 9.0, "visual": 15.0}
_ASKED_FROM = 40
_READING_S, _CHOOSING_S, _CONSENT_S, _ASKING_S = 2.0, 3.0, 6.0, 3.0


@dataclass(frozen=True, slots=True)
class Use:
    """Somebody at the reader. ``method``: face, pin, visual; any other is a code that nobody knows. ``consents``: by
    item, ``agreed`` or ``declined``. ``error``: what the reader reports instead: 001 and 002 at once, any other after
    everything."""

    persona: str
    method: str = "face"
    consents: Mapping[str, str] | None = None
    error: str = ""
    written: Written = Written.WHOLE


@dataclass(frozen=True, slots=True)
class Session:
    """``screens``: each with how many seconds it takes. ``drops``: what comes into the folder once all are done."""

    screens: tuple[tuple[str, float], ...]
    drops: tuple[Drop, ...]

    @property
    def seconds(self) -> float:
        return sum(seconds for _screen, seconds in self.screens)


class CertifiedReader:
    """``desk``: a number, which stands in the names of its files. ``tells_method``, ``tells_errors``: whether its files
    do."""

    def __init__(
        self, system: NationalSystem, desk: int = 1, *, tells_method: bool = True, tells_errors: bool = True
    ) -> None:
        self.desk = desk
        self._system = system
        self._tells_method = tells_method
        self._tells_errors = tells_errors
        self._count = 0

    @property
    def pattern(self) -> str:
        """What the names of its files have in common."""
        return f"*_face_{INSTITUTION}{self.desk:03}*"

    def use(self, use: Use, now: datetime) -> Session:
        """Raises ``KeyError`` for an unknown persona."""
        screens = self._screens(use)
        done = now.astimezone(JAPAN).timestamp() + sum(seconds for _screen, seconds in screens)
        at = datetime.fromtimestamp(done, JAPAN)
        self._count += 1
        stem = f"OQSsiquc01res_face_{INSTITUTION}{self.desk:03}{self._count:017}"
        text = self._failed(use, at) if use.error else self._answered(use, at)
        if use.error and not self._tells_errors:
            return Session(screens, ())
        return Session(screens, drops(use.written, stem, at, text))

    def _screens(self, use: Use) -> tuple[tuple[str, float], ...]:
        reading = ("reading", _READING_S)
        if use.error in MESSAGES:
            return reading, ("card_error", 1.0)
        verifying = ("verifying", _VERIFYING_S.get(use.method, 5.0))
        asked = (
            reading,
            ("choosing", _CHOOSING_S),
            verifying,
            ("consent", _CONSENT_S),
            ("asking", _ASKING_S),
        )
        return (*asked, ("error", 1.0)) if use.error else (*asked, ("take_card", 0.0))

    def _answered(self, use: Use, at: datetime) -> str:
        tree = self._system.face_answer(use.persona, _asked(use, at))
        text = document(tree, {}, "utf-8").decode("utf-8").partition("\n")[2]
        if not self._tells_method:
            return text
        code = METHOD_CODES.get(use.method, use.method)
        told = f"<{METHOD_ELEMENT}>{escape(code)}</{METHOD_ELEMENT}>\n"
        return text.replace("</MessageHeader>", f"{told}</MessageHeader>", 1)

    def _failed(self, use: Use, at: datetime) -> str:
        message = MESSAGES.get(use.error, "")
        header = {
            "process_execution_time": f"{at:%Y%m%d%H%M%S}",
            "medical_institution_code": INSTITUTION,
            "segment_of_result": "9",
            "error_code": use.error,
            "error_message": message,
        }
        return document(header, {}, "utf-8").decode("utf-8").partition("\n")[2]


def _asked(use: Use, at: datetime) -> dict[str, str]:
    """Nobody below 40 is asked about the health checkups (S3 §2)."""
    born = load(use.persona).person.birth_date
    age = at.year - born.year - ((at.month, at.day) < (born.month, born.day))
    return {
        item: choice
        for item, choice in (use.consents or {}).items()
        if item != "checkups" or age >= _ASKED_FROM
    }
