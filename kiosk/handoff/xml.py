"""The answer of the national system as a file for the receipt computer, in the layout in which it was received.

Only where an answer proves the coverage. Nothing else is dressed up as one: what was seen on paper has no place in this
layout.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from kiosk.eligibility import oqs
from kiosk.handoff.parcel import Label, NotMade, Parcel, japanese_stamp, own_file_name
from kiosk.handoff.settled import SettledVisit

FileName = Literal["own", "face_result"]
_SIMULATED: Final = "<!-- 模擬 simulated -->".encode("cp932")
"""The layout has no element for it. Such a file never gets a name by which receipt software would find it."""


class OqsXml(msgspec.Struct, frozen=True, kw_only=True):
    """``file_name``: our own, or in the shape by which receipt software finds a face reader's results (README.md). How
    the official system itself would name such a file is not public."""

    medical_institution_code: str = ""
    file_name: FileName = "own"

    def relevant(self, settled: SettledVisit) -> bytes | None:
        if settled.answer is None:
            return None
        return (b"void\n" if settled.void else b"") + oqs.write_answer(settled.answer, "utf-8")

    def make(self, settled: SettledVisit, label: Label) -> Parcel | NotMade:
        if settled.answer is None:
            return NotMade("no_answer")
        if settled.void:
            return NotMade("cannot_say_void")
        content = oqs.write_answer(settled.answer)
        if settled.simulated:
            declaration, _, rest = content.partition(b"\n")
            content = b"\n".join((declaration, _SIMULATED, rest))
        return Parcel(self._name(settled, label), "application/xml", content)

    def _name(self, settled: SettledVisit, label: Label) -> str:
        if self.file_name == "own" or settled.simulated:
            return own_file_name(settled, label, "xml")
        digits = str(int(label.key.replace("-", ""), 16))[-20:].zfill(20)
        at = japanese_stamp(settled.settled_at)
        return f"OQSsiquc01res_face_{self.medical_institution_code}{digits}_{at}.xml"
