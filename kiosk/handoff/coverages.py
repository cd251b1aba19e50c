"""The coverages of a settled visit, wherever they are known from, in one shape for every form."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from kiosk.coverage.exchange_values import exchange_date
from kiosk.coverage.qualification import ResultOfQualificationConfirmation
from kiosk.evidence.model import Way
from kiosk.handoff.settled import SettledVisit, Value
from kiosk.visit.form import FormField


class Coverage(Value, frozen=True, kw_only=True):
    """Texts as received or typed. ``since`` and ``until``: first and last day, ISO, "" where it is not told.
    ``share``: in tenths. ``relation``: 1 the insured person, 2 family."""

    source: Literal["answer", "paper", "known"]
    insurer_number: str = ""
    insurer_name: str = ""
    symbol: str = ""
    number: str = ""
    branch: str = ""
    relation: str = ""
    since: str = ""
    until: str = ""
    share: int | None = None


def coverages_of(settled: SettledVisit) -> tuple[Coverage, ...]:
    """Of the answer; else as typed of the paper, or as on file, that staff accepted. None for a declaration, whose
    very point is that the coverage is not known, nor for full payment."""
    if settled.proven:
        return tuple(_answered(settled, result) for result in settled.proven)
    if settled.evidence is Way.CERTIFICATE:
        return _typed(settled)
    return _on_file(settled)


def not_chosen(settled: SettledVisit) -> tuple[Coverage, ...]:
    """What the answer proves as well, where staff chose one of several coverages."""
    if not settled.chosen or settled.answer is None:
        return ()
    others = (one for one in settled.answer.in_force(settled.day) if one not in settled.proven)
    return tuple(_answered(settled, one) for one in others)


def _answered(settled: SettledVisit, result: ResultOfQualificationConfirmation) -> Coverage:
    since, lost = exchange_date(result.qualification_date), exchange_date(result.disqualification_date)
    born = result.birth_date
    share = result.share_tenths(settled.day, born) if born is not None else None
    if share is None and len(settled.proven) == 1 and settled.share is not None:
        share = settled.share.tenths
    return Coverage(
        source="answer",
        insurer_number=result.insurer_number,
        insurer_name=result.insurer_name,
        symbol=result.insured_card_symbol,
        number=result.insured_identification_number,
        branch=result.insured_branch_number,
        relation=result.personal_family_classification,
        since=since.isoformat() if since is not None else "",
        until=(lost - timedelta(days=1)).isoformat()
        if lost is not None
        else "",  # loss takes effect on its date
        share=share,
    )


def _typed(settled: SettledVisit) -> tuple[Coverage, ...]:
    paper = dict(settled.paper)
    if not paper.get(FormField.NUMBER):
        return ()
    return (
        Coverage(
            source="paper",
            insurer_number=paper.get(FormField.INSURER_NUMBER, ""),
            symbol=paper.get(FormField.SYMBOL, ""),
            number=paper[FormField.NUMBER],
            branch=paper.get(FormField.BRANCH, ""),
            until=paper.get(FormField.VALID_UNTIL, ""),
            share=settled.share.tenths if settled.share is not None else None,
        ),
    )


def _on_file(settled: SettledVisit) -> tuple[Coverage, ...]:
    known = settled.known
    if known is None or not known.insured_identification_number:
        return ()
    return (
        Coverage(
            source="known",
            insurer_number=known.insurer_number,
            insurer_name=known.insurer_name,
            symbol=known.insured_card_symbol,
            number=known.insured_identification_number,
            branch=known.insured_branch_number,
            share=settled.share.tenths if settled.share is not None else None,
        ),
    )
