"""Pictures of the questions against those that a person has looked at.

``pytest tests/ui/entry --update-goldens`` writes them anew.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QImage

from kiosk.visit.form import FormField
from kiosk.visit.policy import Contrast, TextSize
from tests.support.entries import Panel, asking, kit_for
from tests.support.screens import settle
from tests.ui.entry.test_entry_layout import converting, naming, signing, towns
from tests.ui.patient.test_goldens import compare
from ui.entry.date_field import DateField
from ui.entry.field import Entry
from ui.entry.text_field import TextField
from ui.theme.panel import PROFILES
from ui.widgets.kit import Kit

Look = tuple[str, str, TextSize, Contrast]
PORTRAIT: Look = ("portrait", "ja", "medium", "standard")
LANDSCAPE: Look = ("landscape", "ja", "medium", "standard")
SMALL: Look = ("small", "ja", "medium", "standard")


def kana(kit: Kit) -> Entry:
    return asking(kit, FormField.KANA, "ヤマダ ")


def latin(kit: Kit) -> Entry:
    field = asking(kit, FormField.ADDRESS, "東京都港区芝公園4-2-8")
    inner = getattr(field, "field", None)
    assert isinstance(inner, TextField)
    inner.keyboard.show_sheet("latin")
    return field


def refused(kit: Kit) -> Entry:
    field = asking(kit, FormField.KANA)
    assert isinstance(field, TextField)
    field.typed("1")
    field.finish()
    return field


def no_such_day(kit: Kit) -> Entry:
    field = asking(kit, FormField.BIRTH_DATE, "1989-01-07")
    assert isinstance(field, DateField)
    field.delete_one()
    field.typed("8")
    field.finish()
    return field


def insurer(kit: Kit) -> Entry:
    return asking(kit, FormField.INSURER_NUMBER, "06139984")


def signed(kit: Kit) -> Entry:
    field = signing(kit)
    field.set_value("200,200 240,300 320,360 420,240 500,180 520,340 640,360;760,180 700,400;900,300")
    return field


def birth(kit: Kit) -> Entry:
    return asking(kit, FormField.BIRTH_DATE)


def kind(kit: Kit) -> Entry:
    return asking(kit, FormField.INSURANCE_KIND)


def phone(kit: Kit) -> Entry:
    return asking(kit, FormField.CONTACT, "09000000000")


CASES: list[tuple[Callable[[Kit], Entry], Look]] = [
    *((make, PORTRAIT) for make in (kana, birth, phone, kind, naming, signed)),
    *((make, LANDSCAPE) for make in (kana, latin, insurer, converting, towns)),
    *((make, SMALL) for make in (kana, refused, no_such_day, naming)),
    (kana, ("landscape", "en", "large", "high")),
    (latin, ("small", "en", "medium", "standard")),
    (naming, ("small", "en", "extra_large", "high")),
    (kana, ("small", "ja-easy", "extra_large", "standard")),
    (birth, ("landscape", "en", "medium", "standard")),
]


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(
    ("make", "look"), CASES, ids=[f"{make.__name__}-{'-'.join(look)}" for make, look in CASES]
)
def test_a_question_looks_as_it_was_approved(
    request: pytest.FixtureRequest, make: Callable[[Kit], Entry], look: Look
) -> None:
    profile, language, size, contrast = look
    kit = kit_for(PROFILES[profile], language, size, contrast)
    panel = Panel(kit, make(kit))
    picture = panel.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    compare(picture, f"entry.{make.__name__}-{'-'.join(look)}", request)
    panel.entry.close_down()
    panel.close()
    panel.deleteLater()
    settle()
