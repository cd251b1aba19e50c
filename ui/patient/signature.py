"""The declaration is signed by finger, or by those who cannot, at the desk."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from kiosk.visit.acts import Act
from kiosk.visit.views import VisitView
from ui.entry.signature import SignatureField
from ui.patient.field import EntryPage
from ui.widgets.kit import Kit


class SignaturePage(EntryPage):
    def __init__(self, view: VisitView, kit: Kit, parent: QWidget) -> None:
        super().__init__(view, kit, parent)
        hint = next(iter(view.body), None)
        without = next(iter(view.options), None)
        self.entry = SignatureField(
            kit,
            kit.say(view.title),
            hint=kit.wording.find(hint.key, hint.slots) if hint else None,
            skip=without.name_key if without else "",
            parent=self,
        )
        self.entry.entered.connect(self._sign)
        if without is not None:
            self.entry.skipped.connect(lambda: self.act(without.act))

    def _sign(self, strokes: str) -> None:
        self.act(Act("FormSigned", (("signature", strokes),)))
