"""The exchange's web API: the same tree as JSON over HTTPS. Only look-ups by numbers.

It exists in the closed network only, and one public client is all that is known of it (README.md): the path below
and the form of the body are from there; how its token is obtained is not public, so the token is passed in.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Capability
from kiosk.eligibility import oqs
from kiosk.eligibility.https import HttpsClient, Lost, TlsSettings, tls_context
from kiosk.eligibility.judging import judge
from kiosk.eligibility.match import make_request, mismatch, unreadable
from kiosk.eligibility.port import (
    AskByNumbers,
    Cause,
    FailedAnswer,
    Question,
    refuse,
)
from kiosk.eligibility.refusing import Refusing
from kiosk.eligibility.world import SystemWorld, World

SEARCH_PATH = "/oqs-api-pro/MSA01030/ILI01030SV01/search"


class WebApiSettings(msgspec.Struct, frozen=True, kw_only=True):
    base_url: str
    search_path: str = SEARCH_PATH
    medical_institution_code: str
    tls: TlsSettings


class WebApiService(Refusing):
    """The web API as an ``EligibilityService``. ``token``: called for every request, may read a file; "" sends none.

    Raises ``TlsSettingsError`` when made with unusable certificate files.
    """

    def __init__(
        self, settings: WebApiSettings, token: Callable[[], str], world: World | None = None
    ) -> None:
        self._settings = settings
        self._token = token
        self._world = world or SystemWorld()
        self._client = HttpsClient(settings.base_url, tls_context(settings.tls))

    @property
    def capabilities(self) -> frozenset[Capability]:
        return frozenset({Capability.BY_NUMBERS})

    def ask(self, question: Question, deadline_s: float) -> Answer | FailedAnswer:
        if not isinstance(question, AskByNumbers):
            return refuse()
        code = self._settings.medical_institution_code
        request = make_request(question, code, self._world.token(), self._world)
        if isinstance(request, FailedAnswer):
            return request
        asked_at = self._world.now().isoformat()
        try:
            token = self._token()
        except (OSError, ValueError) as error:
            return FailedAnswer(cause=Cause.NOT_TRUSTED, code=f"token: {type(error).__name__}")
        headers = {"Authorization": token} if token else {}
        body = oqs.write_request_json(request)
        reply = self._client.post(self._settings.search_path, body, deadline_s, headers)
        if isinstance(reply, Lost):
            return reply.as_read()
        if reply.status != 200:
            cause = Cause.SERVICE_FAULT if reply.status >= 500 else Cause.SERVICE_ERROR
            return FailedAnswer(cause=cause, code=f"HTTP {reply.status}")
        answer = oqs.parse_answer_json(reply.body, asked_at=asked_at)
        if isinstance(answer, oqs.Malformed):
            return unreadable(answer)
        wrong = mismatch(answer, request)
        return FailedAnswer(cause=Cause.FOREIGN_ANSWER, code=wrong) if wrong else judge(answer)

    def close(self) -> None:
        self._client.close()
