"""A settled visit as one JSON document for reception systems. README.md describes it."""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import Any, Final

import msgspec

from kiosk.eligibility import oqs
from kiosk.handoff.coverages import Coverage, coverages_of
from kiosk.handoff.parcel import Label, Parcel, japanese_time, own_file_name
from kiosk.handoff.settled import Declaration, SettledVisit, content_of

FORMAT: Final = "uketsuke.visit"
VERSION: Final = 1


class QueueJson(msgspec.Struct, frozen=True):
    def relevant(self, settled: SettledVisit) -> bytes | None:
        return content_of(settled)

    def make(self, settled: SettledVisit, label: Label) -> Parcel:
        content = msgspec.json.encode(document(settled, label))
        return Parcel(own_file_name(settled, label, "json"), "application/json", content)


def document(settled: SettledVisit, label: Label) -> dict[str, Any]:
    """Every member is always there; null, "" or [] is what is not known."""
    consents = settled.consents
    return {
        "format": FORMAT,
        "version": VERSION,
        "key": label.key,
        "revision": label.revision,
        "replaces": label.replaces or None,
        "kind": label.kind,
        "simulated": settled.simulated,
        "visit": {
            "id": settled.visit,
            "terminal": settled.terminal,
            "reception_number": settled.reception_number,
            "settled_at": japanese_time(settled.settled_at),
            "language": settled.language,
        },
        "outcome": settled.outcome,
        "evidence": settled.evidence,
        "reason": settled.reason,
        "notices": settled.notices,
        "recheck": settled.recheck or None,
        "patient": {
            "patient_number": settled.patient_number,
            "name": settled.person.name,
            "name_kana": settled.person.kana,
            "birth_date": settled.person.birth_date,
            "sex": settled.person.sex,
            "address": settled.person.address,
            "post_number": settled.person.post_number,
        },
        "share": None
        if settled.share is None
        else {"tenths": settled.share.tenths, "source": settled.share.source},
        "coverages": [_coverage(coverage) for coverage in coverages_of(settled)],
        "answer": _answer(settled),
        "consents": None
        if consents is None
        else {
            "choices": dict(consents.choices),
            "wording_version": consents.wording_version,
            "language": consents.language,
        },
        "declaration": _declaration(settled.declaration),
    }


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "source": coverage.source,
        "insurer_number": coverage.insurer_number,
        "insurer_name": coverage.insurer_name,
        "insured_card_symbol": coverage.symbol,
        "insured_identification_number": coverage.number,
        "insured_branch_number": coverage.branch,
        "personal_family_classification": coverage.relation,
        "valid_from": coverage.since,
        "valid_until": coverage.until,
        "share_tenths": coverage.share,
    }


def _answer(settled: SettledVisit) -> dict[str, Any] | None:
    """With every element of the exchange, as the exchange's own web API writes them."""
    answer = settled.answer
    if answer is None:
        return None
    return {
        "asked_at": answer.asked_at,
        "offline": answer.offline,
        "simulated": answer.simulated,
        "chosen": settled.chosen or None,
        "message": msgspec.Raw(oqs.write_answer_json(answer)),
    }


def _declaration(declaration: Declaration | None) -> dict[str, Any] | None:
    if declaration is None:
        return None
    pdf = declaration.pdf
    return {
        "id": declaration.id,
        "answers": dict(declaration.answers),
        "pdf": base64.b64encode(pdf).decode() if pdf else None,
        "pdf_sha256": sha256(pdf).hexdigest() if pdf else None,
    }
