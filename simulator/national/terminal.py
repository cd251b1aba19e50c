"""A simulated qualification terminal behind the exchange folders: answers requests and pushes face results.

It is a neighbour and not a part of the product: it sees files only. It works when it is polled, so that tests and
simulations move it in their own time.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from simulator.national.answers import JAPAN, Tree
from simulator.national.faults import Fault, Faults
from simulator.national.system import INSTITUTION, NationalSystem, Numbers
from simulator.national.terminal_xml import asked_for, document

REQUEST, ANSWER = "OQSsiquc01req_", "OQSsiquc01res_"
GARBAGE = b"\x00\xff<XmlMsg>\x81"
TERMINAL_BUSY = timedelta(seconds=1)  # from a request's arrival to its answer


@dataclass(frozen=True, slots=True)
class _Due:
    """A file to appear at a time, whole or in part."""

    at: datetime
    name: str
    data: bytes = field(repr=False)
    link: bool = False


class SimulatedTerminal:
    """``folder`` holds ``req``, ``res`` and ``face``; they are made. ``encoding``: ``cp932`` or ``utf-8``."""

    def __init__(
        self,
        system: NationalSystem,
        folder: Path,
        clock: Callable[[], datetime],
        *,
        faults: Faults | None = None,
        encoding: str = "cp932",
        busy: timedelta = TERMINAL_BUSY,
    ) -> None:
        self.faults = faults or Faults()
        self.req, self.res, self.face = (folder / name for name in ("req", "res", "face"))
        for path in (self.req, self.res, self.face):
            path.mkdir(parents=True, exist_ok=True)
        self._system = system
        self._clock = clock
        self._encoding = encoding
        self._busy = busy
        self._due: list[_Due] = []
        self._pushed = 0

    def poll(self) -> None:
        """Takes what has come, and puts out what is due."""
        for path in sorted(self.req.glob(f"{REQUEST}*.xml")):
            data = path.read_bytes()
            path.unlink()
            self._take(path.name, data)
        now = self._clock()
        for due in [due for due in self._due if due.at <= now]:
            self._due.remove(due)
            self._put(due)

    def run(self, stop: threading.Event, every_s: float = 0.2) -> None:
        """Polls until told to stop: a thread's work where time is real."""
        while not stop.wait(every_s):
            self.poll()

    def push_face_result(self, persona_id: str, consents: Mapping[str, str] | None = None) -> Path:
        """Somebody was verified at the certified reader. Raises ``KeyError`` for an unknown persona."""
        answer = self._system.face_answer(persona_id, consents or {})
        now = self._clock().astimezone(JAPAN)
        self._pushed += 1
        name = f"{ANSWER}face_{INSTITUTION}001{self._pushed:017}_{now:%Y%m%d%H%M%S}.xml"
        path = self.face / name
        temporary = path.with_suffix(".writing")
        temporary.write_bytes(document(answer, {}, self._encoding))
        os.replace(temporary, path)
        return path

    def _take(self, name: str, data: bytes) -> None:
        planned = self.faults.take()
        fault = planned.fault if planned else None
        try:
            asked = asked_for(data)
            numbers = _numbers(asked)
        except (ValueError, KeyError):
            return  # what is no request is never answered
        at = self._clock() + self._busy
        if planned is not None and fault is Fault.DELAY:
            at += timedelta(seconds=planned.delay_s)
        if fault not in (Fault.NO_ANSWER, Fault.DROP_AFTER_COMMIT):
            self._plan(
                at, name.replace(REQUEST, ANSWER, 1), self._system.ask_by_numbers(numbers), asked, fault
            )

    def _plan(
        self, at: datetime, name: str, answer: Tree, asked: dict[str, str], fault: Fault | None
    ) -> None:
        whole = document(self._content(answer, fault), self._echo(asked, fault), self._encoding)
        match fault:
            case Fault.GARBAGE:
                self._due.append(_Due(at, name, GARBAGE))
            case Fault.CLOSE_MIDWAY:
                self._due.append(_Due(at, name, whole[: len(whole) // 2]))
            case Fault.LINK:
                self._due.append(_Due(at, name, whole, link=True))
            case Fault.TWICE:
                later = at + timedelta(seconds=5)
                self._due += [_Due(at, name, whole), _Due(later, name, whole)]
            case _:
                # Not under a temporary name: real writers are seen at work, so two looks must be needed.
                half = len(whole) // 2
                self._due += [
                    _Due(at, name, whole[:half]),
                    _Due(at + timedelta(milliseconds=40), name, whole),
                ]

    def _content(self, answer: Tree, fault: Fault | None) -> Tree:
        match fault:
            case Fault.WRONG_PERSON:
                return self._system.anybody_but(answer)
            case Fault.STILL_PROCESSING:
                return self._system.processing()
            case Fault.SERVICE_ERROR | Fault.SERVER_ERROR | Fault.MAINTENANCE:
                return self._system.failing()
            case _:
                return answer

    def _echo(self, asked: dict[str, str], fault: Fault | None) -> dict[str, str]:
        match fault:
            case Fault.FOREIGN:
                return {**asked, "ArbitraryFileIdentifier": "0" * 32}
            case Fault.WRONG_PERSON:
                return {**asked, "InsuredIdentificationNumber": "99999999"}
            case _:
                return asked

    def _put(self, due: _Due) -> None:
        path = self.res / due.name
        if due.link:
            target = self.res / f"{due.name}.target"
            target.write_bytes(due.data)
            path.symlink_to(target)
        else:
            path.write_bytes(due.data)


def _numbers(asked: dict[str, str]) -> Numbers:
    return Numbers(
        insurer_number=asked["InsurerNumber"],
        insured_card_symbol=asked.get("InsuredCardSymbol", ""),
        insured_identification_number=asked["InsuredIdentificationNumber"],
        insured_branch_number=asked.get("InsuredBranchNumber", ""),
        birth_date=datetime.strptime(asked["Birthdate"], "%Y%m%d").date(),
        limit_consent=asked.get("LimitApplicationCertificateRelatedConsFlg") == "1",
    )
