"""The papers of a visit: made from what the visit says, kept with it in the ledger, and printed.

A paper may be ready after its visit is over: it is kept as a note of its own visit, never of the one in front.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import date, datetime
from typing import ClassVar, Literal

import msgspec

from kiosk.coverage.exchange_codes import Sex
from kiosk.documents.claim_note import Numbers, claim_note, claim_note_pdf
from kiosk.documents.declaration import Declaration, Writer, cause_of, declaration_pdf
from kiosk.documents.refund_slip import Paper, RefundSlip, SlipContact, refund_slip_pdf
from kiosk.documents.signature import strokes_of
from kiosk.evidence.case import Case
from kiosk.evidence.deciding import decide
from kiosk.evidence.model import Book, Contact
from kiosk.ledger import Entry
from kiosk.ledger.kept_papers import Kept
from kiosk.reception.recording import stamp
from kiosk.visit.effects import MakePaper, PaperKind
from kiosk.visit.events import Event
from kiosk.visit.form import FormField, InsuranceKind
from kiosk.wording.catalogues import catalogue


class PaperMade(Event, frozen=True, tag=True, kw_only=True):
    """``pdf`` is empty where the paper could not be made; ``detail`` then names the error's type."""

    actor: ClassVar[str] = "system"
    visit: str
    kind: PaperKind
    number: str
    pdf: bytes
    detail: str = ""


class PaperPrinted(Event, frozen=True, tag=True, kw_only=True):
    actor: ClassVar[str] = "system"
    visit: str
    kind: PaperKind
    ok: bool
    detail: str = ""


Note = PaperMade | PaperPrinted


def note_of(note: Note, *, simulated: bool) -> Entry:
    """The ledger's line. It moves no visit."""
    return Entry(
        visit=note.visit,
        id=note.id,
        type=type(note).__name__,
        at=stamp(note.at),
        mono_ms=note.at.mono,
        actor=note.actor,
        state="",
        simulated=simulated,
        payload=msgspec.json.encode(_payload(note)),
    )


def _payload(note: Note) -> Kept | dict[str, object]:
    match note:
        case PaperMade(kind=kind, number=number, pdf=pdf, detail=""):
            return Kept(kind, number, base64.b64encode(pdf).decode())
        case PaperMade(kind=kind, detail=detail):
            return {"kind": kind, "failed": detail}
        case PaperPrinted(kind=kind, ok=ok, detail=detail):
            return {"kind": kind, "ok": ok, "detail": detail}


class Papers:
    """Makes the PDF that an effect asks for. Typst is loaded with the first."""

    def __init__(
        self,
        facility: str,
        book: Book,
        now: Callable[[], datetime],
        today: Callable[[], date],
        *,
        paper: Paper = "a5",
        simulated: bool,
    ) -> None:
        self._facility = facility
        self._book = book
        self._now = now
        self._today = today
        self._paper = paper
        self._simulated = simulated

    def __call__(self, wanted: MakePaper) -> bytes:
        """Raises what the document raises."""
        made_at = self._now().replace(microsecond=0)
        match wanted.kind:
            case "declaration":
                return declaration_pdf(self.declaration(wanted), made_at=made_at)
            case "blank_declaration":
                blank = Declaration(
                    facility=self._facility, language=wanted.language, simulated=self._simulated
                )
                return declaration_pdf(blank, made_at=made_at)
            case "claim_note":
                note = claim_note(self.declaration(wanted), former=_former(wanted))
                return claim_note_pdf(note, made_at=made_at, simulated=self._simulated)
            case "refund_slip":
                return refund_slip_pdf(self._slip(wanted, made_at))

    def declaration(self, wanted: MakePaper) -> Declaration:
        """What was written, as far as it was."""
        form = wanted.form
        answers = dict(form.answers)
        told = {field: answers.get(field, "") for field in FormField}
        born, ratio = told[FormField.BIRTH_DATE], told[FormField.RATIO]
        kind, sex = told[FormField.INSURANCE_KIND], told[FormField.SEX]
        return Declaration(
            facility=self._facility,
            reception_number=wanted.number,
            visit_date=self._today(),
            language=wanted.language,
            name=told[FormField.NAME] or told[FormField.KANA],
            kana=told[FormField.KANA],
            birth_date=date.fromisoformat(born) if born else None,
            sex=Sex(sex) if sex else None,
            address=told[FormField.ADDRESS],
            contact=told[FormField.CONTACT],
            insurance_kind=InsuranceKind(kind) if kind else None,
            insurer_name=told[FormField.INSURER_NAME],
            workplace=told[FormField.WORKPLACE],
            partial_contribution_ratio=_RATIOS.get(ratio),
            cause=cause_of(wanted.reason),
            writer=Writer.COMPANION if wanted.companion else Writer.PATIENT,
            companion_name=told[FormField.COMPANION_NAME],
            companion_relation=told[FormField.COMPANION_RELATION],
            signature=strokes_of(form.signature) if form.signature else None,
            simulated=self._simulated,
        )

    def _slip(self, wanted: MakePaper, made_at: datetime) -> RefundSlip:
        case = Case(reason=wanted.reason, day=self._today(), insurer=wanted.insurer)
        decision = decide(case, self._book)
        contacts = [_contact(contact, wanted.language) for contact in decision.contacts if contact.phone]
        return RefundSlip(
            number=wanted.number,
            facility=self._facility,
            issued_at=made_at,
            contacts=tuple(contacts),
            language=wanted.language,
            paper=self._paper,
            simulated=self._simulated,
        )


_RATIOS: dict[str, Literal[1, 2, 3]] = {"1": 1, "2": 2, "3": 3}


def _former(wanted: MakePaper) -> Numbers | None:
    """The numbers of the coverage that the facility has on file."""
    known = wanted.known
    if known is None or not known.insurer_number:
        return None
    return Numbers(
        insurer_number=known.insurer_number,
        insured_card_symbol=known.insured_card_symbol,
        insured_identification_number=known.insured_identification_number,
        insured_branch_number=known.insured_branch_number,
    )


def _contact(contact: Contact, language: str) -> SlipContact:
    words = catalogue(language)
    name = contact.name or words.sentence(f"contact.{contact.id}.name").plain
    hours = contact.hours_in_words
    if contact.hours and not hours:
        hours = words.sentence(f"contact.{contact.id}.hours").plain
    return SlipContact(name=name, phone=contact.phone, hours=hours)
