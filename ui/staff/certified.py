"""What a certified reader said of a visit, in words: staff see by whose word and by what means, and whatever nobody
could read, as it came. Pure."""

from __future__ import annotations

from kiosk.coverage.face_result import Consent
from kiosk.desk.detail import Detail
from ui.staff.words import Words


def told(detail: Detail, words: Words) -> list[str]:
    """Line by line; empty for a visit of another kind."""
    reading = detail.certified
    if reading is None:
        return []
    key = "desk.certified.reading" if reading.desk else "desk.certified.reading_nowhere"
    slots = {"method": words(f"desk.method.{reading.method}"), "time": f"{reading.at:%H:%M:%S}"}
    if reading.desk:
        slots["desk"] = reading.desk
    lines = [words(key, **slots)]
    if reading.method_code:
        lines.append(words("desk.certified.code", code=reading.method_code))
    if detail.consents_there:
        consents = words.listed(_consent(one, words) for one in detail.consents_there)
        lines.append(words.about(words("desk.certified.consents"), consents))
    unknown = [code for given in detail.answers for code in given.answer.unknown_codes]
    unknown += [one for given in detail.answers for one in given.answer.unknown]
    if unknown:
        codes = words.listed(f"{path} {value}" for path, value in unknown)
        lines.append(words("desk.certified.unknown", codes=codes))
    return lines


def _consent(one: Consent, words: Words) -> str:
    """The official name, the code, and when: as they came."""
    time = f" {one.at:%H:%M:%S}" if one.at is not None else ""
    return f"{words(f'consent.{one.item}.name')} ({one.element}) {one.flag}{time}"
