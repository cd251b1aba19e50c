"""A certified reader beside the kiosk of a scenario: a real folder, and results that come in virtual time."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Protocol

from kiosk.coverage.face_result import Method
from kiosk.coverage.services import Capability
from kiosk.eligibility.around import Around
from kiosk.eligibility.folders import FaceReader, FolderService, FolderSettings, MethodPlace
from kiosk.eligibility.port import EligibilityService, FaceResult
from kiosk.reception.results_watch import ResultWatch
from simulator.certified_reader import CertifiedReader, Session, Use, Written
from simulator.certified_reader.reader import METHOD_CODES, METHOD_ELEMENT
from simulator.national.system import INSTITUTION, NationalSystem
from simulator.playing.stage import Stage
from simulator.playing.world import VirtualWorld
from simulator.scenarios.scenario import CertifiedPart, ScenarioError

ITEMS = ("care", "operations", "checkups", "specific_diseases")
_LOOKS_EVERY_MS = 500
_UNTIL_TAKEN_MS = 4_000


class BesideCertified(Around):
    """The service within, with the results of a folder."""

    def __init__(self, within: EligibilityService, folders: FolderService) -> None:
        super().__init__(within)
        self._folders = folders

    @property
    def capabilities(self) -> frozenset[Capability]:
        return super().capabilities | {Capability.FACE_RESULT}

    def face_results(self) -> Iterable[FaceResult]:
        return self._folders.face_results()

    def close(self) -> None:
        self._folders.close()
        super().close()


def face_folder(
    folder: Path, part: CertifiedPart, readers: Iterable[CertifiedReader], world: VirtualWorld
) -> FolderService:
    """The product's side: one folder, in which names tell the desks. ``part.desk_told``: else nobody can tell."""
    codes = {code: Method(method) for method, code in METHOD_CODES.items()}
    settings = FolderSettings(
        request_folder=folder / "req",
        answer_folder=folder / "res",
        face_readers=tuple(
            FaceReader(folder=folder, desk=str(reader.desk) if part.desk_told else "", name=reader.pattern)
            for reader in readers
        ),
        face_method=MethodPlace(element=METHOD_ELEMENT, codes=codes),
        medical_institution_code=INSTITUTION,
    )
    return FolderService(settings, world.services)


class AtTheReader(Protocol):
    def use(self, persona: str, args: dict[str, str]) -> None:
        """Somebody uses the reader, until what came of it is taken. Raises ``ScenarioError``."""


class CertifiedDesk:
    """``part``: how people use the reader where an act does not say otherwise. An error comes once; then they have put
    the card in order."""

    def __init__(
        self, part: CertifiedPart, system: NationalSystem, folder: Path, world: VirtualWorld
    ) -> None:
        self._part = part
        self._folder = folder
        self._world = world
        self._error = part.error
        self._readers = {
            desk: CertifiedReader(system, desk, tells_errors=part.errors_told) for desk in (1, 2)
        }
        self._stage: Stage | None = None
        self._watch: ResultWatch | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def service(self, within: EligibilityService) -> BesideCertified:
        """This kiosk picks up the results of the first desk; the second one is another kiosk's."""
        ours = [self._readers[1]] if self._part.desk_told else list(self._readers.values())
        return BesideCertified(within, face_folder(self._folder, self._part, ours, self._world))

    def join(self, stage: Stage, service: EligibilityService) -> None:
        self._stage = stage
        self._watch = ResultWatch(service, self._world, stage.post)

    def use(self, persona: str, args: dict[str, str]) -> None:
        stage, watch = self._stage, self._watch
        assert stage is not None
        assert watch is not None
        session = self._begin(args.get("persona", persona), args)
        done = round(session.seconds * 1000)
        for drop in session.drops:
            stage.after(done + round(drop.after_s * 1000), partial(drop.happen, self._folder))
        for at in range(_LOOKS_EVERY_MS, done + _UNTIL_TAKEN_MS + 1, _LOOKS_EVERY_MS):
            stage.after(at, watch.look)
        stage.wait(done + _UNTIL_TAKEN_MS)

    def _begin(self, persona: str, args: dict[str, str]) -> Session:
        error, self._error = args.get("error", self._error), ""
        choice = args.get("consents", self._part.consents)
        try:
            use = Use(
                persona,
                args.get("method", self._part.method),
                dict.fromkeys(ITEMS, choice),
                error,
                Written(args.get("written", self._part.written)),
            )
            return self._readers[int(args.get("desk", "1"))].use(use, self._world.utc())
        except (KeyError, ValueError) as wrong:
            raise ScenarioError(f"CertifiedReaderUsed: {wrong} is not known") from None
