"""The hands' face: holds the card's photograph for its insertion, and gives it to the matcher and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Protocol, assert_never

from drivers.interface import (
    Authority,
    CardPhoto,
    FaceHint,
    FaceListener,
    FaceMatcher,
    FaceVerdict,
    Failure,
    Fault,
)
from kiosk.eligibility.port import FaceProof
from kiosk.reception.lanes import Lane
from kiosk.reception.posting import Post
from kiosk.reception.proof import CHALLENGE_BYTES, ProofVault
from kiosk.visit import events as e
from kiosk.visit.effects import CheckCamera, ForgetFace, LookAtFace, MatchFace, RestFace

FaceEffect = CheckCamera | LookAtFace | MatchFace | RestFace | ForgetFace


class FaceAuthoriser(Protocol):
    """Whoever may say, by law, that a match stands in the place of the PIN (公的個人認証法 38条の2): an operator with a
    key of their own, who brings this with them; or the simulator, which plays one. Without it a match proves nothing,
    whatever the settings say."""

    @property
    def authority(self) -> Authority:
        """``simulator`` or ``authorised``."""

    def prove(self, insertion: int, certificate_sha256: str, challenge: bytes) -> FaceProof | Failure:
        """The proof that a service will be shown for this match. Called on the face lane; may block up to its own
        limit."""


class Facing:
    """Every method but ``keep`` and ``forget_photo`` returns at once; what comes of it is posted as events."""

    def __init__(
        self,
        matcher: FaceMatcher | None,
        authoriser: FaceAuthoriser | None,
        lane: Lane,
        vault: ProofVault,
        post: Post,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._matcher = matcher
        self._authoriser = authoriser
        self._lane = lane
        self._vault = vault
        self._post = post
        self._random_bytes = random_bytes
        self._lock = Lock()
        self._photo: CardPhoto | None = None
        self._epoch = 0

    def do(self, effect: FaceEffect) -> None:
        match effect:
            case CheckCamera():
                self.check()
            case LookAtFace(question=question):
                self.look(question)
            case MatchFace(question=question, insertion=insertion, proves=proves):
                self.match(question, insertion, proves)
            case RestFace():
                self.rest()
            case ForgetFace():
                self.forget()
            case _:
                assert_never(effect)

    @property
    def epoch(self) -> int:
        with self._lock:
            return self._epoch

    def keep(self, photo: CardPhoto, epoch: int) -> bool:
        """Whether it is still wanted: one that was being read for a visit that is over is not kept. What is not kept,
        or no longer, is overwritten."""
        with self._lock:
            wanted = epoch == self._epoch
            old, self._photo = (self._photo, photo) if wanted else (photo, self._photo)
        if old is not None:
            old.wipe()
        return wanted

    def forget_photo(self) -> None:
        """Overwrites it, whoever else still holds it."""
        with self._lock:
            old, self._photo = self._photo, None
            self._epoch += 1
        if old is not None:
            old.wipe()

    def check(self) -> None:
        def job() -> None:
            failure = self._missing() if self._matcher is None else self._matcher.ready()
            fault = {"fault": failure.fault} if failure is not None else {}
            self._post(e.CameraChanged, available=failure is None, **fault)

        self._lane.submit(job)

    def look(self, question: str) -> None:
        def job() -> None:
            if self._matcher is None:
                self._post(e.FaceFailed, question=question, failure=self._missing())
            else:
                self._matcher.look(self._listener(question))

        self._lane.submit(job)

    def match(self, question: str, insertion: int, proves: str) -> None:
        with self._lock:
            photo = self._photo
        proof = self._vault.epoch

        def job() -> None:
            if self._matcher is None:
                self._post(e.FaceFailed, question=question, failure=self._missing())
            elif photo is None or photo.insertion != insertion:
                lost = Failure.of(Fault.CARD_GONE, "no photograph of this insertion")
                self._post(e.FaceFailed, question=question, failure=lost)
            else:
                self._matcher.match(photo, self._listener(question, insertion, proves, proof))

        self._lane.submit(job)

    def rest(self) -> None:
        if self._matcher is not None:
            self._lane.submit(self._matcher.rest)

    def forget(self) -> None:
        """At once for the photograph; what the matcher's process holds goes with the process."""
        self.forget_photo()
        if self._matcher is not None:
            self._lane.submit(self._matcher.forget)

    def close(self) -> None:
        self.forget_photo()
        if self._matcher is not None:
            self._matcher.close()

    # ---------------------------------------------------------------------------------------------------

    def _listener(self, question: str, insertion: int = 0, proves: str = "", epoch: int = 0) -> FaceListener:
        """What the matcher says, as events. A match that counts is proven first: then the visit may go on at once."""

        def listen(told: FaceHint | FaceVerdict | Failure) -> None:
            match told:
                case FaceHint():
                    self._post(e.FaceHinted, question=question, hint=told)
                case Failure():
                    self._post(e.FaceFailed, question=question, failure=told)
                case FaceVerdict(doubt=None) if proves:
                    self._lane.submit(lambda: self._prove(question, told, insertion, proves, epoch))
                case _:
                    self._post(e.FaceJudged, question=question, verdict=told)

        return listen

    def _prove(self, question: str, verdict: FaceVerdict, insertion: int, proves: str, epoch: int) -> None:
        proof = self._proof_of(insertion, proves)
        if isinstance(proof, Failure):
            self._post(e.FaceFailed, question=question, failure=proof)
            return
        self._vault.keep(proof, epoch)
        self._post(e.FaceJudged, question=question, verdict=verdict)

    def _proof_of(self, insertion: int, proves: str) -> FaceProof | Failure:
        if self._authoriser is None:
            return Failure.of(Fault.INTERNAL, "nobody here may verify by the face")
        return self._authoriser.prove(insertion, proves, self._random_bytes(CHALLENGE_BYTES))

    @staticmethod
    def _missing() -> Failure:
        return Failure.of(Fault.CAMERA_GONE, "no camera for faces is set up")


def may_verify(authority: Authority | None, authoriser: FaceAuthoriser | None) -> bool:
    """Whether settings may name this authority: one that verifies needs somebody who may."""
    if authority not in ("simulator", "authorised"):
        return True
    return authoriser is not None and authoriser.authority == authority
